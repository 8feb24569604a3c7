"""What services and screens exchange about tags. Frozen."""

from msgspec import Struct


class TagRow(Struct, frozen=True):
    """A tag of an organization, and how many recipients have it."""

    id: int
    name: str
    organization_id: int
    organization: str
    count: int
    version: int


class TagUse(Struct, frozen=True):
    """A tag that recipients of a selection may have: how many have it, of how many."""

    name: str
    have: int
    total: int
