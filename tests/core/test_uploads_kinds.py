"""Files of every kind that offices have: the same table gives the same results, whoever wrote it."""

import asyncio
import csv
import datetime
import io
import struct
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.uploads.dto import RowResult
from core.uploads.endings import may_be_uploaded, without_ending
from core.uploads.sheet.found import Cells
from core.values.errors import InvalidInput
from tests.core.test_uploads_hostile import memory_mib
from tests.core.test_uploads_odd import take_in
from tests.factories import World, make_services
from tests.reading_here import read_here
from tests.workbooks import (
    DATA,
    archive,
    good_row,
    header_row,
    old_workbook,
    raw_workbook,
    sheet_xml,
    text_cell,
)

pytestmark = pytest.mark.reading

KINDS = DATA / "kinds"
WRITTEN = sorted(
    path.name
    for path in KINDS.iterdir()
    if path.suffix not in (".md", ".xml") and path.stem != "web-page"
)
EXPECTED = [
    (2, RowResult.CREATED, "김영수", "010-2345-0001", "독거, 2층"),
    (3, RowResult.CREATED, "이순자", "010-2345-0002", ""),
    (4, RowResult.CREATED, "박정희", "010-2345-0003", "1940-05-01"),
    (5, RowResult.FAILED, "최말순", "02-312-3456", ""),
    (6, RowResult.FAILED, "", "010-2345-0005", "이름 없음"),
    (8, RowResult.FAILED, "정갑수", "010-2345-0001", "같은 번호"),
    (9, RowResult.CREATED, "남궁민수", "010-2345-0008", "줄 바꿈"),
]
HEADERS = ["이름", "연락처", "비고"]
PEOPLE = [["김영수", "010-2345-0001", "독거"], ["이순자", "010-2345-0002", "a;b"]]


@pytest.fixture
async def ready(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    read_here(monkeypatch)
    await world.organization("해운대구")
    return world


@pytest.mark.parametrize("name", WRITTEN)
async def test_what_other_programs_write(ready: World, name: str) -> None:
    _result, found = await take_in(ready, (KINDS / name).read_bytes())
    rows = [
        (row.row, row.result, row.name.strip(), row.phone, row.other_information)
        for row in found.values()
    ]
    if name == "sheetjs.ods":  # which has the date as a number
        rows[2] = (*rows[2][:4], EXPECTED[2][4])
    assert rows == EXPECTED
    assert found[3].warnings


def as_text(
    rows: Sequence[Sequence[str]], separator: str = ",", encoding: str = "utf-8", **options: Any
) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator, **options).writerows([HEADERS, *rows])
    return text.getvalue().encode(encoding)


TEXTS: dict[str, Callable[[], bytes]] = {
    "UTF-8": lambda: as_text(PEOPLE),
    "UTF-8 with a mark": lambda: as_text(PEOPLE, encoding="utf-8-sig"),
    "CP949": lambda: as_text(PEOPLE, encoding="cp949"),
    "UTF-16": lambda: as_text(PEOPLE, "\t", "utf-16"),
    "UTF-16, little end first, no mark": lambda: as_text(PEOPLE, "\t", "utf-16-le"),
    "UTF-16, big end first, no mark": lambda: as_text(PEOPLE, "\t", "utf-16-be"),
    "semicolons": lambda: as_text(PEOPLE, ";"),
    "tabs": lambda: as_text(PEOPLE, "\t"),
    "bars": lambda: as_text(PEOPLE, "|"),
    "lines as on an old Macintosh": lambda: as_text(PEOPLE, lineterminator="\r"),
    "the separator named": lambda: b"sep=;\r\n" + as_text(PEOPLE, ";"),
    "all quoted": lambda: as_text(PEOPLE, quoting=csv.QUOTE_ALL),
    "all quoted singly": lambda: as_text(PEOPLE, quoting=csv.QUOTE_ALL, quotechar="'"),
    "a blank behind each comma": lambda: as_text(
        PEOPLE, quoting=csv.QUOTE_ALL, lineterminator="\n"
    ).replace(b",", b", "),
    "numbers forced to be text": lambda: (
        '이름,연락처,비고\n김영수,="010-2345-0001",독거\n이순자,="010-2345-0002",a;b'.encode()
    ),
    "blank lines at the end": lambda: as_text(PEOPLE) + b"\r\n,,\r\n\r\n",
}  # fmt: skip


