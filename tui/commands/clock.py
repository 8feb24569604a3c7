"""Times as commands print them: as the console shows them, in the organization's zone, and with the zone."""

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from core.values.times import show_with_zone, zone_of

if TYPE_CHECKING:
    from core.app.actor import Actor
    from core.app.services import Services


class Clock:
    """The zones of the organizations that an admin sees; the own one, or the settings', where none is named."""

    def __init__(self, zone: ZoneInfo, zones: dict[str, ZoneInfo]) -> None:
        self.zone = zone
        self._zones = zones

    @classmethod
    async def of(cls, services: "Services", actor: "Actor") -> "Clock":
        """The clock of who reads."""
        default = services.settings.zone
        rows = await services.organizations.list(actor)
        zones = {row.name: zone_of(row.timezone, default) for row in rows}
        own = next((zones[row.name] for row in rows if row.id == actor.organization_id), default)
        return cls(own, zones)

    def show(self, moment: datetime | None, organization: str = "") -> str:
        """``2026-11-23 09:05+09:00``, in the zone of what it is about."""
        return show_with_zone(moment, self._zones.get(organization, self.zone))
