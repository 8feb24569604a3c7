"""Moments of the sample database as SQLite keeps them, counted back from the day it is made."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.times import months_before

ZONE = "Asia/Seoul"
_FIRST = 1_300  # days back
_LAST = 120  # days ahead


class Clock:
    """Days before today with a second of the day, as text. All of a day before 15:00 UTC is one Korean day."""

    def __init__(self, today: date) -> None:
        self.today = today
        self._days = [f"{today - timedelta(days=ago)} " for ago in range(-_LAST, _FIRST)]
        self._minutes = [f"{at // 60:02d}:{at % 60:02d}:" for at in range(24 * 60)]
        self._seconds = [f"{at:02d}.000000" for at in range(60)]

    def text(self, days_ago: int, second: int) -> str:
        """The moment: that many days before today, at that second of the UTC day."""
        return (
            self._days[days_ago + _LAST] + self._minutes[second // 60] + self._seconds[second % 60]
        )

    @property
    def midnight(self) -> datetime:
        """When today began in Korea; everything that has happened lies before."""
        return datetime.combine(self.today, time(), ZoneInfo(ZONE)).astimezone(UTC)

    def months_ago(self, months: int) -> str:
        """That many calendar months before midnight."""
        return months_before(self.midnight, months).strftime("%Y-%m-%d %H:%M:%S.%f")

    def is_weekend(self, days_ago: int) -> bool:
        """Whether nobody is in the office."""
        return (self.today - timedelta(days=days_ago)).weekday() >= 5
