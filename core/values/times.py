"""Times: stored as UTC with zone, shown in the organization's zone."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core.values.i18n import _
from core.values.stored import UNREADABLE_WORD

# Kept where a moment is none: sort columns are never NULL.
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
# What is read for a stored moment that is none; PostgreSQL's infinity is read as this one, too.
UNREADABLE = datetime.max.replace(tzinfo=UTC)
# Within these a moment has a day in every zone.
EARLIEST, LATEST = datetime(1, 1, 3, tzinfo=UTC), datetime(9999, 12, 29, tzinfo=UTC)


def now() -> datetime:
    """This moment, in UTC with zone, to the microsecond."""
    return datetime.now(UTC)


def show(moment: datetime | None, zone: ZoneInfo) -> str:
    """``2026-11-23 09:05`` in the zone; "" for none, and a word for one that cannot be read."""
    if moment is None:
        return ""
    if not EARLIEST <= moment <= LATEST:
        return _(UNREADABLE_WORD)
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def show_with_zone(moment: datetime | None, zone: ZoneInfo) -> str:
    """``2026-11-23 09:05+09:00``: as ``show``, where nobody knows which zone is meant."""
    if moment is None or not EARLIEST <= moment <= LATEST:
        return show(moment, zone)
    return moment.astimezone(zone).isoformat(" ", "minutes")


def zone_of(name: str | None, default: ZoneInfo) -> ZoneInfo:
    """The zone of an organization; where it has none, or one that this host does not know, the settings'."""
    try:
        return ZoneInfo(name) if name else default
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return default


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When a day begins in the zone, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def months_before(moment: datetime, months: int) -> datetime:
    """The same day and time that many calendar months earlier; the month's last day where it has no such day."""
    total = moment.year * 12 + moment.month - 1 - months
    year, month = divmod(total, 12)
    for day in (moment.day, 30, 29, 28):
        try:
            return moment.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")
