"""Workbooks as people make them: what their maker expects is done, and told where it is a guess."""

import datetime
import re
import unicodedata
from typing import Any

import openpyxl
import pytest

from core.uploads.dto import ResultRow, RowResult, UploadResult
from tests.factories import World
from tests.reading_here import read_here
from tests.workbooks import (
    HEADERS,
    good_row,
    header_row,
    raw_workbook,
    saved,
    sheet_xml,
    text_cell,
    workbook,
)

pytestmark = pytest.mark.reading

Told = tuple[UploadResult, dict[int, ResultRow]]


@pytest.fixture
async def ready(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    read_here(monkeypatch)
    await world.organization()
    return world


async def take_in(world: World, data: bytes, **options: Any) -> Told:
    result = await world.services.uploads.upload(world.system, data, **options)
    assert result.upload_id is not None
    found = world.services.uploads.all_results(world.system, result.upload_id)
    rows = {row.row: row async for row in found}
    assert result.read == result.created + result.unchanged + result.failed == len(rows)
    return result, rows


def person(at: int = 1, **cells: Any) -> list[Any]:
    """A row without a fault."""
    given = {
        "name": "김영희",
        "phone": f"010-2000-{at:04}",
        "other": "",
        "organization": "Haeundae",
    }
    return list((given | cells).values())


async def test_a_title_above_the_headers(ready: World) -> None:
    rows = [["2026년 수신인 명단"], [], list(HEADERS), person()]
    result, found = await take_in(ready, workbook(rows, headers=()))
    assert (result.read, list(found)) == (1, [4])
    assert "The headers are in row 3" in result.notes[0]


async def test_columns_in_any_order_with_one_that_is_not_known(ready: World) -> None:
    headers = ("No.", "담당기관", "携帯電話番号", "RECIPIENT NAME", "생일")
    rows = [[1, "Haeundae", "010-2000-0001", "김영희", datetime.date(1940, 5, 1)]]
    result, found = await take_in(ready, workbook(rows, headers=headers))
    assert (found[2].name, found[2].phone) == ("김영희", "010-2000-0001")
    assert "Columns A 'No.', E '생일' are not known" in result.notes[0]


async def test_empty_rows_are_no_rows(ready: World) -> None:
    rows = [person(1), [], ["", None, "  ", ""], person(2), [], []]
    result, found = await take_in(ready, workbook(rows))
    assert (result.read, list(found)) == (2, [2, 5])


async def test_a_prefilled_number_alone_makes_no_row(ready: World) -> None:
    rows = [[1, *person()], *([at] for at in range(2, 50))]
    result, _found = await take_in(ready, workbook(rows, headers=("No.", *HEADERS)))
    assert result.read == 1


async def test_formats_down_to_the_last_row_are_no_rows(ready: World) -> None:
    far = '<row r="1048576"><c r="A1048576" s="0"/><c r="XFD1048576" s="0"></c></row>'
    result, _found = await take_in(ready, raw_workbook(sheet_xml(header_row() + good_row() + far)))
    assert result.created == 1


async def test_hidden_rows_are_read_with_a_warning(ready: World) -> None:
    book = openpyxl.Workbook()
    for row in (list(HEADERS), person(1), person(2)):
        book.active.append(row)
    book.active.row_dimensions[3].hidden = True
    result, found = await take_in(ready, saved(book))
    assert (result.created, result.warnings) == (2, 1)
    assert "hidden" in found[3].warnings[0]


async def test_only_the_first_visible_sheet_is_read_and_the_others_are_named(ready: World) -> None:
    book = openpyxl.Workbook()
    book.active.title = "old"
    book.active.sheet_state = "hidden"
    book.active.append(["something", "else"])
    sheet = book.create_sheet("people")
    for row in (list(HEADERS), person()):
        sheet.append(row)
    book.create_sheet("notes").append(["x"])
    result, _found = await take_in(ready, saved(book))
    assert result.created == 1
    assert any("people" in note and "notes" in note for note in result.notes)
    assert any("old" in note for note in result.notes)


async def test_merged_cells_stand_for_each_of_their_rows(ready: World) -> None:
    book = openpyxl.Workbook()
    for row in (list(HEADERS), person(1), person(2, organization=""), person(3, organization="")):
        book.active.append(row)
    book.active.merge_cells("D2:D4")
    result, found = await take_in(ready, saved(book))
    assert (result.created, result.warnings) == (3, 2)
    assert found[4].organization == "Haeundae"
    assert "Merged cells" in found[4].warnings[0]


async def test_a_merged_section_line_fails_as_one_row(ready: World) -> None:
    book = openpyxl.Workbook()
    for row in (list(HEADERS), ["서울 지역"], person(1)):
        book.active.append(row)
    book.active.merge_cells("A2:D2")
    result, found = await take_in(ready, saved(book))
    assert (result.created, result.failed) == (1, 1)
    assert "Mobile phone number is missing" in found[2].reasons[0]


async def test_overlapping_merges_of_a_hostile_sheet_mean_nothing(ready: World) -> None:
    ranges = "".join(f'<mergeCell ref="A{at}:D60000"/>' for at in range(1, 2_000))
    sheet = sheet_xml(
        header_row() + good_row(), after=f'<mergeCells count="1999">{ranges}</mergeCells>'
    )
    result, _found = await take_in(ready, raw_workbook(sheet))
    assert result.read == 1


async def test_formulas_without_values(ready: World) -> None:
    """openpyxl, as many programs, saves formulas without their values."""
    rows = [person(1, name="=A3"), person(2, phone='="010"&"20000002"'), person(3, other="=1+1")]
    result, found = await take_in(ready, workbook(rows))
    assert result.failed == 3
    for row, column in (
        (2, "Recipient name"),
        (3, "Mobile phone number"),
        (4, "Other information"),
    ):
        assert f"{column} is a formula without a value" in found[row].reasons[0]


async def test_formulas_with_values_and_those_that_give_nothing(ready: World) -> None:
    def cells(row: int, phone: str) -> str:
        return (
            f'<row r="{row}"><c r="A{row}" t="str"><f>B1</f><v>김영희</v></c>'
            f'<c r="B{row}" t="str"><f>A1</f><v>{phone}</v></c>{text_cell(f"D{row}", "Haeundae")}</row>'
        )

    nothing = '<row r="4"><c r="A4" t="str"><f>IF(1,"")</f><v></v></c></row>'
    sheet = sheet_xml(header_row() + cells(2, "010-2000-0002") + cells(3, "") + nothing)
    result, found = await take_in(ready, raw_workbook(sheet))
    assert (result.read, result.created) == (2, 1)
    assert "formula" in found[2].warnings[0]
    assert "Mobile phone number is missing" in found[3].reasons[0]


async def test_errors_of_the_sheet_are_named(ready: World) -> None:
    row = (
        '<row r="2"><c r="A2" t="e"><v>#N/A</v></c>'
        f"{text_cell('B2', '010-2000-0001')}{text_cell('D2', 'Haeundae')}</row>"
    )
    _result, found = await take_in(ready, raw_workbook(sheet_xml(header_row() + row)))
    assert "Recipient name is an error in the sheet" in found[2].reasons[0]


async def test_dates_and_numbers_where_texts_should_be(ready: World) -> None:
    rows = [
        person(1, name=datetime.date(2026, 3, 4)),
        person(2, name=7),
        person(3, other=datetime.datetime(1940, 5, 1)),  # noqa: DTZ001 - cells have no zone
        person(4, other=True),
    ]
    result, found = await take_in(ready, workbook(rows))
    assert (result.created, result.failed, result.warnings) == (3, 1, 3)
    assert "Recipient name is a date" in found[2].reasons[0]
    assert found[3].name == "7"
    assert found[4].other_information.startswith("1940-05-01")
    assert found[5].other_information == "TRUE"


@pytest.mark.parametrize("odd", ["", "<!-- -->", '<row r="3"><c r="XFD3"/></row>'])
async def test_an_exponent_that_lost_digits(ready: World, odd: str) -> None:
    """However the sheet is read: as it is written by programs, by the parser, cell by cell."""
    cells = (
        f'<row r="2">{text_cell("A2", "김영희")}<c r="B2"><v>1.01235E+09</v></c>'
        f"{text_cell('D2', 'Haeundae')}</row>{odd}"
    )
    _result, found = await take_in(ready, raw_workbook(sheet_xml(header_row() + cells)))
    assert "lost digits" in found[2].reasons[0]


async def test_numbers_without_their_zeros_are_read_whether_one_or_many(ready: World) -> None:
    def cells(at: int, number: str) -> str:
        written = f'<c r="B{at}"><v>{number}</v></c>'
        return f'<row r="{at}">{text_cell(f"A{at}", "김영희")}{written}{text_cell(f"D{at}", "Haeundae")}</row>'

    numbers = {at: str(1_020_000_000 + at) for at in range(2, 22)}
    numbers[9] = "1.02001E+09"
    book = raw_workbook(sheet_xml(header_row() + "".join(cells(*one) for one in numbers.items())))
    _result, found = await take_in(ready, book)
    assert "lost digits" in found[9].reasons[0]
    assert [row for row in found if found[row].result is RowResult.FAILED] == [9]
    for at in (2, 10, 21):
        assert found[at].phone == f"010-2000-{at:04}"
        assert "is a number in the sheet" in found[at].warnings[0]
    text = "".join(f"김영희,{1_030_000_000 + at},,Haeundae\n" for at in range(20))
    result, found = await take_in(ready, f"{','.join(HEADERS)}\n{text}".encode())
    assert (result.created, result.warnings) == (20, 20)
    assert found[2].phone == "010-3000-0000"


async def test_control_characters_are_refused_and_not_kept(ready: World) -> None:
    """A reader turns _x001B_ into a real ESC."""
    rows = [
        person(1, name="김_x001B_[31m영희"),
        person(2, name="김\u202e영희"),
        person(3, name="가\u200d나"),
        person(4, name="👩\u200d👧"),
    ]
    result, found = await take_in(ready, workbook(rows))
    assert (result.created, result.failed) == (1, 3)
    assert "U+001B" in found[2].reasons[0]
    assert not any("\x1b" in row.name or "\u202e" in row.name for row in found.values())


async def test_every_reason_of_a_row_is_given_at_once(ready: World) -> None:
    _result, found = await take_in(ready, workbook([["", "02-312-3456", "x" * 31, "nowhere"]]))
    assert found[2].fields == ("name", "phone", "other_information", "organization_id")
    assert len(found[2].reasons) == 4


async def test_the_second_of_two_rows_with_one_number_fails(ready: World) -> None:
    rows = [person(1), person(1, name="이순자", phone="+82 10 2000 0001"), person(2)]
    result, found = await take_in(ready, workbook(rows))
    assert (result.created, result.failed) == (2, 1)
    assert "row 2" in found[3].reasons[0]


async def test_names_in_decomposed_form_are_the_same_names(ready: World) -> None:
    await take_in(ready, workbook([person(1, name="김영희")]))
    as_macos_writes = unicodedata.normalize("NFD", "김영희")
    result, found = await take_in(ready, workbook([person(1, name=as_macos_writes)]))
    assert (result.unchanged, found[2].name) == (1, "김영희")


async def test_a_blank_cell_gives_nothing_and_clears_nothing(ready: World) -> None:
    await take_in(ready, workbook([person(1, other="독거")]))
    result, found = await take_in(ready, workbook([person(1)]))
    assert (result.unchanged, found[2].other_information) == (1, "독거")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": "이순자"}, "belongs to 김영희"),
        ({"other": "보호자: 딸"}, "Other information differs"),
    ],
)
async def test_a_number_that_somebody_has_already_names_them(
    ready: World, change: dict[str, str], words: str
) -> None:
    await take_in(ready, workbook([person(1, other="독거")]))
    result, found = await take_in(ready, workbook([person(1, **change)]))
    assert result.failed == 1
    assert words in found[2].reasons[0]
    assert found[2].result is RowResult.FAILED


async def test_a_sheet_without_references(ready: World) -> None:
    """They may be left out; then cells follow each other."""
    sheet = sheet_xml(header_row() + good_row())
    sheet = re.sub(r' r="[A-Z]*\d+"', "", sheet).replace(
        "<is><t>Haeundae", '<is><t></t></is></c><c t="inlineStr"><is><t>Haeundae'
    )
    result, _found = await take_in(ready, raw_workbook(sheet))
    assert result.created == 1


async def test_headers_alone_say_that_there_is_nothing(ready: World) -> None:
    result, _found = await take_in(ready, workbook([]))
    assert result.read == 0
    assert "no rows" in result.notes[0]


@pytest.mark.parametrize("written", ["Haeun dae", "Haeundea", "haundae"])
async def test_an_organization_that_is_nearly_written_so_is_offered(
    ready: World, written: str
) -> None:
    _result, found = await take_in(
        ready, workbook([person(organization=written), person(organization="순천")])
    )
    told = [" ".join(found[row].reasons) for row in (2, 3)]
    assert "Responsible organization does not exist. Did you mean Haeundae?" in told[0]
    assert "Did you mean" not in told[1]
