"""Binary Excel workbooks (.xlsb): an archive whose parts are records.

Read here, since the parsers that there are leave out the short records that some programs write.
"""

import struct
from collections.abc import Iterator, Sequence
from typing import IO, Any

from core.uploads.sheet import archive
from core.uploads.sheet.archive import Parts
from core.uploads.sheet.cells import Mark, Sign
from core.uploads.sheet.found import LONGEST_CELL, Cells, CellSheet, date
from core.uploads.sheet.kinds import Sheet, SheetName
from core.uploads.sheet.styles import shows_date
from core.values.errors import InvalidInput
from core.values.settings import UploadLimits

_ROW, _STRING_ITEM, _FORMAT, _STYLE, _BOOK, _SHEET, _MERGED = 0, 19, 44, 47, 153, 156, 176
_CELL_STYLES, _END_OF_CELL_STYLES = 617, 618
_BLANK, _RK, _ERROR, _BOOLEAN, _REAL, _TEXT, _POINTER = range(1, 8)
_FORMULAS = {8: _TEXT, 9: _REAL, 10: _BOOLEAN, 11: _ERROR}
_SHORT = {12: _BLANK, 13: _RK, 14: _ERROR, 15: _BOOLEAN, 16: _REAL, 17: _TEXT, 18: _POINTER}
_LONGEST_RECORD = 1 << 20
_HIDDEN_ROW = 0x10
_NO_TEXT = 0xFFFFFFFF
_WORD = struct.Struct("<I")
_TWO_WORDS = struct.Struct("<II")
_FOUR_WORDS = struct.Struct("<IIII")
_DOUBLE = struct.Struct("<d")
_BROKEN = (struct.error, IndexError, UnicodeDecodeError)


