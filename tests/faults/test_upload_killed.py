"""An upload that is killed at any moment: all of it is there or nothing, and a retry makes no duplicates."""

import asyncio
import os
import random
import signal
import sys
import time
from pathlib import Path

from core.identity import of_process
from core.recipients.dto import RecipientQuery
from core.services import Services
from tests.factories import environment, make_services, make_settings
from tests.workbooks import workbook

# the goal is 100; the suite has less, benchmarks and CI set more
ROUNDS = int(os.environ.get("CARECALL_TEST_KILLS", "8"))
ROWS = 12_000


async def test_it_is_saved_wholly_or_not_at_all(tmp_path: Path) -> None:
    file = tmp_path / "people.xlsx"
    rows = [[f"이{at}", f"010{20_000_000 + at}", "", "Haeundae"] for at in range(ROWS)]
    file.write_bytes(workbook(rows))
    whole = await duration(tmp_path / "whole", file)
    for at in range(ROUNDS):
        directory = tmp_path / f"round-{at}"
        # from the moment it is ready until a little after it would have ended
        await one_round(directory, file, random.uniform(0, whole * 1.2))


async def start(directory: Path, file: Path) -> asyncio.subprocess.Process:
    """A process that is about to take the file into a fresh database."""
    directory.mkdir()
    world = await make_services(directory, account=of_process().account)
    await world.organization()
    await world.close()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.faults.uploader", str(file),
        env={**os.environ, **environment(directory)},
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    assert await process.stdout.readline() == b"ready\n"
    return process


async def duration(directory: Path, file: Path) -> float:
    """How long it takes where nobody kills it."""
    process = await start(directory, file)
    started = time.monotonic()
    output, _errors = await process.communicate()
    assert output.startswith(b"saved")
    return time.monotonic() - started


async def one_round(directory: Path, file: Path, delay: float) -> None:
    process = await start(directory, file)
    try:
        output, _errors = await asyncio.wait_for(process.communicate(), delay)
    except TimeoutError:
        process.send_signal(signal.SIGKILL)
        assert process.stdout is not None
        output = await process.stdout.read()
        await process.wait()
    services = await Services.open(make_settings(directory))
    try:
        actor = await services.admins.sign_in(of_process())
        saved = await services.recipients.count(actor, RecipientQuery())
        uploads = await services.uploads.uploads(actor)
        assert saved in (0, ROWS)
        assert [upload.created for upload in uploads] == ([ROWS] if saved else [])
        if output:
            assert saved == ROWS
        again = await services.uploads.take_in(actor, file, again=True)
        assert (again.created, again.unchanged) == (ROWS - saved, saved)
        assert await services.recipients.count(actor, RecipientQuery()) == ROWS
    finally:
        await services.close()
