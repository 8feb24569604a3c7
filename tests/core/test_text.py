"""Text as people type it and as other systems deliver it."""

import hashlib
import sys
import unicodedata
from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.admins import rules as admins
from core.campaigns import rules as campaigns
from core.followups import rules as followups
from core.memory import rules as memory
from core.memos import rules as memos
from core.organizations import rules as organizations
from core.recipients import rules as recipients
from core.uploads.sheet import header_words
from core.values import phone, text
from core.values.errors import InvalidInput
from core.values.roles import Role

INVISIBLE = {"Cc", "Cf", "Cs", "Co"}
JOINER = "\u200d"
FAMILY = "👨‍👩‍👧"

# what people paste: letters, Hangul in both forms, marks, blanks, breaks, and what must not get through
odd = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(
            "가각힣ㅏ\u1100\u1161\u11a8é\u0301\u0345ßİ \t\n\r\u3000\u2028\u200d\u202e\x1b👩🏽️"
        ),
    ),
    max_size=40,
)


@given(odd)
def test_a_folded_line_is_folded_for_good(typed: str) -> None:
    once = text.fold_line(typed)
    assert text.fold_line(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert once == once.strip()
    assert "  " not in once


@given(odd)
def test_a_folded_note_is_folded_for_good_and_keeps_its_breaks(typed: str) -> None:
    once = text.fold_note(typed)
    assert text.fold_note(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert [line.strip() for line in once.split("\n")] == once.split("\n")


@given(odd)
def test_nothing_forbidden_is_left_of_what_a_system_delivers(typed: str) -> None:
    kept = text.delivered(typed)
    assert text.forbidden_characters(kept) == []
    assert text.delivered(kept) == kept


@given(odd)
def test_what_is_accepted_from_a_person_has_nothing_forbidden(typed: str) -> None:
    try:
        kept = text.line(typed, field="name", label="Name", maximum=40)
    except InvalidInput as error:
        refused = error
    else:
        assert text.forbidden_characters(kept) == []
        assert text.line(kept, field="name", label="Name", maximum=40) == kept
        return
    assert refused.field == "name"
    assert text.forbidden_characters(typed)


@given(odd)
@example("ᾳ\u0345Ά")
@example("İstanbul")
def test_a_search_key_is_the_same_for_every_case_and_form(typed: str) -> None:
    key = text.search_key(typed)
    assert text.search_key(key) == key
    assert text.search_key(unicodedata.normalize("NFD", typed)) == key


def test_every_invisible_character_is_replaced() -> None:
    missed = [
        f"U+{code:04X}"
        for code in range(sys.maxunicode + 1)
        if unicodedata.category(chr(code)) in INVISIBLE
        and chr(code) not in "\t\n\r"
        and text.replace_forbidden(f"a{chr(code)}b") != "a\ufffdb"
    ]
    assert missed == []


@pytest.mark.parametrize(
    "character", ["\x1b", "\x9b", "\u202e", "\u2066", "\ufeff", "\u3164", "\u034f"]
)
def test_a_person_is_told_which_character_is_refused_in_which_field(character: str) -> None:
    with pytest.raises(InvalidInput, match=f"Recipient name .*U\\+{ord(character):04X}"):
        text.line(f"김{character}영희", field="name", label="Recipient name", maximum=20)


@pytest.mark.parametrize("mark", "\u2066\u2069\u202a\u202e\u200b\ufeff\u00ad\u200e\u2060")
def test_marks_that_come_along_with_a_copied_text_are_left_out_around_it_and_named_inside(
    mark: str,
) -> None:
    taken = partial(text.line, field="name", label="Recipient name", maximum=20)
    assert taken(f"{mark} {mark}김영희{mark} ") == "김영희"
    assert text.note(f"{mark}하나\n둘{mark}", field="text", label="Memo", maximum=9) == "하나\n둘"
    with pytest.raises(InvalidInput, match=f"the invisible character U\\+{ord(mark):04X}"):
        taken(f"김{mark}영희")


@pytest.mark.parametrize(
    "newer",
    [
        "🩷",
        "🫩",
        "🙂\u200d\u2194\ufe0f",
        "\U0001fae9\u200d\u2642\ufe0f",
        "⛓\ufe0f\u200d💥",
        "\U0001fbfa",
    ],
)
def test_text_newer_than_this_python_is_kept_as_it_is(newer: str) -> None:
    assert text.line(newer, field="name", label="Name", maximum=20) == newer
    assert text.delivered(newer) == newer


@given(st.characters(categories=["Cn"]))
def test_only_what_will_never_be_seen_is_refused_of_what_is_not_known_yet(character: str) -> None:
    code = ord(character)
    reserved = code == 0x2065 or 0xFFF0 <= code <= 0xFFF8 or 0xE0000 <= code <= 0xE0FFF
    noncharacter = 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE
    controls = 0x13430 <= code <= 0x1345F  # of hieroglyphs, in Unicode 15
    refused = text.forbidden_characters(character) != []
    assert refused is (reserved or noncharacter or controls)


def test_a_joiner_is_kept_inside_an_emoji_only() -> None:
    assert text.forbidden_characters(FAMILY) == []
    for alone in (f"김{JOINER}영희", f"{JOINER}👩", f"👩{JOINER}"):
        assert text.forbidden_characters(alone) == ["U+200D"]


def test_lengths_count_characters_after_normalising() -> None:
    decomposed = unicodedata.normalize("NFD", "김영희") * 6
    assert text.line(f"  {decomposed}  ", field="name", label="Name", maximum=18) == "김영희" * 6
    with pytest.raises(InvalidInput, match="at most 17 characters; this has 18"):
        text.line(decomposed, field="name", label="Name", maximum=17)


def test_a_blank_line_is_missing_where_one_is_needed() -> None:
    with pytest.raises(InvalidInput, match="Name is missing"):
        text.line(" \u3000 ", field="name", label="Name", minimum=1, maximum=5)


def test_white_space_of_every_kind_is_one_blank() -> None:
    assert text.fold_line("김\u3000 \t영희\n") == "김 영희"
    assert text.fold_note("one\r\ntwo \u2028three\n\n") == "one\ntwo\nthree"


def test_marks_in_a_row_are_bounded_before_anything_is_normalised(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # marks that take turns, so that normalising has to sort them; the last are none by themselves
    piles = ["\u0315\u0300", "\u05b0\u0301", "\u0f73\u0f71", "\uff9e\u0300"]
    normalised: list[str] = []
    normalize = unicodedata.normalize

    def watched(form: str, typed: str) -> str:
        normalised.append(typed)
        return normalize(form, typed)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(unicodedata, "normalize", watched)
        for pile in piles:
            typed = "e" + pile * 495
            assert text.fold_line(typed).count(text.REPLACEMENT) == 1
            assert text.REPLACEMENT in text.delivered(f"one\n{typed}")
            with pytest.raises(InvalidInput, match="more than 30 marks"):
                text.line(typed, field="name", label="Name", maximum=20)
            text.search_key(typed)
            with pytest.raises(InvalidInput):
                phone.parse(typed, "KR")
            phone.typed_digits(typed, "KR")
            header_words.header_key(typed)
    assert normalised
    assert not any(pile * 16 in typed for typed in normalised for pile in piles)


def test_a_letter_may_carry_the_marks_that_people_write() -> None:
    lines = ["e\u0301\u0323", "\u0e01\u0e33\u0e48", "a" + "\u0301\u0323" * 15, "ｶﾞ" * 40]
    assert all(text.bounded(line) == line for line in lines)


def test_what_is_far_too_long_is_refused_before_it_is_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(unicodedata, "normalize", None)
        with pytest.raises(InvalidInput, match="at most 20"):
            text.line("가" * 2_000, field="name", label="Name", maximum=20)
    assert text.bounded("가나다", 2) == "가나"


@pytest.mark.parametrize(
    ("clean", "field", "least", "most"),
    [
        (admins.clean_login, "login", 1, 32),
        (admins.clean_name, "name", 0, 40),
        (lambda value: admins.clean_source(value, Role.INGEST), "source", 0, 40),
        (campaigns.clean_name, "name", 1, 60),
        (followups.clean_details, "details", 0, 500),
        (memory.clean_content, "content", 1, 500),
        (memos.clean_text, "text", 1, 500),
        (organizations.clean_name, "name", 1, 100),
        (recipients.clean_pause_reason, "reason", 0, 100),
        (text.clean_reason, "reason", 1, 200),
    ],
)
def test_what_is_typed_has_so_many_characters(
    clean: Callable[[str], str], field: str, least: int, most: int
) -> None:
    for fits in {least, 1, most}:
        assert clean("x" * fits) == "x" * fits
    for wrong in {least - 1, most + 1} - {-1}:
        with pytest.raises(InvalidInput) as refused:
            clean("x" * wrong)
        assert refused.value.field == field


def test_a_search_has_at_most_200_characters() -> None:
    assert recipients.search_terms("가" * 200, "KR") == ("가" * 200,)
    for more in (201, 1_000):
        with pytest.raises(InvalidInput, match="at most 200") as refused:
            recipients.search_terms("가" * more, "KR")
        assert refused.value.field == "search"


def test_what_is_refused_or_bounded_is_the_same_on_every_python() -> None:
    """One figure for all characters, whichever of them the tables of this Python know; 3.11 to 3.13 give it."""
    told = hashlib.sha256()
    for character in map(chr, range(0x20000)):
        refused = bool(text.forbidden_characters(character))
        joined = bool(text.forbidden_characters(f"a{character}{JOINER}{character}b"))
        told.update(bytes([refused, joined, text.bounded(character * 40) != character * 40]))
    assert told.hexdigest()[:16] == "0f85aacb1c6f4b4c"
