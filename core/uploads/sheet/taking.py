"""From rows of cells to rows of recipients: which rows are people, and which are not.

Files and parsers are ``kinds``' affair; what is wrong with one row is ``rules``'.
"""

import itertools
import re
from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO

from core.io import child
from core.recipients.fields import FieldName, GuardianField, TagField
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
from core.uploads.rows import GoodRow, OtherRow, position
from core.uploads.rules import BadRow, RowChecker, Scope
from core.uploads.sheet import cells, headers, tables
from core.uploads.sheet.cells import Mark, Sign
from core.uploads.sheet.choosing import Choice
from core.uploads.sheet.headers import Headers
from core.uploads.sheet.kinds import Book, Place, Sheet
from core.uploads.sheet.passed import Passed
from core.uploads.sheet.scan import Marks, too_many_rows
from core.values.i18n import _
from core.values.message import kept

_BLOCK, _FEW = 256, 4  # rows looked at at once, and so few that each is looked at
KEPT_CHARACTERS = 6 << 20  # of failed rows: tens of thousands
_GUARDIAN, _WARNINGS = position(GoodRow, "guardian_phone"), position(GoodRow, "warnings")
_LONGEST_TABLE = 500  # rows of a table that is none of ours
_NUMBERS = FieldName.PHONE, GuardianField.PHONE
_PREFILLED = FieldName.ORGANIZATION, TagField.TAGS

# a number in a file of texts whose zero a spreadsheet program ate before it wrote the file
_EATEN = re.compile("[1-9][0-9]{7,11}")
_EATEN_MOBILE = re.compile("10[0-9]{8}")


