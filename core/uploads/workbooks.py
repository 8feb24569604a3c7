"""Workbooks that this program writes: text cells only, never a formula, nothing a reader would choke on."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from core.recipients.fields import TYPED, FieldName, texts_of
from core.uploads.dto import RESULT_WORDS, ResultRow
from core.uploads.sheet.headers import written
from core.values.i18n import _
from core.values.text import replace_forbidden

MAXIMUM_ROWS = 1_048_576
_TEXT_FORMAT = "@"
_WIDTHS = {field.name.value: field.typed.width for field in TYPED if field.typed} | {"reason": 80}
_PLAIN_WIDTH = 18
# openpyxl takes the first for a formula and the second for an error; a spreadsheet program would take the
# others for formulas once somebody edits the cell
_MISTAKEN = frozenset("=#+-@\t\r")
# a number that somebody corrects must not become a number of the sheet
_MISTAKEN_WHEN_EDITED = _MISTAKEN | frozenset("0123456789")
# a reader turns _x0041_ into A; what says so literally has to be written with its first character escaped
_ESCAPE_LIKE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


@dataclass(frozen=True, slots=True)
class Layout:
    """A sheet's title, its columns by field, their headers, and whether its rows are to be corrected by hand."""

    title: str
    fields: tuple[str, ...]
    headers: tuple[str, ...]
    to_be_edited: bool = False


class TextSheet:
    """A workbook with one sheet of text cells, written row by row."""

    def __init__(self, layout: Layout) -> None:
        from openpyxl import Workbook
        from openpyxl.cell import WriteOnlyCell

        self._workbook = Workbook(write_only=True)
        # Any: the stubs know nothing of sheets that are only written
        self._sheet: Any = self._workbook.create_sheet(layout.title)
        self._sheet.freeze_panes = "A2"
        for at, field in enumerate(layout.fields):
            dimension = self._sheet.column_dimensions[_letter(at)]
            dimension.width = _WIDTHS.get(field, _PLAIN_WIDTH)
            # so that what somebody types or corrects here stays text
            dimension.number_format = _TEXT_FORMAT
        # cells are written at once, so one for each column serves for all rows
        self._literal = [WriteOnlyCell(self._sheet) for _field in layout.fields]
        for cell in self._literal:
            cell.number_format = _TEXT_FORMAT
        self._mistaken = _MISTAKEN_WHEN_EDITED if layout.to_be_edited else _MISTAKEN
        self._sheet.append(list(layout.headers))
        self._take_name()

    def _take_name(self) -> None:
        """Take the name of openpyxl's temporary file away: whatever ends the process, nothing is left of it."""
        writer = self._sheet._writer
        self._rows = os.open(writer.out, os.O_RDONLY | os.O_CLOEXEC)
        writer.cleanup()
        writer.cleanup = lambda: None
        writer.out = f"/dev/fd/{self._rows}"

    def append(self, texts: Sequence[str]) -> None:
        """Write one row."""
        mistaken = self._mistaken
        whole = "".join(texts)
        if not whole.isprintable() or "_x" in whole:
            texts = [clean(text) for text in texts]
        self._sheet.append(
            [
                None if not text else self._as_text(at, text) if text[0] in mistaken else text
                for at, text in enumerate(texts)
            ]
        )

    def save(self, file: BinaryIO) -> None:
        """Write the workbook; nothing can be appended afterwards."""
        try:
            self._workbook.save(file)
        finally:
            os.close(self._rows)

    def discard(self) -> None:
        """Give the workbook up."""
        if not self._sheet.closed:
            self._sheet.close()
            os.close(self._rows)

    def _as_text(self, at: int, text: str) -> Any:
        cell = self._literal[at]
        cell.value = text
        cell.data_type = "s"
        return cell


def clean(text: str) -> str:
    """The text as a cell may hold it: control and invisible characters, which old data may have, replaced."""
    return _ESCAPE_LIKE.sub("_x005F_", replace_forbidden(text))


def _letter(at: int) -> str:
    return chr(ord("A") + at)


def write_template(file: BinaryIO, language: str) -> None:
    """Write the workbook to fill in: headers, and columns formatted as text."""
    TextSheet(_layout("recipients", (), language)).save(file)


def _layout(title: str, beside: Sequence[str], language: str) -> Layout:
    names = (*(field.name.value for field in TYPED), *beside)
    return Layout(title, names, tuple(written(name, language) for name in names), to_be_edited=True)


def failed_layout(language: str) -> Layout:
    """A workbook of failed rows with their reasons, to be corrected and uploaded as it is."""
    return _layout("failed", ("reason",), language)


def results_layout(language: str) -> Layout:
    """A workbook of all rows with what became of them, which can be corrected and uploaded as well."""
    return _layout("results", ("row", "result", "reason", "warning"), language)


def failed_texts(row: ResultRow, organization: str) -> list[str]:
    """The texts of a row of ``failed_layout``; ``organization`` is for rows that name none."""
    texts = {**texts_of(row), FieldName.ORGANIZATION: row.organization or organization}
    return [*(texts[field.name] for field in TYPED), " ".join(row.reasons)]


def results_texts(row: ResultRow, organization: str) -> list[str]:
    """The texts of a row of ``results_layout``."""
    *given, reasons = failed_texts(row, organization)
    return [*given, str(row.row), _(RESULT_WORDS[row.result]), reasons, " ".join(row.warnings)]
