"""Sheets written as programs write them, taken apart with one pattern a row: several times as quick as a parser.

What lies between the rows that the pattern meets has to be nothing, so nobody is lost. What is odd in whatever way
(formulas, errors, hidden rows, cells out of order, another encoding) is none of these, and is parsed.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from operator import ge
from typing import IO, Any

from core.uploads.sheet.archive import Layout, Parts, refuse_doctype
from core.uploads.sheet.careful import date_styles
from core.uploads.sheet.found import date
from core.uploads.sheet.kinds import Place
from core.uploads.sheet.scan import HEAD, Marks, column_letters, column_number, exponent, pieces
from core.values.settings import UploadLimits

_BEGIN, _END = "<sheetData>", "</sheetData>"
_LONGEST_END = 1 << 20  # characters behind the rows
_LOOKED_AT = 1 << 16  # characters that tell the columns
_MOST_COLUMNS = 40
_ENCODING = re.compile(r"""<\?xml[^>]*\sencoding\s*=\s*["'](?!utf-8["'])""", re.IGNORECASE)
_LETTERS = re.compile('<c r="([A-Z]{1,2})[0-9]')
_CELL = (
    r'(?:<c r="{}\1"([^<>/]*+)'
    r'(?:/>|>(?:(?<=t="inlineStr">)<is><t(?: xml:space="preserve")?+>|(?<!"inlineStr">)<v>)'
    r"([^<]*+)(?:</t></is>|</v>)</c>))?+"
)
_ROW = r'<row r="([0-9]{{1,7}})"([^<>/]*+)(?:/>|>{}</row>)'
_ATTRIBUTES = re.compile(' ([st])="([A-Za-z0-9]{1,9})"')
_STRING = re.compile('<si><t(?: xml:space="preserve")?+(?:/>|>([^<]*+)</t>)</si>')
_NUMBER = re.compile(r"-?[0-9]{1,400}(?:\.[0-9]{1,400})?(?:[eE][+-]?[0-9]{1,4})?")
_MERGED = re.compile('<mergeCell ref="([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})" ?/>')
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&"))
Column = Sequence[Any]


class _Odd(Exception):
    """The sheet is none of these."""


class RegularSheet:
    """The cells of one sheet, column by column."""

    notes: Sequence[str] = ()
    is_text = False
    has_marks = False

    def __init__(
        self,
        numbers: Sequence[int],
        columns: Sequence[Column],
        marks: Marks,
        merged: Sequence[tuple[Place, Place]],
    ) -> None:
        self._numbers = numbers
        self._columns = columns
        self._marks = marks
        self._merged = merged
        self.height = numbers[-1]

    def rows(self) -> Iterator[tuple[int, Sequence[Any]]]:
        """See ``Sheet``."""
        return zip(self._numbers, zip(*self._columns, strict=True), strict=True)

    def marks(self) -> Marks:
        """See ``Sheet``."""
        return self._marks

    def merged(self) -> Sequence[tuple[Place, Place]]:
        """See ``Sheet``."""
        return self._merged


def read(parts: Parts, part: str, layout: Layout, limits: UploadLimits) -> RegularSheet | None:
    """The sheet, or None where it is written in another way. Raises InvalidInput where it has a document type."""
    with parts.open(part) as stream:
        try:
            return _Reading(parts, layout, limits).sheet(stream)
        except (_Odd, UnicodeDecodeError, KeyError):
            return None


class _Reading:
    def __init__(self, parts: Parts, layout: Layout, limits: UploadLimits) -> None:
        self._parts = parts
        self._layout = layout
        self._limits = limits
        self._numbers: list[int] = []
        self._columns: list[list[Any]] = []
        self._row = re.compile("")
        self._marks = Marks()

    def sheet(self, stream: IO[bytes]) -> RegularSheet:
        """All of it. Raises _Odd, UnicodeDecodeError and KeyError where it is odd."""
        behind = ""
        for at, piece in enumerate(pieces(stream)):
            text = piece.decode()
            if at == 0:
                refuse_doctype(piece)
                text = self._begin(text)
            if behind:
                text, behind = "", behind + text
            elif _END in text:
                text, end, behind = text.partition(_END)
                behind = end + behind
            if len(behind) > _LONGEST_END or _BEGIN in behind:
                raise _Odd
            if text:
                self._take(text)
        if not behind or not self._numbers:
            raise _Odd
        return RegularSheet(self._numbers, self._columns, self._marks, _merged(behind))

    def _begin(self, text: str) -> str:
        """What stands behind the beginning of the rows; the first of them tell the columns."""
        before, begin, rows = text.partition(_BEGIN)
        if not begin or _ENCODING.search(before):
            raise _Odd
        width = max(map(column_number, _LETTERS.findall(rows, 0, _LOOKED_AT)), default=0)
        if not 0 < width <= min(_MOST_COLUMNS, self._limits.columns):
            raise _Odd
        self._columns = [[] for _column in range(width)]
        cells = (_CELL.format(column_letters(at)) for at in range(1, width + 1))
        self._row = re.compile(_ROW.format("".join(cells)))
        return rows

    def _take(self, text: str) -> None:
        """Take the rows of a piece."""
        found = self._row.split(text)
        step = 3 + 2 * len(self._columns)  # between, number, attributes, and two of each cell
        has_entities = _has_entities(text)
        if any(found[::step]) or any("hidden" in given for given in set(found[2::step])):
            raise _Odd
        first = len(self._numbers)
        self._numbers += [int(number) - 1 for number in found[1::step]]
        ahead = self._numbers[max(0, first - 1) :]
        if ahead[-1] >= self._limits.rows + HEAD or any(map(ge, ahead, ahead[1:])):
            raise _Odd
        for at, column in enumerate(self._columns):
            texts = found[4 + 2 * at :: step]
            if has_entities:
                texts = list(map(_without_entities, texts))
            column += self._values(at, first, found[3 + 2 * at :: step], texts)

    def _values(
        self, column: int, first: int, given: Sequence[str | None], texts: Sequence[str | None]
    ) -> Sequence[Any]:
        """The values of cells with these attributes and texts, None where there is none."""
        makers = {one: self._maker(one) for one in set(given) if one is not None}
        kinds = set(makers.values())
        if kinds == {str} and None not in texts:
            return texts
        if kinds - {str, self._string}:
            self._mark_exponents(column, first, texts)
        return [
            "" if text is None else makers[one](text)  # type: ignore[index]
            for one, text in zip(given, texts, strict=True)
        ]

    def _maker(self, attributes: str) -> Callable[[str], Any]:
        """What makes the value of a cell with these attributes of its text."""
        if _ATTRIBUTES.sub("", attributes).strip():
            raise _Odd
        found = dict(_ATTRIBUTES.findall(attributes))
        kind = found.get("t", "n")
        if kind == "n":
            return self._date if int(found.get("s", "0")) in self._dates else _number
        if kind == "s":
            return self._string
        if kind in ("inlineStr", "str"):
            return str
        raise _Odd

    def _date(self, text: str) -> Any:
        number = _number(text)
        return number and date(number, since_1904=self._layout.since_1904)

    def _string(self, text: str) -> str:
        return self._strings[text]

    def _mark_exponents(self, column: int, first: int, texts: Sequence[str | None]) -> None:
        for at, text in enumerate(texts, first):
            if text is not None and (mark := exponent(text)) is not None:
                self._marks.cells[self._numbers[at], column] = mark

    @cached_property
    def _dates(self) -> set[int]:
        return date_styles(self._parts, self._layout.styles)

    @cached_property
    def _strings(self) -> dict[str, str]:
        """The texts that cells point to, by their numbers as they are written."""
        if self._layout.strings is None or self._layout.strings not in self._parts:
            raise _Odd
        found: list[str | None] = []
        with self._parts.open(self._layout.strings) as stream:
            for at, piece in enumerate(pieces(stream, b"si>")):
                text = piece.decode()
                if at == 0:
                    before, begin, rest = text.partition("<si>")
                    if _ENCODING.search(before):
                        raise _Odd
                    text = begin + rest
                texts = _STRING.split(text.partition("</sst>")[0])
                if any(texts[::2]):
                    raise _Odd
                has_entities = _has_entities(text)
                found += map(_without_entities, texts[1::2]) if has_entities else texts[1::2]
        return {str(at): text or "" for at, text in enumerate(found)}


def _number(text: str) -> Any:
    if not text:
        return ""
    if not _NUMBER.fullmatch(text):
        raise _Odd
    return float(text)


def _has_entities(text: str) -> bool:
    """Whether signs are written as entities. Raises _Odd where others are not what they seem either."""
    if "\r" in text or ("_" in text and "_x" in text):
        raise _Odd
    if "&" not in text:
        return False
    if text.count("&") != sum(text.count(written) for written, _sign in _ENTITIES):
        raise _Odd
    return True


def _without_entities(text: str | None) -> str | None:
    if text and "&" in text:
        for written, sign in _ENTITIES:
            text = text.replace(written, sign)
    return text


def _merged(behind: str) -> list[tuple[Place, Place]]:
    found = _MERGED.findall(behind)
    if len(found) != behind.count("<mergeCell "):
        raise _Odd
    return [
        ((int(top) - 1, column_number(left) - 1), (int(bottom) - 1, column_number(right) - 1))
        for left, top, right, bottom in found
    ]