class Taker:
    """Takes the rows of the sheet of one book and sends what it finds."""

    def __init__(self, book: Book, question: Question, out: BinaryIO) -> None:
        self._question = question
        self._out = out
        self._chosen = Choice(book, question)
        self._sheet = self._chosen.sheet
        self._found = self._chosen.found
        self._marks: Marks | None = None
        self._covered: dict[Place, Any] = {}
        scope = Scope(question.organizations, question.chosen, question.chosen_name, question.names)
        self._checker = RowChecker(question.region, scope)
        self._passed = Passed()
        self._table: list[tuple[BadRow, Sequence[Any]]] = []  # maybe another table
        self._last = -1
        self._odd: set[int] = set()  # rows of which there is more to know than their values
        self._good: list[GoodRow | PlainRow] = []
        self._bad: list[OtherRow] = []
        self._size = self._kept = self._warned = self._guardians = 0
        self._read = 0
        self._first_not_kept = 0

    def run(self) -> None:
        """Take and send everything."""
        chosen, top = self._chosen, self._chosen.top
        rows = max(0, self._sheet.height - top)
        told = protocol.Sheet(rows, list(map(kept, chosen.notes)), chosen.layout)
        child.tell(self._out, told)
        self._cover(top)
        self._last = top
        if self._sheet.has_marks:
            self._look_closely()
        below = itertools.chain(chosen.head[self._found.row + 1 :], chosen.rows)
        while block := list(itertools.islice(below, _BLOCK)):
            self._take_block(block)
        self._end_table()
        self._flush()
        notes = [*self._sheet.notes, *self._passed.notes(), *self._closing_notes()]
        child.tell(self._out, Done(self._read, list(map(kept, notes))))

    def _look_closely(self) -> None:
        self._marks = self._sheet.marks()
        self._odd |= self._marks.hidden_rows
        self._odd.update(row for row, _column in self._marks.cells)

    def _cover(self, top: int) -> None:
        """Look for merged cells below the headers."""
        self._covered = _merged(self._sheet, self._found, top)
        self._odd.update(row for row, _column in self._covered)

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
        if read > self._question.limits.rows or self._found.quoted:
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
        phones = columns[FieldName.PHONE]
        if self._sheet.is_text:
            if not all(map(cells.ERRORS.isdisjoint, columns.values())):
                return False
            columns[FieldName.PHONE] = _with_eaten(phones)
        elif self._marks is None and any(
            float in set(map(type, columns.get(name, ()))) for name in _NUMBERS
        ):
            # of a number there may be more to know
            self._look_closely()
            if not self._odd.isdisjoint(places):
                return False
        made = self._checker.plain.take([at + 1 for at in places], columns)
        if made is None:
            return False
        if places[0] > self._last + 1:
            self._end_table()
        self._keep_table()
        self._last = places[-1]
        self._good += made
        self._guardians += sum(1 for row in made if row[_GUARDIAN])
        self._warned += sum(1 for row in made if row[_WARNINGS])
        self._read = read
        self._flush_if_many()
        return True

    def _take(self, at: int, row: Sequence[Any]) -> None:
        found = self._found
        values = {
            column: row[where] if where < len(row) else ""
            for column, where in found.columns.items()
        }
        if found.quoted:
            values = {column: _unquoted(value) for column, value in values.items()}
        number = values[FieldName.PHONE]
        if self._sheet.is_text and isinstance(number, str) and _EATEN.fullmatch(number):
            values[FieldName.PHONE] = int(number)
        if self._marks is None and any(isinstance(values.get(one), float) for one in _NUMBERS):
            self._look_closely()
        warnings: list[Any] = []
        marks: dict[str, Mark] = {}
        if self._marks is not None:
            here = self._marks.cells
            marks = {
                column: here[at, where]
                for column, where in found.columns.items()
                if (at, where) in here
            }
        if self._sheet.is_text:
            errors = (column for column, value in values.items() if value in cells.ERRORS)
            marks = dict.fromkeys(errors, Mark(Sign.FORMULA_ERROR))
        if all(cells.is_blank(value, marks.get(column)) for column, value in values.items()):
            self._pass_elsewhere(at, row)
            return
        if at > self._last + 1:
            self._end_table()
        shared = False
        if self._covered:
            shared = self._fill_merged(at, values, warnings)
        if self._marks is not None and at in self._marks.hidden_rows:
            warnings.append(_("The row is hidden in the sheet; it was read all the same."))
        checked = self._checker.check(at + 1, values, marks, warnings, shared=shared)
        if isinstance(checked, BadRow):
            self._take_bad(at, row, checked, values, marks)
        else:
            self._keep_table()
            self._count(at)
            self._good.append(checked)
            self._guardians += bool(checked.guardian_phone)
            self._size += sum(map(len, map(str, checked.warnings)))
            self._warned += bool(checked.warnings)
        self._last = at
        self._flush_if_many()

    def _flush_if_many(self) -> None:
        if len(self._good) + len(self._bad) >= ROWS_PER_MESSAGE or self._size >= BYTES_PER_MESSAGE:
            self._flush()

    def _count(self, at: int) -> None:
        self._read += 1
        if self._read > self._question.limits.rows:
            raise too_many_rows(str(at + 1), self._question.limits)

    def _take_bad(
        self,
        at: int,
        row: Sequence[Any],
        checked: BadRow,
        values: Mapping[str, Any],
        marks: Mapping[str, Mark],
    ) -> None:
        """A row that fails, or is nobody."""
        if tables.has_number(values[FieldName.PHONE]):
            self._keep_table()
            self._keep_bad(at, checked)
        elif self._are_headers(at, row):
            return
        elif (nobody := tables.nobody(row, self._who(row, values))) is not None:
            self._passed.rows[nobody].add(at + 1)
        elif _is_form(values, marks):
            has_texts = any(values.get(one) and one not in marks for one in _PREFILLED)
            passed = self._passed.prefilled if has_texts else self._passed.forms
            passed.add(at + 1)
        elif self._table or (at > self._last + 1 and tables.may_begin(row)):
            self._table.append((checked, row))
            if len(self._table) > _LONGEST_TABLE:
                self._keep_table()
        else:
            self._keep_bad(at, checked)

    def _who(self, row: Sequence[Any], values: Mapping[str, Any]) -> Sequence[Any]:
        """The cells that tell who the row is: beside a name, a total in what else is said makes it none."""
        if cells.is_blank(values[FieldName.NAME]):
            return row
        return (*row[: self._found.columns[FieldName.NAME] + 1], values[FieldName.PHONE])

    def _keep_bad(self, at: int, checked: BadRow) -> None:
        self._count(at)
        bounded = self._bounded(checked)
        self._bad.append(bounded.as_other())
        self._size += bounded.size
        self._warned += bool(bounded.warnings)

    def _keep_table(self) -> None:
        """What looked like another table is none: its rows fail, each with its reason."""
        held, self._table = self._table, []
        for checked, _row in held:
            self._keep_bad(checked.row - 1, checked)

    def _end_table(self) -> None:
        """What was held back behind a gap is passed over only if it is another table for sure."""
        if not tables.is_other_table([row for _checked, row in self._table]):
            self._keep_table()
            return
        header = [str(cell).strip()[:20] for cell in self._table[0][1] if cell not in ("", None)]
        first, last = self._table[0][0].row, self._table[-1][0].row
        self._passed.tables.append((first, last, ", ".join(header[:4])))
        self._table = []

    def _are_headers(self, at: int, row: Sequence[Any]) -> bool:
        """Whether the row has headers: the same once more, or those of a table below, which is read by them."""
        if (other := headers.again(row, self._found)) is None:
            return False
        if len(self._table) == 1 and tables.is_title(self._table[0][1]):
            self._passed.rows[tables.Nobody.NOTE].add(self._table.pop()[0].row)
        self._keep_table()
        if other is self._found:
            self._passed.repeated.add(at + 1)
        else:
            self._found = other
            self._cover(at)
            self._passed.second.append((at + 1, ", ".join(c.words for c in other.unknown[:5])))
        self._last = at
        return True

    def _pass_elsewhere(self, at: int, row: Sequence[Any]) -> None:
        """Nothing stands in the columns that are read; what stands beside them is told, unless it only counts."""
        if not any(map(tables.may_be_told, row)):
            return
        if self._are_headers(at, row):
            return
        nobody = None if any(map(tables.has_number, row)) else tables.nobody(row)
        told = self._passed.elsewhere if nobody is None else self._passed.rows[nobody]
        told.add(at + 1)

    def _bounded(self, row: BadRow) -> BadRow:
        """The row; without its cells where those of the rows before fill the memory already."""
        if self._kept > KEPT_CHARACTERS:
            self._first_not_kept = self._first_not_kept or row.row
            return BadRow(row.row, {}, row.reasons[:1], row.fields[:1], [], "")
        self._kept += row.size
        return row

    def _fill_merged(self, at: int, values: dict[str, Any], warnings: list[Any]) -> bool:
        """Fill in what merged cells cover; whether that was the number."""
        shared = False
        for column, where in self._found.columns.items():
            if (value := self._covered.get((at, where))) is not None and cells.is_blank(
                values[column]
            ):
                values[column] = value
                shared = shared or column == FieldName.PHONE
                warnings.append(
                    _("Merged cells: {value} was taken for this row as well.").format(
                        value=cells.raw(value)[:40]
                    )
                )
        return shared

    def _flush(self) -> None:
        if not self._good and not self._bad:
            return
        good, bad = encode_rows(self._good), encode_rows(self._bad)
        child.tell(
            self._out,
            Rows(
                good,
                len(self._good),
                bad,
                len(self._bad),
                self._warned,
                self._guardians,
                self._checker.tags.fresh(),
            ),
        )
        self._good, self._bad, self._size, self._warned, self._guardians = [], [], 0, 0, 0

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


def _with_eaten(phones: list[Any]) -> list[Any]:
    """The numbers, those without their zero as numbers, if all are."""
    if all(map(_EATEN_MOBILE.fullmatch, phones)):
        return list(map(float, phones))
    return phones


def _unquoted(value: Any) -> Any:
    if isinstance(value, str) and headers.QUOTED.fullmatch(text := value.strip()):
        return text[1:-1]
    return value


def _is_form(values: Mapping[str, Any], marks: Mapping[str, Mark]) -> bool:
    """Whether the row is one of a form that nobody has filled in: nothing but organization, tags and formulas
    stands there, and those of name and number, which has none, came to nothing."""
    return all(
        _came_to_nothing(column, value, marks.get(column)) for column, value in values.items()
    )


def _came_to_nothing(column: str, value: Any, mark: Mark | None) -> bool:
    if mark is None:
        return column in _PREFILLED or cells.is_blank(value)
    if mark.sign is Sign.FORMULA and column == FieldName.NAME:
        return value in (0.0, "0") or cells.is_blank(value)
    return mark.sign in (Sign.FORMULA, Sign.FORMULA_ERROR)


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
