"""Tables as offices lay them out: covers, boxes, headers in two lines, totals, notes, a second table."""

from collections.abc import Sequence
from typing import Any

import openpyxl
import pytest

from core.uploads.dto import HeadersNotKnown, RowResult, UploadResult
from core.values.errors import Conflict, InvalidInput
from tests.factories import World
from tests.reading_here import read_here
from tests.workbooks import saved

pytestmark = pytest.mark.reading

Table = Sequence[Sequence[Any]]
LEE, KIM, PARK = (
    ("이순자", "010-2000-0001"),
    ("김영수", "010-2000-0002"),
    ("박정희", "010-2000-0003"),
)


@pytest.fixture
async def ready(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    read_here(monkeypatch)
    await world.organization()
    return world


def book(*sheets: Table, merged: Sequence[str] = (), names: Sequence[str] = ()) -> bytes:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for at, table in enumerate(sheets):
        sheet = made.create_sheet(names[at] if names else f"Sheet{at + 1}")
        for row in table:
            sheet.append(list(row))
        for cells in merged:
            sheet.merge_cells(cells)
    return saved(made)


async def check(world: World, data: bytes, **asked: Any) -> UploadResult:
    uploads = world.services.uploads
    return await uploads.upload(world.system, data, organization="Haeundae", dry_run=True, **asked)


async def people(world: World, *tables: Table, **asked: Any) -> tuple[list[tuple[int, str]], str]:
    """Row and name of those who would be created, and the notes; nothing may fail."""
    result = await check(world, book(*tables), **asked)
    assert [row.reasons for row in result.rows if row.result is RowResult.FAILED] == []
    found = sorted((row.row, row.name) for row in result.rows)
    return found, "\n".join(map(str, result.notes))


async def test_a_sheet_as_an_office_makes_it(ready: World) -> None:
    found, notes = await people(
        ready,
        [
            ["2026년 11월 대상자 명단"],
            ["번호", "성명(필수)", "생년월일", "핸드폰 *", "특이사항"],
            [1, LEE[0], "450101", LEE[1], "독거"],
            [2, KIM[0], "", KIM[1], ""],
            ["", "소계", "", "2명"],
            ["번호", "성명(필수)", "생년월일", "핸드폰 *", "특이사항"],
            [3, PARK[0], "", PARK[1], ""],
            ["합계", "", "", "", "3명"],
            [],
            ["※ 변동 사항은 복지관으로 알려 주시기 바랍니다."],
        ],
    )
    assert found == [(3, "이순자"), (4, "김영수"), (7, "박정희")]
    assert "The headers are in row 2" in notes
    assert "Columns A '번호', C '생년월일' are not known" in notes
    assert "Totals are no recipients: row 5, 8." in notes
    assert "stand there again are no rows: row 6." in notes
    assert "Notes are no recipients: row 10." in notes


async def test_who_looks_like_a_total_but_has_a_number_is_somebody(ready: World) -> None:
    table = [["성명", "연락처"], ["계", LEE[1]], ["이상민", ""], ["합계", "02-123-4567"]]
    result = await check(ready, book(table))
    assert (result.read, result.created, result.failed) == (3, 1, 2)


async def test_headers_in_two_lines(ready: World) -> None:
    found, notes = await people(
        ready,
        [
            ["연번", "인적사항", "", "연락처", "", "비고"],
            ["", "성명", "생년월일", "자택", "휴대폰", ""],
            [1, LEE[0], "450101", "051-123-4567", LEE[1], "독거"],
        ],
        [],
    )
    assert found == [(3, "이순자")]
    assert "The headers are in the two rows 1 and 2" in notes
    result = await check(
        ready,
        book([["성명", "연락처", ""], ["", "본인", "보호자"], [*LEE, "010-9999-0000"]]),
    )
    assert [(row.name, row.phone) for row in result.rows] == [("이순자", "010-2000-0001")]


async def test_the_header_that_says_more_is_taken_and_the_other_named(ready: World) -> None:
    found, notes = await people(
        ready, [["성명", "연락처", "휴대폰"], [LEE[0], "051-123-4567", LEE[1]]]
    )
    assert found == [(2, "이순자")]
    assert "column B '연락처'" in notes
    with pytest.raises(HeadersNotKnown, match="B '휴대폰', C '핸드폰'"):
        await check(ready, book([["성명", "휴대폰", "핸드폰"], ["이순자", "1", "2"]]))


async def test_a_second_table_below_is_read_by_its_own_headers(ready: World) -> None:
    found, notes = await people(
        ready,
        [
            ["성명", "연락처"],
            LEE,
            [],
            ["신규"],
            ["번호", "이름", "휴대폰", "비고"],
            [1, *KIM, "독거"],
        ],
    )
    assert found == [(2, "이순자"), (6, "김영수")]
    assert "Row 5 has headers of another table" in notes
    assert "A '번호'" in notes


async def test_what_stands_in_a_column_of_another_name_below_is_no_tag_of_anybody(
    ready: World,
) -> None:
    table = [
        ["성명", "전화번호", "구분"],
        [*LEE, "독거"],
        ["성명", "HP", "생년월일"],
        [*KIM, "음력"],
    ]
    found, notes = await people(ready, table)
    assert found == [(2, "이순자"), (4, "김영수")]
    assert "Row 3 has headers of another table" in notes
    assert "C '생년월일'" in notes


async def test_another_kind_of_table_below_is_named_and_not_read(ready: World) -> None:
    table = [
        ["성명", "연락처"],
        LEE,
        [],
        ["품목", "수량", "담당"],
        ["쌀", 3, "김"],
        ["김치", 5, "이"],
    ]
    found, notes = await people(ready, table)
    assert found == [(2, "이순자")]
    assert "Rows 4 to 6 are another table (품목, 수량, 담당), which was not read." in notes
    # people without a number are no table, whatever else is known of them: each fails with the reason
    for more in (
        (["김영수", "없음"], ["김영수", "없음"], KIM),
        (["김영수", "없음"],),
        (["김영수"], ["박정희"], ["최말순"]),
        (["김영수", "", "독거"], ["박정희", "", "82세"], ["최말순", "", "치매"]),
        (["추가 대상자"], ["김영수", "없음"], ["박정희", "미상"]),
    ):
        result = await check(ready, book([["성명", "연락처"], LEE, [], *more]))
        assert result.read == 1 + len(more)


async def test_who_stands_beside_the_columns_is_told(ready: World) -> None:
    found, notes = await people(ready, [["성명", "연락처"], LEE, ["", "", *KIM]])
    assert found == [(2, "이순자")]
    assert "nothing stands below the headers that are known: row 3" in notes
    # somebody without a number as well, and a number without its zero; numbers of lines are nobody
    lost = [
        ["성명", "연락처"],
        LEE,
        ["", "", "김영수"],
        ["", "", 1020000002],
        ["", "", 3],
        ["", "", "4"],
    ]
    found, notes = await people(ready, lost)
    assert found == [(2, "이순자")]
    assert "nothing stands below the headers that are known: row 3-4." in notes


async def test_who_has_a_name_is_no_total_for_what_else_is_said(ready: World) -> None:
    table = [["성명", "연락처", "비고"], LEE, ["김영수", "", "총 3회 방문"], ["소계", "", "2명"]]
    result = await check(ready, book(table))
    failed = [row.row for row in result.rows if row.result is RowResult.FAILED]
    assert failed == [3]
    assert "Totals are no recipients: row 4." in "\n".join(map(str, result.notes))


@pytest.mark.parametrize(
    "box",
    [
        [["작성자"], ["성명", "연락처"], ["홍길동", "010-7777-0000"], []],
        [["작성자", "성명", "홍길동", "연락처", "010-7777-0000"], []],
        [["담당자", "성명", "홍길동"], ["", "연락처", "010-7777-0000"], []],
        [["작성자", "성명", "연락처"], ["", "홍길동", "010-7777-0000"], []],
    ],
)
async def test_who_made_the_list_is_not_on_it(ready: World, box: Table) -> None:
    table = [*box, ["번호", "대상자명", "휴대폰"], [1, *LEE], [2, *KIM], [3, *PARK]]
    found, notes = await people(ready, table)
    assert [name for _row, name in found] == ["이순자", "김영수", "박정희"]
    assert "were not read" in notes or "passed over" in notes


async def test_whose_list_it_is_divides_no_headers(ready: World) -> None:
    office = ["기관명", "해운대복지관", "담당자", "김담당"]
    found, notes = await people(ready, [office, ["연번", "주소", "성명", "연락처"], [1, "", *LEE]])
    assert found == [(3, "이순자")]
    assert "The headers are in row 2" in notes


@pytest.mark.parametrize(
    ("above", "headers"),
    [
        (["작성일: 2026.1.1"], ["성명", "연락처"]),
        (["담당자"], ["대상자명", "휴대폰"]),
        (["작성자", "홍길동", "051-123-4567"], ["성명", "연락처"]),
        (["작성자: 홍길동"], ["성명", "연락처"]),
        ([], ["성명", "연락처", "담당자"]),
    ],
)
async def test_few_people_below_the_first_headers_are_no_box(
    ready: World, above: Sequence[str], headers: Sequence[str]
) -> None:
    table = [above, headers, [*LEE, "박담당"], ["대상자명", "휴대폰"], KIM, PARK]
    found, _notes = await people(ready, table)
    assert [name for _row, name in found] == ["이순자", "김영수", "박정희"]


async def test_a_couple_with_one_number_in_merged_cells(ready: World) -> None:
    result = await check(ready, book([["성명", "연락처"], LEE, ["김영수"]], merged=["B2:B3"]))
    assert (result.created, result.failed) == (1, 1)
    failed = next(row for row in result.rows if row.result is RowResult.FAILED)
    assert "is that of row 2: the cells are merged" in str(failed.reasons[0])


async def test_quotes_around_everything_are_left_out(ready: World) -> None:
    found, notes = await people(ready, [["'성명'", "'연락처'"], [f"'{text}'" for text in LEE]])
    assert found == [(2, "이순자")]
    assert "quotes" in notes


async def test_a_sheet_on_its_side_is_said_to_be(ready: World) -> None:
    table = [["번호", 1, 2], ["성명", LEE[0], KIM[0]], ["연락처", LEE[1], KIM[1]]]
    with pytest.raises(InvalidInput, match="on its side: its headers are in column A"):
        await check(ready, book(table))


async def test_the_first_sheet_with_headers_that_are_known_is_read(ready: World) -> None:
    cover, first, second = [["표지"]], [["성명", "연락처"], LEE], [["성명", "연락처"], KIM]
    found, notes = await people(ready, cover, first, second)
    assert found == [(2, "이순자")]
    assert "Sheet Sheet2 was read; no headers are known in: Sheet1." in notes
    assert "the others can be chosen: Sheet3" in notes
    found, _notes = await people(ready, cover, first, second, sheet="sheet3")
    assert found == [(2, "김영수")]
    with pytest.raises(InvalidInput, match=r"no sheet 4월\. The sheets are: Sheet1, Sheet2"):
        await check(ready, book(cover, first), sheet="4월")


async def test_a_refusal_says_what_was_looked_at(ready: World) -> None:
    data = book([["표지"]], [["번호", "이름", "전번"], [1, *LEE]], names=["표지", "명단"])
    with pytest.raises(HeadersNotKnown) as refused:
        await check(ready, data)
    told = str(refused.value)
    assert "The column Mobile phone number is missing." in told
    assert "Sheet 명단 was looked at, its first 2 rows." in told
    assert "Row 1 has: A '번호', B '이름', C '전번'." in told
    assert "Other sheets: 표지." in told
    columns = refused.value.layout.columns
    assert [(c.letters, c.field, c.samples) for c in columns] == [
        ("A", "", ("1",)),
        ("B", "name", (LEE[0],)),
        ("C", "", (LEE[1],)),
    ]


async def test_headers_that_nobody_knows_are_mapped(ready: World) -> None:
    table = [["번호", "어르신", "전번", "비고"], [1, *LEE, "독거"]]
    found, notes = await people(ready, table, mapping={"어르신*": "name", "전 번": "연락처"})
    assert found == [(2, "이순자")]
    assert "Column C '전번' was read as Mobile phone number, as somebody has said." in notes
    found, _notes = await people(ready, table, mapping={"B": "name", "C": "phone", "비고": "-"})
    assert found == [(2, "이순자")]
    result = await check(ready, book(table), mapping={"B": "name", "C": "phone", "비고": "-"})
    assert result.rows[0].other_information == ""
    both = [["성명", "휴대폰", "핸드폰"], [LEE[0], "1", LEE[1]]]
    found, _notes = await people(ready, both, mapping={"핸드폰": "phone"})
    assert found == [(2, "이순자")]


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ({"전번": "phone"}, "Recipient name is missing"),
        ({"전번": "fon"}, "There is no field fon. The fields are: name, phone, "),
        ({"어르신": "name", "전번": "phone", "X": "-"}, "There is no column x in the sheet"),
        (
            {"어르신": "name", "전번": "name"},
            "Two columns are Recipient name: B '어르신', C '전번'",
        ),
    ],
)
async def test_a_mapping_that_fits_nothing_is_refused(
    ready: World, mapping: dict[str, str], words: str
) -> None:
    table = [["번호", "어르신", "전번"], [1, *LEE]]
    if "name" in list(mapping.values())[1:]:
        mapping = {**mapping, "번호": "phone"}
    with pytest.raises(InvalidInput, match=words):
        await check(ready, book(table), mapping=mapping)


