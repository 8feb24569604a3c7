"""What services and screens exchange about tags. Frozen."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TagRow:
    """A tag of an organization, and how many recipients have it."""

    id: int
    name: str
    organization_id: int
    organization: str
    count: int
    version: int


@dataclass(frozen=True, slots=True)
class TagUse:
    """A tag that recipients of a selection may have: how many have it, of how many."""

    name: str
    have: int
    total: int
