"""From rows of cells to rows of recipients: which sheet, which row has the headers, which rows are people.

Files and parsers are ``kinds``' affair; what is wrong with one row is ``rules``'.
"""

import itertools
from collections.abc import Sequence
from typing import Any, BinaryIO

from core.io import child
from core.recipients.fields import TYPED, FieldName
from core.uploads import protocol
from core.uploads.plain import PlainRow
from core.uploads.protocol import (
    BYTES_PER_MESSAGE,
    ROWS_PER_MESSAGE,
    Done,
    Question,
    Rows,
    encode_rows,
)
from core.uploads.rows import GoodRow, OtherRow
from core.uploads.rules import BadRow, RowChecker, Scope
from core.uploads.sheet import cells, headers
from core.uploads.sheet.cells import Mark, Sign
from core.uploads.sheet.headers import HEADER_SEARCH, Headers
from core.uploads.sheet.kinds import Book, Place, Sheet
from core.uploads.sheet.scan import Marks, too_many_rows
from core.values.errors import InvalidInput
from core.values.i18n import _
from core.values.message import kept

_BLOCK, _FEW = 256, 4  # rows looked at at once, and so few that each is looked at
KEPT_CHARACTERS = 6 << 20  # of failed rows: tens of thousands


class Taker:
    """Takes the rows of the sheet of one book and sends what it finds."""

    def __init__(self, book: Book, question: Question, out: BinaryIO) -> None:
        self._question = question
        self._out = out
        self._sheet, self._notes = sheet_to_read(book)
        self._marks: Marks | None = None
        scope = Scope(question.organizations, question.chosen, question.chosen_name, question.names)
        self._checker = RowChecker(question.region, scope)
        self._odd: set[int] = set()  # rows of which there is more to know than their values
        self._good: list[GoodRow | PlainRow] = []
        self._bad: list[OtherRow] = []
        self._size = self._kept = self._warned = 0
        self._read = 0
        self._first_not_kept = 0
        self._again: list[int] = []
        self._only_errors: list[int] = []

    def run(self) -> None:
        """Take and send everything."""
        height = self._sheet.height
        rows = self._sheet.rows()
        head = list(itertools.islice(rows, HEADER_SEARCH))
        found = self._find_headers([row for _number, row in head])
        top = head[found.row][0]
        notes = [*self._notes, *_header_notes(found, top)]
        child.tell(self._out, protocol.Sheet(max(0, height - top), list(map(kept, notes))))
        if self._sheet.has_marks:
            self._look_closely()
        self._use(found, top)
        below = itertools.chain(head[found.row + 1 :], rows)
        while block := list(itertools.islice(below, _BLOCK)):
            self._take_block(block)
        self._flush()
        notes = [*self._sheet.notes, *self._closing_notes()]
        child.tell(self._out, Done(self._read, list(map(kept, notes))))

    def _required(self) -> list[str]:
        required = [field.name.value for field in TYPED if field.typed and field.typed.required]
        if self._question.chosen is None:
            required.append(FieldName.ORGANIZATION.value)
        return required

    def _look_closely(self) -> None:
        self._marks = self._sheet.marks()
        self._odd |= self._marks.hidden_rows
        self._odd.update(row for row, _column in self._marks.cells)

    def _take_block(self, block: list[tuple[int, Sequence[Any]]]) -> None:
        """Take the rows at once where they are plain, else those of each half, down to the odd ones."""
        if self._take_plain(block):
            return
        if len(block) > _FEW:
            half = len(block) // 2
            self._take_block(block[:half])
            self._take_block(block[half:])
            return
        for at, row in block:
            self._take(at, row)

    def _take_plain(self, block: list[tuple[int, Sequence[Any]]]) -> bool:
        read = self._read + len(block)
        if read > self._question.limits.rows:
            return False
        places, rows = zip(*block, strict=True)
        if not self._odd.isdisjoint(places):
            return False
        try:
            columns = {
                column: [row[where] for row in rows]
                for column, where in self._found.columns.items()
            }
        except IndexError:  # a row ends before
            return False
        made = self._checker.plain.take([at + 1 for at in places], columns)
        if made is None:
            return False
        self._good += made
        self._read = read
        self._flush_if_many()
        return True

    def _find_headers(self, rows: Sequence[Sequence[Any]]) -> Headers:
        try:
            return headers.find(rows, self._required())
        except InvalidInput as error:
            # they may be in the columns that are not read
            notes = self._sheet.notes
            raise InvalidInput(error.what, *notes[:1]) if notes else error from None

    def _use(self, found: Headers, top: int) -> None:
        """Read the rows from here on by these headers."""
        self._found = found
        self._covered = _merged(self._sheet, found, top)
        self._odd.update(row for row, _column in self._covered)

    def _is_header(self, at: int, row: Sequence[Any]) -> bool:
        """Whether the row names the columns once more: those below are read by it."""
        try:
            found = headers.find([row], self._required())
        except InvalidInput:
            return False
        self._again.append(at + 1)
        self._use(found, at)
        return True

    def _take(self, at: int, row: Sequence[Any]) -> None:
        found, covered = self._found, self._covered
        values = {
            column: row[where] if where < len(row) else ""
            for column, where in found.columns.items()
        }
        if isinstance(values[FieldName.PHONE], float) and self._marks is None:
            self._look_closely()
        warnings: list[Any] = []
        marks = {}
        if self._marks is not None:
            here = self._marks.cells
            marks = {
                column: here[at, where]
                for column, where in found.columns.items()
                if (at, where) in here
            }
        if all(cells.is_blank(value, marks.get(column)) for column, value in values.items()):
            return
        if marks and _only_errors(values, marks):
            self._only_errors.append(at + 1)
            return
        if covered:
            self._fill_merged(at, values, found, covered, warnings)
        if self._marks is not None and at in self._marks.hidden_rows:
            warnings.append(_("The row is hidden in the sheet; it was read all the same."))
        checked = self._checker.check(at + 1, values, marks, warnings)
        if isinstance(checked, BadRow) and self._is_header(at, row):
            return
        self._read += 1
        if self._read > self._question.limits.rows:
            raise too_many_rows(str(at + 1), self._question.limits)
        if isinstance(checked, BadRow):
            kept = self._bounded(checked)
            self._bad.append(kept.as_other())
            self._size += kept.size
            self._warned += bool(kept.warnings)
        else:
            self._good.append(checked)
            self._size += sum(map(len, map(str, checked.warnings)))
            self._warned += bool(checked.warnings)
        self._flush_if_many()

    def _flush_if_many(self) -> None:
        if len(self._good) + len(self._bad) >= ROWS_PER_MESSAGE or self._size >= BYTES_PER_MESSAGE:
            self._flush()

    def _bounded(self, row: BadRow) -> BadRow:
        """The row; without its cells where those of the rows before fill the memory already."""
        if self._kept > KEPT_CHARACTERS:
            self._first_not_kept = self._first_not_kept or row.row
            return BadRow(row.row, {}, row.reasons[:1], row.fields[:1], [], "")
        self._kept += row.size
        return row

    def _fill_merged(
        self,
        at: int,
        values: dict[str, Any],
        found: Headers,
        covered: dict[Place, Any],
        warnings: list[Any],
    ) -> None:
        for column, where in found.columns.items():
            if (value := covered.get((at, where))) is not None and cells.is_blank(values[column]):
                values[column] = value
                warnings.append(
                    _("Merged cells: {value} was taken for this row as well.").format(
                        value=cells.raw(value)[:40]
                    )
                )

    def _flush(self) -> None:
        if not self._good and not self._bad:
            return
        good, bad = encode_rows(self._good), encode_rows(self._bad)
        child.tell(self._out, Rows(good, len(self._good), bad, len(self._bad), self._warned))
        self._good, self._bad, self._size, self._warned = [], [], 0, 0

    def _closing_notes(self) -> list[str]:
        notes = []
        if self._again:
            notes.append(
                _("Headers again in row {rows}: what is below was read by them.").format(
                    rows=_numbers(self._again)
                )
            )
        if self._only_errors:
            notes.append(
                _("Rows with nothing but errors of formulas are no rows: {rows}.").format(
                    rows=_numbers(self._only_errors)
                )
            )
        if not self._read:
            notes.append(_("The sheet has no rows below its headers."))
        elif self._first_not_kept:
            notes.append(
                _("Too many rows failed: what those from row {row} on gave was not kept.").format(
                    row=self._first_not_kept
                )
            )
        return notes


