"""A sheet of an Excel workbook read cell by cell, for those that are written otherwise than programs do.

Slower than the parser of ``xlsx``, and never wrong about where a cell is: references of any form and order,
white space around a number, any prefix, quotes and encoding; what lies beyond the columns that are read is named.
"""

import datetime
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import IO, Any
from xml.parsers import expat

from core.uploads.sheet.archive import Parts, damaged, refuse_entities
from core.uploads.sheet.cells import Mark, Sign
from core.uploads.sheet.scan import (
    EXPONENT,
    HEAD,
    Marks,
    column_letters,
    column_number,
    too_many_rows,
)
from core.values.errors import InvalidInput
from core.values.settings import UploadLimits

Place = tuple[int, int]  # row and column, from 0
_CHUNK = 1 << 18
_LONGEST_CELL = 40_000  # characters; a spreadsheet program keeps 32,767
_REFERENCE = re.compile(r"\s*\$?([A-Za-z]{1,7})\$?([0-9]{1,9})\s*")
_PLACES = re.compile(
    r"\s*\$?([A-Za-z]{0,7})\$?([0-9]{0,9})(?::\$?([A-Za-z]{0,7})\$?([0-9]{0,9}))?\s*"
)
_FAR = 1 << 20
_TRUE = ("1", "true", "TRUE", "on")


@dataclass
class Cells:
    """The cells of a sheet as they were found; ``rows`` has those that hold something, in order."""

    rows: dict[int, list[Any]] = field(default_factory=dict)
    marks: Marks = field(default_factory=Marks)
    merged: list[tuple[Place, Place]] = field(default_factory=list)
    columns_beyond: set[int] = field(default_factory=set)

    def put(
        self, row: int, column: int, value: Any, mark: Mark | None, limits: UploadLimits
    ) -> None:
        """Take a cell that holds something. Raises InvalidInput where it is in a row beyond the limit."""
        if row >= limits.rows + HEAD:
            raise too_many_rows(str(row + 1), limits)
        if column >= limits.columns:
            self.columns_beyond.add(column)
            return
        cells = self.rows.setdefault(row, [])
        if len(cells) <= column:
            cells.extend([""] * (column + 1 - len(cells)))
        cells[column] = value
        if mark is not None:
            self.marks.cells[row, column] = mark

    def sort(self) -> None:
        """Put the rows in order."""
        numbers = list(self.rows)
        if numbers != sorted(numbers):
            self.rows = {number: self.rows[number] for number in sorted(numbers)}

    @property
    def height(self) -> int:
        """How many rows there are down to the last that holds something."""
        return max(self.rows, default=-1) + 1

    @property
    def names_beyond(self) -> list[str]:
        """The letters of the columns that were not read."""
        return [column_letters(column + 1) for column in sorted(self.columns_beyond)]


class XmlReader:
    """Reads one XML part: ``start`` and ``end`` get names without their prefix. Nothing in it can expand."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate(namespace_separator="}")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = lambda name, given: self.start(
            name.rpartition("}")[2], given
        )
        self._parser.EndElementHandler = lambda name: self.end(name.rpartition("}")[2])
        self._parser.StartDoctypeDeclHandler = self._refuse

    @staticmethod
    def _refuse(*_given: object) -> None:
        refuse_entities()

    def texts(self, wanted: Callable[[str], None] | None) -> None:
        """Let this take the texts from here on."""
        self._parser.CharacterDataHandler = wanted

    def start(self, name: str, given: dict[str, str]) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""

    def read(self, stream: IO[bytes]) -> None:
        """Read it all. Raises InvalidInput where it is no XML."""
        first = True
        try:
            while chunk := stream.read(_CHUNK):
                # a blank before the declaration, which programs skip
                self._parser.Parse(chunk.lstrip(b" \t\r\n") if first else chunk, False)
                first = False
            self._parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise damaged() from error


class _Strings(XmlReader):
    """The texts that cells point to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._pieces: list[str] = []
        self._in_phonetic = False

    def start(self, name: str, given: dict[str, str]) -> None:
        if name == "si":
            self._pieces = []
        elif name == "rPh":
            self._in_phonetic = True
        elif name == "t" and not self._in_phonetic:
            self.texts(self._pieces.append)

    def end(self, name: str) -> None:
        if name == "t":
            self.texts(None)
        elif name == "rPh":
            self._in_phonetic = False
        elif name == "si":
            self.found.append("".join(self._pieces)[:_LONGEST_CELL])


