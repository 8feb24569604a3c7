"""How values look in cells and sentences. Pure."""

from datetime import datetime, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from msgspec import Struct

from core.recipients import texts
from core.values import phone
from core.values.i18n import N_, _
from core.values.settings import Settings
from core.values.times import EARLIEST, LATEST, zone_of
from core.values.times import show as show_time

_MONTHS = (
    N_("Jan"), N_("Feb"), N_("Mar"), N_("Apr"), N_("May"), N_("Jun"),
    N_("Jul"), N_("Aug"), N_("Sep"), N_("Oct"), N_("Nov"), N_("Dec"),
)  # fmt: skip


class CellFormat(Struct, frozen=True):
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

    def here(self, moment: datetime, timezone: str | None) -> datetime:
        """A moment in the organization's zone."""
        return moment.astimezone(zone_of(timezone, self.zone))

    def day_or_time(self, moment: datetime, now: datetime, timezone: str | None) -> str:
        """``10:04`` today, else ``24 Nov``."""
        if not EARLIEST <= moment <= LATEST:
            return show_time(moment, self.zone)
        here, today = self.here(moment, timezone), self.here(now, timezone).date()
        return f"{here:%H:%M}" if here.date() == today else _day(here, today.year)

    def near(self, moment: datetime, now: datetime, timezone: str | None) -> str:
        """``today 10:04``, ``tomorrow 09:00``, ``24 Nov 10:04``."""
        if not EARLIEST <= moment <= LATEST:
            return show_time(moment, self.zone)
        here, today = self.here(moment, timezone), self.here(now, timezone).date()
        days = (here.date() - today).days
        if days == 0:
            return _("today {time}").format(time=f"{here:%H:%M}")
        if days == 1:
            return _("tomorrow {time}").format(time=f"{here:%H:%M}")
        return f"{_day(here, today.year)} {here:%H:%M}"

    def phone(self, e164: str) -> str:
        """A number in national form for the home region; the core has hidden what the role does not see."""
        return phone.show(e164, self.region)


def _day(here: datetime, this_year: int) -> str:
    month = _(_MONTHS[here.month - 1])
    if here.year != this_year:
        return _("{day} {month} {year}").format(day=here.day, month=month, year=here.year)
    return _("{day} {month}").format(day=here.day, month=month)


def percent(rate: float | None) -> str:
    """``0.5`` as ``50%``; a dash for none."""
    return texts.percent(rate) or "-"


def duration(seconds: float | None) -> str:
    """Seconds as ``m:ss``; a dash for none."""
    return texts.duration(seconds) or "-"


def length(value: float | None) -> str:
    """So many characters; a dash for none."""
    return texts.length(value) or "-"


def days_left(expires_at: datetime | None, moment: datetime) -> str:
    """Days until it is gone for good, one that has begun as a whole one; a dash where that never comes."""
    if expires_at is None:
        return "-"
    days = (expires_at - moment) / timedelta(days=1)
    return f"{ceil(days)}" if days >= 1 else "<1"