@pytest.mark.parametrize("name", TEXTS)
async def test_texts_however_they_are_written(ready: World, name: str) -> None:
    _result, found = await take_in(ready, TEXTS[name](), organization="해운대구")
    assert [[row.name, row.phone, row.other_information] for row in found.values()] == PEOPLE


@pytest.mark.parametrize("header", ["PK", "PK번호", "BM"])
async def test_a_text_that_begins_as_other_kinds_do(ready: World, header: str) -> None:
    data = f"{header},이름,연락처\n7,김영수,010-2345-0001\n".encode()
    _result, found = await take_in(ready, data, organization="해운대구")
    assert [row.name for row in found.values()] == ["김영수"]


async def test_a_title_above_a_text_and_a_column_beyond(ready: World) -> None:
    rows = [["2026년 명단"], [], HEADERS + [""] * 70, PEOPLE[0] + [""] * 69 + ["멀리"]]
    data = "\n".join(",".join(row) for row in rows).encode()
    result, found = await take_in(ready, data, organization="해운대구")
    assert list(found) == [4]
    assert any("BU" in str(note) for note in result.notes)


async def test_quotes_that_do_not_close_name_their_line(ready: World) -> None:
    data = '이름,연락처\n"김영수,010-2345-0001\n이순자,"010-2345-0002"\n'.encode()
    with pytest.raises(InvalidInput, match="line 3"):
        await take_in(ready, data, organization="해운대구")


def ods(rows: Sequence[str], *, styles: str = "", more: str = "", prolog: str = "") -> bytes:
    """An OpenDocument spreadsheet from raw XML."""
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text", "style", "drawing")
    )
    return archive(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": f"{prolog}<office:document-content {spaces}><office:automatic-styles>{styles}"
            "</office:automatic-styles><office:body><office:spreadsheet>"
            f'{more}<table:table table:name="명단">{"".join(rows)}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        }
    )


def ods_row(cells: Sequence[Any], given: str = "") -> str:
    found = []
    for cell in cells:
        if isinstance(cell, bool):
            found.append(
                f'office:value-type="boolean" office:boolean-value="{str(cell).lower()}"/>'
            )
        elif isinstance(cell, int | float):
            found.append(f'office:value-type="float" office:value="{cell!r}"/>')
        elif isinstance(cell, datetime.date):
            found.append(f'office:value-type="date" office:date-value="{cell}"/>')
        elif cell is None:
            found.append("/>")
        else:
            found.append(
                f'office:value-type="string"><text:p>{escape(cell)}</text:p></table:table-cell>'
            )
    return f"<table:table-row {given}>{''.join('<table:table-cell ' + one for one in found)}</table:table-row>"


def empty_row(rows: int, columns: int, cell: str = "/>") -> str:
    """A row that is repeated, with one cell that is."""
    return (
        f'<table:table-row table:number-rows-repeated="{rows}"><table:table-cell'
        f' table:number-columns-repeated="{columns}" {cell}</table:table-row>'
    )


async def test_repeated_and_hidden_rows_of_an_open_document(ready: World) -> None:
    rows = [
        ods_row(HEADERS),
        empty_row(3, 16_384),
        ods_row(PEOPLE[0], 'table:visibility="collapse"'),
        ods_row(PEOPLE[1], 'table:number-rows-repeated="2"'),
        empty_row(1_048_567, 1),
    ]
    result, found = await take_in(ready, ods(rows), organization="해운대구")
    assert list(found) == [5, 6, 7]
    assert "hidden" in str(found[5].warnings[0])
    assert (result.created, result.failed) == (2, 1)


