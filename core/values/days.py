"""Days and moments as people type them."""

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta

from msgspec import Struct

from core.values.errors import InvalidInput
from core.values.i18n import _

# beyond, a midnight of one zone may be a day that no other zone can tell
_FIRST, _LAST = date(1900, 1, 1), date(2999, 12, 31)

_END_OF_DAY = time(23, 59)
# with the letters that the keys of m, h and d give in Hangul mode
_SPAN = re.compile(r"\+?(\d{1,4}) ?(m|min|분|ㅡ|h|시간|ㅗ)")
_DAYS = re.compile(r"\+?(\d{1,4}) ?(?:d|ㅇ)")
_MINUTES = ("m", "min", "분", "ㅡ")
_TIME = re.compile(r"(?:^| )(?:(오전|오후) ?)?(?:(\d{1,2}):(\d{2})|(\d{1,2})시(?: ?(\d{1,2})분)?)$")
_NAMED = {"today": 0, "오늘": 0, "tomorrow": 1, "내일": 1, "모레": 2}
_WEEKDAYS = (
    ("mon", "monday", "월", "월요일"),
    ("tue", "tuesday", "화", "화요일"),
    ("wed", "wednesday", "수", "수요일"),
    ("thu", "thursday", "목", "목요일"),
    ("fri", "friday", "금", "금요일"),
    ("sat", "saturday", "토", "토요일"),
    ("sun", "sunday", "일", "일요일"),
)


_WEEK = ("week", "이번 주", "이번주")


class Ago(Struct, frozen=True):
    """A day told from whichever day it is: so many days before it; of a week, its Monday so many days before."""

    days: int = 0
    of_week: bool = False

    def __str__(self) -> str:
        """As it is typed and kept, in any language."""
        return "week" if self.of_week else f"{-self.days:+}"


Day = date | Ago


def day_of(day: Day, today: date) -> date:
    """Which day it is, today."""
    if isinstance(day, date):
        return day
    found = today - timedelta(days=day.days)
    return found - timedelta(days=found.weekday()) if day.of_week else found


def parse_past(typed: str, today: date, *, field: str = "") -> Day | None:
    """A day as ``parse_day`` reads it; one that is told from today, or ``week``, stays so told."""
    text = " ".join(unicodedata.normalize("NFC", typed).casefold().split())
    if text in _WEEK:
        return Ago(of_week=True)
    found = parse_day(text, today, field=field, is_past=True)
    if found is None or text[0] not in "+-":
        return found
    return Ago(-int(text))


def parse_day(typed: str, today: date, *, field: str = "", is_past: bool = False) -> date | None:
    """``2026-12-01``, ``2026.12.1``, ``20261201``, ``+7`` or ``-7`` (days from today); None for nothing.

    Raises InvalidInput for anything else; ``is_past``: which of the two it names then.
    """
    text = typed.strip()
    if not text:
        return None
    parts = text.replace(".", "-").replace("/", "-").strip("-").split("-")
    if len(parts) == 1 and len(text) == 8:
        parts = [text[:4], text[4:6], text[6:]]
    try:
        if text[0] in "+-" and text[1:].isascii() and text[1:].isdigit():
            found = today + timedelta(days=int(text))
        else:
            year, month, day = (int(part) for part in parts)
            found = date(year, month, day)
    except OverflowError:
        raise _far(field) from None
    except ValueError:
        told = (
            _("A day is written like 2026-12-01, or -7 for a week ago.")
            if is_past
            else _("A day is written like 2026-12-01, or +7 for in a week.")
        )
        raise InvalidInput(told, field=field) from None
    if not _FIRST <= found <= _LAST:
        raise _far(field)
    return found


def parse_moment(typed: str, here: datetime, *, field: str = "") -> datetime | None:
    """A moment to come, in UTC: ``2h``, ``30m``, ``+1``, ``mon 9:00``, ``14:30``, ``2026-12-01 9:00``; None for
    nothing.

    ``here`` is now, in the zone that is meant. A day without a time means its end; a time without a day, and a day
    of the week, the next one there is. Raises InvalidInput for anything else.
    """
    text = " ".join(unicodedata.normalize("NFC", typed).casefold().split())
    if not text:
        return None
    if span := _SPAN.fullmatch(text):
        count = int(span[1])
        minutes = count if span[2] in _MINUTES else count * 60
        return here.astimezone(UTC) + timedelta(minutes=minutes)
    if days := _DAYS.fullmatch(text):
        text = f"+{days[1]}"
    at = _END_OF_DAY
    if found := _TIME.search(text):
        at, text = _time(found, field), text[: found.start()].strip()
        if not text:
            text = "today" if at > here.time() else "tomorrow"
    day = _day(text, here, at, field)
    return datetime.combine(day, at, here.tzinfo).astimezone(UTC)


def _time(found: re.Match[str], field: str) -> time:
    half, hour, minute = found[1], int(found[2] or found[4]), int(found[3] or found[5] or 0)
    if half:
        hour = hour % 12 + (12 if half == "오후" else 0) if 1 <= hour <= 12 else 24
    try:
        return time(hour, minute)
    except ValueError:
        raise _no_moment(field) from None


def _day(text: str, here: datetime, at: time, field: str) -> date:
    today = here.date()
    if text in _NAMED:
        return today + timedelta(days=_NAMED[text])
    for weekday, names in enumerate(_WEEKDAYS):
        if text in names:
            ahead = (weekday - today.weekday()) % 7
            return today + timedelta(days=ahead or (0 if at > here.time() else 7))
    try:
        day = parse_day(text, today, field=field)
    except InvalidInput as error:
        raise error if error.hint else _no_moment(field) from None
    if day is None:
        raise _no_moment(field)
    return day


def _no_moment(field: str) -> InvalidInput:
    return InvalidInput(
        _("A time is written like 2h, 14:30, +1, mon 9:00 or 2026-12-01 9:00."), field=field
    )


def _far(field: str) -> InvalidInput:
    return InvalidInput(
        _("The day has to lie between {first} and {last}.").format(first=_FIRST, last=_LAST),
        _("Choose another, or leave it out."),
        field=field,
    )
