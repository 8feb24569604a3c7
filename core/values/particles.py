"""Korean particles, chosen by the sound that they follow: 을/를, 이/가, 은/는, 과/와, 으로/로.

A translation writes both forms once, ``{name}을(를)``; ``filled_in`` decides when the name is known. What a
person or a file wrote is never touched: only the words of the catalogue are read for particles.
"""

import re
import string
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

# as the catalogue writes it: after a final consonant, after a vowel
PARTICLES = {
    "을(를)": ("을", "를"),
    "이(가)": ("이", "가"),
    "은(는)": ("은", "는"),
    "과(와)": ("과", "와"),
    "(으)로": ("으로", "로"),
    "(이)": ("이", ""),
}
_WRITTEN = re.compile("|".join(re.escape(one) for one in PARTICLES))
_ASIDE = re.compile(r"(?<=\w)\([^()]*\)\W*\Z")
_LAST_WORD = re.compile(r"[A-Za-z]+\Z")
_VOWELS = "aeiouy"

_SYLLABLES = range(0xAC00, 0xD7A4)
_FINALS = 28  # syllables with the same beginning and vowel
_CONSONANTS = range(0x1100, 0x1113)  # ㄱ to ㅎ, as NFKC writes those that stand alone
_RIEUL = 8  # where ㄹ is among the finals
# 영 일 이 삼 사 오 육 칠 팔 구: how each ends; 10, 100, 1000 (십 백 천) end in a consonant as 0 (영, 공) does
_DIGITS = dict(zip("0123456789", ("ㅇ", "ㄹ", "", "ㅁ", "", "", "ㄱ", "ㄹ", "ㄹ", ""), strict=True))
_LETTERS = {
    "l": "ㄹ",
    "m": "ㅁ",
    "n": "ㄴ",
    "r": "ㄹ",
}  # 엘, 엠, 엔, 알; the names of all others end in a vowel
_STOPS = {"b": "ㅂ", "c": "ㄱ", "k": "ㄱ", "p": "ㅂ"}  # 웹, 뮤직, 북, 그룹: after a vowel


def final(text: str) -> str:
    """The consonant that the text ends in when it is read aloud in Korean; "" after a vowel or where nobody knows.

    Brackets, quotes and other signs at the end are not read, nor is an aside: "통화(3)" ends as "통화" does.
    """
    text = unicodedata.normalize("NFKC", text)
    while aside := _ASIDE.search(text):
        text = text[: aside.start()]
    while text and not (text[-1].isalnum() or text[-1] == "%"):
        text = text[:-1]
    last = text[-1:] or "%"
    if last == "%":  # 퍼센트
        return ""
    if ord(last) in _SYLLABLES:
        number = (ord(last) - _SYLLABLES.start) % _FINALS
        return "" if not number else "ㄹ" if number == _RIEUL else "ㅇ"
    if last.isdecimal():
        return _DIGITS[str(int(last))]
    if ord(last) in _CONSONANTS:  # by their names: 기역, 니은
        return "ㄹ" if last == "\u1105" else "ㅇ"
    if last in "んン":
        return "ㄴ"
    word = _LAST_WORD.search(text)
    return _final_of_latin(word[0]) if word else ""


def _final_of_latin(word: str) -> str:
    """How a word in Latin letters ends: by its last letter's name where it is spelt (URL), else as it sounds."""
    lower = word.lower()
    last, before = lower[-1], lower[:-1]
    if word.isupper() or not set(lower) & set(_VOWELS):
        return _LETTERS.get(last, "")
    if last in "lmn":
        return _LETTERS[last]
    if before.endswith("n") and last == "g":
        return "ㅇ"
    if last in _STOPS and (before[-1] in _VOWELS or before.endswith("c")):
        return _STOPS[last]
    # 로봇, but 루트: after a long vowel the sound goes on
    if last == "t" and before[-1] in _VOWELS and before[-2:-1] not in tuple(_VOWELS):
        return "ㅅ"
    return ""


def chosen(particle: str, before: str) -> str:
    """The form of a particle (a key of ``PARTICLES``) that follows this text."""
    consonant, vowel = PARTICLES[particle]
    ending = final(before)
    if particle == "(으)로" and ending == "ㄹ":
        return vowel
    return consonant if ending else vowel


def filled_in(text: str, args: Sequence[Any], values: Mapping[str, Any]) -> str:
    """A text of the catalogue, filled in as ``str.format`` does, each particle by the value before it."""
    if "(" in text and _WRITTEN.search(text):
        return _FILLED_IN.vformat(text, args, values)
    return str.format(text, *args, **values)


class _FilledIn(string.Formatter):
    """Formats as ``str.format`` does, looking at each literal piece for particles."""

    def vformat(self, format_string: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> str:
        text = ""
        for literal, name, form, conversion in self.parse(format_string):
            place = 0
            for particle in _WRITTEN.finditer(literal):
                text += literal[place : particle.start()]
                text += chosen(particle[0], text)
                place = particle.end()
            text += literal[place:]
            if name is not None:
                value, _ = self.get_field(name, args, kwargs)
                text += self.format_field(self.convert_field(value, conversion), form or "")
        return text


_FILLED_IN = _FilledIn()