async def test_formulas_and_notes_beside_cells_of_an_open_document(ready: World) -> None:
    note = "<office:annotation><text:p>전화하지 말 것</text:p></office:annotation>"
    text = f"{note}<text:p>김<text:s/>영수</text:p>"
    cell = f'<table:table-cell office:value-type="string">{text}</table:table-cell>'
    rows = [
        ods_row(HEADERS),
        f'<table:table-row>{cell}<table:table-cell table:formula="of:=A1"/></table:table-row>',
        '<table:table-row><table:table-cell table:formula="of:=A1"/></table:table-row>',
    ]
    _result, found = await take_in(ready, ods(rows), organization="해운대구")
    assert found[2].name == "김 영수"
    assert "formula without a value" in str(found[2].reasons[0])
    assert "formula without a value" in str(found[3].reasons[0])


async def test_what_is_drawn_over_cells_of_an_open_document_is_not_in_them(ready: World) -> None:
    drawn = "<drawing:rect><text:p>도장</text:p></drawing:rect>"
    inner = "<drawing:custom-shape><text:p>결재</text:p></drawing:custom-shape>"
    rows = [
        ods_row(HEADERS),
        ods_row(PEOPLE[0]).replace("<text:p>", f"{drawn}<text:p>", 1),
        f"<table:table-row><table:table-cell><drawing:g>{inner}</drawing:g></table:table-cell></table:table-row>",
    ]
    _result, found = await take_in(ready, ods(rows), organization="해운대구")
    assert [(at, row.name) for at, row in found.items()] == [(2, PEOPLE[0][0])]


