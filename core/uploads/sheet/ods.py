"""OpenDocument spreadsheets (.ods).

Read here, since the parser there is refuses those of some programs, and tells neither formulas nor hidden rows; a
cell or row may also say how often it is repeated, up to all of a sheet.
"""

import datetime
import re
from collections.abc import Callable
from typing import Any

from core.uploads.sheet.archive import Parts, locked
from core.uploads.sheet.cells import Mark, Sign
from core.uploads.sheet.found import LONGEST_CELL, MOST_BEYOND, Cells, CellSheet
from core.uploads.sheet.kinds import Place, Sheet, SheetName
from core.uploads.sheet.xml import XmlReader
from core.values.settings import UploadLimits

CONTENT = "content.xml"
_LAST_COLUMN = 16_384
_DURATION = re.compile(
    r"-?P(?:(\d{1,6})D)?T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})(?:\.\d*)?S)?"
)
_HIDDEN = ("collapse", "filter")
_DRAWN = (
    "caption", "circle", "connector", "control", "custom-shape", "ellipse", "frame", "g", "line", "measure",
    "path", "polygon", "polyline", "rect", "regular-polygon", "scene",
)  # fmt: skip
_PASSED_OVER = frozenset(("annotation", "forms", "tracked-changes", "ruby-text", *_DRAWN))


class Spreadsheet:
    """A spreadsheet."""

    def __init__(self, parts: Parts, limits: UploadLimits) -> None:
        self._parts = parts
        self._limits = limits
        if "META-INF/manifest.xml" in parts and any(
            element.tag.endswith("encryption-data")
            for element in parts.index("META-INF/manifest.xml").iter()
        ):
            raise locked()
        names = _Names()
        parts.read(CONTENT, names.read)
        self.sheets = [
            SheetName(name, is_visible=style not in names.hidden) for name, style in names.found
        ]

    def open(self, wanted: SheetName) -> Sheet:
        """See ``Book``."""
        table = _Table(self.sheets.index(wanted), self._limits)
        self._parts.read(CONTENT, table.read)
        return CellSheet(table.found)


