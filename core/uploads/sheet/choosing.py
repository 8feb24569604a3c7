"""Which sheet of a book is read, and what is told of it and of the others."""

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from core.recipients.fields import BY_NAME, TYPED, FieldName
from core.uploads.dto import HeadersNotKnown, SheetColumn, SheetLayout
from core.uploads.protocol import Question
from core.uploads.sheet import cells, headers
from core.uploads.sheet.headers import HEADER_SEARCH, Column, Headers
from core.uploads.sheet.kinds import Book, Sheet, SheetName
from core.values.errors import InvalidInput
from core.values.i18n import _, ngettext
from core.values.text import replace_forbidden, search_key

_SHEETS_TRIED = 30
_SAMPLES, _SAMPLE = 3, 40  # cells shown of a column, and their characters
_TOLD, _TOLD_COLUMNS = 5, 10  # names in a note


class Choice:
    """The sheet to read: the one asked for, else the first visible one with headers that are known.

    Raises HeadersNotKnown, or InvalidInput with the reason where a sheet cannot be read.
    """

    def __init__(self, book: Book, question: Question) -> None:
        self._question = question
        self._visible = [sheet.name for sheet in book.sheets if sheet.is_visible]
        hidden = [sheet.name for sheet in book.sheets if not sheet.is_visible]
        refusal: InvalidInput | None = None
        passed: list[str] = []
        for wanted in _wanted(book, question.sheet):
            try:
                self._look(book, wanted)
                break
            except InvalidInput as error:
                passed.append(wanted.name)
                if refusal is None or _is_nearer(error, refusal):
                    refusal = error
        else:
            raise refusal or InvalidInput(
                _("The workbook has no visible sheet with cells."),
                _("Show the sheet, or make one, and save."),
            )
        self.name = wanted.name
        self.top = self.head[self.found.row][0]
        self.layout = self._layout(wanted.name, self.found.all, self.found.columns, self.found.row)
        notes = []
        if passed:
            notes.append(
                _("Sheet {name} was read; no headers are known in: {others}.").format(
                    name=wanted.name, others=", ".join(passed[:_TOLD])
                )
            )
        others = [name for name in self._visible if name not in (*passed, wanted.name)]
        if others:
            notes.append(
                _("Only sheet {name} was read; the others can be chosen: {others}.").format(
                    name=wanted.name, others=", ".join(others[:_TOLD])
                )
            )
        if hidden and wanted.name not in hidden:
            notes.append(
                _("Hidden sheets were not read: {others}.").format(others=", ".join(hidden[:_TOLD]))
            )
        self.notes = [*notes, *_header_notes(self.found, self.head)]

    def _look(self, book: Book, wanted: SheetName) -> None:
        self.sheet = book.open(wanted)
        self.rows = self.sheet.rows()
        self.head = list(itertools.islice(self.rows, HEADER_SEARCH))
        rows = [row for _number, row in self.head]
        question = self._question
        try:
            self.found = headers.find(rows, _required(question), question.mapping, question.kept)
        except headers.NotKnown as error:
            raise self._not_known(wanted.name, error) from error

    def _not_known(self, name: str, error: headers.NotKnown) -> HeadersNotKnown:
        """The refusal, with what was looked at."""
        looked = _("Sheet {name} was looked at, its first {count} rows.").format(
            name=name, count=len(self.head)
        )
        words = [error.what, looked]
        if error.columns:
            words.append(
                _("Row {row} has: {columns}.").format(
                    row=self.head[error.row][0] + 1, columns=_listed(error.columns)
                )
            )
        if others := [other for other in self._visible if other != name]:
            words.append(_("Other sheets: {others}.").format(others=", ".join(others[:_TOLD])))
        # they may be in the columns that are not read
        words += self.sheet.notes[:1]
        layout = self._layout(name, error.columns, error.known, error.row)
        return HeadersNotKnown(" ".join(words), error.hint, layout)

    def _layout(
        self, name: str, columns: Sequence[Column], known: Mapping[str, int], row: int
    ) -> SheetLayout:
        fields = {at: field for field, at in known.items()}
        below = [cells_of for _number, cells_of in self.head[row + 1 :]]
        told = tuple(
            SheetColumn(
                column.letters,
                replace_forbidden(column.header),
                column.keys[0],
                _samples(below, column.at),
                fields.get(column.at, ""),
            )
            for column in columns
        )
        return SheetLayout(name, tuple(self._visible), told, headers.digest(columns))


