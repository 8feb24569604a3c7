"""The kinds of files that are taken, each as a book of sheets: the seam between reading files and taking rows.

This side knows archives, parsers and their faults; ``taking`` knows headers and recipients. Between them:

    book = open_book(file, limits)
    sheet = book.open(book.sheets[0])       # raises InvalidInput with the reason where it cannot be read
    for number, row in sheet.rows(): ...    # from 0, in order; cells from column A on
    sheet.marks().cells[number, column]     # what the values do not tell
"""

import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, BinaryIO, Protocol

from core.uploads.sheet import archive, scan
from core.uploads.sheet.scan import Marks
from core.values.settings import UploadLimits

Place = tuple[int, int]  # row and column, from 0


@dataclass(frozen=True, slots=True)
class SheetName:
    """A sheet as the book lists it."""

    name: str
    is_visible: bool
    part: str = ""


class Sheet(Protocol):
    """The cells of one sheet. Rows and columns count from 0, A1 being 0, 0, whatever the sheet begins with."""

    @property
    def height(self) -> int:
        """About how many rows it has."""

    @property
    def notes(self) -> Sequence[str]:
        """What was guessed or left out in reading it, complete once all rows were read."""

    @property
    def has_marks(self) -> bool:
        """Whether ``marks`` would find more than exponents; asking for them takes a while."""

    def rows(self) -> Iterator[tuple[int, Sequence[Any]]]:
        """Each row with its number; what follows the last cell of a row is blank. Can be asked for again."""

    def marks(self) -> Marks:
        """What the values do not tell: formulas, errors, exponents, hidden rows."""

    def merged(self) -> Sequence[tuple[Place, Place]]:
        """First and last cell of each range of merged cells."""


class Book(Protocol):
    """A file that was opened."""

    @property
    def sheets(self) -> Sequence[SheetName]:
        """Its sheets with cells, in their order."""

    def open(self, wanted: SheetName) -> Sheet:
        """One of its sheets. Raises InvalidInput with the reason where it cannot be read."""


def open_book(file: BinaryIO, limits: UploadLimits) -> Book:
    """The book in a file. Raises InvalidInput with the reason where it is none, or beyond a limit."""
    return Workbook(file, limits)


class Workbook:
    """An Excel workbook (.xlsx)."""

    def __init__(self, file: BinaryIO, limits: UploadLimits) -> None:
        self._file = file
        self._limits = limits
        self._archive = archive.open_archive(file, limits)
        self.sheets = [
            SheetName(part.name, part.is_visible, part.part)
            for part in archive.sheet_parts(self._archive)
        ]

    def open(self, wanted: SheetName) -> Sheet:
        """See ``Book``."""
        import python_calamine

        if wanted.part not in self._archive.namelist():
            raise archive.damaged()
        special = scan.check(self._archive, wanted.part, self._limits)
        self._file.seek(0)
        workbook: Any = python_calamine.CalamineWorkbook.from_filelike(self._file)
        return _ParsedSheet(
            workbook.get_sheet_by_name(wanted.name), self._archive, wanted.part, special
        )


class _ParsedSheet:
    """A sheet that calamine has parsed."""

    notes: Sequence[str] = ()

    def __init__(self, sheet: Any, parts: zipfile.ZipFile, part: str, special: bool) -> None:
        self._sheet = sheet
        self._archive = parts
        self._part = part
        self.has_marks = special
        self.height: int = sheet.total_height or 0

    def rows(self) -> Iterator[tuple[int, Sequence[Any]]]:
        """See ``Sheet``."""
        if not self._sheet.height:
            return
        if not (column := (self._sheet.start or (0, 0))[1]):
            yield from enumerate(self._sheet.iter_rows())
            return
        before = [""] * column
        for number, row in enumerate(self._sheet.iter_rows()):
            yield number, before + row

    def marks(self) -> Marks:
        """See ``Sheet``."""
        return self._marks

    @cached_property
    def _marks(self) -> Marks:
        return scan.marks(self._archive, self._part)

    def merged(self) -> Sequence[tuple[Place, Place]]:
        """See ``Sheet``."""
        return self._sheet.merged_cell_ranges or ()
