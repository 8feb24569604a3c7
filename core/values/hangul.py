"""Hangul as it is searched: by initial consonants, and while it is still being typed. Pure.

A word that is typed is a row of characters of which the last may go on: ``기`` becomes 김, ``김`` becomes 기미
with the next vowel, and ``김ㅇ`` is on the way to 김영. A consonant alone stands for any syllable that begins
with it.
Syllables are where Unicode has them, in the order of initial, vowel and final, so what a character may stand for
is a few ranges; databases match those as they match characters. In what is searched the initials of a name stand
behind it (``initials``), so that they are found as any other text is.
"""

import functools
import re
import unicodedata
from collections.abc import Iterable, Sequence

from core.values.text import search_key

_FIRST, _LAST = "가", "힣"
_VOWELS, _FINALS = 21, 28
_OF_INITIAL = _VOWELS * _FINALS  # syllables
INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
# as they are typed: two consonants of a final are two keys, a doubled one is one
_FINAL = (
    "", "ㄱ", "ㄲ", "ㄱㅅ", "ㄴ", "ㄴㅈ", "ㄴㅎ", "ㄷ", "ㄹ", "ㄹㄱ", "ㄹㅁ", "ㄹㅂ", "ㄹㅅ", "ㄹㅌ", "ㄹㅍ",
    "ㄹㅎ", "ㅁ", "ㅂ", "ㅂㅅ", "ㅅ", "ㅆ", "ㅇ", "ㅈ", "ㅊ", "ㅋ", "ㅌ", "ㅍ", "ㅎ",
)  # fmt: skip
_NO_INITIAL = "\x1f"  # what nobody types
_PAIRS = "ㄳㄵㄶㄺㄻㄼㄽㄾㄿㅀㅄ"  # what an input method makes of two consonants without a vowel
# a vowel that goes on to others, and the last of these
_VOWEL_UNTIL = {8: 11, 13: 16, 18: 19}  # ㅗ ㅘ ㅙ ㅚ, ㅜ ㅝ ㅞ ㅟ, ㅡ ㅢ

Unit = tuple[tuple[str, str], ...]  # ranges of characters, one of which stands there
Pattern = tuple[Unit, ...]


@functools.cache
def _spelled() -> dict[int, str]:
    """Characters that are other ones written otherwise: of half or full width, letters of Hangul by themselves."""
    table: dict[int, str] = {}
    for code in range(0xFF01, 0xFFEF):
        kind, _, written = unicodedata.decomposition(chr(code)).partition(" ")
        if kind in ("<wide>", "<narrow>"):
            table[code] = chr(int(written, 16))
    for code in range(0x3131, 0x3164):
        _kind, _, written = unicodedata.decomposition(chr(code)).partition(" ")
        table[int(written, 16)] = chr(code)
    for at, final in enumerate(_FINAL):
        if final:
            table[0x11A7 + at] = final
    pairs = dict(zip(_PAIRS, (final for final in _FINAL if len(final) == 2), strict=True))
    table = {code: "".join(pairs.get(one, one) for one in text) for code, text in table.items()}
    return table | {ord(pair): apart for pair, apart in pairs.items()}


def sought(text: str) -> str:
    """The form in which what people are told by is searched: caseless, one way of writing each character."""
    key = search_key(text)
    if key.isascii():
        return key
    return unicodedata.normalize("NFC", key.translate(_spelled()))