class _DateStyles(XmlReader):
    """Which styles show a number as a date."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[int] = set()
        self._formats: dict[str, str] = {}
        self._in_cells = False
        self._count = 0

    def start(self, name: str, given: dict[str, str]) -> None:
        from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format

        if name == "numFmt":
            self._formats[given.get("numFmtId", "")] = given.get("formatCode", "")
        elif name == "cellXfs":
            self._in_cells = True
        elif name == "xf" and self._in_cells:
            number = given.get("numFmtId", "")
            builtin = BUILTIN_FORMATS.get(int(number)) if number.isdecimal() else None
            if is_date_format(self._formats.get(number) or builtin or "General"):
                self.found.add(self._count)
            self._count += 1

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self._in_cells = False


class _Sheet(XmlReader):
    """The cells of the sheet."""

    def __init__(
        self, strings: Sequence[str], dates: set[int], since_1904: bool, limits: UploadLimits
    ) -> None:
        super().__init__()
        self.found = Cells()
        self._strings = strings
        self._dates = dates
        self._since_1904 = since_1904
        self._limits = limits
        self._row = self._column = -1
        self._kind = self._style = ""
        self._has_formula = self._in_phonetic = False
        self._value: list[str] = []
        self._inline: list[str] = []

    def start(self, name: str, given: dict[str, str]) -> None:
        if name == "c":
            place = _REFERENCE.fullmatch(given.get("r", ""))
            if place is None:
                self._column += 1
            else:
                self._row, self._column = int(place[2]) - 1, column_number(place[1]) - 1
            self._kind, self._style = given.get("t", "n").strip(), given.get("s", "")
            self._has_formula = False
            self._value, self._inline = [], []
        elif name == "v":
            self.texts(self._value.append)
        elif name == "f":
            self._has_formula = True
        elif name == "t" and not self._in_phonetic:
            self.texts(self._inline.append)
        elif name == "rPh":
            self._in_phonetic = True
        elif name == "row":
            number = given.get("r", "").strip()
            self._row = (
                int(number) - 1 if number.isdecimal() and len(number) < 10 else self._row + 1
            )
            self._column = -1
            if given.get("hidden", "").strip() in _TRUE:
                self.found.marks.hidden_rows.add(self._row)
        elif name == "mergeCell":
            self._merge(given.get("ref", ""))

    def end(self, name: str) -> None:
        if name in ("v", "t"):
            self.texts(None)
        elif name == "rPh":
            self._in_phonetic = False
        elif name == "c":
            self._take()

    def _merge(self, reference: str) -> None:
        if (found := _PLACES.fullmatch(reference)) is None or not found[0].strip():
            return
        first, last = (found[1], found[2]), (found[3] or found[1], found[4] or found[2])
        top = int(first[1] or 1) - 1
        left = column_number(first[0]) - 1 if first[0] else 0
        bottom = int(last[1] or _FAR) - 1
        right = column_number(last[0]) - 1 if last[0] else _FAR
        self.found.merged.append(((top, left), (bottom, right)))

    def _take(self) -> None:
        text, inline = "".join(self._value), "".join(self._inline)
        if not text and not inline and not self._has_formula:
            return
        value, mark = self._read(text, inline)
        if value != "" or mark is not None:
            self.found.put(self._row, self._column, value, mark, self._limits)

    def _read(self, text: str, inline: str) -> tuple[Any, Mark | None]:
        kind, of_formula = self._kind, self._has_formula
        if kind == "e":
            return text.strip(), Mark(Sign.FORMULA_ERROR if of_formula else Sign.ERROR)
        mark = Mark(Sign.FORMULA) if of_formula else None
        if kind in ("str", "inlineStr") or (inline and not text):
            return _unescaped((inline or text)[:_LONGEST_CELL]), mark
        text = text.strip()
        if not text:
            return "", Mark(Sign.NO_VALUE) if of_formula else None
        if kind == "s":
            if text.isdecimal() and len(text) < 10 and int(text) < len(self._strings):
                return _unescaped(self._strings[int(text)]), mark
            return "", Mark(Sign.ERROR)
        if kind == "b":
            return text in _TRUE, mark
        if kind == "d":
            return _iso(text), mark
        try:
            number = float(text)
        except ValueError:
            return text[:_LONGEST_CELL], mark
        if mark is None and EXPONENT.fullmatch(text.encode()):
            mark = Mark(Sign.EXPONENT, text)
        if self._style.isdecimal() and int(self._style) in self._dates:
            return _date(number, since_1904=self._since_1904), mark
        return number, mark


def _unescaped(text: str) -> str:
    if "_x" not in text:
        return text
    from openpyxl.utils.escape import unescape

    return str(unescape(text))


def _iso(text: str) -> Any:
    for kind in (datetime.datetime, datetime.time):
        try:
            return kind.fromisoformat(text)
        except ValueError:
            continue
    return text


def _date(number: float, *, since_1904: bool) -> Any:
    from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

    try:
        moment = from_excel(number, CALENDAR_MAC_1904 if since_1904 else CALENDAR_WINDOWS_1900)
    except (ValueError, OverflowError):
        return number
    if isinstance(moment, datetime.datetime) and number.is_integer():
        return moment.date()
    return moment


def read(
    parts: Parts,
    sheet: str,
    limits: UploadLimits,
    *,
    strings: str | None,
    styles: str | None,
    since_1904: bool,
) -> Cells:
    """The cells of a part. Raises InvalidInput where it is no XML, or has something in a row beyond the limit.

    Strings and styles that are missing or damaged harm only the cells that want them.
    """
    texts, dates = _Strings(), _DateStyles()
    beside: tuple[tuple[str | None, XmlReader], ...] = ((strings, texts), (styles, dates))
    for part, reader in beside:
        if part is not None and part in parts:
            try:
                parts.read(part, reader.read)
            except InvalidInput:
                continue
    found = _Sheet(texts.found, dates.found, since_1904, limits)
    parts.read(sheet, found.read)
    found.found.sort()
    return found.found
