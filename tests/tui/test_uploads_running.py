"""An upload and a download while they run, and what hostile files show on the screen; by keys."""

import asyncio
import shutil
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from core.db.models import UploadRow
from core.recipients.dto import RecipientQuery
from core.uploads.reader import Reader
from core.uploads.saving import Saver
from core.uploads.writer import SheetWriter
from tests.drivers import Console, console
from tests.factories import World, make_services
from tests.reading_here import read_here
from tests.workbooks import DATA, HEADERS, people, workbook

ROWS = 2_000


class Gate:
    """Holds calls of a method until they are let through, so that a test sees what is told meanwhile."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, owner: type, name: str) -> None:
        self._passes = asyncio.Semaphore(0)
        method = getattr(owner, name)

        async def held(*given: Any, **more: Any) -> Any:
            await self._passes.acquire()
            return await method(*given, **more)

        monkeypatch.setattr(owner, name, held)

    def let_through(self, calls: int = 1_000) -> None:
        """So many calls go on."""
        for _call in range(calls):
            self._passes.release()


@pytest.fixture
async def world(tmp_path: Path):
    made = await make_services(tmp_path, account="root")
    await made.organization()
    yield made
    await made.close()


async def count(world: World) -> int:
    return await world.services.recipients.count(world.system, RecipientQuery())


async def choose(it: Console, path: Path) -> None:
    await it.press("u")
    await it.sees("Upload recipients", "nothing is saved yet")
    await it.paste(str(path))
    await it.press("enter")


async def save(it: Console) -> None:
    await it.sees("Checked; ctrl+s saves it.")
    await it.press("ctrl+s")
    await it.sees("Upload results")


@pytest.fixture
def every_step_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.forms.job_dialog._BETWEEN_UPDATES", 0)
    monkeypatch.setattr("tui.forms.progress._TELLING_AFTER", 0)


@pytest.mark.usefixtures("every_step_is_told")
async def test_it_tells_how_far_it_is_and_esc_saves_nothing(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading = Gate(monkeypatch, Reader, "__aenter__")
    saving = Gate(monkeypatch, Saver, "save")
    (tmp_path / "many.xlsx").write_bytes(people(ROWS))
    shutil.copy(DATA / "recipients-numbers.xlsx", tmp_path / "other.xlsx")
    async with console(world) as it:
        await choose(it, tmp_path / "many.xlsx")
        await it.sees("Reading the file…")
        reading.let_through()
        await it.sees("Checked; ctrl+s saves it.", "2,000 rows read: 2,000 created")
        await it.press("ctrl+s")
        await it.sees("2,000 of 2,000 rows · ", "rows/s")
        await it.press("escape")
        await it.sees("Cancelling…")
        saving.let_through()
        await it.sees("Cancelled; nothing was saved.")
        assert await count(world) == 0
        assert await world.services.uploads.count(world.system) == 0
        # and the console goes on
        await choose(it, tmp_path / "other.xlsx")
        await it.sees("6 rows read")
        await it.press("escape")
        await choose(it, tmp_path / "many.xlsx")
        await save(it)
        await it.sees("2,000 rows read: 2,000 created")
    assert await count(world) == ROWS


@pytest.mark.usefixtures("every_step_is_told")
async def test_esc_ends_a_download_and_leaves_no_file(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.uploads.download._PAGE", 5)
    organization = (await world.services.organizations.by_name(world.system, "Haeundae")).id
    await world.recipients(organization, 12)
    target = tmp_path / "list.xlsx"
    writing = Gate(monkeypatch, SheetWriter, "append")
    async with console(world) as it:
        await it.press("w")
        await it.sees("Why you need it")
        await it.press("ctrl+u")
        await it.paste(str(target))
        await it.press("enter")
        await it.type("x")
        await it.press("enter")
        writing.let_through(1)
        await it.sees("5 of 12 rows")
        await it.press("escape")
        await it.sees("Cancelling…")
        writing.let_through()
        await it.sees("Cancelled; no file was written.")
    assert not target.exists()


async def test_a_dropped_path_is_a_paste(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_here(monkeypatch)
    folder = tmp_path / "my files"
    folder.mkdir()
    rows = [["김영희", "010-2000-0001", "", "Haeundae"]]
    (folder / "명단 1.xlsx").write_bytes(workbook(rows))
    async with console(world) as it:
        await it.press("u")
        await it.sees("nothing is saved yet")
        await it.paste(f"'{folder}/명단 1.xlsx' ")
        await it.sees("명단 1.xlsx")
        await it.press("ctrl+s")
        await it.sees("1 row read: 1 created")


async def test_results_are_searched_as_one_types(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_here(monkeypatch)
    rows = [[name, f"010-2000-{at:04}", "", "Haeundae"] for at, name in enumerate("가나다", 1)]
    (tmp_path / "people.xlsx").write_bytes(workbook(rows))
    async with console(world) as it:
        await choose(it, tmp_path / "people.xlsx")
        await it.sees("3 rows read", "가", "나", "다")
        await it.press("slash")
        await it.type("0002")
        await it.sees_no("010-2000-0001", "010-2000-0003")
        await it.sees("010-2000-0002")


async def test_nothing_of_a_file_acts_on_the_terminal_or_is_read_as_markup(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_here(monkeypatch)
    hostile = "[@click=app.quit]x[/] x[/]y \x1b]52;c;eA==\x07\u202e"
    name = hostile.replace("\x1b", "_x001B_").replace("\x07", "_x0007_")
    headers = (*HEADERS, name)
    rows = [[name, "010-2000-0001", "[bold]", name], ["[memo] x", "010-2000-0002", "", "Haeundae"]]
    (tmp_path / "people.xlsx").write_bytes(workbook(rows, headers=headers))
    async with console(world) as it:
        await choose(it, tmp_path / "people.xlsx")
        await it.sees("2 rows read: 1 created, 0 unchanged, 1 failed", "[@click=", "[memo] x")
        await save(it)
        await it.sees("2 rows read: 1 created, 0 unchanged, 1 failed", "[@click=", "[memo] x")
        # also what was put straight into the database
        async with world.database.transaction() as session:
            await session.execute(
                sa.update(UploadRow)
                .where(UploadRow.result == "failed")
                .values(given={"name": hostile, "phone": hostile}, reasons=[hostile], warnings=[])
            )
        await it.press("ctrl+r")
        await it.sees("x[/]y")
        await it.press("e")
        await it.sees("Correct row 2")
        for sign in ("\x1b", "\x07", "\u202e"):
            assert sign not in it.text()
