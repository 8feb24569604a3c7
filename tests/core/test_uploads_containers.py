"""Odd workbooks that spreadsheet programs open: nobody in them vanishes, and nobody is made up."""

import datetime
import io
import re
import zipfile
from collections.abc import Sequence

import openpyxl
import pytest

from tests.core.test_uploads_odd import take_in
from tests.factories import World
from tests.reading_here import read_here
from tests.workbooks import (
    DATA,
    HEADERS,
    archive,
    good_row,
    header_row,
    raw_workbook,
    saved,
    sheet_xml,
    text_cell,
)

pytestmark = pytest.mark.reading

GOOD = sheet_xml(header_row() + good_row())
TWO = sheet_xml(header_row() + good_row(2) + good_row(3))
FORMATS = "".join(f'<row r="{at}" ht="12" customHeight="1" s="1"/>' for at in range(3, 5_000))

ODD = {
    "dimension-rows": (1, 1, 0),
    "dimension-a0": (2, 2, 0),
    "merged-columns": (1, 1, 0),
    "title-merged-row": (1, 1, 0),
    "sheet-state-show": (1, 1, 0),
    "parts-in-root": (1, 1, 0),
    "trailing-formulas": (2, 1, 1),
    "stacked-tables": (4, 4, 0),
    "string-index-blank": (3, 3, 0),
}