async def test_what_was_checked_is_what_is_saved_or_nothing_is(
    ready: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    uploads = ready.services.uploads
    data = book([["성명", "연락처"], LEE, KIM])
    checked = await check(ready, data)
    with pytest.raises(Conflict, match="The file was changed since it was checked"):
        await uploads.upload(
            ready.system, book([["성명", "연락처"], LEE]), organization="Haeundae", checked=checked
        )
    added = await ready.recipient(1, *LEE)
    with pytest.raises(Conflict, match="Somebody has changed recipients"):
        await uploads.upload(ready.system, data, organization="Haeundae", checked=checked)
    assert await uploads.count(ready.system) == 0
    checked = await check(ready, data)
    monkeypatch.setattr("core.uploads.service.Reader", None)  # it is not read a second time
    saved_now = await uploads.upload(ready.system, data, organization="Haeundae", checked=checked)
    assert (
        (saved_now.created, saved_now.unchanged) == (checked.created, checked.unchanged) == (1, 1)
    )
    assert added


async def test_what_was_said_of_headers_is_kept_for_the_organization(ready: World) -> None:
    uploads = ready.services.uploads
    other = await ready.organization("Suncheon")
    table = [["번호", "어르신", "전번", "비고"], [1, *LEE, "독거"]]
    said = {"어르신": "name", "전번": "phone"}
    for mapping in (said, {"비고": "-"}):
        data = book([*table, [2, "김영수", f"010-2000-1{len(mapping):03}", ""]])
        await uploads.upload(
            ready.system, data, organization="Haeundae", mapping=mapping, again=True
        )
    # the same headers in another order
    again = book([["비고", "전번", "어르신", "번호"], ["독거", *reversed(PARK), 1]])
    result = await check(ready, again)
    assert [(row.name, row.other_information) for row in result.rows] == [(PARK[0], "")]
    with pytest.raises(HeadersNotKnown):
        await uploads.upload(ready.system, again, organization=other, dry_run=True)
    # other headers are another set
    with pytest.raises(HeadersNotKnown):
        await check(ready, book([["어르신", "전번"], LEE]))


async def test_rows_of_a_form_that_nobody_has_filled_in_are_nobody(ready: World) -> None:
    form = [["성명", "연락처", "비고", "소속"], [*LEE, "", "Haeundae"]]
    blank = ["", "", "", "Haeundae"]
    found, notes = await people(ready, [*form, blank, blank, blank, [*KIM, "", ""]])
    assert found == [(2, "이순자"), (6, "김영수")]
    assert "tags, and nobody: row 3-5" in notes
    # of whom anything else is known, somebody may be meant
    failed = await check(ready, book([*form, ["", "", "독거", "Haeundae"]]))
    assert (failed.created, failed.failed) == (1, 1)