class _Names(XmlReader):
    """The sheets, with their styles, and the styles that hide a sheet."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self.hidden: set[str] = set()
        self._style = ""
        self._depth = 0

    def start(self, name: str, given: dict[str, str]) -> None:
        if name == "table":
            self._depth += 1
            if self._depth == 1:
                about = _plain(given)
                self.found.append((about.get("name", ""), about.get("style-name", "")))
        elif name == "style":
            self._style = _plain(given).get("name", "")
        elif name == "table-properties" and _plain(given).get("display") == "false":
            self.hidden.add(self._style)

    def end(self, name: str) -> None:
        if name == "table":
            self._depth -= 1


class _Table(XmlReader):
    """The cells of one table; tables within its cells are no part of it."""

    def __init__(self, wanted: int, limits: UploadLimits) -> None:
        super().__init__()
        self.found = Cells()
        self._limits = limits
        self._wanted = wanted
        self._tables = -1
        self._depth = self._passing = 0
        self._row = self._column = 0
        self._rows = self._columns = 1
        self._hidden = False
        self._cell: dict[str, str] = {}
        self._is_error = False
        self._lines: list[str] = []
        self._filled: list[tuple[int, Any, Mark | None]] = []

    def start(self, name: str, given: dict[str, str]) -> None:
        if name == "table":
            self._depth += 1
            self._tables += self._depth == 1
        if self._tables != self._wanted or self._depth != 1:
            return
        if self._passing or name in _PASSED_OVER:
            self._passing += 1
        elif name in ("table-cell", "covered-table-cell"):
            self._cell = _plain(given)
            self._is_error = self._cell.get("value-type") == "error" or any(
                value == "error" and "calcext" in key for key, value in given.items()
            )
            self._columns = _times(self._cell.get("number-columns-repeated"))
            self._lines = []
        elif name == "table-row":
            about = _plain(given)
            self._rows = _times(about.get("number-rows-repeated"))
            self._hidden = about.get("visibility") in _HIDDEN
            self._column = 0
            self._filled = []
        else:
            self._start_text(name, given)

    def _start_text(self, name: str, given: dict[str, str]) -> None:
        if name == "p":
            self._lines.append("")
            self.texts(self._add)
        elif self._lines and name == "s":
            self._add(" " * min(_times(_plain(given).get("c")), LONGEST_CELL))
        elif self._lines and name == "tab":
            self._add("\t")
        elif self._lines and name == "line-break":
            self._add("\n")

    def _add(self, text: str) -> None:
        if not self._passing and len(self._lines[-1]) < LONGEST_CELL:
            self._lines[-1] += text

    def end(self, name: str) -> None:
        if self._tables == self._wanted and self._depth == 1:
            if self._passing:
                self._passing -= 1
            elif name == "p":
                self.texts(None)
            elif name in ("table-cell", "covered-table-cell"):
                self._end_cell(is_covered=name != "table-cell")
            elif name == "table-row":
                self._end_row()
        if name == "table":
            self._depth -= 1

    def _end_cell(self, *, is_covered: bool) -> None:
        if not is_covered:
            value, mark = _read(self._cell, "\n".join(self._lines), is_error=self._is_error)
            if value != "" or mark is not None:
                most = max(self._column, self._limits.columns) + MOST_BEYOND
                last = min(self._column + self._columns, most, _LAST_COLUMN)
                self._filled += [(at, value, mark) for at in range(self._column, last)]
            self._merge()
        self._column += self._columns

    def _merge(self) -> None:
        down = _times(self._cell.get("number-rows-spanned"))
        across = _times(self._cell.get("number-columns-spanned"))
        if down > 1 or across > 1:
            first: Place = (self._row, self._column)
            self.found.merged.append((first, (self._row + down - 1, self._column + across - 1)))

    def _end_row(self) -> None:
        if self._filled:
            self._put_row()
        self._row += self._rows

    def _put_row(self) -> None:
        """Take the row as often as it is there, up to the first one too many."""
        columns = self._limits.columns
        beyond = [cell for cell in self._filled if cell[0] >= columns]
        for column, value, mark in beyond:
            self.found.put(self._row, column, value, mark, self._limits)
        within = self._filled[: len(self._filled) - len(beyond)]
        if not within:
            return
        self.found.refuse_row(self._row + self._rows - 1, self._limits)
        for row in range(self._row, self._row + self._rows):
            for column, value, mark in within:
                self.found.put(row, column, value, mark, self._limits)
            if self._hidden:
                self.found.marks.hidden_rows.add(row)


def _plain(given: dict[str, str]) -> dict[str, str]:
    """Attributes by their names without prefixes; those that LibreOffice adds to say the same do not count."""
    return {key.rpartition("}")[2]: value for key, value in given.items() if "calcext" not in key}


def _times(written: str | None) -> int:
    return max(1, int(written)) if written and written.isdecimal() and len(written) < 10 else 1


def _read(cell: dict[str, str], text: str, *, is_error: bool) -> tuple[Any, Mark | None]:
    of_formula = "formula" in cell
    kind = cell.get("value-type", "")
    if is_error:
        return text, Mark(Sign.FORMULA_ERROR if of_formula else Sign.ERROR)
    mark = Mark(Sign.FORMULA) if of_formula else None
    if not kind and not text:
        return "", Mark(Sign.NO_VALUE) if of_formula else None
    read = _KINDS.get(kind)
    if read is None:
        return cell.get("string-value", text)[:LONGEST_CELL] or text, mark
    key, convert = read
    try:
        return convert(cell[key]), mark
    except (KeyError, ValueError, OverflowError):
        return text, mark


def _number(written: str) -> float:
    return float(written)


def _date(written: str) -> Any:
    if "T" in written:
        return datetime.datetime.fromisoformat(written)
    return datetime.date.fromisoformat(written)


def _time(written: str) -> Any:
    if (found := _DURATION.fullmatch(written)) is None:
        raise ValueError
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    if not days and hours < 24:
        return datetime.time(hours, minutes, seconds)
    return datetime.timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def _boolean(written: str) -> bool:
    return written == "true"


_KINDS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "float": ("value", _number),
    "percentage": ("value", _number),
    "currency": ("value", _number),
    "date": ("date-value", _date),
    "time": ("time-value", _time),
    "boolean": ("boolean-value", _boolean),
}
