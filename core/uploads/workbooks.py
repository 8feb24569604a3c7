"""Workbooks that this program writes: text cells only, never a formula, nothing a reader would choke on."""

import re
from collections.abc import Sequence
from typing import Any, BinaryIO

from core.i18n import _
from core.text import replace_forbidden
from core.uploads.dto import RESULT_WORDS, ResultRow
from core.uploads.headers import Column, beside_name, column_name

MAXIMUM_ROWS = 1_048_576
_TEXT_FORMAT = "@"
_WIDTHS = {"name": 24, "phone": 20, "other_information": 40, "organization": 30, "reason": 80}
_PLAIN_WIDTH = 18
# openpyxl takes the first for a formula and the second for an error; a spreadsheet program would take the
# others for formulas once somebody edits the cell
_MISTAKEN = frozenset("=#+-@\t\r")
# a number that somebody corrects must not become a number of the sheet
_MISTAKEN_WHEN_EDITED = _MISTAKEN | frozenset("0123456789")
# a reader turns _x0041_ into A; what says so literally has to be written with its first character escaped
_ESCAPE_LIKE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


class TextSheet:
    """A workbook with one sheet of text cells, written row by row."""

    def __init__(
        self,
        title: str,
        fields: Sequence[str],
        headers: Sequence[str],
        *,
        to_be_edited: bool = False,
    ) -> None:
        from openpyxl import Workbook
        from openpyxl.cell import WriteOnlyCell

        self._workbook = Workbook(write_only=True)
        self._sheet = self._workbook.create_sheet(title)
        self._sheet.freeze_panes = "A2"
        for at, field in enumerate(fields):
            dimension = self._sheet.column_dimensions[_letter(at)]
            dimension.width = _WIDTHS.get(field, _PLAIN_WIDTH)
            # so that what somebody types or corrects here stays text
            dimension.number_format = _TEXT_FORMAT
        # cells are written at once, so one for each column serves for all rows
        self._literal = [WriteOnlyCell(self._sheet) for _field in fields]
        for cell in self._literal:
            cell.number_format = _TEXT_FORMAT
        self._mistaken = _MISTAKEN_WHEN_EDITED if to_be_edited else _MISTAKEN
        self._sheet.append(list(headers))

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
        self._workbook.save(file)

    def discard(self) -> None:
        """Give the workbook up: openpyxl's temporary file goes now, not at the end of the process."""
        if not self._sheet.closed:
            self._sheet.close()
            self._sheet._writer.cleanup()

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
    columns = list(Column)
    sheet = TextSheet(
        "recipients",
        [column.value for column in columns],
        [column_name(column, language) for column in columns],
    )
    sheet.save(file)


class ResultSheet:
    """A workbook of upload results that can be corrected and uploaded as it is.

    Of failed rows alone, with their reasons; or of ``every`` row, with what became of it. ``organization`` is the
    one of the whole upload, for rows that name none.
    """

    def __init__(self, language: str, organization: str = "", *, every: bool = False) -> None:
        self._organization = organization
        self._every = every
        beside = ("row", "result", "reason", "warning") if every else ("reason",)
        self._sheet = TextSheet(
            "results" if every else "failed",
            [*(column.value for column in Column), *beside],
            [
                *(column_name(column, language) for column in Column),
                *(beside_name(field, language) for field in beside),
            ],
            to_be_edited=True,
        )

    def append(self, row: ResultRow) -> None:
        """Write one row."""
        organization = row.organization or self._organization
        texts = (row.name, row.phone, row.other_information, organization)
        reasons = " ".join(row.reasons)
        if self._every:
            outcome = (str(row.row), _(RESULT_WORDS[row.result]), reasons, " ".join(row.warnings))
            self._sheet.append((*texts, *outcome))
        else:
            self._sheet.append((*texts, reasons))

    def save(self, file: BinaryIO) -> None:
        """Write the workbook."""
        self._sheet.save(file)

    def discard(self) -> None:
        """Give the workbook up."""
        self._sheet.discard()
