"""The process that reads a workbook: limited in memory and time, so that a file can end it but nothing else.

Run by ``core.uploads.reader`` with the open workbook; gets a question and answers it (``core.uploads.protocol``).
"""

import gc
import importlib
import os
import sys
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from core.io import child
from core.io.limits import bound
from core.recipients.fields import TYPED, FieldName
from core.uploads import archive, cells, headers, sheet_scan
from core.uploads.headers import HEADER_SEARCH, Headers
from core.uploads.protocol import (
    BYTES_PER_MESSAGE,
    ROWS_PER_MESSAGE,
    Done,
    Question,
    Refused,
    Rows,
    Sheet,
    decode_question,
    encode_rows,
)
from core.uploads.rows import GoodRow, OtherRow
from core.uploads.rules import BadRow, RowChecker, Scope
from core.values import i18n
from core.values.errors import InvalidInput
from core.values.i18n import _

KEPT_CHARACTERS = 6 << 20  # of failed rows: tens of thousands


class WorkbookReader:
    """Reads the sheet of one workbook and sends what it finds."""

    def __init__(self, file: BinaryIO, question: Question, out: BinaryIO) -> None:
        self._file = file
        self._question = question
        self._out = out
        self._archive = archive.open_archive(file, question.limits)
        self._part = archive.sheet_to_read(self._archive)
        self._special = sheet_scan.check(self._archive, self._part.part, question.limits)
        self._marks: sheet_scan.Marks | None = None
        scope = Scope(question.organizations, question.chosen, question.chosen_name)
        self._checker = RowChecker(question.region, scope)
        self._good: list[GoodRow] = []
        self._bad: list[OtherRow] = []
        self._size = self._kept = 0
        self._read = 0
        self._first_not_kept = 0

    def run(self) -> None:
        """Read and send everything."""
        sheet = self._open_sheet()
        first_column = (sheet.start or (0, 0))[1]
        height = sheet.total_height or 0
        head: list[list[Any]] = []
        rows = enumerate(self._rows(sheet, first_column))
        for _at, row in rows:
            head.append(row)
            if len(head) >= HEADER_SEARCH:
                break
        found = headers.find(head, self._required())
        child.tell(
            self._out, Sheet(max(0, height - found.row), [*self._part.notes, *_header_notes(found)])
        )
        covered = _merged(sheet, found, height)
        if self._special:
            self._look_closely()
        for at, row in enumerate(head):
            if at > found.row:
                self._take(at, row, found, covered)
        for at, row in rows:
            self._take(at, row, found, covered)
        self._flush()
        child.tell(self._out, Done(self._read, self._closing_notes()))

    def _open_sheet(self) -> Any:
        import python_calamine

        self._file.seek(0)
        workbook = python_calamine.CalamineWorkbook.from_filelike(self._file)
        return workbook.get_sheet_by_name(self._part.name)

    def _rows(self, sheet: Any, first_column: int) -> Iterator[list[Any]]:
        if not sheet.height:
            return
        before = [""] * first_column
        for row in sheet.iter_rows():
            yield before + row if before else row

    def _required(self) -> list[str]:
        required = [field.name.value for field in TYPED if field.typed and field.typed.required]
        if self._question.chosen is None:
            required.append(FieldName.ORGANIZATION.value)
        return required

    def _look_closely(self) -> None:
        self._marks = sheet_scan.marks(self._archive, self._part.part)

    def _take(
        self, at: int, row: Sequence[Any], found: Headers, covered: dict[tuple[int, int], Any]
    ) -> None:
        values = {
            column: row[where] if where < len(row) else ""
            for column, where in found.columns.items()
        }
        if isinstance(values[FieldName.PHONE], float) and self._marks is None:
            self._look_closely()
        warnings: list[str] = []
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
        if covered:
            self._fill_merged(at, values, found, covered, warnings)
        if self._marks is not None and at in self._marks.hidden_rows:
            warnings.append(_("The row is hidden in the sheet; it was read all the same."))
        self._read += 1
        if self._read > self._question.limits.rows:
            raise sheet_scan.too_many_rows(str(at + 1), self._question.limits)
        checked = self._checker.check(at + 1, values, marks, warnings)
        if isinstance(checked, BadRow):
            kept = self._bounded(checked)
            self._bad.append(kept.as_other())
            self._size += kept.size
        else:
            self._good.append(checked)
            self._size += sum(map(len, checked.warnings))
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
        covered: dict[tuple[int, int], Any],
        warnings: list[str],
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
        warned = sum(bool(row.warnings) for row in self._good)
        warned += sum(bool(row.warnings) for row in self._bad)
        good, bad = encode_rows(self._good), encode_rows(self._bad)
        child.tell(self._out, Rows(good, len(self._good), bad, len(self._bad), warned))
        self._good, self._bad, self._size = [], [], 0

    def _closing_notes(self) -> list[str]:
        if not self._read:
            return [_("The sheet has no rows below its headers.")]
        if self._first_not_kept:
            return [
                _("Too many rows failed: what those from row {row} on gave was not kept.").format(
                    row=self._first_not_kept
                )
            ]
        return []


