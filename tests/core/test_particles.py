"""Particles follow the sound of what is filled in, as Korean is read aloud."""

import re
import string
import unicodedata
from collections import defaultdict
from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.values import i18n
from core.values.particles import PARTICLES, chosen, filled_in, final
from scripts import catalogues

# a vowel, ㄹ, another consonant
OPEN, RIEUL, CLOSED = (
    ("를", "가", "는", "와", "로"),
    ("을", "이", "은", "과", "로"),
    ("을", "이", "은", "과", "으로"),
)
NAMES = ("을(를)", "이(가)", "은(는)", "과(와)", "(으)로")

_BOTH = re.compile(r"[을를이가은는과와로]\([을를이가은는과와]\)|\((이|으|으로)\)")


@pytest.fixture
def _korean() -> Iterator[None]:
    i18n.use("ko")
    yield
    i18n.use("en")


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        ("김영희", OPEN),
        ("김영철", RIEUL),
        ("박준", CLOSED),
        ("010-1234-5670", CLOSED),  # 공
        ("010-1234-5671", RIEUL),  # 일
        ("010-1234-5672", OPEN),  # 이
        ("13", CLOSED),
        ("6", CLOSED),
        ("100 %", OPEN),  # 퍼센트
        ("URL", RIEUL),  # 유아르엘
        ("OS", OPEN),
        ("CSV", OPEN),
        ("upload.rows", OPEN),  # 로즈
        ("config.toml", RIEUL),
        ("calls.db", OPEN),  # 디비
        ("calls.html", RIEUL),
        ("psycopg", OPEN),
        ("admin", CLOSED),
        ("system", CLOSED),
        ("morning", CLOSED),
        ("Haeundae", OPEN),
        ("book", CLOSED),
        ("robot", CLOSED),
        ("root", OPEN),  # 루트
        ("'박준'", CLOSED),
        ("「해운대」", OPEN),
        ("홍길동…", CLOSED),
        ("해운대(부산)", OPEN),
        ("캠페인 (봄)", CLOSED),
        ("ㄱ", CLOSED),
        ("ㄹ", RIEUL),
        ("ㅏ", OPEN),
        ("やまだ", OPEN),
        ("けん", CLOSED),
        ("８", RIEUL),
        ("🙂", OPEN),
        ("", OPEN),
    ],
)
def test_a_particle_fits_the_sound_before_it(text: str, forms: tuple[str, ...]) -> None:
    assert tuple(chosen(one, text) for one in NAMES) == forms


@given(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), st.sampled_from(NAMES))
@example("갈", "(으)로")
def test_a_syllable_has_the_final_that_its_decomposition_shows(
    syllable: str, particle: str
) -> None:
    parts = unicodedata.normalize("NFD", syllable)
    ends = "" if len(parts) == 2 else "ㄹ" if parts[2] == "\u11af" else "ㅇ"
    assert final(syllable) == ends
    assert final(parts) == ends
    assert final(f"a {syllable}’)") == ends
    assert (
        chosen(particle, syllable)
        == PARTICLES[particle][0 if ends and (particle, ends) != ("(으)로", "ㄹ") else 1]
    )


@given(st.text(), st.sampled_from(list(PARTICLES)))
def test_any_text_gets_one_of_the_two(text: str, particle: str) -> None:
    assert chosen(particle, text) in PARTICLES[particle]


@given(st.text(), st.text())
def test_what_is_filled_in_stays_as_it_is(name: str, other: str) -> None:
    filled = filled_in("{name}을(를) {other}(으)로", (), {"name": name, "other": other})
    assert filled.startswith(name)
    assert f" {other}" in filled[len(name) :]
    assert filled_in("{name!r:>9} {{x}}", (), {"name": name}) == f"{name!r:>9} {{x}}"


def test_a_name_that_looks_like_a_particle_is_no_notation() -> None:
    assert filled_in("{name}이(가) 있습니다.", (), {"name": "을(를)"}) == "을(를)이 있습니다."


@pytest.mark.usefixtures("_korean")
def test_no_message_of_the_catalogue_shows_both_forms() -> None:
    """Filled in with anything, and where nothing is filled in."""
    shown = []
    for message in catalogues.read("ko"):
        text = catalogues.key(message)
        if not message.id:
            continue
        written = i18n._(text) if isinstance(text, str) else i18n.ngettext(*text, 2)
        fields = {name for _, name, _, _ in string.Formatter().parse(written) if name}
        values = {
            name.partition("[")[0]: defaultdict(lambda: "z") if "[" in name else "김영희"
            for name in fields
        }
        filled = written.format(**values) if fields else written
        shown += [filled] if _BOTH.search(filled) else []
    assert shown == []
