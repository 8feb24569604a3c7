"""What a month of records is compared with, and what in it is unusual. Pure."""

import math
import re
import statistics
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from msgspec import Struct

from core.values import text
from core.values.errors import InvalidInput
from core.values.i18n import _
from core.values.times import midnight

MONTHS_BEFORE = 3
LEAST_DAYS = 10  # with accesses; with fewer there is nothing to compare with
FENCE = 3  # times the middle half, beyond its upper end: Tukey's outer fence (Exploratory Data Analysis, 1977)
MARGIN = 10  # people more than usual, at least: who looks at two a day is not unusual with six
TEXT_MAXIMUM = 500
_WRITTEN = re.compile(r"(\d{4})-(\d\d)")


class Month(Struct, frozen=True, order=True):
    """A calendar month."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"

    @property
    def subject_id(self) -> int:
        """What a record says that is about it."""
        return self.year * 100 + self.number

    def plus(self, months: int) -> "Month":
        """The one so many months later."""
        total = self.year * 12 + self.number - 1 + months
        return Month(total // 12, total % 12 + 1)

    def begin(self, zone: ZoneInfo) -> datetime:
        """Its first moment in the zone, in UTC."""
        return midnight(date(self.year, self.number, 1), zone)

    def days(self, zone: ZoneInfo) -> Iterator[tuple[date, datetime, datetime]]:
        """Each day, with its first moment and that of the next one, in UTC."""
        first, after = date(self.year, self.number, 1), self.plus(1)
        count = (date(after.year, after.number, 1) - first).days
        for number in range(1, count + 1):
            day = date(self.year, self.number, number)
            following = date.fromordinal(day.toordinal() + 1)
            yield day, midnight(day, zone), midnight(following, zone)


def month_of(moment: datetime, zone: ZoneInfo) -> Month:
    """The month in which a moment lies there."""
    here = moment.astimezone(zone)
    return Month(here.year, here.month)


def parse_month(typed: str, moment: datetime, zone: ZoneInfo) -> Month:
    """``2026-11``; for nothing the last whole one. Raises InvalidInput for none, and for one that is to come."""
    this_month = month_of(moment, zone)
    if not typed.strip():
        return this_month.plus(-1)
    found = _WRITTEN.fullmatch(typed.strip())
    if found is None or not (1 <= int(found[2]) <= 12 and int(found[1]) >= 1900):
        raise InvalidInput(_("A month is written like 2026-11."), field="month")
    month = Month(int(found[1]), int(found[2]))
    if month > this_month:
        raise InvalidInput(
            _("The month {month} is still to come.").format(month=month),
            _("Leave it out for the last one that is over."),
            field="month",
        )
    return month


def why_not_sign(month: Month, moment: datetime, zone: ZoneInfo) -> str | None:
    """The reason why the review of this month cannot be signed, or None."""
    if month < month_of(moment, zone):
        return None
    return _("The month {month} is not over yet.").format(month=month)


def clean_text(typed: str) -> str:
    """What was checked, in the words of who signs. Raises InvalidInput (field ``text``)."""
    return text.note(typed, field="text", label=_("Text"), minimum=1, maximum=TEXT_MAXIMUM)


def usual_in_a_day(before: Sequence[int]) -> int | None:
    """How many people in a day are still usual for who looked at so many on each day before; None: too few days.

    Three quarters of those days had at most ``upper`` people. Unusual is what lies further above than three times
    the spread of the middle half, and never less than ten people above. Few very busy days do not move it.
    """
    if len(before) < LEAST_DAYS:
        return None
    lower, _middle, upper = statistics.quantiles(before, n=4, method="inclusive")
    return math.floor(max(upper + FENCE * (upper - lower), upper + MARGIN))


def usual_in_a_month(before: Sequence[int]) -> int:
    """The same of a whole month: twice as many as in the busiest of the months before, or ten more."""
    most = max(before, default=0)
    return max(2 * most, most + MARGIN)
