"""Workbooks that another program made, taken in: what each row gives, and what it says."""

import pytest

from core.uploads.dto import ResultRow, RowResult, TakenInBefore, UploadResult
from tests.factories import World
from tests.reading_here import read_here
from tests.workbooks import DATA

pytestmark = pytest.mark.reading


@pytest.fixture
async def ready(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The organizations that the samples name exist."""
    read_here(monkeypatch)
    for name in ("해운대구 복지관", "순천시 노인복지과"):
        await world.organization(name)
    return world


async def take_in(world: World, name: str, **how: bool) -> UploadResult:
    return await world.services.uploads.upload(world.system, DATA / name, **how)


async def rows_of(world: World, result: UploadResult) -> dict[int, ResultRow]:
    assert result.upload_id is not None
    found = world.services.uploads.all_results(world.system, result.upload_id)
    return {row.row: row async for row in found}


def counts(result: UploadResult) -> tuple[int, int, int, int, int]:
    return result.read, result.created, result.unchanged, result.failed, result.warnings


async def test_sixty_rows_with_korean_headers_and_five_ways_of_writing_a_number(
    ready: World,
) -> None:
    result = await take_in(ready, "recipients.xlsx")
    assert counts(result) == (60, 60, 0, 0, 0)
    rows = await rows_of(ready, result)
    assert list(rows) == list(range(2, 62))
    assert (rows[4].name, rows[4].phone) == ("조정숙", "010-2074-5838")
    assert (rows[3].organization, rows[3].other_information) == (
        "순천시 노인복지과",
        "독거, 청력 약함",
    )


async def test_good_and_bad_rows_each_with_its_reason(ready: World) -> None:
    result = await take_in(ready, "recipients-mixed.xlsx")
    rows = await rows_of(ready, result)
    for number, words in {
        3: "Recipient name is missing",
        4: "Recipient name may have at most 20 characters; this has 21",
        5: "Mobile phone number is not a mobile number",
        6: "Mobile phone number is not a number that can be phoned",
        7: "Mobile phone number is in row 2 already",
        8: "Responsible organization does not exist",
        9: "Other information may have at most 30 characters; this has 31",
    }.items():
        assert rows[number].result is RowResult.FAILED
        assert words in " ".join(rows[number].reasons)
    # markup in a name is a name
    assert (rows[11].name, rows[11].other_information) == ("윤[/]괄호", "[bold]markup[/]")
    assert rows[12].phone == "+1 212-555-0123"
    assert rows[13].phone == "+81 90-1234-5678"
    # its name is the formula =1+1; its other information has 32 characters, where 30 are allowed
    assert rows[10].warnings == ("Recipient name is a formula; its value 2 was taken.",)
    assert rows[10].fields == ("other_information",)
    assert counts(result) == (12, 4, 0, 8, 1)


async def test_numbers_that_a_spreadsheet_changed(ready: World) -> None:
    result = await take_in(ready, "recipients-numbers.xlsx")
    assert counts(result) == (6, 4, 0, 2, 4)
    rows = await rows_of(ready, result)
    for number, phone in {
        2: "010-1234-5678",
        3: "010-1234-5679",
        4: "010-1234-5680",
        6: "010-9999-8888",
    }.items():
        assert rows[number].phone == phone
        assert phone in rows[number].warnings[0]
    assert "fraction" in rows[5].reasons[0]
    assert "date" in rows[7].reasons[0]


@pytest.mark.parametrize(
    "name", ["recipients.xlsx", "recipients-mixed.xlsx", "recipients-numbers.xlsx"]
)
async def test_a_second_time_what_was_created_is_unchanged(ready: World, name: str) -> None:
    first = await take_in(ready, name)
    with pytest.raises(TakenInBefore, match="by Root") as told:
        await take_in(ready, name)
    assert told.value.upload.id == first.upload_id
    second = await take_in(ready, name, again=True)
    assert (second.created, second.unchanged, second.failed) == (0, first.created, first.failed)


@pytest.mark.parametrize(
    "name", ["recipients.xlsx", "recipients-mixed.xlsx", "recipients-numbers.xlsx"]
)
async def test_a_check_reports_the_same_and_saves_nothing(ready: World, name: str) -> None:
    checked = await take_in(ready, name, dry_run=True)
    assert checked.upload_id is None
    assert await ready.services.uploads.count(ready.system) == 0
    taken = await take_in(ready, name)
    assert counts(checked) == counts(taken)
    rows = await rows_of(ready, taken)
    for row in checked.rows:
        assert row.reasons == rows[row.row].reasons
        assert row.warnings == rows[row.row].warnings
        assert (row.result, row.name, row.phone) == (
            rows[row.row].result,
            rows[row.row].name,
            rows[row.row].phone,
        )
