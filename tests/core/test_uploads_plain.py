"""Rows taken many at once come to what each comes to by itself."""

import math
from collections.abc import Sequence
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from core.uploads.protocol import encode_rows
from core.uploads.rows import GoodRow
from core.uploads.rules import RowChecker, Scope

_SCOPE = Scope({"haeundae": 1, "부산": 2}, None, "")
_COLUMNS = (
    "name",
    "phone",
    "other_information",
    "organization",
    "guardian",
    "guardian_phone",
    "tags",
)
_LETTERS = "김영Aß\u0130\u1100\u1161\u00e9\u0301 \u00a0\u3000\n\t\u200b@=가힣\u318e\uac00\ud7a3\ud7a4\u00c5"
_NAMES = st.one_of(st.sampled_from(["김영희", "Jo Kim", "O'Neil"]), st.text(_LETTERS, max_size=22))
_NUMBERS = st.one_of(
    st.builds("010-{:04}-{:04}".format, st.integers(0, 9999), st.integers(0, 3)),
    st.builds("010{:04}{:04}".format, st.integers(2000, 2003), st.integers(0, 3)),
    st.text("01-+82 ()\n\u0661\uff11", max_size=14),
    st.sampled_from(["010-2000-0001\n", "+82 10-2000-0001", "010-20000001", 1020000001.0, None]),
)
_NOTES = st.one_of(
    st.sampled_from(["", " ", "독거, 3층", 3.0, None]), st.text(_LETTERS, max_size=32)
)
_PLACES = st.sampled_from(["Haeundae", "부산", "haeundae ", "", "Nowhere", 5.0])
_GUARDIANS = st.one_of(
    st.sampled_from(["", "", "딸", "김 철수", 0.0, False]), st.text(_LETTERS, max_size=42)
)
_THEIR_NUMBERS = st.one_of(
    st.sampled_from(
        [
            "",
            "",
            "010-3000-0001",
            "0103000-0001",
            "051-749-4000",
            "0517494000",
            "1588-1234",
            "119",
            "02-1",
            " ",
        ]
    ),
    st.sampled_from(
        [
            0.0,
            None,
            1030000001.0,
            517494000.0,
            119.0,
            2e15,
            "010-3000-0001\n",
            "051-749-4000/1",
            "00-1-2",
            "+82517494000",
        ]
    ),
    st.text("0158-", max_size=13),
)
_TAGS = st.one_of(
    st.sampled_from(["", "", "고위험", "주 2회; 고위험", "high,독거", ",", 3.0, None, "a\nb"]),
    st.text(_LETTERS + ",;", max_size=24),
)
_ROWS = st.lists(
    st.tuples(_NAMES, _NUMBERS, _NOTES, _PLACES, _GUARDIANS, _THEIR_NUMBERS, _TAGS),
    min_size=1,
    max_size=6,
)


# a spreadsheet program took all of them for numbers to count with
_EATEN = st.one_of(
    st.integers(1_019_999_998, 1_020_010_002).map(float),
    st.sampled_from([999_999_999.0, 1_000_000_000.0, 1_099_999_999.0, 1_100_000_000.0]),
    st.sampled_from([1_020_000_000.5, math.nan, math.inf, -1_020_000_000.0, 821_020_000_000.0]),
)
_EATEN_ROWS = st.lists(
    st.tuples(_NAMES, _EATEN, _NOTES, _PLACES, st.just(""), st.just(""), _TAGS),
    min_size=1,
    max_size=3,
)


def _columns(rows: Sequence[Sequence[Any]]) -> dict[str, list[Any]]:
    return {name: [row[at] for row in rows] for at, name in enumerate(_COLUMNS)}


@given(before=_ROWS, rows=st.one_of(_ROWS, _EATEN_ROWS))
@example(
    before=[],
    rows=[
        ("김영희", "010-2000-0001", "", "Haeundae", "딸", "051-749-4000", "고위험, 독거"),
        ("이", "01020000001", "", "부산", "", "010-3000-0001", "독거"),
        ("박", "01020000002", "", "부산", "", "", "고위험;독거"),
    ],
)
@example(before=[], rows=[("김영희", 1_020_000_001.0, "", "부산", "", "", "독거")])
def test_plain_rows_are_those_that_are_checked_one_by_one(
    before: Sequence[Sequence[Any]], rows: Sequence[Sequence[Any]]
) -> None:
    at_once, by_one = RowChecker("KR", _SCOPE), RowChecker("KR", _SCOPE)
    for number, row in enumerate(before, 2):
        for checker in (at_once, by_one):
            checker.check(number, dict(zip(_COLUMNS, row, strict=True)))
    numbers = [*range(10, 10 + len(rows))]
    made = at_once.plain.take(numbers, _columns(rows))
    if made is None:
        return
    checked = [
        by_one.check(number, dict(zip(_COLUMNS, row, strict=True)))
        for number, row in zip(numbers, rows, strict=True)
    ]
    assert all(isinstance(row, GoodRow) for row in checked)
    assert encode_rows(made) == encode_rows(checked)
    assert at_once.tags.fresh() == by_one.tags.fresh()
    # and the rows that follow know of them
    assert at_once.plain.take([99], _columns(rows[-1:])) is None


def test_usual_rows_are_plain_and_odd_ones_are_not() -> None:
    rows = [
        ["김영희", f"010-2000-{at:04}", "보호자: 딸 3", "Haeundae", "딸", "02-345-6789", "고위험"]
        for at in range(5)
    ]
    numbers = list(range(2, 7))

    def taken(column: int = 0, odd: Any = "김영희") -> bool:
        changed = [list(row) for row in rows]
        changed[2][column] = odd
        checker = RowChecker("KR", _SCOPE)
        return checker.plain.take(numbers, _columns(changed)) is not None

    assert taken()
    assert taken(2, "")
    for odd in ("", " ", "김\n영", "가" * 21, "김  영", "김\u200b", "e\u0301", 5.0, None):
        assert not taken(0, odd), odd
    for odd in ("", "010-2000-0000", "010-2000-000", "02-2000-0001", 1020000001.0, None):
        assert not taken(1, odd), odd
    for odd in ("Nowhere", "", 5.0, None):
        assert not taken(3, odd), odd
    eaten = RowChecker("KR", _SCOPE).plain
    numbered = [[row[0], 1_020_000_000.0 + at, *row[2:]] for at, row in enumerate(rows)]
    assert eaten.take(numbers, _columns(numbered)) is not None
    assert taken(4, "")
    assert taken(5, "119")
    assert taken(5, 23456789.0)
    for odd in ("", "02-345", 5.0, None, 0.0):
        assert not taken(5, odd), odd
    for odd in (" ", "가" * 41, 5.0, None):
        assert not taken(4, odd), odd
    for plain in ("", "독거; 고위험", " ", "a,,b"):
        assert taken(6, plain), plain
    for odd in ("가" * 21, "010-1234-5678", "a\u200bb", "a\nb", 5.0, None):
        assert not taken(6, odd), odd
    assert RowChecker("JP", _SCOPE).plain.take(numbers, _columns(rows)) is None
