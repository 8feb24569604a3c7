"""What is shown of any text: nothing that a terminal acts on, and no flood of what takes no room."""

import json

import pytest
from rich.cells import cell_len

from core.values.text import displayed, displayed_line, escaped_json

MOST = 2 * 8  # eight marks, each of two of what Python counts at most
ACTING = "\x9b2J \u202eevil\x7f \u2028 \r \U000e0041"


@pytest.mark.parametrize(
    "flood",
    ["\u0301", "\u20dd", "\ufe0f", "\u1161", "🏽", "\u200d😀", "\u3099\u0301"],
    ids=["acute", "enclosing", "variation", "vowel", "skin", "joined", "alternating"],
)
def test_a_letter_carries_only_so_much(flood: str) -> None:
    """Ten thousand marks are one cell on the screen and 20 kB on the line to it."""
    shown = displayed(f"가😀{flood * 10_000}나")
    assert len(shown) <= 2 + MOST + 2
    assert shown.startswith("가😀")
    assert shown.endswith("나")
    assert len(displayed(flood * 480_000)) <= MOST + 2


@pytest.mark.parametrize(
    "whole", ["김영희", "👩‍👩‍👧‍👦", "👍🏽", "e\u0301", "각", "ก็", "plain", "❤️"]
)
def test_what_people_write_stays_as_it_is(whole: str) -> None:
    assert displayed(whole) == whole
    assert cell_len(displayed(whole)) == cell_len(whole)


def test_a_line_stays_one() -> None:
    assert displayed_line("a\r\u2028b\x85c\td") == "a  b c d"


def test_json_says_the_same_and_is_safe() -> None:
    text = json.dumps({"name": ACTING, "joined": "👩‍👧"}, ensure_ascii=False)
    safe = escaped_json(text)
    assert json.loads(safe) == json.loads(text)
    assert not set(safe) & set("\x9b\u202e\x7f\u2028\r\U000e0041")
    assert "👩‍👧" in safe
