"""An erasing that is killed at any moment: all is there, or nobody is and a second run finishes."""

import multiprocessing
import random
import time
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from core.io.identity import of_process
from core.values.errors import NotFound
from tests.core.people import make_world
from tests.core.whole_person import ORGANIZATION, WholePerson, whole_person
from tests.factories import World, environment
from tests.faults.eraser import erase

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.faults.eraser", "core.app.services", "aiosqlite"])


@pytest.mark.sqlite
@pytest.mark.parametrize("kills", [2, pytest.param(20, marks=pytest.mark.long)])
async def test_it_is_erased_wholly_or_not_at_all(tmp_path: Path, kills: int) -> None:
    whole = 0.0
    for at in range(-1, kills):
        directory = tmp_path / f"round{at}"
        world, person = await begin(directory)
        process, told = start(person, directory)
        if at < 0:  # how long it takes where nobody kills it
            begun = time.monotonic()
            assert told.recv() == "erased"
            whole = time.monotonic() - begun
        else:
            process.join(whole * 1.1 * (at + random.random()) / kills)
            process.kill()
        process.join()
        await look_at(world, person, directory)
        await world.close()


async def begin(directory: Path) -> tuple[World, WholePerson]:
    directory.mkdir()
    world = await make_world(directory, account=of_process().account)
    await world.organization(ORGANIZATION)
    await world.campaign("Morning")
    return world, await whole_person(world, 1)


def start(person: WholePerson, directory: Path) -> tuple[BaseProcess, Connection]:
    """A process that is about to erase the person."""
    told, tells = _FORKS.Pipe(duplex=False)
    where = {"XDG_STATE_HOME": str(directory / "state"), "XDG_DATA_HOME": str(directory / "data")}
    given = (person.id, environment(directory, **where), tells)
    process = _FORKS.Process(target=erase, args=given)
    process.start()
    tells.close()
    assert told.recv() == "ready"
    return process, told


async def look_at(world: World, person: WholePerson, directory: Path) -> None:
    """Who is seen has everything; who is not is gone after the next run, as is the other then."""
    try:
        await world.services.recipients.get(world.system, person.id)
    except NotFound:
        await world.services.retention.erase_expired(world.system)
    else:
        assert set(person.marks) <= {text for _file, text in person.in_files(directory)}
        await world.services.retention.erase(world.system, person.id, "asked for")
    await world.services.audit.verify(world.system, access=True)
    assert person.in_files(directory) == []