async def test_cells_repeated_to_the_last_column_are_not_taken_one_by_one(
    ready: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[int] = []
    put = Cells.put

    def counted(cells: Cells, row: int, column: int, *more: Any) -> None:
        taken.append(column)
        put(cells, row, column, *more)

    monkeypatch.setattr(Cells, "put", counted)
    far = f'<table:table-cell table:number-columns-repeated="16384" {_FULL}'
    rows = [
        ods_row(HEADERS),
        ods_row(PEOPLE[0]).replace("</table:table-row>", f"{far}</table:table-row>"),
    ]
    result, found = await take_in(ready, ods(rows), organization="해운대구")
    assert list(found) == [2]
    assert "BM, BN, BO, BP, BQ, BR, BS, BT, BU, BV…" in str(result.notes)
    assert len(taken) < 100


async def test_hidden_sheets_of_an_open_document(ready: World) -> None:
    styles = (
        '<style:style style:name="h"><style:table-properties table:display="false"/></style:style>'
    )
    hidden = f'<table:table table:name="옛날" table:style-name="h">{ods_row(["x"])}</table:table>'
    data = ods([ods_row(HEADERS), ods_row(PEOPLE[0])], styles=styles, more=hidden)
    result, _found = await take_in(ready, data, organization="해운대구")
    assert result.created == 1
    assert any("옛날" in str(note) for note in result.notes)


async def test_a_workbook_put_into_an_archive_once_more(ready: World) -> None:
    inner = raw_workbook(sheet_xml(header_row(HEADERS) + good_row()))
    data = archive(
        {"명단/최종.xlsx": inner, "명단/~$최종.xlsx": b"x", "__MACOSX/명단/._최종.xlsx": b"x"}
    )
    result, _found = await take_in(ready, data, organization="해운대구")
    assert result.created == 1
    with pytest.raises(InvalidInput, match="several files"):
        await take_in(ready, archive({"a.xlsx": inner, "b.csv": b"x"}), organization="해운대구")


OTHERS: dict[str, tuple[bytes, str]] = {
    "Fasoo": (b"DRMONE  This Document is encrypted and protected by Fasoo DRM" + bytes(50), "DRM"),
    "Softcamp": (b"SCDSA004" + bytes(50), "DRM"),
    "NASCA": (b"<## NASCA DRM FILE - VER1.00 ##>" + bytes(50), "DRM"),
    "an old Hangul document": (b"HWP Document File V3.00 \x1a" + bytes(50), "Hancom"),
    "a new Hangul document": (archive({"mimetype": "application/hwp+zip", "x": "y"}), "Hancom"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(50), "picture"),
    "a photograph": (b"\xff\xd8\xff\xe0" + bytes(50), "picture"),
    "a PDF": (b"%PDF-1.7\n", "PDF"),
    "XML of Excel 2003": ((KINDS / "xml-2003.xml").read_bytes(), "Excel 2003"),
    "a web page": ((KINDS / "web-page.xls").read_bytes(), "web page"),
    "a text document": (
        archive({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": ""}),
        "no spreadsheet",
    ),
}


@pytest.mark.parametrize("name", OTHERS)
async def test_what_is_not_taken_says_what_it_is(ready: World, name: str) -> None:
    data, words = OTHERS[name]
    with pytest.raises(InvalidInput) as told:
        await take_in(ready, data, organization="해운대구")
    assert words in str(told.value)
    assert told.value.hint


@pytest.mark.parametrize(
    ("name", "words"), [("~$명단.xlsx", "only says who has"), ("명단.cell", "Hancom")]
)
async def test_what_a_name_tells(ready: World, name: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        await ready.services.uploads.upload(ready.system, b"\x05abc" * 9, name)


_FULL = 'office:value-type="string"><text:p>x</text:p></table:table-cell>'


def compound(next_sector: int, *, first: int = 1, count: int = 6) -> bytes:
    """A compound file whose sectors all lead to this one."""
    header = bytearray(512)
    header[:8] = bytes.fromhex("d0cf11e0a1b11ae1")
    header[30:34] = struct.pack("<HH", 9, 6)
    header[44:80] = struct.pack("<9I", 1, first, 0, 4096, first, 1, 0xFFFFFFFE, 0, 0)
    header[76:512] = struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    return bytes(header) + struct.pack("<I", next_sector) * 128 + bytes(512) * (count - 1)


def cut_stream() -> bytes:
    """An old workbook whose table of sectors leads its stream in a circle."""
    data = bytearray((KINDS / "libreoffice.xls").read_bytes())
    (table,) = struct.unpack_from("<I", data, 76)
    start = (table + 1) * 512
    for at in range(128):
        (leads_to,) = struct.unpack_from("<I", data, start + at * 4)
        if leads_to < 0xFFFFFFFA:
            struct.pack_into("<I", data, start + at * 4, at)
    return bytes(data)


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "a line of 2,000,000 characters": (lambda: as_text([["x" * 2_000_000, "", ""]]), "Line 2"),
    "a line of 60 MiB": (lambda: b"a" * (60 << 20), "Line 1"),
    "10,000,000 commas": (lambda: b"," * 10_000_000, "Line 1"),
    "10,000,000 commas in short lines": (
        lambda: (b"," * 1_000 + b"\n") * 10_000,
        "no headers",
    ),
    "10,000,000 lines with nothing": (lambda: b"\n" * 10_000_000 + b"x", "upload.rows"),
    "2,000,000 rows with nothing": (
        lambda: as_text([]) + b",\n" * 2_000_000 + b"x",
        "row 1048577",
    ),
    "zeros in a text": (lambda: as_text([["a\0b", "c", "d"]]), "no headers"),
    "nested quotes": (lambda: as_text([]) + b'"' * 300_001, "quotation marks"),
    "a quote that never closes": (
        lambda: as_text([]) + b'"' + b"x\n" * 200_000,
        "quotation marks",
    ),
    "random bytes": (lambda: bytes(range(1, 256)) * 300, "no text in UTF-8"),
    "a row too many": (lambda: as_text([["", "", ""]] * 100_100 + [["x", "", ""]]), "upload.rows"),
    "repeated cells, 1,048,576 x 16,384": (
        lambda: ods([ods_row(HEADERS), empty_row(1_048_576, 16_384, _FULL)]),
        "upload.rows",
    ),
    "repeated cells, 9 times in a row": (
        lambda: ods([ods_row(HEADERS), *[empty_row(99_999_999, 99_999_999, _FULL)] * 9]),
        "upload.rows",
    ),
    "entities in an open document": (
        lambda: ods([], prolog='<!DOCTYPE x [<!ENTITY a "b">]>'),
        "entities",
    ),
    "an open document cut off": (lambda: ods([])[:-60], "its end is missing"),
    "a compound file in a circle": (lambda: compound(1), "damaged"),
    "a compound file that leads out of itself": (lambda: compound(900), "its end is missing"),
    "a compound file of its header": (lambda: compound(1, count=0), "its end is missing"),
    "an old workbook in a circle": (cut_stream, "damaged"),
    "an old workbook cut off": (
        lambda: (KINDS / "xlwt.xls").read_bytes()[:2_000],
        "its end is missing",
    ),
    "an old workbook cut off within its last sector": (
        lambda: (KINDS / "libreoffice.xls").read_bytes()[:-100],
        "its end is missing",
    ),
    "a binary workbook cut off": (
        lambda: archive({"xl/workbook.bin": b"\x9c\x01\xff\xff\xff\x7f"}),
        "damaged",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_what_would_do_harm_is_refused(world: World, name: str) -> None:
    make, words = HOSTILE[name]
    data = make()
    await world.organization("해운대구")
    before = memory_mib()
    with pytest.raises(InvalidInput) as told:
        await world.services.uploads.upload(world.system, data, organization="해운대구")
    assert words in str(told.value)
    assert told.value.hint
    assert memory_mib() - before < 50


_CELLS = st.one_of(
    st.sampled_from(
        [
            "김영희",
            "=1+1",
            "a,b;c",
            'he said "x"',
            "'quoted'",
            "0123",
            "두\n줄",
            " ",
        ]
    ),
    # a text behind ="… is unwrapped in a CSV, where programs guard numbers so, and #N/A is an error there
    st.text("가나다abc019 -+=@'\",;|\t", max_size=12).filter(lambda text: '="' not in text),
)
_PHONES = st.sampled_from(
    ["010-2000-0001", "01020000002", "+82 10 2000 0003", "02-312-3456", "010", ""]
)


def xlsx(table: Sequence[Sequence[str]]) -> bytes:
    """A workbook of texts, whatever they begin with."""

    def cells(at: int, row: Sequence[str]) -> str:
        return "".join(text_cell(f"{chr(65 + where)}{at}", text) for where, text in enumerate(row))

    rows = (f'<row r="{at}">{cells(at, row)}</row>' for at, row in enumerate(table, 2))
    return raw_workbook(sheet_xml(header_row(HEADERS) + "".join(rows)))


async def _results(table: Sequence[Sequence[Any]]) -> None:
    with tempfile.TemporaryDirectory() as directory:
        world = await make_services(Path(directory))
        try:
            await world.organization("해운대구")
            told = []
            for data in (
                xlsx(table),
                as_text(table),
                as_text(table, "\t", "utf-16"),
                ods([ods_row(HEADERS), *map(ods_row, table)]),
                old_workbook([HEADERS, *table]),
            ):
                result = await world.services.uploads.upload(
                    world.system, data, organization="해운대구", dry_run=True
                )
                told.append(
                    [
                        (
                            row.row,
                            row.result,
                            row.name.strip(),
                            row.phone,
                            row.other_information.strip(),
                            row.reasons,
                        )
                        for row in result.rows
                    ]
                )
            assert all(one == told[0] for one in told)
        finally:
            await world.close()


@pytest.mark.parametrize("examples", [20, pytest.param(150, marks=pytest.mark.long, id="long")])
def test_the_same_table_gives_the_same_results(
    examples: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_here(monkeypatch)

    @settings(max_examples=examples, suppress_health_check=[HealthCheck.too_slow], deadline=None)
    @given(st.lists(st.tuples(_CELLS, _PHONES, _CELLS), max_size=8))
    def holds(table: list[tuple[str, str, str]]) -> None:
        asyncio.run(_results(table))

    holds()


def test_which_files_are_offered() -> None:
    names = ["a.xlsx", "가.XLS", "a.ods", "a.csv", "a.tsv", "~$a.xlsx", "a.hwp", "a.zip", "xlsx"]
    assert [name for name in names if may_be_uploaded(name)] == names[:5]
    assert without_ending("명단.XLSB") == "명단"
