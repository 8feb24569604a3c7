"""Cells that a spreadsheet program has changed: taken with a warning or refused, never silently another number."""

import datetime

import pytest

from core.uploads.sheet import cells
from core.uploads.sheet.cells import Mark, Sign
from core.values.errors import InvalidInput


@pytest.mark.parametrize(
    ("value", "e164"),
    [
        (1012345678.0, "+821012345678"),
        (821012345680.0, "+821012345680"),
        (819012345678.0, "+819012345678"),
        (12125550123.0, "+12125550123"),
    ],
)
def test_a_whole_number_is_read_with_a_warning_that_says_how(value: float, e164: str) -> None:
    number, given, warning = cells.phone_number(value, None, "KR")
    assert number == e164
    assert given == str(int(value))
    assert "was read as" in warning


@pytest.mark.parametrize(
    "text", ["010-1234-5678", "01012345678", "+82 10 1234 5678", "010.1234.5678"]
)
def test_a_text_is_taken_as_it_is(text: str) -> None:
    assert cells.phone_number(text, None, "KR") == ("+821012345678", text, "")


@pytest.mark.parametrize(
    ("value", "mark", "words"),
    [
        (1012345678.5, None, "fraction"),
        (-1012345678.0, None, "sign"),
        (1.012345678e20, None, "lost digits"),
        ("1.01235E+09", None, "lost digits"),
        (1012350000.0, Mark(Sign.EXPONENT, "1.01235E+09"), "lost digits"),
        (1012300000.0, Mark(Sign.EXPONENT, "1.0123E9"), "lost digits"),
        ("", Mark(Sign.NO_VALUE), "formula without a value"),
        ("", Mark(Sign.ERROR), "error in the sheet"),
        (datetime.date(2026, 11, 23), None, "a date"),
        (datetime.time(10, 11), None, "a date"),
        (True, None, "no text"),
        (123.0, None, "not one that can be phoned"),
        ("전화 없음", None, "not a number that can be phoned"),
    ],
)
def test_what_would_be_a_guess_fails_with_its_reason(
    value: object, mark: Mark | None, words: str
) -> None:
    with pytest.raises(InvalidInput, match=words):
        cells.phone_number(value, mark, "KR")


@pytest.mark.parametrize(
    "written", ["1.012345678E9", "1.012345678E+09", "1.01234567E9", "1.023456E9"]
)
def test_an_exponent_that_lost_nothing_is_a_number(written: str) -> None:
    number, _given, warning = cells.phone_number(float(written), Mark(Sign.EXPONENT, written), "KR")
    assert number == "+82" + str(int(float(written)))
    assert warning


def test_a_text_in_exponent_form_is_read_as_the_number_where_it_has_all_digits() -> None:
    number, given, warning = cells.phone_number("1.012345678E+09", None, "KR")
    assert (number, given) == ("+821012345678", "1012345678")
    assert "was read as" in warning


def test_a_number_that_lacks_a_digit_says_so() -> None:
    for value in (104200055.0, "104200055"):
        with pytest.raises(InvalidInput, match="digit"):
            cells.phone_number(value, None, "KR")
    with pytest.raises(InvalidInput, match="A digit is missing"):
        cells.phone_number(104200055.0, None, "KR")


@pytest.mark.parametrize("mark", ["\u200e", "\ufeff", "\u2066", "\xad"])
def test_invisible_marks_around_a_cell_are_left_out_with_a_warning(mark: str) -> None:
    number, _given, warning = cells.phone_number(f"{mark}010-1234-5678{mark}", None, "KR")
    assert number == "+821012345678"
    assert "Invisible marks around Mobile phone number" in warning
    _taken, warning = cells.text(f"김영희{mark}", None, field="name", label="Recipient name")
    assert "Invisible marks around Recipient name" in warning
    assert not cells.text("김영희\n", None, field="name", label="Recipient name")[1]


def test_a_formula_with_a_value_is_taken_with_a_warning() -> None:
    formula = Mark(Sign.FORMULA)
    assert cells.phone_number("010-1234-5678", formula, "KR")[2]
    taken, warning = cells.text(2.0, formula, field="name", label="Recipient name")
    assert taken == "2"
    assert "formula" in warning


def test_a_date_is_no_name_but_may_be_other_information() -> None:
    day = datetime.date(1940, 5, 1)
    with pytest.raises(InvalidInput, match="Recipient name is a date"):
        cells.text(day, None, field="name", label="Recipient name")
    taken, warning = cells.text(
        day, None, field="other_information", label="Other information", dates=True
    )
    assert taken == "1940-05-01"
    assert "1940-05-01" in warning


def test_a_text_longer_than_any_rule_allows_is_not_even_looked_at() -> None:
    with pytest.raises(InvalidInput, match="far too long"):
        cells.text("가" * 32_767, None, field="name", label="Recipient name")
