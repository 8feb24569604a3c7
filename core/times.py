"""Times: stored as UTC with zone, shown in the organization's zone."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

# Kept where a moment is none: sort columns are never NULL.
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def now() -> datetime:
    """This moment, in UTC with zone, to the microsecond."""
    return datetime.now(UTC)


def show(moment: datetime | None, zone: ZoneInfo) -> str:
    """``2026-11-23 09:05`` in the zone; "" for none."""
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M") if moment else ""


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