class _InitialOf(dict[int, str]):
    """Of each character; what has no initial is the same for all."""

    def __missing__(self, code: int) -> str:
        syllable = 0 <= code - ord(_FIRST) < len(INITIALS) * _OF_INITIAL
        initial = INITIALS[(code - ord(_FIRST)) // _OF_INITIAL] if syllable else _NO_INITIAL
        self[code] = initial
        return initial


_INITIAL_OF = _InitialOf({ord(" "): "", ord("\n"): "\n"} | {ord(one): one for one in INITIALS})


def initials(text: str) -> str:
    """What each line of a text (``sought``) begins its syllables with, without blanks."""
    return text.translate(_INITIAL_OF)


def is_initial(character: str) -> bool:
    """Whether it is a consonant alone, that syllables begin with."""
    return character in INITIALS


def is_syllable(character: str) -> bool:
    """Whether it is a whole syllable, which is written in one way only."""
    return _FIRST <= character <= _LAST


def _syllable(initial: int, vowel: int, final: int) -> str:
    return chr(ord(_FIRST) + initial * _OF_INITIAL + vowel * _FINALS + final)


def _only(character: str) -> Unit:
    return ((character, character),)


def _beginning(consonant: str) -> Unit:
    """Every syllable with this initial, and the consonant itself."""
    initial = INITIALS.index(consonant)
    last = _syllable(initial, _VOWELS - 1, _FINALS - 1)
    return ((_syllable(initial, 0, 0), last), (consonant, consonant))


def _going_on(character: str) -> list[Pattern]:
    """What may stand where this character was typed last."""
    if not is_syllable(character):
        return [(_only(character),)]
    initial, rest = divmod(ord(character) - ord(_FIRST), _OF_INITIAL)
    vowel, final = divmod(rest, _FINALS)
    if not final:
        last = _syllable(initial, _VOWEL_UNTIL.get(vowel, vowel), _FINALS - 1)
        return [(((character, last),),)]
    typed = _FINAL[final]
    closed = tuple(
        (one, one)
        for one in (
            _syllable(initial, vowel, at)
            for at, keys in enumerate(_FINAL)
            if keys.startswith(typed)
        )
    )
    # with the next vowel the last consonant begins a syllable of its own
    left = _syllable(initial, vowel, _FINAL.index(typed[:-1]))
    return [(closed,), (_only(left), _beginning(typed[-1]))]


@functools.lru_cache(maxsize=256)
def anywhere(word: str) -> tuple[Pattern, ...]:
    """Where a word (``sought``) is found in any text: as it is, but that its last character may go on.

    A consonant goes on behind other characters only: alone it would be found in every text.
    """
    before, last = word[:-1], word[-1]
    begun = tuple(map(_only, before))
    if is_initial(last) and before and not any(map(is_initial, before)):
        return ((*begun, _beginning(last)),)
    return tuple((*begun, *pattern) for pattern in _going_on(last))


@functools.lru_cache(maxsize=256)
def in_names(word: str) -> tuple[Pattern, ...]:
    """Where a word with consonants alone is found in a name without blanks, each for its syllable; else ()."""
    if not any(map(is_initial, word)):
        return ()
    before, last = word[:-1], word[-1]
    begun = tuple(_beginning(one) if is_initial(one) else _only(one) for one in before)
    ends = [(_beginning(last),)] if is_initial(last) else _going_on(last)
    return tuple((*begun, *end) for end in ends)


def are_initials(word: str) -> bool:
    """Whether a word is consonants and nothing else, which stand in the initials of a name as they are."""
    return all(map(is_initial, word))


def literal(pattern: Pattern) -> str:
    """What a pattern begins with that is one character each."""
    end = next((at for at, unit in enumerate(pattern) if not _is_one(unit)), len(pattern))
    return "".join(unit[0][0] for unit in pattern[:end])


def _is_one(unit: Unit) -> bool:
    return len(unit) == 1 and unit[0][0] == unit[0][1]


def as_glob(pattern: Pattern) -> str:
    """The pattern as SQLite's GLOB has it, somewhere in a text."""
    return f"*{''.join(_class(unit, '*?[', '[{}]') for unit in pattern)}*"


def as_regex(patterns: Iterable[Pattern]) -> str:
    """The patterns as PostgreSQL's regular expressions have them, any of them somewhere in a text."""
    return "|".join("".join(_class(unit, _SPECIAL, "\\{}") for unit in one) for one in patterns)


_SPECIAL = r"\^$.[]|()?*+{}-"


def _class(unit: Unit, special: str, escaped: str) -> str:
    if _is_one(unit):
        one = unit[0][0]
        return escaped.format(one) if one in special else one
    # Hangul, of which nothing is special
    return f"[{''.join(first if first == last else f'{first}-{last}' for first, last in unit)}]"


def characters(unit: Unit) -> Sequence[str]:
    """All characters that may stand there."""
    return [chr(code) for first, last in unit for code in range(ord(first), ord(last) + 1)]


def found_in(text: str, word: str) -> bool:
    """Whether a name (``sought``) has the word, as the search finds it in names."""
    if re.search(as_regex(anywhere(word)), text):
        return True
    named = in_names(word.replace(" ", ""))
    return bool(named and re.search(as_regex(named), text.replace(" ", "")))