def _records(stream: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """Kind and content of each record."""
    while first := stream.read(1):
        kind = first[0]
        if kind & 0x80:
            kind = kind & 0x7F | (stream.read(1)[0] & 0x7F) << 7
        size = shift = 0
        while shift < 28:
            byte = stream.read(1)[0]
            size |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                break
        if size > _LONGEST_RECORD:
            raise archive.damaged()
        content = stream.read(size)
        if len(content) < size:
            raise archive.damaged()
        yield kind, content


def _text(content: bytes, at: int) -> str:
    (length,) = _WORD.unpack_from(content, at)
    if length == _NO_TEXT:
        return ""
    return content[at + 4 : at + 4 + 2 * length].decode("utf-16-le")[:LONGEST_CELL]


def rk_number(word: int) -> float:
    """A number packed into four bytes: an integer or the upper half of a double, maybe a hundredth of it."""
    if word & 2:
        number = float((word >> 2) - (1 << 30 if word & 0x80000000 else 0))
    else:
        (number,) = _DOUBLE.unpack(_TWO_WORDS.pack(0, word & 0xFFFFFFFC))
    return number / 100 if word & 1 else number


class BinaryWorkbook:
    """A workbook of records."""

    def __init__(self, parts: Parts, book: str, limits: UploadLimits) -> None:
        self._parts = parts
        self._limits = limits
        self._since_1904 = False
        folder, related = archive.related(parts, book)
        self._beside = {found.kind: found.part for found in related.values()}
        self._strings_part = self._beside.get("sharedStrings", f"{folder}/sharedStrings.bin")
        self._styles_part = self._beside.get("styles", f"{folder}/styles.bin")
        self.sheets: list[SheetName] = []
        self._sheet_parts: list[str] = []
        for kind, content in self._all(book):
            if kind == _BOOK:
                self._since_1904 = bool(content[0] & 1)
            elif kind == _SHEET:
                state = content[0]
                identity = _text(content, 8)
                name = _text(content, 12 + 2 * len(identity))
                relation = related.get(identity)
                if relation is not None and relation.kind == "worksheet":
                    self.sheets.append(SheetName(name, is_visible=not state))
                    self._sheet_parts.append(relation.part)

    def _all(self, part: str) -> Iterator[tuple[int, bytes]]:
        with self._parts.open(part) as stream:
            try:
                yield from _records(stream)
            except _BROKEN as error:
                raise archive.damaged() from error

    def open(self, wanted: SheetName) -> Sheet:
        """See ``Book``."""
        strings = [
            _text(content, 1)
            for kind, content in self._beside_or_nothing(self._strings_part)
            if kind == _STRING_ITEM
        ]
        cells = _Cells(strings, self._dates(), self._limits, since_1904=self._since_1904)
        try:
            for kind, content in self._all(self._sheet_parts[self.sheets.index(wanted)]):
                cells.take(kind, content)
        except _BROKEN as error:
            raise archive.damaged() from error
        cells.found.sort()
        return CellSheet(cells.found)

    def _beside_or_nothing(self, part: str) -> Iterator[tuple[int, bytes]]:
        """The records of a part that may be missing, or break off: that harms only the cells that want it."""
        if part in self._parts:
            try:
                yield from self._all(part)
            except InvalidInput:
                return

    def _dates(self) -> set[int]:
        """Which styles show a number as a date."""
        formats: dict[int, str] = {}
        found: set[int] = set()
        count = 0
        in_cells = False
        for kind, content in self._beside_or_nothing(self._styles_part):
            if kind == _FORMAT:
                formats[int.from_bytes(content[:2], "little")] = _text(content, 2)
            elif kind in (_CELL_STYLES, _END_OF_CELL_STYLES):
                in_cells = kind == _CELL_STYLES
            elif kind == _STYLE and in_cells:
                number = int.from_bytes(content[2:4], "little")
                if shows_date(number, formats.get(number)):
                    found.add(count)
                count += 1
        return found


class _Cells:
    """Takes the records of a sheet."""

    def __init__(
        self, strings: Sequence[str], dates: set[int], limits: UploadLimits, *, since_1904: bool
    ) -> None:
        self.found = Cells()
        self._strings = strings
        self._dates = dates
        self._limits = limits
        self._since_1904 = since_1904
        self._row = self._column = -1

    def take(self, kind: int, content: bytes) -> None:
        """Take one record."""
        if kind == _ROW:
            (self._row,) = _WORD.unpack_from(content)
            self._column = -1
            if len(content) > 11 and content[11] & _HIDDEN_ROW:
                self.found.marks.hidden_rows.add(self._row)
            return
        if kind == _MERGED:
            top, bottom, left, right = _FOUR_WORDS.unpack_from(content)
            self.found.merged.append(((top, left), (bottom, right)))
            return
        if kind > 18:
            return
        at = 4 if kind in _SHORT else 8
        self._column = self._column + 1 if kind in _SHORT else _WORD.unpack_from(content)[0]
        of_formula = kind in _FORMULAS
        kind = _SHORT.get(kind) or _FORMULAS.get(kind, kind)
        if kind == _BLANK:
            return
        style = int.from_bytes(content[at - 4 : at - 1], "little")
        mark = Mark(Sign.FORMULA) if of_formula else None
        value: Any
        if kind == _ERROR:
            value, mark = "", Mark(Sign.FORMULA_ERROR if of_formula else Sign.ERROR)
        elif kind == _BOOLEAN:
            value = bool(content[at])
        elif kind == _TEXT:
            value = _text(content, at)
        elif kind == _POINTER:
            (pointer,) = _WORD.unpack_from(content, at)
            if pointer < len(self._strings):
                value = self._strings[pointer]
            else:
                value, mark = "", Mark(Sign.ERROR)
        else:
            (value,) = (
                (rk_number(_WORD.unpack_from(content, at)[0]),)
                if kind == _RK
                else _DOUBLE.unpack_from(content, at)
            )
            if style in self._dates:
                value = date(value, since_1904=self._since_1904)
        if value != "" or mark is not None:
            self.found.put(self._row, self._column, value, mark, self._limits)
