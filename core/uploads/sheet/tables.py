"""What stands below headers and is nobody: totals, notes, blank forms, other tables. Pure.

Asked only about rows that cannot be a recipient and have no number: whoever has a number fails with a reason.
"""

import enum
import re
from collections.abc import Sequence

from core.uploads.sheet.header_words import header_key
from core.uploads.sheet.headers import is_words

_LOOKED_AT = 64  # cells of a row
_LONGEST_NAME = 20  # characters; a longer text alone in its row is a note
_NUMBER_DIGITS, _NUMBER = 7, 1e6  # as many may be a number to be phoned
_TOLD = 8  # ranges of rows
_TOTAL = re.compile(
    r".{0,20}(?:합계|총계|소계|누계|小計|合計|総計)(?:[^가-힣].*)?"
    r"|[^가-힣a-z]*(?:계|총원|총인원|총(?=\d)|(?:grand|sub)?-?total)(?:[^가-힣a-z].*)?"
)
# names begin with 이상 and 이하, too
_NOTE = re.compile(
    r"[※*•·▶■□●○◆◇☞→★☆▷►✓<〈【\[(#「\-–—]"
    r"|참고(?:사항)?(?:[:：]|$)|문의(?:처|사항|전화)|작성(?:자|일|기준)|담당(?:자|부서)|기준일|출처[:：]"
    r"|(?:끝|이상|이하여백|이하빈칸)[.]?$|(?:붙임|첨부|단위|주)[):：]|\d+/\d+$"
    r"|(?:note|remark|source|prepared ?by|page)s?\b"
)
_SECTION = re.compile(r".*\(?\d+명\)?")


class Nobody(enum.Enum):
    """What a row is that is no person."""

    TOTAL = "total"
    NOTE = "note"


def has_number(value: object) -> bool:
    """Whether the cell may hold a number to be phoned, whatever is wrong with it."""
    if isinstance(value, int | float):
        return abs(value) >= _NUMBER
    return isinstance(value, str) and sum(map(str.isdigit, value[:100])) >= _NUMBER_DIGITS


def may_be_told(cell: object) -> bool:
    """Whether the cell may be of somebody, rather than blank or the number of a line."""
    if isinstance(cell, str):
        return bool(text := cell.strip()) and (not text.isdecimal() or has_number(text))
    return has_number(cell)


def nobody(row: Sequence[object], who: Sequence[object] | None = None) -> Nobody | None:
    """What the row is, if it is a total or a note; None where it may be meant as a person.

    ``who`` are those of its cells in which a total is looked for; all where it is not given.
    """
    filled, asked = _filled(row), _filled(row if who is None else who)
    keys = [header_key(cell) for cell in asked if isinstance(cell, str)]
    if any(map(_TOTAL.fullmatch, keys)):
        return Nobody.TOTAL
    if len(filled) == 1 and isinstance(filled[0], str):
        text = filled[0]
        if _is_note(text.strip(), header_key(text)):
            return Nobody.NOTE
    return None


def _filled(row: Sequence[object]) -> list[object]:
    return [
        cell
        for cell in row[:_LOOKED_AT]
        if cell is not None and not (isinstance(cell, str) and not cell.strip())
    ]


def _is_note(text: str, key: str) -> bool:
    return bool(
        len(text) > _LONGEST_NAME
        or _NOTE.match(text)
        or _NOTE.match(key)
        or _SECTION.fullmatch(key)
    )


def is_title(row: Sequence[object]) -> bool:
    """Whether the row has one text and nothing else."""
    return sum(cell is not None and bool(str(cell).strip()) for cell in row[:_LOOKED_AT]) == 1


def may_begin(row: Sequence[object]) -> bool:
    """Whether the row may be the first of another table: its title, or words that name its columns."""
    return is_words(row[:_LOOKED_AT]) or is_title(row)


def is_other_table(rows: Sequence[Sequence[object]]) -> bool:
    """Whether the rows are a table of things: maybe a title, words that name its columns, and in one of these
    columns but the first a plain number in every row below. People of whom only the name is known are none."""
    below = iter(rows)
    header = next(below, ())
    if is_title(header):
        header = next(below, ())
    named = [at for at, cell in enumerate(header[:_LOOKED_AT]) if is_words([cell])]
    counted = list(below)
    return (
        bool(counted)
        and is_words(header[:_LOOKED_AT])
        and any(all(at < len(row) and _is_quantity(row[at]) for row in counted) for at in named[1:])
    )


def _is_quantity(cell: object) -> bool:
    return isinstance(cell, int | float) or (isinstance(cell, str) and cell.strip().isdecimal())


class Rows:
    """Numbers of rows, in order, told in short: ``3, 7, 12-100``. However many there are, few are kept."""

    def __init__(self) -> None:
        self._ranges: list[list[int]] = []
        self._more = False

    def add(self, row: int) -> None:
        """One more."""
        if self._ranges and self._ranges[-1][1] == row - 1:
            self._ranges[-1][1] = row
        elif len(self._ranges) < _TOLD:
            self._ranges.append([row, row])
        else:
            self._more = True

    def __bool__(self) -> bool:
        return bool(self._ranges)

    def __str__(self) -> str:
        words = [str(first) if first == last else f"{first}-{last}" for first, last in self._ranges]
        return ", ".join(words) + (", …" if self._more else "")
