"""How values look in cells and sentences. Pure."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from core.recipients import texts
from core.values import phone
from core.values.settings import Settings
from core.values.times import show as show_time
from core.values.times import zone_of


@dataclass(frozen=True, slots=True)
class CellFormat:
    """What formatting depends on besides the recipient."""

    region: str
    zone: ZoneInfo

    @classmethod
    def of(cls, settings: Settings) -> "CellFormat":
        """As the settings say."""
        return cls(settings.region, settings.zone)

    def time(self, moment: datetime | None, timezone: str | None) -> str:
        """A time in the organization's zone, else the settings'."""
        return show_time(moment, zone_of(timezone, self.zone))

    def phone(self, e164: str) -> str:
        """A number in national form for the home region; the core has hidden what the role does not see."""
        return phone.show(e164, self.region)


def percent(rate: float | None) -> str:
    """``0.5`` as ``50%``; a dash for none."""
    return texts.percent(rate) or "-"


def duration(seconds: float | None) -> str:
    """Seconds as ``m:ss``; a dash for none."""
    return texts.duration(seconds) or "-"


def length(value: float | None) -> str:
    """So many characters; a dash for none."""
    return texts.length(value) or "-"
