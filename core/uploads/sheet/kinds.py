"""The kinds of files that are taken, each as a book of sheets: the seam between reading files and taking rows.

This side knows archives, parsers and their faults; ``taking`` knows headers and recipients. Between them:

    book = opening.open_book(file, limits)
    sheet = book.open(book.sheets[0])       # raises InvalidInput with the reason where it cannot be read
    for number, row in sheet.rows(): ...    # from 0, in order; cells from column A on
    sheet.marks().cells[number, column]     # what the values do not tell
"""

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from msgspec import Struct

from core.uploads.sheet.scan import Marks

Place = tuple[int, int]  # row and column, from 0


class SheetName(Struct, frozen=True):
    """A sheet as the book lists it."""

    name: str
    is_visible: bool


class Sheet(Protocol):
    """The cells of one sheet. Rows and columns count from 0, A1 being 0, 0, whatever the sheet begins with."""

    @property
    def height(self) -> int:
        """About how many rows it has."""

    @property
    def notes(self) -> Sequence[str]:
        """What was guessed or left out in reading it, complete once all rows were read."""

    @property
    def is_text(self) -> bool:
        """Whether the file knows texts only, so that a number is written as one."""

    @property
    def has_marks(self) -> bool:
        """Whether ``marks`` would find more than exponents; asking for them takes a while."""

    def rows(self) -> Iterator[tuple[int, Sequence[Any]]]:
        """Rows in order, each with its number; rows that hold nothing may be left out, and what follows the
        last cell of a row is blank. Can be asked for again. Raises Misread at the end.
        """

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


class Misread(Exception):
    """What a parser gave is not all that the file holds; it is to be read again, ``carefully``."""
