"""Times to come as people type them: in spans, days, days of the week, in both languages and Hangul mode."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from core.values.days import parse_moment
from core.values.errors import InvalidInput

SEOUL = ZoneInfo("Asia/Seoul")
FRIDAY = datetime(2026, 11, 27, 10, 30, tzinfo=SEOUL)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("2h", "2026-11-27 12:30"),
        ("+2h", "2026-11-27 12:30"),
        ("2ㅗ", "2026-11-27 12:30"),
        ("2시간", "2026-11-27 12:30"),
        ("30m", "2026-11-27 11:00"),
        ("30분", "2026-11-27 11:00"),
        ("14:30", "2026-11-27 14:30"),
        ("9:00", "2026-11-28 09:00"),
        ("오후 3시", "2026-11-27 15:00"),
        ("오후 1시", "2026-11-27 13:00"),
        ("오전 12시 5분", "2026-11-28 00:05"),
        ("today", "2026-11-27 23:59"),
        ("내일 9시", "2026-11-28 09:00"),
        ("+1", "2026-11-28 23:59"),
        (" +1  8:05 ", "2026-11-28 08:05"),
        ("mon 9:00", "2026-11-30 09:00"),
        ("Monday", "2026-11-30 23:59"),
        ("월 9:00", "2026-11-30 09:00"),
        ("월요일 9시", "2026-11-30 09:00"),
        ("fri 11:00", "2026-11-27 11:00"),
        ("fri 9:00", "2026-12-04 09:00"),
        ("2026-12-01", "2026-12-01 23:59"),
        ("2026.12.1 9:00", "2026-12-01 09:00"),
        ("20261201 9:00", "2026-12-01 09:00"),
    ],
)
def test_what_is_typed_is_read_in_the_zone(typed, expected):
    found = parse_moment(typed, FRIDAY)
    assert found is not None
    assert found.tzinfo is UTC
    assert found.astimezone(SEOUL).strftime("%Y-%m-%d %H:%M") == expected


def test_nothing_is_no_time():
    assert parse_moment("  ", FRIDAY) is None


@pytest.mark.parametrize(
    "typed",
    ["soon", "25:00", "9:60", "오후 13시", "mon tue", "2026-02-30", "99999h", "9", "+1 9:"],
)
def test_anything_else_is_refused_with_how_it_is_written(typed):
    with pytest.raises(InvalidInput, match="A time is written like 2h, 14:30"):
        parse_moment(typed, FRIDAY)


def test_a_day_that_no_zone_can_tell_is_refused():
    with pytest.raises(InvalidInput, match="The day has to lie between"):
        parse_moment("+9999999", FRIDAY)


def test_an_hour_that_the_clock_leaves_out_is_still_a_moment():
    berlin = datetime(2027, 3, 27, 12, 0, tzinfo=ZoneInfo("Europe/Berlin"))
    found = parse_moment("+1 2:30", berlin)
    assert found == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
