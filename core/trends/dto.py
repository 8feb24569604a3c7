"""What services and screens exchange about trends. Frozen; days are those of the organization's zone."""

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from core.trends.rules import PERIOD, Change, Sums, change


class Week(Struct, frozen=True):
    """Seven days from ``first`` on, and what the calls of them add up to.

    ``open_tasks`` are those that were open when the week ended; None where nobody asked.
    """

    first: date
    sums: Sums
    open_tasks: int | None = None


class Trend(Struct, frozen=True):
    """The weeks up to today, the oldest first."""

    weeks: Sequence[Week]

    @property
    def recent(self) -> Sums:
        """Of the latest four weeks."""
        return sum((week.sums for week in self.weeks[-PERIOD:]), Sums())

    @property
    def before(self) -> Sums:
        """Of the four weeks before."""
        return sum((week.sums for week in self.weeks[-2 * PERIOD : -PERIOD]), Sums())

    @property
    def change(self) -> Change | None:
        """What has changed most; None: not enough calls."""
        return change(self.recent, self.before)
