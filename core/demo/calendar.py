"""Moments of the sample database as SQLite keeps them, counted back from the day it is made."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.values.times import midnight, months_before

ZONE = "Asia/Seoul"
_FIRST = 1_300  # days back
_LAST = 120  # days ahead


class Calendar:
    """Days before today with a second of the day, as text. All of a day before 15:00 UTC is one Korean day."""

    def __init__(self, today: date, minute: int = 0) -> None:
        self.today = today
        self.now = self.midnight + timedelta(minutes=minute)
        # indexed by days ago; the negative ones, of days to come, count from the end as Python does
        self.days = [
            f"{today - timedelta(days=ago)} " for ago in (*range(_FIRST), *range(-_LAST, 0))
        ]
        self.seconds = [
            f"{time(at // 3600, at // 60 % 60, at % 60)}.000000" for at in range(86_400)
        ]

    def text(self, days_ago: int, second: int) -> str:
        """The moment: that many days before today, at that second of the UTC day."""
        return self.days[days_ago] + self.seconds[second]

    @property
    def midnight(self) -> datetime:
        """When today began in Korea; all but what the morning brought lies before."""
        return midnight(self.today, ZoneInfo(ZONE))

    def months_ago(self, months: int) -> str:
        """That many calendar months before midnight."""
        return self.moment(months_before(self.midnight, months))

    def moment(self, at: datetime) -> str:
        """A moment (UTC)."""
        return at.strftime("%Y-%m-%d %H:%M:%S.%f")

    def is_weekend(self, days_ago: int) -> bool:
        """Whether nobody is in the office."""
        return (self.today - timedelta(days=days_ago)).weekday() >= 5
