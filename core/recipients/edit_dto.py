"""Types of an edit of many recipients."""

from bisect import bisect_left
from collections.abc import Sequence

from msgspec import Struct

from core.values.jobs import Done


class Seen(Struct, frozen=True):
    """Recipients by ID, sorted, and the version in which each was seen."""

    ids: Sequence[int]
    versions: Sequence[int]

    def of(self, ids: Sequence[int]) -> dict[int, int]:
        """The versions of some that follow each other."""
        first = bisect_left(self.ids, ids[0])
        return dict(zip(ids, self.versions[first : first + len(ids)], strict=True))


class NotEdited(Struct, frozen=True):
    """A recipient who stays as it is, and why."""

    id: int
    name: str
    reason: str


class ManyEdited(Struct, frozen=True):
    """How many have now what was asked for; the first and the number of those who stay as they are.

    ``gone``: how many of them were deleted since.
    """

    done: Done
    kept: tuple[NotEdited, ...] = ()
    kept_count: int = 0
    gone: int = 0
