"""Sheets that are taken apart with one pattern a row give what a parser gives; odd ones are left to it."""

import contextlib
import datetime
import io
from collections.abc import Sequence
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.uploads.sheet import regular
from core.uploads.sheet.archive import Parts, book_part, layout, open_archive
from core.uploads.sheet.cells import Mark, Sign
from core.uploads.sheet.kinds import Misread, Sheet
from core.uploads.sheet.xlsx import Workbook
from core.values.settings import UploadLimits
from tests.workbooks import good_row, header_row, raw_workbook, saved, sheet_xml, text_cell

LIMITS = UploadLimits()
GOOD = header_row() + good_row(2) + good_row(3)
TEXTS = st.text("가힣aZ09 &<>\"'\n\t\u200b-=_", max_size=12)
CELLS = st.one_of(
    st.none(),
    TEXTS,
    st.integers(-(10**12), 10**12),
    st.floats(allow_nan=False, allow_infinity=False),
    st.dates(datetime.date(1900, 3, 1), datetime.date(9999, 12, 30)),
)


def parts_of(data: bytes) -> Parts:
    return Parts(open_archive(io.BytesIO(data), LIMITS))


def taken(data: bytes) -> Sheet | None:
    """The sheet as the pattern takes it apart."""
    parts = parts_of(data)
    book = layout(parts, book_part(parts) or "")
    return regular.read(parts, book.sheets[0].part, book, LIMITS)


def parsed(data: bytes, monkeypatch: pytest.MonkeyPatch) -> dict[int, list[Any]]:
    """The cells as they are read without that."""
    with monkeypatch.context() as patched:
        patched.setattr(regular, "read", lambda *_given: None)
        parts = parts_of(data)
        found = layout(parts, book_part(parts) or "")
        for carefully in (False, True):
            book = Workbook(io.BytesIO(data), parts, found, LIMITS, carefully=carefully)
            with contextlib.suppress(Misread):
                return cells(book.open(book.sheets[0]))
    raise AssertionError("it is read in no way")


def cells(sheet: Sheet) -> dict[int, list[Any]]:
    """What stands in each row, without blanks at its end."""
    found = {}
    for number, row in sheet.rows():
        values = list(row)
        while values and values[-1] in ("", None):
            values.pop()
        if values:
            found[number] = values
    return found


def as_programs_write_it(rows: Sequence[Sequence[Any]], *, inline: bool) -> bytes:
    book = openpyxl.Workbook(write_only=inline)
    sheet = book.create_sheet() if inline else book.worksheets[0]
    for row in rows:
        sheet.append(row)
    return saved(book)


@pytest.mark.parametrize("inline", [True, False])
def test_a_table_is_what_the_parser_makes_of_it(
    inline: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    @settings(max_examples=60, deadline=None)
    @given(st.lists(st.lists(CELLS, min_size=1, max_size=5), min_size=1, max_size=8))
    def holds(table: list[list[Any]]) -> None:
        data = as_programs_write_it([["이름", "연락처"], *table], inline=inline)
        if (sheet := taken(data)) is not None:
            assert cells(sheet) == parsed(data, monkeypatch)

    holds()


@pytest.mark.parametrize("inline", [True, False])
def test_the_tables_of_programs_are_regular(inline: bool) -> None:
    rows = [["이름", "번호", "비고"], ["김 & 이", 1020000001, ""], ["<박>", 0.5, None], [None, "x"]]
    sheet = taken(as_programs_write_it(rows, inline=inline))
    assert sheet is not None
    assert cells(sheet) == {
        0: ["이름", "번호", "비고"],
        1: ["김 & 이", 1020000001.0],
        2: ["<박>", 0.5],
        3: ["", "x"],
    }


def test_exponents_and_merged_cells_are_told() -> None:
    row = f'<row r="4">{text_cell("A4", "김")}<c r="B4" s="0"><v>1.02E+09</v></c></row>'
    after = '<mergeCells count="1"><mergeCell ref="A2:A3"/></mergeCells>'
    sheet = taken(raw_workbook(sheet_xml(GOOD + row, after=after)))
    assert sheet is not None
    assert sheet.marks().cells == {(3, 1): Mark(Sign.EXPONENT, "1.02E+09")}
    assert list(sheet.merged()) == [((1, 0), (2, 0))]


ODD = {
    "a formula": '<row r="4"><c r="A4"><f>B2</f><v>1</v></c></row>',
    "an error": '<row r="4"><c r="A4" t="e"><v>#N/A</v></c></row>',
    "yes or no": '<row r="4"><c r="A4" t="b"><v>1</v></c></row>',
    "a hidden row": f'<row r="4" hidden="1">{text_cell("A4", "김")}</row>',
    "a row twice": good_row(3),
    "a cell in another row": f'<row r="4">{text_cell("A5", "김")}</row>',
    "cells out of order": f'<row r="4">{text_cell("B4", "김")}{text_cell("A4", "이")}</row>',
    "a cell twice": f'<row r="4">{text_cell("A4", "김")}{text_cell("A4", "이")}</row>',
    "a column far out": f'<row r="4">{text_cell("AZ4", "김")}</row>',
    "no reference": '<row><c t="inlineStr"><is><t>김</t></is></c></row>',
    "a comment": "<!-- x -->",
    "blanks between": " \n" + good_row(4),
    "text of its own": "x" + good_row(4),
    "an entity by its number": good_row(4).replace("김", "&#44608;"),
    "an entity of its own": good_row(4).replace("김", "&a;"),
    "an escaped character": good_row(4).replace("김", "_x0041_"),
    "a pointer without texts": '<row r="4"><c r="A4" t="s"><v>0</v></c></row>',
    "no number": '<row r="4"><c r="A4"><v>1 </v></c></row>',
    "a number beside its kind": '<row r="4"><c r="A4"><is><t>1</t></is></c></row>',
    "an attribute more": '<row r="4"><c r="A4" ph="1"><v>1</v></c></row>',
    "two runs": '<row r="4"><c r="A4" t="inlineStr"><is><r><t>김</t></r></is></c></row>',
    "a row beyond": f'<row r="900000">{text_cell("A900000", "x")}</row>',
    "another end": "</sheetData><sheetData>" + good_row(4),
}


@pytest.mark.parametrize("name", ODD)
def test_what_is_odd_is_left_to_the_parser(name: str) -> None:
    assert taken(raw_workbook(sheet_xml(GOOD))) is not None
    assert taken(raw_workbook(sheet_xml(GOOD + ODD[name]))) is None


def test_another_encoding_is_left_to_the_parser() -> None:
    other = sheet_xml(GOOD).replace('encoding="UTF-8"', "encoding='EUC-KR'").encode("euc-kr")
    assert taken(raw_workbook(other)) is None
    assert taken(raw_workbook(sheet_xml(GOOD).encode("utf-16"))) is None
