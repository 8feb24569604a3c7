"""Moments as they are shown, and months before them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from core.values.times import (
    EARLIEST,
    LATEST,
    UNREADABLE,
    midnight,
    months_before,
    show,
    show_with_zone,
    zone_of,
)

SEOUL, AZORES = ZoneInfo("Asia/Seoul"), ZoneInfo("Atlantic/Azores")
MOMENT = datetime(2026, 11, 23, 0, 5, 59, tzinfo=UTC)


def test_a_moment_is_shown_in_the_zone() -> None:
    assert show(MOMENT, SEOUL) == "2026-11-23 09:05"
    assert show_with_zone(MOMENT, SEOUL) == "2026-11-23 09:05+09:00"
    assert show(MOMENT, AZORES) == "2026-11-22 23:05"
    assert show_with_zone(LATEST, SEOUL) == "9999-12-29 09:00+09:00"
    assert show_with_zone(EARLIEST, SEOUL).startswith("0001-01-03 08:27+")


@pytest.mark.parametrize("shown", [show, show_with_zone])
def test_none_is_nothing_and_what_no_zone_can_tell_is_unreadable(shown) -> None:
    assert shown(None, SEOUL) == ""
    assert "1-01-03 08:27" in shown(EARLIEST, SEOUL)
    assert shown(LATEST, SEOUL).startswith("9999-12-29 09:00")
    for beyond in (UNREADABLE, LATEST.replace(hour=1), EARLIEST.replace(day=2)):
        assert shown(beyond, SEOUL) == "unreadable"


def test_a_day_begins_in_its_zone() -> None:
    assert midnight(date(2026, 11, 23), SEOUL) == datetime(2026, 11, 22, 15, tzinfo=UTC)


@pytest.mark.parametrize("name", [None, "", "Asia/Nowhere", "../../etc/passwd"])
def test_a_zone_that_is_not_known_is_that_of_the_settings(name: str | None) -> None:
    assert zone_of(name, SEOUL) is SEOUL
    assert zone_of("Atlantic/Azores", SEOUL) == AZORES


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        ("2026-11-23", 3, "2026-08-23"),
        ("2026-02-28", 3, "2025-11-28"),
        ("2026-01-15", 1, "2025-12-15"),
        ("2026-12-31", 12, "2025-12-31"),
        ("2026-05-31", 1, "2026-04-30"),
        ("2026-05-31", 3, "2026-02-28"),
        ("2028-05-30", 3, "2028-02-29"),
    ],
)
def test_months_before_end_with_the_last_day_of_a_shorter_one(
    day: str, months: int, before: str
) -> None:
    moment = datetime.fromisoformat(f"{day}T13:37+00:00")
    assert months_before(moment, months) == datetime.fromisoformat(f"{before}T13:37+00:00")
