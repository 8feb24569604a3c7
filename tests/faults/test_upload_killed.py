"""An upload that is killed at any moment: all of it is there or nothing, and a retry makes no duplicates."""

import multiprocessing
import random
import time
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from core.app.services import Services
from core.io.identity import of_process
from core.recipients.dto import RecipientQuery
from tests.factories import environment, make_services, make_settings
from tests.faults.uploader import take_in
from tests.workbooks import people

# a server that has the core loaded already: a process for each round starts in no time
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.faults.uploader", "core.uploads.service", "aiosqlite"])


@pytest.mark.parametrize(
    ("kills", "rows"), [(10, 2_000), pytest.param(50, 12_000, marks=pytest.mark.long)]
)
async def test_it_is_saved_wholly_or_not_at_all(tmp_path: Path, kills: int, rows: int) -> None:
    file = tmp_path / "people.xlsx"
    file.write_bytes(people(rows))
    whole = await duration(tmp_path / "whole", file)
    for at in range(kills):
        # from the moment it is ready until a little after it would have ended
        moment = whole * 1.2 * (at + random.random()) / kills
        await one_round(tmp_path / f"round-{at}", file, rows, moment)


async def start(directory: Path, file: Path) -> tuple[BaseProcess, Connection]:
    """A process that is about to take the file into a fresh database."""
    directory.mkdir()
    world = await make_services(directory, account=of_process().account)
    await world.organization()
    await world.close()
    told, tells = _FORKS.Pipe(duplex=False)
    process = _FORKS.Process(target=take_in, args=(file, environment(directory), tells))
    process.start()
    tells.close()
    assert told.recv() == "ready"
    return process, told


async def duration(directory: Path, file: Path) -> float:
    """How long it takes where nobody kills it."""
    process, told = await start(directory, file)
    started = time.monotonic()
    assert told.recv() == "saved"
    took = time.monotonic() - started
    process.join()
    return took


def kill_after(process: BaseProcess, told: Connection, seconds: float) -> bool:
    """Kill the process; whether it had told before that everything was saved."""
    process.join(seconds)
    process.kill()
    process.join()
    try:
        return bool(told.recv() == "saved")
    except EOFError:
        return False


async def one_round(directory: Path, file: Path, rows: int, moment: float) -> None:
    process, told = await start(directory, file)
    acknowledged = kill_after(process, told, moment)
    services = await Services.open(make_settings(directory))
    try:
        actor = await services.admins.sign_in(of_process())
        saved = await services.recipients.count(actor, RecipientQuery())
        uploads = await services.uploads.uploads(actor)
        assert saved in (0, rows)
        assert [upload.created for upload in uploads] == ([rows] if saved else [])
        if acknowledged:
            assert saved == rows
        again = await services.uploads.upload(actor, file, again=True)
        assert (again.created, again.unchanged) == (rows - saved, saved)
        assert await services.recipients.count(actor, RecipientQuery()) == rows
    finally:
        await services.close()
