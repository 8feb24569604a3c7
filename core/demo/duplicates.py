"""A few recipients of a small sample that may be somebody before them, for whoever looks for duplicates."""

import unicodedata

from msgspec import Struct

_LEAST, _MOST = 100, 2_000  # recipients of a sample that has some
_COUPLE = 12  # every twelfth and the one behind have one guardian (``notes``)
_SYLLABLES = 3


class Person(Struct, frozen=True):
    """What two of them are told apart by: the number as E.164, and as it is searched."""

    organization: int
    name: str
    phone: str
    digits: str


class Twins:
    """Gives some recipients a name or a number that somebody before them has, or nearly has."""

    def __init__(self, recipients: int) -> None:
        some = _LEAST <= recipients <= _MOST
        self._moved = (
            [30, 75] if some else []
        )  # from which index on: one number in two organizations
        self._typed_twice = [45, 60] if some else []  # one name, and a number with a slip
        self._misheard = [24, 84] if some else []  # a near name, and the same guardian
        self._of: dict[str, Person] = {}

    def made(self, index: int, person: Person) -> Person:
        """The recipient of this index as it is to be."""
        if (first := self._of.pop("misheard", None)) is not None:  # the one right behind
            return Person(person.organization, _near(first.name), person.phone, person.digits)
        is_usual = _is_usual(person)
        if self._take("moved", self._moved, index, person, is_usual=is_usual):
            return person
        if self._take("twice", self._typed_twice, index, person, is_usual=is_usual):
            return person
        if (index + 1) % _COUPLE == 0 and self._take(
            "misheard", self._misheard, index, person, is_usual=is_usual
        ):
            return person
        for what, same in (("moved", False), ("twice", True)):
            first = self._of.get(what)
            if first is None or not is_usual or (first.organization == person.organization) != same:
                continue
            del self._of[what]
            phone, digits = (
                (_slipped(first.phone), _slipped(first.digits))
                if same
                else (first.phone, first.digits)
            )
            return Person(person.organization, first.name, phone, digits)
        return person

    def _take(
        self, what: str, wanted: list[int], index: int, person: Person, *, is_usual: bool
    ) -> bool:
        """Whether somebody behind becomes the twin of this one."""
        if not (wanted and index >= wanted[0] and is_usual and what not in self._of):
            return False
        del wanted[0]
        self._of[what] = person
        return True


def _is_usual(person: Person) -> bool:
    is_korean = all("가" <= one <= "힣" for one in person.name)
    return is_korean and len(person.name) == _SYLLABLES and person.phone.startswith("+8210")


def _near(name: str) -> str:
    """The name without the last consonant, or with one: 김영숙 and 김영수."""
    letters = unicodedata.normalize("NFD", name[-1])
    last = letters[:2] if len(letters) == 3 else letters + "\u11a8"
    return name[:-1] + unicodedata.normalize("NFC", last)


def _slipped(number: str) -> str:
    return f"{number[:-1]}{(int(number[-1]) + 1) % 10}"