def _header_notes(found: Headers) -> list[str]:
    notes = []
    if found.row:
        notes.append(
            _("The headers are in row {row}; what is above them was passed over.").format(
                row=found.row + 1
            )
        )
    if found.unknown:
        notes.append(
            _("Columns that are not known were not read: {columns}.").format(
                columns=", ".join(found.unknown[:10])
            )
        )
    return notes


def _merged(sheet: Any, found: Headers, height: int) -> dict[tuple[int, int], Any]:
    """The value for each cell that a vertical merge covers, in the columns that are read."""
    wanted = set(found.columns.values())
    ranges = [
        (first, last, column)
        for (first, column), (last, _column) in sheet.merged_cell_ranges or ()
        if column in wanted and last > first > found.row and first < height
    ]
    if not ranges or sum(
        min(last, height) - first for first, last, _column in ranges
    ) > height * len(wanted):
        return {}  # ranges that overlap mean nothing
    tops = {first for first, _last, _column in ranges}
    offset = (sheet.start or (0, 0))[1]
    by_row = {at: row for at, row in enumerate(sheet.iter_rows()) if at in tops}
    covered = {}
    for first, last, column in ranges:
        row = by_row.get(first, [])
        at = column - offset
        value = row[at] if 0 <= at < len(row) else ""
        if not cells.is_blank(value):
            covered.update(
                {(row_at, column): value for row_at in range(first + 1, min(last, height) + 1)}
            )
    return covered


def answer(file: BinaryIO, question: Question, out: BinaryIO) -> None:
    """Read the workbook and send what it holds, or why it cannot be read."""
    try:
        WorkbookReader(file, question, out).run()
    except InvalidInput as error:
        child.tell(out, Refused(error.what, error.way_out))
    except MemoryError:
        child.tell(
            out,
            Refused(
                _("The workbook needs more memory to be read than it may take."),
                _("Split it, or raise the setting upload.memory_mib ({limit}).").format(
                    limit=question.limits.memory_mib
                ),
            ),
        )
    except (BrokenPipeError, KeyboardInterrupt):
        raise
    # whatever a parser raises over a damaged file, its panics (no Exception) included, is the file's fault
    except BaseException:  # noqa: BLE001
        reason = archive.damaged()
        child.tell(out, Refused(reason.what, reason.way_out))


def main() -> int:
    """Answer the question on standard input about the descriptor in the arguments."""
    questions, out = child.enter()
    # nothing here lives long enough to be worth looking for
    gc.disable()
    question = decode_question(child.hear(questions) or b"")
    # a library that cannot be loaded would look like a damaged file
    for library in ("python_calamine", "phonenumbers"):
        importlib.import_module(library)
    limits = question.limits
    bound(memory_mib=limits.memory_mib, cpu_seconds=limits.cpu_seconds, file_bytes=0)
    i18n.use(question.language)
    with os.fdopen(int(sys.argv[1]), "rb") as file:
        try:
            answer(file, question, out)
        except BrokenPipeError:
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
