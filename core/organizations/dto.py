"""What services and screens exchange about organizations. Frozen."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OrganizationRow:
    """An organization. ``timezone`` is None where the settings' zone holds."""

    id: int
    version: int
    name: str
    timezone: str | None
