"""The console in lines: the numbers that are said."""

import pytest

from tui.plain.answering import number_in


@pytest.mark.parametrize(
    ("word", "number"),
    [("3", 3), ("", 0), ("d", 0), ("-1", 0), ("²", 0), ("9" * 5000, 999_999_999)],
)
def test_a_number_is_one_however_long_it_is(word: str, number: int) -> None:
    assert number_in(word) == number
