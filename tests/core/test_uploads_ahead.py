"""A workbook that is opened before anybody asks for it; and one that has to be read once more."""

import os

import openpyxl
import pytest

from core.io.child import NotStarted
from core.uploads.protocol import ROWS_PER_MESSAGE, Opening
from core.uploads.reader import opened_ahead
from core.uploads.workbook_file import open_workbook
from core.values.errors import InvalidInput
from core.values.jobs import Job
from core.values.settings import UploadLimits
from tests.factories import World
from tests.workbooks import (
    HEADERS,
    good_row,
    header_row,
    people,
    raw_workbook,
    saved,
    sheet_xml,
    text_cell,
    workbook,
)

ROW = ["김영희", "010-2000-0001", "", "Haeundae"]


def with_guide() -> bytes:
    """A workbook whose first sheet tells how to fill in the second."""
    book = openpyxl.Workbook()
    book.worksheets[0].append(["Please fill in the next sheet."])
    sheet = book.create_sheet("people")
    sheet.append(list(HEADERS))
    sheet.append(ROW)
    return saved(book)


@pytest.mark.parametrize("sheet", ["", "people"])
async def test_it_is_taken_in_by_the_process_that_opened_it(world: World, sheet: str) -> None:
    await world.organization()
    take_in = world.services.uploads.upload
    with open_workbook(with_guide(), 1) as file:
        async with opened_ahead(file, Opening(UploadLimits(), "en", sheet)):
            assert file.process is not None
            result = await take_in(world.system, file, sheet="people")
            assert file.process is None
        assert (result.created, result.layout.sheet) == (1, "people")
        again = await take_in(world.system, file, again=True)
        assert again.unchanged == 1


async def test_what_cannot_be_opened_is_told_to_who_asks(world: World) -> None:
    await world.organization()
    limits = UploadLimits(rows=100)
    for data, why in ((people(200), "The sheet has something in row"), (b"PK", "its end")):
        with open_workbook(data, 1) as file:
            async with opened_ahead(file, Opening(limits, "en")):
                with pytest.raises(InvalidInput, match=why):
                    await world.services.uploads.upload(world.system, file)


@pytest.mark.parametrize("is_there", [False, True])
async def test_that_no_process_comes_to_reading_is_not_the_fault_of_the_file(
    world: World, monkeypatch: pytest.MonkeyPatch, is_there: bool
) -> None:
    await world.organization()
    if is_there:
        monkeypatch.setattr("core.uploads.reader._MODULE", "core.uploads.sheet.none_such")
    else:
        monkeypatch.setattr("sys.executable", "/nowhere/python")
    with open_workbook(workbook([ROW]), 1) as file:
        async with opened_ahead(file, Opening(UploadLimits(), "en")):
            with pytest.raises(NotStarted, match="could not be started"):
                await world.services.uploads.upload(world.system, file)


async def test_where_nobody_asks_the_process_ends() -> None:
    with open_workbook(workbook([ROW]), 1) as file:
        async with opened_ahead(file, Opening(UploadLimits(), "en")):
            assert file.process is not None
            pid = file.process.pid
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


async def test_rows_told_before_a_file_is_read_once_more_are_forgotten(world: World) -> None:
    """A cell that stands twice, and once to the parser: known after the last row only."""
    await world.organization()
    last = ROWS_PER_MESSAGE + 500
    rows = "".join(good_row(at) for at in range(2, last + 1))
    twice = text_cell(f"F{last + 1}", "합계") * 2
    data = raw_workbook(sheet_xml(header_row() + rows + f'<row r="{last + 1}">{twice}</row>'))
    told: list[int] = []
    job = Job(lambda done, _total: told.append(done))
    uploads = world.services.uploads
    result = await uploads.upload(world.system, data, job=job)
    assert told.count(told[1]) == 2  # read twice, the same first part
    assert (result.read, result.created, result.failed) == (last - 1, last - 1, 0)
    assert await uploads.count_results(world.system, 1) == last - 1
