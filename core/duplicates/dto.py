"""What services and screens exchange about recipients that may be one person. Frozen; times in UTC."""

from collections.abc import Mapping, Sequence

from msgspec import Struct, field

from core.duplicates.rules import Reason
from core.recipients.dto import RecipientRow


class Pair(Struct, frozen=True):
    """Two recipients that may be one person, and why; the one registered first comes first."""

    first: RecipientRow
    second: RecipientRow
    reasons: tuple[Reason, ...]

    @property
    def key(self) -> int:
        """A number of its own."""
        return self.first.id << 31 | self.second.id


class Pairs(Struct, frozen=True):
    """The pairs that were found; ``is_whole`` tells whether there were no more."""

    pairs: Sequence[Pair]
    is_whole: bool


class Holds(Struct, frozen=True):
    """How much there is of a recipient, by the names of the tables in which it is."""

    counts: Mapping[str, int] = field(default_factory=dict)

    def count(self, table: str) -> int:
        """How many rows of this table."""
        return self.counts.get(table, 0)


class Side(Struct, frozen=True):
    """One of two that are compared."""

    row: RecipientRow
    holds: Holds


class MergeDraft(Struct, frozen=True):
    """Who becomes part of somebody, in the versions of both that were read, and which fields (``TEXT_NAMES``) are
    taken over from the one who does not stay."""

    kept_version: int
    merged_id: int
    merged_version: int
    taken: frozenset[str] = frozenset()


class Merged(Struct, frozen=True):
    """The recipient who stays, and the delete of the other, whose undo takes the merge back."""

    kept: RecipientRow
    deletion_id: int
    name: str
