"""The tags that the rows of a sheet give: each of them once, and in a row only which. Pure.

A row of a sheet may give many, and most rows give the same few.
"""

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from core.tags.rules import (
    MOST_OF_ORGANIZATION,
    key_of,
    names_of_one,
    too_many_of_organization,
)

_REMEMBERED = 4_096  # cells

GivenTag = tuple[int, str, str]  # of which organization, its key, its name


class GivenTags:
    """The tags of one sheet, numbered in the order in which they are first met."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[int, str], int] = {}
        self._of_organization: Counter[int] = Counter()
        self._fresh: list[GivenTag] = []
        self.names = lru_cache(_REMEMBERED)(names_of_one)
        self._written = lru_cache(_REMEMBERED)(self._write)

    def fresh(self) -> list[GivenTag]:
        """Those that were met since this was asked last, in the order of their numbers."""
        found, self._fresh = self._fresh, []
        return found

    def written(self, organization_id: int, names: tuple[str, ...]) -> str:
        """The numbers of these tags of an organization, as a row has them. Raises InvalidInput (field ``tag``)."""
        return self._written(organization_id, names) if names else ""

    def _write(self, organization_id: int, names: Sequence[str]) -> str:
        numbers = sorted(self._number(organization_id, name) for name in names)
        return f"[{','.join(map(str, numbers))}]"

    def _number(self, organization_id: int, name: str) -> int:
        key = organization_id, key_of(name)
        if (number := self._numbers.get(key)) is None:
            if self._of_organization[organization_id] >= MOST_OF_ORGANIZATION:
                raise too_many_of_organization()
            self._of_organization[organization_id] += 1
            number = self._numbers[key] = len(self._numbers)
            self._fresh.append((*key, name))
        return number
