"""Workbooks that this program writes: text cells only, never a formula, nothing a reader would choke on."""

import io
import re
import zipfile
from collections.abc import Sequence
from typing import Any, BinaryIO

from msgspec import Struct

from core.recipients.fields import SHEET, TYPED, FieldName, texts_of
from core.uploads.dto import RESULT_WORDS, ResultRow
from core.uploads.sheet.header_words import written
from core.values.i18n import _
from core.values.text import replace_forbidden

MAXIMUM_ROWS = 1_048_576
_TEXT_FORMAT = "@"
_WIDTHS = {field.name.value: field.typed.width for field in SHEET if field.typed} | {"reason": 80}
_PLAIN_WIDTH = 18
_SHEET = "xl/worksheets/sheet1.xml"
_NO_ROWS = re.compile(rb"<sheetData\s*/>|<sheetData>\s*</sheetData>")
_DIMENSION = re.compile(rb"<dimension[^>]*>")  # of no rows
_LEVEL = 1  # of compressing: three times as fast as the usual one, and a third larger
_BETWEEN = "\u2016"  # printed, and in no text as a rule
_TO_ESCAPE = ("&", "<", ">", "_x", " " + _BETWEEN, _BETWEEN + " ", "  ")
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
# a reader turns _x0041_ into A; what says so literally has to be written with its first character escaped
_ESCAPE_LIKE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


class Layout(Struct, frozen=True):
    """A sheet's title, its columns by field, and their headers."""

    title: str
    fields: tuple[str, ...]
    headers: tuple[str, ...]


class TextSheet:
    """A workbook with one sheet of text cells, written row by row into an open file.

    openpyxl makes the workbook around the rows, with its formats; the rows, of which there are many and which are
    nothing but texts, are written into its sheet here, ten times as fast.
    """

    def __init__(self, layout: Layout, file: BinaryIO) -> None:
        parts, style = _empty_workbook(layout)
        self._archive = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL)
        before, self._after = _NO_ROWS.split(_DIMENSION.sub(b"", parts.pop(_SHEET)))
        for name, data in parts.items():
            self._archive.writestr(name, data)
        self._sheet = self._archive.open(_SHEET, "w")
        self._sheet.write(before + b"<sheetData>")
        self._cells = [
            f'<c r="{_letter(at)}\0" s="{style}" t="inlineStr"><is><t{{space}}>%s</t></is></c>'
            for at in range(len(layout.fields))
        ]
        self._rows: dict[tuple[str, tuple[bool, ...]], str] = {}
        self._number = 0
        self.append([layout.headers])

    def append(self, rows: Sequence[Sequence[str]]) -> None:
        """Write these rows."""
        # a look at all of them at once: as a rule nothing has to be escaped, and no blanks to be kept
        joined = _BETWEEN.join(("", *map(_BETWEEN.join, rows), ""))
        space = ""
        if not joined.isprintable() or any(odd in joined for odd in _TO_ESCAPE):
            rows = [[_escaped(text) for text in row] for row in rows]
            space = ' xml:space="preserve"'
        written = []
        for row in rows:
            self._number += 1
            filled = tuple(map(bool, row))
            form = self._rows.get((space, filled)) or self._form(space, filled)
            written.append(form.replace("\0", str(self._number)) % tuple(filter(None, row)))
        self._sheet.write("".join(written).encode())

    def save(self) -> None:
        """Write the end of the workbook; nothing can be appended afterwards."""
        self._sheet.write(b"</sheetData>" + self._after)
        self._sheet.close()
        self._archive.close()

    def _form(self, space: str, filled: tuple[bool, ...]) -> str:
        """The row in which these cells have a text, with 0 for its number."""
        cells = (cell for cell, has_text in zip(self._cells, filled, strict=True) if has_text)
        form = '<row r="\0">' + "".join(cells).replace("{space}", space) + "</row>"
        self._rows[space, filled] = form
        return form


def _empty_workbook(layout: Layout) -> tuple[dict[str, bytes], int]:
    """The parts of a workbook without rows, and the number of its text format."""
    from openpyxl import Workbook
    from openpyxl.utils import get_column_letter

    workbook = Workbook()
    sheet: Any = workbook.active
    sheet.title = layout.title
    sheet.freeze_panes = "A2"
    for at, field in enumerate(layout.fields, 1):
        dimension = sheet.column_dimensions[get_column_letter(at)]
        dimension.width = _WIDTHS.get(field, _PLAIN_WIDTH)
        # so that what somebody types or corrects here stays text
        dimension.number_format = _TEXT_FORMAT
    style: int = dimension.style_id
    made = io.BytesIO()
    workbook.save(made)
    with zipfile.ZipFile(made) as archive:
        return {name: archive.read(name) for name in archive.namelist()}, style


def _escaped(text: str) -> str:
    return clean(text).translate(_ENTITIES)


def clean(text: str) -> str:
    """The text as a cell may hold it: control and invisible characters, which old data may have, replaced."""
    return _ESCAPE_LIKE.sub("_x005F_", replace_forbidden(text))


def _letter(at: int) -> str:
    return chr(ord("A") + at)


def write_template(file: BinaryIO, language: str) -> None:
    """Write the workbook to fill in: headers, and columns formatted as text."""
    TextSheet(_layout("recipients", (), language), file).save()


def _layout(title: str, beside: Sequence[str], language: str) -> Layout:
    names = (*(field.name.value for field in SHEET), *beside)
    return Layout(title, names, tuple(written(name, language) for name in names))


def failed_layout(language: str) -> Layout:
    """A workbook of failed rows with their reasons, to be corrected and uploaded as it is."""
    return _layout("failed", ("reason",), language)


def results_layout(language: str) -> Layout:
    """A workbook of all rows with what became of them, which can be corrected and uploaded as well."""
    return _layout("results", ("row", "result", "reason", "warning"), language)


def failed_texts(row: ResultRow, organization: str) -> list[str]:
    """The texts of a row of ``failed_layout``; ``organization`` is for rows that name none."""
    texts = {**texts_of(row), FieldName.ORGANIZATION: row.organization or organization}
    typed = (texts[field.name] for field in TYPED)
    return [*typed, row.guardian, row.guardian_phone, row.tags, " ".join(row.reasons)]


def results_texts(row: ResultRow, organization: str) -> list[str]:
    """The texts of a row of ``results_layout``."""
    *given, reasons = failed_texts(row, organization)
    return [*given, str(row.row), _(RESULT_WORDS[row.result]), reasons, " ".join(row.warnings)]
