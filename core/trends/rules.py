"""What is compared, over which days, and from when on something is a change. Pure.

A week is seven days that end with today, in the organization's zone: the latest week is as long as the others. The
change compares the latest four weeks with the four before. The figures are the product's own (``LEAST`` calls a
period; a fifth less is worse, a quarter more is better, which undoes it), not a clinical measure.
"""

import enum
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from msgspec import Struct

from core.values.i18n import N_, _
from core.values.stored import UNREADABLE_WORD, Words
from core.values.times import midnight

WEEKS = 12
PERIOD = 4  # weeks
LEAST = 4  # calls in each of two periods that are compared
_WORSE, _BETTER = 80, 125  # percent of before
_MOST = 999  # percent of before that are told
_DAYS = PERIOD * 7


class Measure(enum.IntEnum):
    """What is compared; of each, more is better."""

    CONNECTED = 1
    COMPLETED = 2
    ANSWERS = 3
    DURATION = 4
    NORMAL = 5


MEASURE_WORDS = Words(
    {
        Measure.CONNECTED: N_("Connected"),
        Measure.COMPLETED: N_("Completed"),
        Measure.ANSWERS: N_("Answer length"),
        Measure.DURATION: N_("Duration"),
        Measure.NORMAL: N_("Analysis normal"),
    }
)
_IN_A_SENTENCE = Words(
    {
        Measure.CONNECTED: N_("connected {change} in 4 weeks"),
        Measure.COMPLETED: N_("completed {change} in 4 weeks"),
        Measure.ANSWERS: N_("answers {change} in 4 weeks"),
        Measure.DURATION: N_("duration {change} in 4 weeks"),
        Measure.NORMAL: N_("normal {change} in 4 weeks"),
    }
)


class Sums(Struct, frozen=True):
    """What calls add up to. ``answers`` are counted, ``characters`` those in them; ``analysed`` are the calls
    that have an analysis, ``normal`` those of them where it is normal."""

    calls: int = 0
    connected: int = 0
    completed: int = 0
    answers: int = 0
    characters: int = 0
    milliseconds: int = 0
    analysed: int = 0
    normal: int = 0
    emergencies: int = 0

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """The sums in the order of the fields; those of no calls may be None."""
        return cls(*(int(value or 0) for value in values))

    def __add__(self, other: "Sums") -> "Sums":
        both = ((getattr(self, name), getattr(other, name)) for name in self.__struct_fields__)
        return Sums(*(a + b for a, b in both))

    def value(self, measure: Measure) -> float | None:
        """The measure: rates 0…1, characters an answer, seconds a connected call; None where there is none."""
        part, whole = {
            Measure.CONNECTED: (self.connected, self.calls),
            Measure.COMPLETED: (self.completed, self.calls),
            Measure.ANSWERS: (self.characters, self.answers),
            Measure.DURATION: (self.milliseconds / 1000, self.connected),
            Measure.NORMAL: (self.normal, self.analysed),
        }[measure]
        return part / whole if whole else None

    def has_enough(self, measure: Measure) -> bool:
        """Whether the measure is of so many calls that it can be compared."""
        counted = {
            Measure.CONNECTED: self.calls,
            Measure.COMPLETED: self.calls,
            Measure.ANSWERS: min(self.connected, self.answers),
            Measure.DURATION: self.connected,
            Measure.NORMAL: self.analysed,
        }[measure]
        return counted >= LEAST


class Change(Struct, frozen=True):
    """What has changed most, and to how many percent of what it was before; no measure: nothing much."""

    measure: Measure | None
    percent: int

    @property
    def is_worse(self) -> bool:
        """Whether it is a change for the worse."""
        return self.measure is not None and self.percent <= _WORSE

    @property
    def kept(self) -> int:
        """As one number, by which the list sorts: the worst is the least."""
        return self.percent * 10 + (self.measure or 0)

    @classmethod
    def read(cls, kept: int) -> Self:
        """The change of such a number."""
        percent, measure = divmod(kept, 10)
        return cls(Measure(measure) if measure in set(Measure) else None, percent)


_STEADY = Change(None, 100)
GETTING_WORSE = _WORSE * 10 + max(Measure)
"""The largest number of a change for the worse."""


def percent_of(measure: Measure, recent: Sums, before: Sums) -> int | None:
    """How many percent of the measure before it is now; None where that cannot be told."""
    now, then = recent.value(measure), before.value(measure)
    if not (recent.has_enough(measure) and before.has_enough(measure) and then):
        return None
    return min(round((now or 0) / then * 100), _MOST)


def change(recent: Sums, before: Sums) -> Change | None:
    """What has changed most from one period to the next, for the worse first; None: not enough calls."""
    if min(recent.calls, before.calls) < LEAST:
        return None
    told = [(percent_of(measure, recent, before), measure) for measure in Measure]
    found = [Change(measure, percent) for percent, measure in told if percent is not None]
    if not found:
        return None
    worst = min(found, key=lambda one: one.percent)
    if worst.is_worse:
        return worst
    best = max(found, key=lambda one: one.percent)
    return best if best.percent >= _BETTER else _STEADY


def signed(percent: int) -> str:
    """``40`` as ``−60%``: against before."""
    against = percent - 100
    return f"{'−' if against < 0 else '+' if against else ''}{abs(against)}%"


def words(found: Change) -> str:
    """``answers −60% in 4 weeks``."""
    if found.percent < 0:
        return _(UNREADABLE_WORD)
    if found.measure is None:
        return _("steady")
    return _(_IN_A_SENTENCE[found.measure]).format(change=signed(found.percent))


def weeks(moment: datetime, zone: ZoneInfo, count: int = WEEKS) -> list[date]:
    """The first days of the weeks up to now, the oldest first."""
    today = moment.astimezone(zone).date()
    return [today - timedelta(days=7 * back + 6) for back in reversed(range(count))]


def periods(moment: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """When the four weeks before begin, and the latest four."""
    before, recent = weeks(moment, zone, 2 * PERIOD)[::PERIOD]
    return midnight(before, zone), midnight(recent, zone)


def holds_until(
    oldest_before: datetime | None, oldest: datetime | None, zone: ZoneInfo
) -> datetime | None:
    """When a call leaves its period, from the oldest of each; None where there are none."""
    leaving = [
        midnight(call.astimezone(zone).date() + timedelta(days=days), zone)
        for call, days in ((oldest_before, 2 * _DAYS), (oldest, _DAYS))
        if call is not None
    ]
    return min(leaving, default=None)
