"""Old Excel workbooks (.xls): records in a stream of a compound file.

calamine parses them. The records are looked through before, for what it would not tell or not survive, and what it
gives is counted.
"""

import struct
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from msgspec import Struct, field

from core.uploads.sheet.archive import damaged, encrypted
from core.uploads.sheet.cells import Mark, Sign
from core.uploads.sheet.found import columns_note
from core.uploads.sheet.kinds import Place, Sheet, SheetName
from core.uploads.sheet.ole import CompoundFile
from core.uploads.sheet.scan import HEAD, Marks, column_letters, too_many_rows
from core.uploads.sheet.tables import Rows
from core.values.i18n import _
from core.values.settings import UploadLimits

_FORMULA, _BEGIN, _END, _FILE_PASS, _BOOK_SHEET = 0x06, 0x809, 0x0A, 0x2F, 0x85
_MANY_NUMBERS, _LOGICAL, _ROW, _STRING = 0xBD, 0x205, 0x208, 0x207
_CELLS = (
    0x203,
    0x204,
    0x27E,
    0xFD,
    0xD6,
)  # a number, a text, a packed number, a pointer to a text, a rich text
_HIDDEN_ROW = 0x20
_WORKSHEET, _VISIBLE = 0, 0
_NO_NUMBER = b"\xff\xff"
_TEXT_RESULT, _ERROR_RESULT, _BLANK_RESULT = 0, 2, 3


class _Found(Struct):
    """What the records of one sheet say."""

    rows: set[int] = field(default_factory=set)
    marks: Marks = field(default_factory=Marks)
    columns_beyond: set[int] = field(default_factory=set)


class OldWorkbook:
    """A workbook of records in a compound file."""

    def __init__(self, file: BinaryIO, parts: CompoundFile, limits: UploadLimits) -> None:
        self._file = file
        self._limits = limits
        self._stream = parts.stream("Workbook" if "Workbook" in parts.names else "Book")
        self.sheets: list[SheetName] = []
        self._starts: list[int] = []
        import python_calamine

        starts: list[tuple[int, int, int]] = []
        for kind, content, _at in self._records(0):
            if kind == _FILE_PASS:
                raise encrypted()
            if kind == _BOOK_SHEET and len(content) >= 6:
                starts.append(struct.unpack_from("<IBB", content))
        file.seek(0)
        try:
            self._workbook: Any = python_calamine.CalamineWorkbook.from_filelike(file)
        except (MemoryError, KeyboardInterrupt):
            raise
        # its panics are no Exception
        except BaseException as error:
            raise parts.broken() from error
        names = self._workbook.sheet_names
        if len(names) != len(starts):
            raise damaged()
        for name, (start, state, sort) in zip(names, starts, strict=True):
            if sort == _WORKSHEET:
                self.sheets.append(SheetName(name, is_visible=state & 3 == _VISIBLE))
                self._starts.append(start)

    def _records(self, start: int) -> Iterator[tuple[int, bytes, int]]:
        """Kind, content and place of each record of a part of the stream."""
        at, depth = start, 0
        while at + 4 <= len(self._stream):
            kind, size = struct.unpack_from("<HH", self._stream, at)
            yield kind, self._stream[at + 4 : at + 4 + size], at
            depth += (kind & 0xFF == 0x09) - (kind == _END)
            at += 4 + size
            if depth <= 0:
                return

    def open(self, wanted: SheetName) -> Sheet:
        """See ``Book``."""
        found = _Found()
        try:
            for kind, content, _at in self._records(self._starts[self.sheets.index(wanted)]):
                self._take(found, kind, content)
        except (struct.error, IndexError) as error:
            raise damaged() from error
        return _ParsedOldSheet(self._workbook.get_sheet_by_name(wanted.name), found, self._limits)

    def _take(self, found: _Found, kind: int, content: bytes) -> None:
        if kind == _ROW:
            row, options = struct.unpack_from("<H10xH", content)
            if options & _HIDDEN_ROW:
                found.marks.hidden_rows.add(row)
        elif kind == _MANY_NUMBERS:
            row, column = struct.unpack_from("<HH", content)
            for at in range((len(content) - 6) // 6):
                self._cell(found, row, column + at)
        elif kind in _CELLS:
            self._cell(found, *struct.unpack_from("<HH", content))
        elif kind == _LOGICAL:
            row, column, _style, _value, is_error = struct.unpack_from("<HHHBB", content)
            self._cell(found, row, column, Mark(Sign.ERROR) if is_error else None)
        elif kind == _FORMULA:
            row, column = struct.unpack_from("<HH", content)
            result = content[6:14]
            mark = Mark(Sign.FORMULA)
            if result[6:8] == _NO_NUMBER and result[0] == _ERROR_RESULT:
                mark = Mark(Sign.FORMULA_ERROR)
            self._cell(found, row, column, mark)

    def _cell(self, found: _Found, row: int, column: int, mark: Mark | None = None) -> None:
        if row >= self._limits.rows + HEAD:
            raise too_many_rows(str(row + 1), self._limits)
        found.rows.add(row)
        if column >= self._limits.columns:
            found.columns_beyond.add(column)
        elif mark is not None:
            found.marks.cells[row, column] = mark


class _ParsedOldSheet:
    """A sheet that calamine has parsed."""

    has_marks = True
    is_text = False

    def __init__(self, sheet: Any, found: _Found, limits: UploadLimits) -> None:
        self._sheet = sheet
        self._found = found
        self._limits = limits
        self._lost = Rows()
        self.height = max(found.rows, default=-1) + 1

    @property
    def notes(self) -> Sequence[str]:
        """See ``Sheet``."""
        beyond = sorted(self._found.columns_beyond)
        notes = columns_note([column_letters(at + 1) for at in beyond])
        if self._lost:
            notes.append(
                _("The cells of these rows are empty or could not be read: {rows}.").format(
                    rows=str(self._lost)
                )
            )
        return notes

    def rows(self) -> Iterator[tuple[int, Sequence[Any]]]:
        """See ``Sheet``."""
        left = set(self._found.rows)
        number = -1
        if self._sheet.height:
            before = [""] * (self._sheet.start or (0, 0))[1]
            for number, row in enumerate(self._sheet.iter_rows()):
                if row.count("") < len(row):
                    left.discard(number)
                cells = before + row if before else row
                yield number, cells[: self._limits.columns]
        marked = {at for at, _column in self._found.marks.cells}
        self._lost = Rows()
        for at in sorted(left - marked):
            self._lost.add(at + 1)
        yield from ((at, ()) for at in sorted(at for at in marked if at > number))

    def marks(self) -> Marks:
        """See ``Sheet``."""
        return self._found.marks

    def merged(self) -> Sequence[tuple[Place, Place]]:
        """See ``Sheet``."""
        return self._sheet.merged_cell_ranges or ()
