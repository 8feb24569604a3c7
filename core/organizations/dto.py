"""What services and screens exchange about organizations. Frozen."""

from msgspec import Struct


class OrganizationRow(Struct, frozen=True):
    """An organization. ``timezone`` is None where the settings' zone holds."""

    id: int
    version: int
    name: str
    timezone: str | None
