"""A sound database with something in it, and a copy of it for each test to spoil."""

import contextlib
import shutil
import sqlite3
from pathlib import Path

import pytest

from core.io.identity import of_process
from tests.deliveries import call, lines
from tests.factories import make_services
from tests.workbooks import workbook


async def _made(place: Path) -> None:
    world = await make_services(place, account=of_process().account)
    body = await world.organization()
    rows = await world.recipients(body, 20)
    await world.campaign(recipients=[row.id for row in rows])
    await world.admin("kim")
    await world.close()
    (place / "people.xlsx").write_bytes(workbook([["김철수", "010-1234-5678", "", "Haeundae"]]))
    (place / "call.jsonl").write_bytes(lines(call(recipient_phone=rows[0].phone)))


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with a database that nothing is wrong with, never changed."""
    import asyncio

    place = tmp_path_factory.mktemp("sound")
    asyncio.run(_made(place))
    # what is rolled back leaves a page as it was, but for those that are nobody's
    with contextlib.closing(sqlite3.connect(place / "carecall.db")) as connection:
        connection.execute("VACUUM")
    return place


@pytest.fixture
def place(sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, which is also where the commands are typed."""
    place = tmp_path / "place"
    shutil.copytree(sound, place)
    monkeypatch.chdir(place)
    return place
