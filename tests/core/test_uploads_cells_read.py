"""Whatever way a sheet is written, no cell with something in it is missing from the results.

What the sheet holds is told by another reader, openpyxl.
"""

import io
import re
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.io import child
from core.uploads import protocol
from core.uploads.protocol import Done, FileRefused, Question, Rows
from core.uploads.sheet import worker
from core.values.settings import UploadLimits
from tests.workbooks import header_row, raw_workbook, sheet_xml

_STRINGS = ["박정희", "김영수", "이순자", "010-2000-0001", "010-2000-0002", "독거"]
_SHARED = "".join(f"<si><t>{text}</t></si>" for text in _STRINGS)
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_SHEETS = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEETS}.sheet.main+xml"/>'
    f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_SHEETS}.sharedStrings+xml"/></Types>'
)
_INLINE = st.sampled_from(_STRINGS).map(lambda text: f' t="inlineStr"><is><t>{text}</t></is></c>')
_POINTER = st.builds(
    lambda before, at, after: f' t="s"><v>{before}{at}{after}</v></c>',
    st.sampled_from(["", " ", "\n", "0"]),
    st.integers(0, len(_STRINGS) - 1),
    st.sampled_from(["", " ", "\t"]),
)
_NUMBER = st.sampled_from(["1", " 1020000001", "1.5e3", "-2"]).map(lambda one: f"><v>{one}</v></c>")
_FORMULA = st.sampled_from(
    ["><f>A1</f><v></v></c>", ' t="str"><f>A1</f><v>김</v></c>', ' t="e"><v>#N/A</v></c>']
)
_BLANK = st.sampled_from(["/>", ' s="0"></c>', "><v></v></c>"])
_CELL = st.one_of(_INLINE, _POINTER, _NUMBER, _FORMULA, _BLANK)
_ROW = st.tuples(
    st.integers(2, 12), st.lists(st.tuples(st.sampled_from("ABCZ"), _CELL), max_size=4)
)
_DIMENSIONS = st.sampled_from(
    ["", '<dimension ref="A1:C3"/>', '<dimension ref="A0"/>', '<dimension ref="1:4"/>']
)


def written(rows: list[tuple[int, list[tuple[str, str]]]], dimension: str) -> bytes:
    """The rows as they are given, in their order; a cell that is there twice is left out."""
    seen: set[tuple[int, str]] = set()
    text = header_row(["Recipient name", "Mobile phone number", "Other information"])
    for number, cells in rows:
        text += f'<row r="{number}">'
        for letter, cell in cells:
            if (number, letter) not in seen:
                seen.add((number, letter))
                text += f'<c r="{letter}{number}"{cell}'
        text += "</row>"
    shared = f'<?xml version="1.0"?><sst xmlns="{_MAIN}">{_SHARED}</sst>'
    return raw_workbook(
        sheet_xml(text, before=dimension),
        more={"xl/sharedStrings.xml": shared, "[Content_Types].xml": _TYPES},
    )


def read(data: bytes) -> tuple[dict[int, Any], list[str]]:
    """Each row of the results by its number, and the notes."""
    out = io.BytesIO()
    question = Question(UploadLimits(), "en", "KR", {"haeundae": 1}, 1, "Haeundae")
    worker.answer(io.BytesIO(data), question.opening, lambda: question, out)
    out.seek(0)
    found: dict[int, Any] = {}
    notes: list[str] = []
    while (told := child.hear(out)) is not None:
        message = protocol.decode.decode(told)
        assert not isinstance(message, FileRefused), message
        if isinstance(message, protocol.Sheet):
            found, notes = {}, [*message.notes]
        elif isinstance(message, Rows):
            for row in protocol.decode_rows.decode(message.good):
                found[row.row] = row.name
            for bad in protocol.decode_others.decode(message.bad):
                found[bad.row] = bad.given
        elif isinstance(message, Done):
            notes += message.notes
    return found, notes


def held(data: bytes) -> dict[int, list[Any]]:
    """The rows of the sheet that hold something in the three columns, by openpyxl."""
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    rows = {
        row[0].row: [cell.value for cell in row] for row in sheet.iter_rows(min_row=2, max_col=3)
    }
    return {at: row for at, row in rows.items() if any(str(cell or "").strip() for cell in row)}


def tells(note: Any, row: int) -> bool:
    """Whether a note names the row, by itself or in a range."""
    of = note["of"]
    named = re.findall(r"(\d+)(?:-(\d+))?", str(of.get("rows", of.get("row", ""))))
    ranges = [(int(first), int(last or first)) for first, last in named]
    ranges += [(of["first"], of["last"])] if "first" in of else []
    return any(first <= row <= last for first, last in ranges)


@pytest.mark.parametrize("examples", [150, pytest.param(1_500, marks=pytest.mark.long, id="long")])
def test_no_cell_is_missing_from_the_results(examples: int) -> None:
    @settings(max_examples=examples, deadline=None)
    @given(st.lists(_ROW, max_size=6), _DIMENSIONS)
    def holds(rows: list[tuple[int, list[tuple[str, str]]]], dimension: str) -> None:
        data = written(rows, dimension)
        found, notes = read(data)
        for at, row in held(data).items():
            assert at in found or any(tells(note, at) for note in notes), (at, row, notes)

    holds()
