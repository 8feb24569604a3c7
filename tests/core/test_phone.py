"""Mobile phone numbers in whatever way they are written."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.values import phone
from core.values.errors import InvalidInput

korean = st.integers(min_value=20_000_000, max_value=49_999_999).map(lambda rest: f"010{rest}")
# every dash and blank of Unicode, and what stands for one
_SIGNS = [
    chr(code)
    for code in range(0x11000)  # none lies above
    if unicodedata.category(chr(code)) in ("Pd", "Zs", "Zl", "Zp") or chr(code).isspace()
]
separators = st.sampled_from(["", "-", " ", ".", "/", "\u2212", "\u3161", "\u2500", *_SIGNS])
before = st.sampled_from(["", " ", "'", "HP:", "H.P. ", "☎", "휴대폰 ", "\u200e"])


@st.composite
def ways_to_write(draw: st.DrawFn) -> tuple[str, str]:
    """A Korean mobile number, and the same in another way of writing it."""
    number = draw(korean)
    between = draw(separators)
    parts = [number[:3], number[3:7], number[7:]]
    if draw(st.booleans()):
        parts[0] = draw(
            st.sampled_from(["+82 10", "+82-10", "+8210", "+82 (0)10", "(+82)10", "0082 10"])
        )
    written = between.join(parts)
    if draw(st.booleans()):
        written = written.translate(
            {ord("0") + digit: ord("\uff10") + digit for digit in range(10)}
        )
    return number, draw(before) + written


@given(ways_to_write())
def test_every_way_of_writing_gives_the_same_number(case: tuple[str, str]) -> None:
    number, written = case
    assert phone.parse(written, "KR") == "+82" + number[1:]


@given(korean)
def test_a_parsed_number_stays_as_it_is(number: str) -> None:
    e164 = phone.parse(number, "KR")
    assert phone.parse(e164, "KR") == e164
    assert phone.parse(e164, "JP") == e164
    assert phone.parse(phone.show(e164, "KR"), "KR") == e164
    assert phone.parse(phone.show(e164, "US"), "US") == e164


@given(ways_to_write())
def test_a_search_finds_the_number_however_it_is_typed(case: tuple[str, str]) -> None:
    number, written = case
    typed = phone.typed_digits(written.replace("(0)", ""), "KR")
    assert typed is not None
    assert typed in phone.search_digits("+82" + number[1:], "KR")


@given(st.text(max_size=50))
def test_anything_else_is_refused_in_the_words_of_the_field(typed: str) -> None:
    try:
        e164 = phone.parse(typed, "KR")
    except InvalidInput as error:
        refused = error
    else:
        assert phone.parse(e164, "KR") == e164
        return
    assert refused.field == "phone"


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "missing"),
        ("02-123-4567", "not a mobile number"),
        ("1588-0000", "not a"),
        ("010-1234", "not a number that can be phoned"),
        ("010-123-45", "not a number that can be phoned"),
        ("010-1234-5678 x5", "an extension"),
        ("010-1234-5678(내선 12)", "an extension"),
        ("010-1234-5678 (딸)", "words beside the number"),
        ("0l0-1234-5678", "words beside the number"),
        ("010-1234-567\u00b2", "words beside the number"),
        ("1" * 60, "not a number that can be phoned"),
        ("=010-1234-5678", "not a number that can be phoned"),
        ("010-420-0043/4", "two numbers in one"),
        ("011-420-0044/5", "two numbers in one"),
        ("010-1234-5678/010-2222-3333", "two numbers in one"),
        ("010-1234-5678 2", "two numbers in one"),
        ("010-1234-5678, 010-2222-3333", "two numbers in one"),
        ("010-1234-5678\n010-2222-3333", "two numbers in one"),
        ("010-1234-5678(딸 010-2222-3333)", "two numbers in one"),
        ("010-420-0043~4", "two numbers in one"),
        ("010-420-0055", "A digit is missing .* eight digits come after 010"),
        ("010-1234-56789", "a digit too many: eight digits come after 010"),
        # dialled as 008 190 1234 5678 it would be somebody in America
        ("0081 90-1234-5678", r"begins with 00.* Write it with \+"),
        ("+82 10 420 0055", "eight digits come after 010"),
        ("010\u200b-1234-5678", r"the invisible character U\+200B"),
    ],
)
def test_a_number_that_cannot_be_a_mobile_says_why(typed: str, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        phone.parse(typed, "KR")


def test_a_number_may_end_in_three_digits() -> None:
    assert phone.parse("010-12345-678", "KR") == "+821012345678"


def test_numbers_of_other_countries_are_shown_with_their_code() -> None:
    japanese = phone.parse("090-1234-5678", "JP")
    assert japanese == "+819012345678"
    assert phone.show(japanese, "JP") == "090-1234-5678"
    assert phone.show(japanese, "KR") == "+81 90-1234-5678"
    assert phone.search_digits(japanese, "KR") == "819012345678"


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("+821012345678", "010-****-5678"),
        ("+819012345678", "+81 90-****-5678"),
        ("+12025550123", "+1 20*-***-0123"),
    ],
)
def test_a_masked_number_hides_its_middle(stored: str, shown: str) -> None:
    assert phone.mask(stored, "KR") == shown


@pytest.mark.parametrize(
    "written",
    [
        "\u2066010-1234-5678\u2069",
        "\ufeff010-1234-5678\u200b",
        "\u00ad 010 1234 5678",
        "010\u20131234\u20145678",
        "010\u22121234\u20125678",
        "０１０ー１２３４－５６７８",
        "010ㅡ1234─5678",
        "82-10-1234-5678",
        "8201012345678",
        "821012345678",
        "82 10 1234 5678",
        "(+82)10-1234-5678",
        "(82) 010-1234-5678",
        "0082 10 1234 5678",
        "00821012345678",
        "'010-1234-5678",
        "\u2018010-1234-5678\u2019",
        "HP: 010-1234-5678",
        "H.P 010.1234.5678",
        "휴대폰 번호：010-1234-5678",
        "☎ 010-1234-5678,",
        "010)1234-5678",
        "010\u00b71234\u28005678",
    ],
)
def test_what_is_copied_or_typed_around_the_digits_changes_nothing(written: str) -> None:
    assert phone.parse(written, "KR") == "+821012345678"
    assert "01012345678".endswith(phone.typed_digits(written, "KR") or "nothing")


@given(ways_to_write(), ways_to_write(), st.sampled_from([" ", ",", ";", "\n", "/", " 또는 ", "("]))
def test_two_numbers_in_a_cell_are_never_dialled_as_one(
    one: tuple[str, str], other: tuple[str, str], between: str
) -> None:
    with pytest.raises(InvalidInput):
        phone.parse(one[1] + between + other[1], "KR")


@given(korean, st.sampled_from("/~,;· "), st.integers(0, 99))
def test_a_number_with_another_end_is_never_dialled_as_one(
    number: str, between: str, end: int
) -> None:
    for written in (number, number[:-1]):
        with pytest.raises(InvalidInput):
            phone.parse(f"{written[:3]}-{written[3:-4]}-{written[-4:]}{between}{end}", "KR")


def test_an_old_number_stays_an_old_number() -> None:
    assert phone.parse("011-234-5678", "KR") == "+82112345678"
    assert phone.show("+82112345678", "KR") == "011-234-5678"


def test_part_of_a_number_is_searched_as_it_is_typed() -> None:
    typed = {one: phone.typed_digits(one, "KR") for one in ("8210", "+8210", "82-10-5000", "5000")}
    assert typed == {"8210": "8210", "+8210": "10", "82-10-5000": "82105000", "5000": "5000"}


# whatever can be phoned


@given(ways_to_write())
def test_a_mobile_number_is_the_same_to_both_rules(case: tuple[str, str]) -> None:
    number, written = case
    assert phone.parse_any(written, "KR") == phone.parse(number, "KR")


@pytest.mark.parametrize(
    ("typed", "stored", "shown"),
    [
        ("119", "119", "119"), ("１２９", "129", "129"), ("109", "109", "109"), ("1366", "1366", "1366"),
        ("1393", "1393", "1393"), ("1577-0199", "+8215770199", "1577-0199"),
        ("1811-1111", "+8218111111", "1811-1111"), ("15881234", "+8215881234", "1588-1234"),
        ("051-749-4000", "+82517494000", "051-749-4000"), ("02)312-1234", "+8223121234", "02-312-1234"),
        ("070-1234-5678", "+827012345678", "070-1234-5678"), ("+82 51 749 4000", "+82517494000", "051-749-4000"),
        ("+81 3-1234-5678", "+81312345678", "+81 3-1234-5678"),
    ],
)  # fmt: skip
def test_landlines_and_services_can_be_phoned_too(typed: str, stored: str, shown: str) -> None:
    assert phone.parse_any(typed, "KR") == stored
    assert phone.show(stored, "KR") == shown
    assert phone.is_service(stored) == (len(stored) < 6)


def test_services_of_other_countries_have_up_to_six_digits() -> None:
    assert phone.parse_any("116 117", "DE") == "116117"


@pytest.mark.parametrize(
    "typed",
    [
        "", " ", "1", "12", "911", "749-4000", "010-1234-567", "051-749-4000/1", "119 112", "1234", "119x",
        "+82119", "051-749-4000 (3)", "010-1234-5678 / 010-1234-5679", "9" * 30, "a\x1b",
    ],
)  # fmt: skip
def test_what_cannot_be_phoned_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        phone.parse_any(typed, "KR")
    assert raised.value.field == "phone"


@given(
    st.one_of(
        st.text(max_size=30),
        st.text("0123456789+-() .", max_size=16),
        st.from_regex(r"(1[0-9]{2}|0[2-6][0-9]{7,9}|1[568][0-9]{6})", fullmatch=True),
    ),
    st.sampled_from(["KR", "JP", "US"]),
)
def test_what_is_taken_stays_as_it_is_however_it_is_shown(typed: str, region: str) -> None:
    """A number is refused with its reason, or kept in a form that is taken again, shown or stored, as the same."""
    try:
        stored = phone.parse_any(typed, region)
    except InvalidInput:
        return
    assert len(stored) <= 16
    assert phone.parse_any(stored, region) == stored
    assert phone.parse_any(phone.show(stored, region), region) == stored
    hidden = phone.hide(stored)
    assert phone.hide(hidden) == hidden
    assert phone.is_service(stored) or hidden != stored


PLAIN = ("010-2345-6789", "01034567890")


def test_many_that_are_written_plainly_are_what_each_of_them_is() -> None:
    stored = [phone.parse(one, "KR") for one in PLAIN]
    digits = [phone.search_digits(one, "KR") for one in stored]
    assert phone.plain_mobiles(PLAIN, "KR") == (stored, digits)


@pytest.mark.parametrize(
    ("cells", "region"),
    [
        (PLAIN, "JP"),
        ((), "KR"),
        ((*PLAIN, "02-312-3456"), "KR"),
        ((*PLAIN, "010-5994-4567"), "KR"),  # no mobile number
        ((*PLAIN, 1023456789.0), "KR"),
        (("\n".join(PLAIN),), "KR"),  # two in one cell
    ],
)
def test_many_of_which_one_is_otherwise_are_looked_at_one_by_one(
    cells: tuple[object, ...], region: str
) -> None:
    assert phone.plain_mobiles(cells, region) is None


def test_many_that_lost_their_zero_get_it_back() -> None:
    found = phone.with_their_zeros([1_000_000_000.0, 1_099_999_999.0], "KR")
    assert found == ["01000000000", "01099999999"]
    assert phone.with_their_zeros([1_023_456_789.0], "KR") == ["01023456789"]


@pytest.mark.parametrize(
    ("cell", "region"),
    [
        (1_023_456_789.0, "JP"),
        (1_023_456_789, "KR"),
        (1_023_456_789.5, "KR"),
        (999_999_999.0, "KR"),
        (1_100_000_000.0, "KR"),
    ],
)
def test_what_lost_more_than_a_zero_is_no_number(cell: float, region: str) -> None:
    assert phone.with_their_zeros([1_023_456_789.0, cell], region) is None
