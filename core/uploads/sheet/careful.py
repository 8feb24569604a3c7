"""A sheet of an Excel workbook read cell by cell, for those that are written otherwise than programs do.

Slower than the parser of ``xlsx``, and never wrong about where a cell is: references of any form and order,
white space around a number, any prefix, quotes and encoding; what lies beyond the columns that are read is named.
"""

import contextlib
import datetime
import re
from collections.abc import Sequence
from typing import Any

from core.uploads.sheet.archive import Parts
from core.uploads.sheet.cells import Mark, Sign
from core.uploads.sheet.found import LONGEST_CELL, Cells, date
from core.uploads.sheet.scan import column_number, exponent
from core.uploads.sheet.styles import shows_date
from core.uploads.sheet.xml import XmlReader
from core.values.errors import InvalidInput
from core.values.settings import UploadLimits

_REFERENCE = re.compile(r"\s*\$?([A-Za-z]{1,7})\$?([0-9]{1,9})\s*")
_PLACES = re.compile(
    r"\s*\$?([A-Za-z]{0,7})\$?([0-9]{0,9})(?::\$?([A-Za-z]{0,7})\$?([0-9]{0,9}))?\s*"
)
_FAR = 1 << 20
_TRUE = ("1", "true", "TRUE", "on")


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
            self.found.append("".join(self._pieces)[:LONGEST_CELL])


class _DateStyles(XmlReader):
    """Which styles show a number as a date."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[int] = set()
        self._formats: dict[str, str] = {}
        self._in_cells = False
        self._count = 0

    def start(self, name: str, given: dict[str, str]) -> None:
        if name == "numFmt":
            self._formats[given.get("numFmtId", "")] = given.get("formatCode", "")
        elif name == "cellXfs":
            self._in_cells = True
        elif name == "xf" and self._in_cells:
            number = given.get("numFmtId", "")
            code = self._formats.get(number)
            if number.isdecimal() and shows_date(int(number), code):
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
            return _unescaped((inline or text)[:LONGEST_CELL]), mark
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
            return text[:LONGEST_CELL], mark
        mark = mark or exponent(text)
        if self._style.isdecimal() and int(self._style) in self._dates:
            return date(number, since_1904=self._since_1904), mark
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


def date_styles(parts: Parts, styles: str | None) -> set[int]:
    """The numbers of the styles that show a number as a date."""
    found = _DateStyles()
    _read_if_there(parts, styles, found)
    return found.found


def _read_if_there(parts: Parts, part: str | None, reader: XmlReader) -> None:
    if part is not None and part in parts:
        with contextlib.suppress(InvalidInput):
            parts.read(part, reader.read)


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
    texts = _Strings()
    _read_if_there(parts, strings, texts)
    found = _Sheet(texts.found, date_styles(parts, styles), since_1904, limits)
    parts.read(sheet, found.read)
    found.found.sort()
    return found.found