@pytest.fixture
async def ready(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    read_here(monkeypatch)
    await world.organization()
    return world


@pytest.mark.parametrize("name", ODD)
async def test_the_samples(ready: World, name: str) -> None:
    data = (DATA / "odd" / f"{name}.xlsx").read_bytes()
    result, found = await take_in(ready, data, organization="Haeundae")
    assert (result.read, result.created, result.failed) == ODD[name]
    if name == "string-index-blank":
        assert [row.name for row in found.values()] == ["김영수", "이순자", "박정희"]
    if name == "trailing-formulas":
        assert "formula without a value" in str(found[3].reasons[0])


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return {name: file.read(name) for name in file.namelist()}


def renamed(change: "tuple[str, str]", data: bytes | None = None) -> bytes:
    """With other names of parts; the relationships stay as they are."""
    return archive(
        {name.replace(*change): part for name, part in parts_of(data or raw_workbook(GOOD)).items()}
    )


def recoded(encoding: str) -> bytes:
    """Every part in another encoding."""
    return archive(
        {
            name: part.decode().replace('"1.0"?', f'"1.0" encoding="{encoding}"?')
            .replace('encoding="UTF-8"', f'encoding="{encoding}"').encode(encoding)
            for name, part in parts_of(raw_workbook(GOOD)).items()
        }
    )  # fmt: skip


def with_sheets(sheets: str) -> bytes:
    return raw_workbook(GOOD, sheets=sheets + '<sheet name="one" sheetId="1" r:id="rId1"/>')


def twice_the_same() -> bytes:
    data = io.BytesIO(raw_workbook(GOOD))
    with zipfile.ZipFile(data, "a") as file, pytest.warns(UserWarning, match="Duplicate"):
        file.writestr("xl/worksheets/sheet1.xml", GOOD)
    return data.getvalue()


def far_blanks(reference: str) -> bytes:
    row = re.sub("[A-Z]", "", reference)
    return raw_workbook(
        sheet_xml(header_row() + good_row() + f'<row r="{row}"><c r="{reference}" s="1"></c></row>')
    )


TAKEN = {
    "the list of sheets' relationships missing": lambda: raw_workbook(
        GOOD, without=["xl/_rels/workbook.xml.rels"]
    ),
    "the archive's relationships missing": lambda: raw_workbook(GOOD, without=["_rels/.rels"]),
    "a part twice, the same": twice_the_same,
    "in UTF-16": lambda: recoded("UTF-16"),
    "a mark of byte order in each part": lambda: archive(
        {name: b"\xef\xbb\xbf" + part for name, part in parts_of(raw_workbook(GOOD)).items()}
    ),
    "something before the archive": lambda: b"\xef\xbb\xbf\r\n" + raw_workbook(GOOD),
    "names in another case": lambda: renamed(("sheet1.xml", "SHEET1.XML")),
    "the other slash": lambda: renamed(("/", "\\")),
    "a sheet without a relationship": lambda: with_sheets(
        '<sheet name="lost" sheetId="2" r:id="rId9"/>'
    ),
    "a blank at the far right": lambda: far_blanks("XFD1"),
    "a blank at the very end": lambda: far_blanks("A1048576"),
    "rows that only have a height": lambda: raw_workbook(
        sheet_xml(header_row() + good_row() + FORMATS + '<row r="1048576" hidden="1"/>')
    ),
    "references in lower case": lambda: raw_workbook(
        re.sub(r'"([A-D])(\d)"', lambda found: f'"{found[1].lower()}{found[2]}"', GOOD)
    ),
    "a prefix": lambda: raw_workbook(
        re.sub(r"<(/?)(?=[a-z])", r"<\1x:", GOOD).replace("xmlns=", "xmlns:x=")
    ),
    "styles that are damaged": lambda: raw_workbook(GOOD, more={"xl/styles.xml": "<styleSheet><"}),
    "strings that are damaged": lambda: raw_workbook(GOOD, more={"xl/sharedStrings.xml": "<"}),
    "another sheet that is damaged": lambda: raw_workbook(
        GOOD, more={"xl/worksheets/sheet2.xml": "<"}
    ),
}


@pytest.mark.parametrize("name", TAKEN)
async def test_what_is_odd_harms_only_what_it_belongs_to(ready: World, name: str) -> None:
    result, _found = await take_in(ready, TAKEN[name]())
    assert (result.read, result.created) == (1, 1)


ROWS = {
    "out of order": header_row() + good_row(5) + good_row(2),
    "cells that are in another row than theirs": header_row()
    + good_row(2)
    + good_row(9).replace('<row r="9"', '<row r="3"')
    + good_row(4),
    "two rows with one number": header_row()
    + f'<row r="2">{text_cell("A2", "김영희")}</row>'
    + good_row(2).replace(text_cell("A2", "김영희"), "")
    + good_row(3),
}


@pytest.mark.parametrize("name", ROWS)
async def test_nobody_vanishes_whatever_the_order(ready: World, name: str) -> None:
    data = raw_workbook(sheet_xml(ROWS[name]))
    result, found = await take_in(ready, data)
    book = openpyxl.load_workbook(io.BytesIO(data))
    expected = [row for row, *_rest in book.active.iter_rows(min_row=2) if row.value is not None]
    assert {row: one.name for row, one in found.items()} == {one.row: one.value for one in expected}
    assert result.created == len(expected)


async def test_a_text_that_is_not_there_harms_its_row(ready: World) -> None:
    lost = good_row(3).replace(text_cell("A3", "김영희"), '<c r="A3" t="s"><v>77</v></c>')
    data = raw_workbook(sheet_xml(header_row() + good_row(2) + lost))
    result, found = await take_in(ready, data)
    assert (result.created, result.failed) == (1, 1)
    assert "error in the sheet" in str(found[3].reasons[0])


async def test_columns_beyond_those_that_are_read_are_named(ready: World) -> None:
    far = good_row().replace("</row>", text_cell("CZ2", "x") + "</row>")
    result, _found = await take_in(ready, raw_workbook(sheet_xml(header_row() + far)))
    assert result.created == 1
    assert any("CZ" in str(note) for note in result.notes)


NOTHING = '<c r="{}" t="str"><f>x</f><v></v></c>'
ZERO = '<c r="{}"><f>x</f><v>0</v></c>'
NOT_FOUND = '<c r="{}" t="e"><f>x</f><v>#N/A</v></c>'
ONLY_A_PREFIX = '<c r="{}" t="str"><f>x</f><v>010-</v></c>'
PLACE = text_cell("{}", "Haeundae")


@pytest.mark.parametrize(
    "cells",
    [
        (NOTHING, NOT_FOUND),
        (ZERO, ZERO, "", PLACE),
        (NOT_FOUND, NOT_FOUND, NOT_FOUND, PLACE),
        (NOTHING, ONLY_A_PREFIX, ZERO, PLACE),
        (NOTHING, NOTHING, "", NOT_FOUND),
    ],
)
async def test_a_form_that_nobody_has_filled_in_has_no_rows(
    ready: World, cells: Sequence[str]
) -> None:
    forms = "".join(
        f'<row r="{at}">'
        + "".join(cell.format(f"{letter}{at}") for letter, cell in zip("ABCD", cells, strict=False))
        + "</row>"
        for at in range(3, 101)
    )
    result, _found = await take_in(
        ready, raw_workbook(sheet_xml(header_row() + good_row() + forms))
    )
    assert (result.read, result.created) == (1, 1)
    assert any("3-100" in str(note) for note in result.notes)


async def test_a_form_saved_as_text_and_a_number_that_it_has_no_name_for(ready: World) -> None:
    rows = ["김영희,010-2000-0001,,Haeundae", *["#N/A,#N/A,,Haeundae"] * 9, "#N/A,1020000002,,"]
    data = "\n".join([",".join(HEADERS), *rows]).encode()
    result, found = await take_in(ready, data, organization="Haeundae")
    assert any("3-11" in str(note) for note in result.notes)
    assert list(found) == [2, 12]
    assert "error in the sheet" in found[12].reasons[0]


async def test_dates_and_numbers_are_the_same_either_way(ready: World) -> None:
    """A blank far out has the sheet read cell by cell."""
    plain = openpyxl.Workbook()
    plain.active.append(["Recipient name", "Mobile phone number", "Other information"])
    plain.active.append(["김영희", 1020000001, datetime.date(1940, 5, 1)])
    plain.active.append(["이순자", "010-2000-0002", 0.5])
    plain.active.append([True, 1e20, "_x0041_"])
    results = []
    for far in (False, True):
        if far:
            plain.active["XFD1"].number_format = "@"
        found = await ready.services.uploads.upload(
            ready.system, saved(plain), organization="Haeundae", dry_run=True
        )
        results.append(found.rows)
    assert results[0] == results[1]
    assert results[0]
