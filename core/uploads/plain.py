"""Rows of which nothing has to be asked, taken many at once.

Most rows of most sheets are a name in Hangul, a number like 010-1234-5678 (or 1012345678, where a spreadsheet
program took it for one to count with) and a short note. To see that, a block
of them is looked through with one pattern a column; what comes out is what ``rules`` makes of each, which a
property test holds it to. Whatever is odd about a block, it is none, and its rows are checked one by one. Pure.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import repeat
from typing import Any, cast

from core.recipients.fields import GUARDIAN, TEXTS, FieldName, Kind, TagField
from core.uploads.given_tags import GivenTags
from core.uploads.sheet.cells import any_number, no_text, read_as
from core.values import phone
from core.values.errors import InvalidInput
from core.values.hangul import initials

# folded and composed as they are; caseless by ``casefold`` alone
_WORD = "[!-~가-힣]+"
_REQUIRED = re.compile(rf"(?:{_WORD}(?: {_WORD})*\n)*")
_OPTIONAL = re.compile(rf"(?:(?:{_WORD}(?: {_WORD})*)?\n)*")
_NUMBER = re.compile("[0-9][0-9-]{2,20}")
_NO_WARNINGS: list[Any] = []
_LONGEST_NAME = 100  # of an organization, that is looked for here
_ORGANIZATION = FieldName.ORGANIZATION.value
_TAGS = TagField.TAGS.value
_LONGEST_TAGS = 1_000  # characters of a cell of them

PlainRow = tuple[Any, ...]  # the attributes of a ``GoodRow``, in their order


class PlainRows:
    """Takes the plain rows of one sheet. ``firsts`` are the rows in which each number was first."""

    def __init__(
        self,
        region: str,
        chosen: int | None,
        organization_of: Callable[[str], int],
        firsts: dict[tuple[int, str], int],
        tags: GivenTags,
    ) -> None:
        self._region = region
        self._chosen = chosen
        self._organization_of = organization_of
        self._firsts = firsts
        self._tags = tags

    def take(
        self, numbers: Sequence[int], columns: Mapping[str, Sequence[Any]]
    ) -> list[PlainRow] | None:
        """The rows of these numbers (from 1), or None where one of them is not plain.

        ``columns`` has the cells by field; a field that the sheet has not is not in it.
        """
        blank = [""] * len(numbers)
        guardians = self._guardians(*(columns.get(field.name.value, blank) for field in GUARDIAN))
        if guardians is None:
            return None
        *guardian, told = guardians
        given: Sequence[Any] = columns.get(FieldName.PHONE.value, ())
        typed = phone.with_their_zeros(given, self._region)
        texts, keys = [], []
        for field in TEXTS:
            assert field.typed is not None  # noqa: S101 - all texts are typed
            found: tuple[Sequence[str], Sequence[str]] | None = None
            cells = columns.get(field.name.value)
            if field.kind is Kind.PHONE:
                found = phone.plain_mobiles(typed or given, self._region)
            elif field.typed.rule is None:
                found = _plain_texts(
                    blank if cells is None else cells,
                    field.typed.maximum,
                    required=field.typed.required,
                )
            if found is None:
                return None
            texts.append(found[0])
            if field.typed.searched:
                keys.append(found[1])
        organizations = self._organizations(columns.get(_ORGANIZATION), len(numbers))
        if organizations is None:
            return None
        own = list(zip(organizations, texts[_PHONE_AT], strict=True))
        if len(set(own)) < len(own) or not self._firsts.keys().isdisjoint(own):
            return None
        tags = self._given_tags(columns.get(_TAGS, blank), organizations)
        if tags is None:
            return None
        self._firsts.update(zip(own, numbers, strict=True))
        begun = initials("\n".join(keys[0])).split("\n")
        search_texts = map("\n".join, zip(*keys, begun, repeat("\n")))
        warnings: Iterable[list[Any]] = repeat(_NO_WARNINGS)
        if typed is not None:
            given = [number[1:] for number in typed]
            shown = phone.shown_many(texts[_PHONE_AT], self._region)
            warnings = [[read_as(number)] for number in shown]
        if any(told):
            warnings = [
                [*said, more] if more else said for said, more in zip(warnings, told, strict=False)
            ]
        rest = warnings, given, *guardian, tags
        return list(zip(numbers, *texts, organizations, search_texts, *rest, strict=False))

    def _guardians(
        self, names: Sequence[Any], numbers: Sequence[Any]
    ) -> tuple[Sequence[str], Sequence[str], Sequence[str]] | None:
        """Their names and numbers, and what is told of these; None where one is not plain, or a name is alone."""
        blank = [""] * len(names)
        if names.count("") == numbers.count("") == len(names):
            return blank, blank, blank
        about = GUARDIAN[0].typed
        assert about is not None  # noqa: S101 - all texts are typed
        if _plain_texts(names, about.maximum, required=False) is None:
            return None
        if any(name and number == "" for name, number in zip(names, numbers, strict=True)):
            return None
        others = set(numbers) - {""}
        typed = {one: self._typed_mobile(one) for one in others}
        mobiles = [one for one in others if typed[one]]
        plain = phone.plain_mobiles([typed[one] for one in mobiles], self._region)
        stored: dict[Any, tuple[str, str] | None] = {"": ("", "")}
        if plain is not None:
            stored.update(zip(mobiles, self._with_told(mobiles, plain[0]), strict=True))
            others.difference_update(mobiles)
        stored.update({one: self._anybodys(one) for one in others})
        found = [stored[number] for number in numbers]
        if None in found:
            return None
        kept, told = zip(*cast("list[tuple[str, str]]", found), strict=True)
        return names, kept, told

    def _typed_mobile(self, cell: Any) -> str:
        """The cell as it was typed, where it may be a mobile number; else ""."""
        if isinstance(cell, float):
            return "".join(phone.with_their_zeros([cell], self._region) or ())
        return cell if isinstance(cell, str) and cell.startswith("010") else ""

    def _with_told(self, cells: Sequence[Any], numbers: Sequence[str]) -> Iterator[tuple[str, str]]:
        label = GUARDIAN[1].label
        shown = phone.shown_many(numbers, self._region)
        for cell, number, value in zip(cells, numbers, shown, strict=True):
            yield number, "" if isinstance(cell, str) else no_text(label, value)

    def _anybodys(self, cell: Any) -> tuple[str, str] | None:
        """The number of anybody who can be phoned, and what is told of it; None where it is no plain one."""
        if not isinstance(cell, float) and not (isinstance(cell, str) and _NUMBER.fullmatch(cell)):
            return None
        about = GUARDIAN[1]
        try:
            return any_number(cell, None, self._region, field=about.name.value, label=about.label)
        except InvalidInput:
            return None

    def _given_tags(
        self, cells: Sequence[Any], organizations: Sequence[int]
    ) -> Sequence[str] | None:
        """Which tags each gives; None where one is not plain."""
        if cells.count("") == len(cells):
            return cells
        try:
            names = {cell: self._names(cell) for cell in set(cells)}
            found = [
                self._tags.written(organization, names[cell])
                for cell, organization in zip(cells, organizations, strict=True)
            ]
        except InvalidInput:
            return None
        return found

    def _names(self, cell: Any) -> tuple[str, ...]:
        if not isinstance(cell, str) or not cell.isprintable() or len(cell) > _LONGEST_TAGS:
            raise InvalidInput("")
        return self._tags.names(cell)

    def _organizations(self, cells: Sequence[Any] | None, count: int) -> list[int] | None:
        if cells is None:
            return None if self._chosen is None else [self._chosen] * count
        found: dict[str, int] = {}
        for name in set(cells):
            if not isinstance(name, str) or len(name) > _LONGEST_NAME:
                return None
            organization = self._organization(name)
            if organization is None:
                return None
            found[name] = organization
        return [found[name] for name in cells]

    def _organization(self, name: str) -> int | None:
        if not name:
            return self._chosen
        try:
            return self._organization_of(name)
        except InvalidInput:
            return None


_PHONE_AT = [field.kind for field in TEXTS].index(Kind.PHONE)


def _plain_texts(
    cells: Sequence[Any], maximum: int, *, required: bool
) -> tuple[Sequence[str], Sequence[str]] | None:
    """The texts, which are those of the cells, and how each is searched; None where one is not plain."""
    try:
        joined = "\n".join(cells)
    except TypeError:  # no text
        return None
    pattern = _REQUIRED if required else _OPTIONAL
    if (
        joined.count("\n") != len(cells) - 1
        or max(map(len, cells)) > maximum
        or not pattern.fullmatch(joined + "\n")
    ):
        return None
    return cells, joined.casefold().split("\n")
