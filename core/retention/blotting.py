"""Blotting somebody's name and number out of a text of many people. Pure.

A name is found with a blank in it too, and with what Korean hangs on it (김영희님, 김영희가); one of two letters
only where no letter stands before it, one of a single letter only where it stands alone: it is part of others'
names. A number is found by its last eight digits, whatever stands between them. Every letter and digit becomes
``BLOT``, so that the text stays as long as it was.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from msgspec import Struct

from core.values.text import BLOT

TELLING_DIGITS = (
    8  # numbers are the same where so many of their last digits are, however the rest was written
)
_SHORT = 2  # letters of a name that others may have in theirs
_BETWEEN = 3  # signs and blanks between two digits of one number
_BEFORE = ("0082010", "82010", "008210", "8210", "010", "10")
_LETTER = r"[^\W\d_]"


class Traces(Struct, frozen=True):
    """What somebody is known by in texts: names as they are stored, and numbers."""

    names: frozenset[str]
    numbers: frozenset[str]

    @classmethod
    def of(cls, names: Iterable[str], numbers: Iterable[str]) -> "Traces":
        """Of these, without what is too short to tell anybody."""
        tails = (_digits_of(number)[-TELLING_DIGITS:] for number in numbers)
        return cls(
            frozenset(filter(None, (" ".join(_plain(name).split()) for name in names))),
            frozenset(tail for tail in tails if len(tail) == TELLING_DIGITS),
        )

    def blotted(self, text: str) -> str:
        """The text without them; the same text where none is in it."""
        normal = _plain(text)
        out = self._places(normal)
        if not out:
            return text
        return "".join(BLOT if at in out else one for at, one in enumerate(normal))

    def are_in(self, text: str) -> bool:
        """Whether one of them is in the text."""
        return bool(self._places(_plain(text)))

    def blotted_within(self, value: Any) -> Any:
        """The same of every text of a value that JSON keeps; names of its fields stay."""
        if isinstance(value, str):
            return self.blotted(str(value))
        if isinstance(value, Mapping):
            return {name: self.blotted_within(one) for name, one in value.items()}
        if isinstance(value, list):
            return [self.blotted_within(one) for one in value]
        return value

    def _places(self, text: str) -> set[int]:
        """Where letters and digits of them stand. Of very many, few are looked for closely."""
        found: set[int] = set()
        bare = _bare(text)
        for name in self.names:
            if _bare(name) in bare:
                for match in re.finditer(_pattern(name), text, re.IGNORECASE):
                    found.update(at for at in range(*match.span()) if not text[at].isspace())
        at = [place for place, one in enumerate(text) if one.isdecimal()]
        digits = _digits_of(text)
        for tail in self.numbers:
            if tail in digits:
                found.update(_of_number(text, at, digits, tail))
        return found


def _of_number(text: str, at: list[int], digits: str, tail: str) -> Iterator[int]:
    """Where the digits of the number stand that ends so; ``at``: where each digit of the text does."""
    start = digits.find(tail)
    while start >= 0:
        end = start + len(tail)
        if _are_together(text, at[start:end]):
            first = next(
                (
                    start - len(before)
                    for before in _BEFORE
                    if digits[:start].endswith(before)
                    and _are_together(text, at[start - len(before) : end])
                ),
                start,
            )
            yield from at[first:end]
        start = digits.find(tail, end)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _bare(text: str) -> str:
    return "".join(text.casefold().split())


def _digits_of(text: str) -> str:
    return "".join(str(unicodedata.decimal(one)) for one in text if one.isdecimal())


def _pattern(name: str) -> str:
    letters = [one for one in name if not one.isspace()]
    found = r"\s?".join(map(re.escape, letters))
    if len(letters) <= _SHORT:
        found = f"(?<!{_LETTER}){found}"
    return found + f"(?!{_LETTER})" if len(letters) == 1 else found


def _are_together(text: str, places: list[int]) -> bool:
    return all(
        later - earlier <= _BETWEEN + 1 and not any(map(str.isalnum, text[earlier + 1 : later]))
        for earlier, later in pairwise(places)
    )