def _wanted(book: Book, sheet: str) -> list[SheetName]:
    """The sheets to look at: the one that is asked for, else the visible ones."""
    if not sheet:
        return [one for one in book.sheets if one.is_visible][:_SHEETS_TRIED]
    key = search_key(sheet)
    if found := [one for one in book.sheets if search_key(one.name) == key]:
        return found[:1]
    raise InvalidInput(
        _("There is no sheet {name}.").format(name=sheet[:40]),
        _("The sheets are: {others}.").format(
            others=", ".join(one.name for one in book.sheets[:_SHEETS_TRIED])
        ),
    )


class OpenedAhead:
    """A book of which the sheet that will most likely be read is open before it is asked for."""

    def __init__(self, book: Book, sheet: str) -> None:
        self._book = book
        self.sheets = book.sheets
        self._likely: SheetName | None = None
        self._opened: Sheet | InvalidInput
        try:
            for self._likely in _wanted(book, sheet)[:1]:
                self._opened = book.open(self._likely)
        except InvalidInput as error:  # of a sheet that may not be asked for
            self._opened = error

    def open(self, wanted: SheetName) -> Sheet:
        """See ``Book``."""
        if wanted is not self._likely:
            return self._book.open(wanted)
        if isinstance(self._opened, InvalidInput):
            raise self._opened
        return self._opened


def _is_nearer(error: InvalidInput, than: InvalidInput) -> bool:
    """Whether this sheet is more like the one meant: more of its columns are known, or it has more of them."""

    def worth(refusal: InvalidInput) -> tuple[int, int]:
        columns = refusal.layout.columns if isinstance(refusal, HeadersNotKnown) else ()
        return sum(bool(column.field) for column in columns), len(columns)

    return worth(error) > worth(than)


def _samples(rows: Sequence[Sequence[Any]], at: int) -> tuple[str, ...]:
    found = (cells.raw(row[at]) for row in rows if at < len(row) and not cells.is_blank(row[at]))
    return tuple(replace_forbidden(text[:_SAMPLE]) for text in itertools.islice(found, _SAMPLES))


def _required(question: Question) -> list[str]:
    required = [field.name.value for field in TYPED if field.typed and field.typed.required]
    if question.chosen is None:
        required.append(FieldName.ORGANIZATION.value)
    return required


def _header_notes(found: Headers, head: Sequence[tuple[int, Sequence[Any]]]) -> list[str]:
    notes = []
    top = head[found.row][0]
    if found.box is not None:
        notes.append(
            _("Rows {first} to {last} tell who made the list; they were not read.").format(
                first=head[found.box[0]][0] + 1, last=head[found.box[1]][0] + 1
            )
        )
    if found.first < found.row:
        notes.append(
            _("The headers are in the two rows {first} and {last}.").format(
                first=head[found.first][0] + 1, last=top + 1
            )
        )
    elif top:
        notes.append(
            _("The headers are in row {row}; what is above them was passed over.").format(
                row=top + 1
            )
        )
    if found.quoted:
        notes.append(_("Everything stands in quotes; they were left out."))
    fields = {at: field for field, at in found.columns.items()}
    for column in found.mapped:
        if field := fields.get(column.at):
            words = _("Column {column} was read as {field}, as somebody has said.")
            notes.append(words.format(column=column.words, field=BY_NAME[field].label))
        else:
            words = _("Column {column} was not read, as somebody has said.")
            notes.append(words.format(column=column.words))
    if found.set_aside:
        notes.append(
            _("Not read, since another column says the same: column {columns}.").format(
                columns=_listed(found.set_aside)
            )
        )
    if found.unknown:
        notes.append(
            ngettext(
                "Column {columns} is not known and was not read.",
                "Columns {columns} are not known and were not read.",
                len(found.unknown),
            ).format(columns=_listed(found.unknown))
        )
    return notes


def _listed(columns: Sequence[Column]) -> str:
    words = ", ".join(column.words for column in columns[:_TOLD_COLUMNS])
    return words + (", …" if len(columns) > _TOLD_COLUMNS else "")
