"""When the time of something is over. Pure."""

from datetime import datetime, timedelta


def expired_before(days: int, moment: datetime) -> datetime | None:
    """What is older than this has to go; None where it is kept until it is deleted by hand (0 days)."""
    return moment - timedelta(days=days) if days > 0 else None
