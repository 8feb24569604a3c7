"""Days as people type them."""

from datetime import date

import pytest

from core.values.days import parse_day
from core.values.errors import InvalidInput

TODAY = date(2026, 12, 8)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("", None),
        ("2026-12-01", date(2026, 12, 1)),
        ("2026.12.1", date(2026, 12, 1)),
        ("20261201", date(2026, 12, 1)),
        ("2026-1-1", date(2026, 1, 1)),
        ("1900-01-01", date(1900, 1, 1)),
        ("2999-12-31", date(2999, 12, 31)),
        ("+7", date(2026, 12, 15)),
        ("-7", date(2026, 12, 1)),
    ],
)
def test_it_is_read_as_it_was_meant(typed: str, day: date | None) -> None:
    assert parse_day(typed, TODAY) == day


@pytest.mark.parametrize(
    "typed",
    ["7", "-", "+", "--7", "+-7", "-999999999", "2026-13-01", "٣", "1899-12-31", "3000-01-01"],
)
def test_anything_else_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInput, match=r"2026-12-01, or -7 for a week ago|has to lie between"):
        parse_day(typed, TODAY, is_past=True)
