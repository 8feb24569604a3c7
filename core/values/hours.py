"""Working hours as the settings write them: ``mon-fri 08:00-19:00``. Pure."""

import re
from datetime import datetime, time

from msgspec import Struct

USUAL = "mon-fri 08:00-19:00"
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WRITTEN = re.compile(r"([a-z]{3})(?:-([a-z]{3}))? (\d\d?:\d\d)-(\d\d?:\d\d)")


class WorkingHours(Struct, frozen=True):
    """The days of a week (0 is Monday), from when until when; past midnight where the end is the earlier one."""

    days: frozenset[int]
    begin: time
    end: time

    def hold(self, here: datetime) -> bool:
        """Whether this moment, in the zone that is meant, lies within them."""
        at = here.time()
        if self.begin < self.end:
            return here.weekday() in self.days and self.begin <= at < self.end
        if at >= self.begin:
            return here.weekday() in self.days
        return at < self.end and (here.weekday() - 1) % 7 in self.days


def parse_hours(written: str) -> WorkingHours:
    """Such as ``mon-fri 08:00-19:00``, ``sat 9:00-13:00``, ``mon-sun 22:00-6:00``. Raises ValueError."""
    found = _WRITTEN.fullmatch(" ".join(written.casefold().split()))
    if found is None:
        raise ValueError(written)
    first, last, begin, end = found.groups()
    start, length = _DAYS.index(first), _DAYS.index(last or first) - _DAYS.index(first)
    days = frozenset((start + day) % 7 for day in range(length % 7 + 1))
    return WorkingHours(days, _time(begin), _time(end))


def _time(written: str) -> time:
    hour, minute = map(int, written.split(":"))
    return time(0) if (hour, minute) == (24, 0) else time(hour, minute)
