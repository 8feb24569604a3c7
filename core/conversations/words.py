"""What is searched in conversations, and how it is found in a line. Pure.

Lines and words are compared folded: without case, width or composition, letters, digits and signs only. A line is
found where each word stands in it, anywhere within its own words: Korean puts its endings behind them.

The index has of each speaker the single characters and the pairs of neighbours of all that was said ("grams"), so
that the shortest words are found as quickly as long ones. It leads to calls in which a word may be; ``places``
says whether it is.
"""

import unicodedata
from collections.abc import Iterable
from itertools import pairwise
from zlib import crc32

from msgspec import Struct

from core.conversations.rules import SaidBy
from core.values.errors import InvalidInput
from core.values.i18n import _
from core.values.text import bounded

LONGEST = 200  # characters of a search
_MOST_GRAMS = 24  # of a search that the index is asked for; the rest is seen in the lines
_INVISIBLE = frozenset(("Cf", "Cs", "Co"))
_OF = {SaidBy.AI: "a", SaidBy.RECIPIENT: "r", SaidBy.SUMMARY: "s", SaidBy.MEMORY: "m"}


class _Folding(dict[int, str]):
    """What each character is compared as: a blank for all that parts words, nothing for what is not seen."""

    def __missing__(self, code: int) -> str:
        normal = unicodedata.normalize("NFKC", chr(code)).casefold()
        folded = "".join(map(_as_word, unicodedata.normalize("NFKC", normal)))
        self[code] = folded
        return folded


def _as_word(character: str) -> str:
    if character.isascii():
        return character if character.isalnum() else " "
    category = unicodedata.category(character)
    if category in _INVISIBLE or 0xFE00 <= ord(character) <= 0xFE0F:
        return ""
    return " " if category[0] in "ZP" or category == "Cc" else character


_FOLDING = _Folding()


def composed(text: str) -> str:
    """The text in the form in which ``places`` counts its characters."""
    return unicodedata.normalize("NFC", bounded(text))


def folded(text: str) -> str:
    """The form in which lines and words are compared."""
    return composed(text).translate(_FOLDING)


def words(typed: str) -> tuple[str, ...]:
    """The words of a search, each once. Raises InvalidInput where there is nothing to search for, or too much."""
    if len(typed) > 16 * LONGEST or len(composed(typed)) > LONGEST:
        raise InvalidInput(
            _("A search may have at most {maximum} characters.").format(maximum=LONGEST),
            _("Search for fewer words."),
            field="words",
        )
    found = tuple(dict.fromkeys(folded(typed).split()))
    if not found:
        raise InvalidInput(
            _("There is no word in what you search for."),
            _("Type a word, such as a part of what was said."),
            field="words",
        )
    return found


def grams_of(said_by: SaidBy, text: str) -> set[str]:
    """What the index has of a line."""
    speaker, found = _OF[said_by], set[str]()
    for word in folded(text).split():
        found.update(speaker + character for character in word)
        found.update(f"{speaker}{one}{next_one}" for one, next_one in pairwise(word))
    return found


def asked_grams(said_by: SaidBy, words: Iterable[str]) -> list[str]:
    """What a call has in the index that has these words of this speaker."""
    speaker, found = _OF[said_by], dict[str, None]()
    for word in words:
        pairs = [f"{one}{next_one}" for one, next_one in pairwise(word)] or [word]
        found.update(dict.fromkeys(f"{speaker}{pair}" for pair in pairs))
    return list(found)[:_MOST_GRAMS]


def of_organization(organization_id: int) -> str:
    """The mark of an organization in the index."""
    return f"o{organization_id}"


def of_analysis(analysis: str) -> str:
    """The mark of an analysis in the index."""
    return f"x{analysis}"


def hashed(gram: str) -> int:
    """A gram as the number that PostgreSQL keeps of it; two with one number lead to calls that are not meant."""
    return crc32(gram.encode()) - 2**31


class Place(Struct, frozen=True):
    """Where a word stands in a line."""

    start: int
    stop: int


def places(text: str, words: Iterable[str]) -> tuple[Place, ...] | None:
    """Where the words stand in a composed line, in order; None where one of them does not."""
    line = text.translate(_FOLDING)
    if not all(word in line for word in words):
        return None
    return tuple(_places(text, words))


def _places(text: str, words: Iterable[str]) -> list[Place]:
    line, at = [], []
    for index, character in enumerate(text):
        folds = character.translate(_FOLDING)
        line.append(folds)
        at += [index] * len(folds)
    whole = "".join(line)
    marked = set[int]()
    for word in words:
        start = whole.find(word)
        while start >= 0:
            marked.update(range(at[start], at[start + len(word) - 1] + 1))
            start = whole.find(word, start + len(word))
    found: list[Place] = []
    for index in sorted(marked):
        if found and found[-1].stop == index:
            found[-1] = Place(found[-1].start, index + 1)
        else:
            found.append(Place(index, index + 1))
    return found
