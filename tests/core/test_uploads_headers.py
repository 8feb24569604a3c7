"""Headers: any order, case and spacing, three languages, a title above them."""

import unicodedata

import pytest

from core.recipients.fields import TYPED
from core.uploads.sheet import header_words, headers
from core.values.errors import InvalidInput

BOTH = ("name", "phone")


@pytest.mark.parametrize(
    "row",
    [
        ["Recipient name", "Mobile phone number"],
        ["  RECIPIENT   NAME ", "mobile\nphone number"],
        ["recipientname", "MobilePhoneNumber"],
        ["수신인 이름", "휴대폰 번호"],
        ["수신인명", "휴대전화번호"],
        ["이름", "휴대폰번호"],
        ["受信者名", "携帯電話番号"],
        ["Ｒｅｃｉｐｉｅｎｔ　ｎａｍｅ", "휴대폰　번호"],
        ["성명(필수)", "연락처 *"],
        ["* 대상자명", "＊휴대폰\n(필수 입력)"],
        ["\ufeff어르신 성함", "핸드폰\u200b"],
        ["'氏名'", "電話番号：[必須]"],
        ["RECIPIENT NAME (required)", "H.P"],
        ["성명(이름)", "연락처(휴대폰)"],
        ["이름 (어르신)", "연락처\n(본인)"],
        [unicodedata.normalize("NFD", name) for name in ("이름", "휴대폰 번호")],
    ],
)
def test_every_name_of_a_column_is_known(row: list[str]) -> None:
    found = headers.find([row], BOTH)
    assert found.columns == {"name": 0, "phone": 1}
    assert not found.unknown


def test_a_number_of_somebody_else_or_of_a_house_is_not_theirs() -> None:
    row = ["성명", "연락처(보호자)", "연락처(집)", "연락처(휴대폰)"]
    found = headers.find([row], BOTH)
    assert found.columns == {"name": 0, "phone": 3}
    assert [column.words for column in found.unknown] == ["B '연락처(보호자)'", "C '연락처(집)'"]


def test_any_order_with_columns_that_are_not_known() -> None:
    row = ["No.", "담당 기관", "휴대폰 번호", "", "기타 정보", "수신인 이름", "birthday"]
    found = headers.find([row], BOTH)
    assert found.columns == {
        "organization": 1,
        "phone": 2,
        "other_information": 4,
        "name": 5,
    }
    assert [column.words for column in found.unknown] == ["A 'No.'", "G 'birthday'"]


def test_lines_above_the_headers_are_titles() -> None:
    rows = [["2026 recipients"], [], ["Recipient name", "Mobile phone number"], ["Recipient name"]]
    assert headers.find(rows, BOTH).row == 2


def test_the_columns_of_a_download_are_not_called_unknown() -> None:
    row = [
        "Recipient name",
        "Mobile phone number",
        header_words.written("last_call_at", "en", "Asia/Seoul"),
        header_words.written("status", "ko"),
        header_words.written("reason", "en"),
    ]
    assert not headers.find([row], BOTH).unknown


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], "no headers"),
        ([["김영희", "010-1234-5678"]], "no headers"),
        ([["Recipient name", "Other information"]], "Mobile phone number is missing"),
        ([["Mobile phone number"]], "Recipient name is missing"),
        ([["이름", "Recipient name", "휴대폰 번호"]], "Two columns are Recipient name"),
    ],
)
def test_what_cannot_be_read_without_guessing_is_refused(rows: list[list[str]], words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        headers.find(rows, BOTH)


def test_a_missing_organization_says_the_other_way() -> None:
    with pytest.raises(InvalidInput, match="choose one organization"):
        headers.find([["Recipient name", "Mobile phone number"]], [*BOTH, "organization"])


@pytest.mark.parametrize("language", ["en", "ko", "ja"])
def test_what_is_written_is_known_when_read(language: str) -> None:
    row = [header_words.written(field.name, language) for field in TYPED]
    assert set(headers.find([row], BOTH).columns) == {field.name for field in TYPED}
