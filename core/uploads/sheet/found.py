"""Cells that were read one by one, whatever the kind of file: the sheet of them, within the limits."""

import datetime
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct, field

from core.uploads.sheet.cells import Mark
from core.uploads.sheet.kinds import Place
from core.uploads.sheet.scan import HEAD, Marks, column_letters, too_many_rows
from core.values.i18n import _
from core.values.settings import UploadLimits

LONGEST_CELL = 40_000  # characters; a spreadsheet program keeps 32,767
_TOLD = 10  # columns
MOST_BEYOND = _TOLD + 1  # columns beyond those that are read of which a kind of file need tell


class Cells(Struct):
    """The cells of a sheet as they were found; ``rows`` has those that hold something, in order."""

    rows: dict[int, list[Any]] = field(default_factory=dict)
    marks: Marks = field(default_factory=Marks)
    merged: list[tuple[Place, Place]] = field(default_factory=list)
    columns_beyond: set[int] = field(default_factory=set)

    def put(
        self, row: int, column: int, value: Any, mark: Mark | None, limits: UploadLimits
    ) -> None:
        """Take a cell that holds something. Raises InvalidInput where it is in a row beyond the limit."""
        self.refuse_row(row, limits)
        if column >= limits.columns:
            self.columns_beyond.add(column)
            return
        cells = self.rows.setdefault(row, [])
        if len(cells) <= column:
            cells.extend([""] * (column + 1 - len(cells)))
        cells[column] = value
        if mark is not None:
            self.marks.cells[row, column] = mark

    @staticmethod
    def refuse_row(row: int, limits: UploadLimits) -> None:
        """Raise InvalidInput for a row beyond the limit."""
        if row >= limits.rows + HEAD:
            raise too_many_rows(str(row + 1), limits)

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


class CellSheet:
    """A sheet that was read cell by cell."""

    has_marks = True
    is_text = False

    def __init__(self, cells: Cells) -> None:
        self._cells = cells
        self.height = cells.height

    @property
    def notes(self) -> Sequence[str]:
        """See ``Sheet``."""
        return columns_note(self._cells.names_beyond)

    def rows(self) -> Iterator[tuple[int, Sequence[Any]]]:
        """See ``Sheet``."""
        yield from self._cells.rows.items()

    def marks(self) -> Marks:
        """See ``Sheet``."""
        return self._cells.marks

    def merged(self) -> Sequence[tuple[Place, Place]]:
        """See ``Sheet``."""
        return self._cells.merged


def columns_note(letters: Sequence[str]) -> list[str]:
    """What is said of columns with something in them that were not read."""
    if not letters:
        return []
    shown = ", ".join(letters[:_TOLD]) + ("…" if len(letters) > _TOLD else "")
    return [
        _(
            "Columns beyond those that are read have something in them: {columns};"
            " the setting upload.columns can raise that."
        ).format(columns=shown)
    ]


def date(number: float, *, since_1904: bool = False) -> Any:
    """A number that is shown as a date, a time or both."""
    from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

    try:
        moment = from_excel(number, CALENDAR_MAC_1904 if since_1904 else CALENDAR_WINDOWS_1900)
    except (ValueError, OverflowError):
        return number
    if isinstance(moment, datetime.datetime) and number.is_integer():
        return moment.date()
    return moment