def _only_errors(values: dict[str, Any], marks: dict[str, Mark]) -> bool:
    """Whether prefilled formulas that found nothing are all there is."""
    return all(
        ((mark := marks.get(column)) is not None and mark.sign is Sign.FORMULA_ERROR)
        or cells.is_blank(value, mark)
        for column, value in values.items()
    )


def _numbers(rows: Sequence[int]) -> str:
    """Row numbers, those that follow each other as one range."""
    parts: list[list[int]] = []
    for row in rows:
        if parts and parts[-1][-1] == row - 1:
            parts[-1][1:] = [row]
        else:
            parts.append([row])
    return ", ".join("-".join(map(str, part)) for part in parts[:10]) + (
        "…" if len(parts) > 10 else ""
    )


def _header_notes(found: Headers, top: int) -> list[str]:
    notes = []
    if top:
        notes.append(
            _("The headers are in row {row}; what is above them was passed over.").format(
                row=top + 1
            )
        )
    if found.unknown:
        notes.append(
            _("Columns that are not known were not read: {columns}.").format(
                columns=", ".join(found.unknown[:10])
            )
        )
    return notes


def _merged(sheet: Sheet, found: Headers, top: int) -> dict[Place, Any]:
    """The value for each cell that a vertical merge covers, in the columns that are read."""
    height = sheet.height
    wanted = set(found.columns.values())
    ranges = [
        (first, last, column)
        for (first, column), (last, _column) in sheet.merged()
        if column in wanted and last > first > top and first < height
    ]
    if not ranges or sum(
        min(last, height) - first for first, last, _column in ranges
    ) > height * len(wanted):
        return {}  # ranges that overlap mean nothing
    tops = {first for first, _last, _column in ranges}
    by_row = {at: row for at, row in sheet.rows() if at in tops}
    covered = {}
    for first, last, column in ranges:
        row = by_row.get(first, [])
        value = row[column] if column < len(row) else ""
        if not cells.is_blank(value):
            covered.update(
                {(row_at, column): value for row_at in range(first + 1, min(last, height) + 1)}
            )
    return covered


def sheet_to_read(book: Book) -> tuple[Sheet, list[str]]:
    """The first visible sheet, and what was guessed in choosing it. Raises InvalidInput where there is none."""
    visible = [sheet for sheet in book.sheets if sheet.is_visible]
    hidden = [sheet.name for sheet in book.sheets if not sheet.is_visible]
    if not visible:
        raise InvalidInput(
            _("The workbook has no visible sheet with cells."),
            _("Show the sheet, or make one, and save."),
        )
    chosen, *others = visible
    notes = []
    if others:
        notes.append(
            _("Only the first sheet, {name}, was read; the others were not: {others}.").format(
                name=chosen.name, others=", ".join(sheet.name for sheet in others[:5])
            )
        )
    if hidden:
        notes.append(
            _("Hidden sheets were not read: {others}.").format(others=", ".join(hidden[:5]))
        )
    return book.open(chosen), notes
