"""Days as people type them."""

from datetime import date, timedelta

from core.values.errors import InvalidInput
from core.values.i18n import _

# beyond, a midnight of one zone may be a day that no other zone can tell
_FIRST, _LAST = date(1900, 1, 1), date(2999, 12, 31)


def parse_day(typed: str, today: date, *, field: str = "") -> date | None:
    """``2026-12-01``, ``2026.12.1``, ``20261201`` or ``+7`` (days from today); None for nothing.

    Raises InvalidInput for anything else.
    """
    text = typed.strip()
    if not text:
        return None
    parts = text.replace(".", "-").replace("/", "-").strip("-").split("-")
    if len(parts) == 1 and len(text) == 8:
        parts = [text[:4], text[4:6], text[6:]]
    try:
        if text.startswith("+") and text[1:].isascii() and text[1:].isdigit():
            return _within(today + timedelta(days=int(text[1:])))
        year, month, day = (int(part) for part in parts)
        return _within(date(year, month, day))
    except (ValueError, OverflowError):
        raise InvalidInput(
            _("A day is written like 2026-12-01, or +7 for in a week."), field=field
        ) from None


def _within(day: date) -> date:
    if not _FIRST <= day <= _LAST:
        raise OverflowError
    return day
