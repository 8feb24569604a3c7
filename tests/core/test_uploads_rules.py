"""One row of a sheet by itself: what it is found by, and which organization is meant."""

from typing import Any

import pytest

from core.uploads.rows import Existing, GoodRow
from core.uploads.rules import BadRow, RowChecker, Scope, is_unchanged, taken_words, why_taken
from core.values.i18n import told

SCOPE = Scope({"해운대 복지관": 1, "haeundae": 2}, None, "", {1: "해운대 복지관", 2: "Haeundae"})
PERSON = {"name": "김영희", "phone": "010-2345-0001"}


def reasons(checker: RowChecker, **cells: object) -> list[str]:
    """Why a row with these cells fails."""
    row = checker.check(2, {**PERSON, **cells})
    assert isinstance(row, BadRow)
    return [str(told(one)) for one in row.reasons]


def test_a_row_that_fails_is_found_by_its_number_whatever_is_wrong_with_it() -> None:
    """Whoever erases a person finds the rows that were meant for it by that."""
    keys = {"010-2345-0001": "+821023450001", "전화 02) 312-3456": "023123456", "없음": ""}
    for written, key in keys.items():
        row = RowChecker("KR", SCOPE).check(2, {"name": "", "phone": written})
        assert isinstance(row, BadRow)
        assert row.phone_key == key


def test_the_organization_is_that_of_the_cell_or_the_chosen_one() -> None:
    row = RowChecker("KR", SCOPE).check(2, {**PERSON, "organization": " HAEUNDAE "})
    assert isinstance(row, GoodRow)
    assert row.organization_id == 2
    chosen = Scope(SCOPE.organizations, 1, "해운대 복지관")
    assert isinstance(RowChecker("KR", chosen).check(2, PERSON), GoodRow)
    [told_so] = reasons(RowChecker("KR", chosen), organization="Haeundae")
    assert "is not 해운대 복지관, for which this upload is" in told_so


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("", "Responsible organization is missing."),
        ("해운대복지관", "Did you mean 해운대 복지관?"),
        ("Haeundea", "Did you mean Haeundae?"),
        ("Busan", "carecall organization add"),
    ],
)
def test_an_organization_that_is_not_there_is_told_with_the_way_out(
    written: str, words: str
) -> None:
    [told_so] = reasons(RowChecker("KR", SCOPE), organization=written)
    assert words in told_so


def test_what_is_nearly_so_is_looked_for_in_the_first_rows_only() -> None:
    checker = RowChecker("KR", SCOPE)
    assert "Did you mean Haeundae?" in reasons(checker, organization="Haeundea")[0]
    for at in range(50):
        reasons(checker, organization=f"Nowhere {at}")
    assert "Did you mean" not in reasons(checker, organization="Hauendae")[0]
    # but for blanks, which cost nothing
    assert "Did you mean 해운대 복지관?" in reasons(checker, organization="해운대복 지관")[0]


@pytest.mark.parametrize(
    ("given", "there", "reason"),
    [
        ({}, {}, None),
        ({}, {"other_information": "독거"}, None),  # a blank cell gives nothing
        ({"other_information": "독거"}, {}, {"code": "differs", "field": "other_information"}),
        ({"name": "김철수"}, {}, {"code": "taken"}),
        ({}, {"has_other_guardian": True}, {"code": "differs", "field": "guardian_phone"}),
        ({}, {"has_other_tags": True}, {"code": "differs", "field": "tags"}),
    ],
)
def test_a_row_whose_number_somebody_has_is_unchanged_or_says_what_differs(
    given: dict[str, str], there: dict[str, Any], reason: dict[str, str] | None
) -> None:
    row = RowChecker("KR", SCOPE).check(2, {**PERSON, **given, "organization": "Haeundae"})
    assert isinstance(row, GoodRow)
    existing = Existing(id=1, name="김영희", phone="+821023450001", **there)
    assert is_unchanged(row, existing) == (reason is None)
    if reason:
        assert why_taken(row, existing) == reason


@pytest.mark.parametrize(
    ("reason", "name", "words"),
    [
        ({"code": "taken"}, "김영희", "010 belongs to 김영희 in this organization already."),
        ({"code": "taken"}, None, "010 belonged to another recipient."),
        (
            {"code": "differs", "field": "tags"},
            "김영희",
            "김영희, who has 010 already, has other tags.",
        ),
        (
            {"code": "differs"},
            "김영희",
            "Other information differs from that of 김영희, who has 010",
        ),
        ({"code": "differs", "field": "guardian_phone"}, None, "belonged to another recipient."),
    ],
)
def test_whose_number_it_is_is_told_as_long_as_somebody_has_it(
    reason: dict[str, str], name: str | None, words: str
) -> None:
    assert words in taken_words(reason, name, "010")
