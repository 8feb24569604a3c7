"""Reads that are cancelled, as each key typed into the search cancels the one before, leave nothing behind."""

import asyncio
import sqlite3
from typing import Any

import pytest
import sqlalchemy as sa

from core.db import sqlite_driver
from core.recipients.dto import RecipientQuery
from tests.factories import World

pytestmark = [pytest.mark.sqlite, pytest.mark.threads]
TURNS = 60


async def finished() -> None:
    """Wait until what was cancelled has ended, and what it left to others to close is closed."""
    own = asyncio.current_task()
    while others := [task for task in asyncio.all_tasks() if task is not own]:
        await asyncio.wait(others)


def write_elsewhere(world: World) -> None:
    """Change the database as another program does that waits half a second for a lock."""
    assert world.database.path
    other = sqlite3.connect(world.database.path, timeout=0.5, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE organizations SET version = version + 1")
        other.execute("COMMIT")
    finally:
        other.close()


@pytest.mark.parametrize("again", [1, 2])
async def test_a_cancelled_read_locks_nobody_out(world: World, again: int) -> None:
    await world.recipients(await world.organization(), 3)
    recipients, query = world.services.recipients, RecipientQuery()
    for turns in range(TURNS):
        reading = [
            asyncio.create_task(recipients.window(world.system, query)),
            asyncio.create_task(recipients.count(world.system, query)),
        ]
        for _turn in range(turns):
            await asyncio.sleep(0)
        for task in reading * again:
            task.cancel()
            await asyncio.sleep(0)
        kept = await asyncio.gather(*reading, return_exceptions=True)
        await finished()
        write_elsewhere(world)
        del kept


async def test_a_read_cancelled_between_statement_and_rows_locks_nobody_out(world: World) -> None:
    await world.recipients(await world.organization(), 3)
    for delay_ms in range(20):
        task = asyncio.create_task(world.services.recipients.count(world.system, RecipientQuery()))
        await asyncio.wait([task], timeout=delay_ms / 2000)
        task.cancel()
        kept = await asyncio.gather(task, return_exceptions=True)
        await finished()
        write_elsewhere(world)
        del kept


async def test_who_closes_last_leaves_one_file_and_no_write_ahead_log(world: World) -> None:
    path = world.database.path
    assert path is not None
    other = sqlite3.connect(path)
    other.execute("PRAGMA journal_mode=WAL")  # as where SQLite is new enough
    other.close()
    await world.recipients(await world.organization(), 3)
    log = path.with_name(f"{path.name}-wal")
    assert log.exists()
    await world.close()
    assert not log.exists()


# none, all that come with the statement, and more than once as many
COUNTS = (0, 1, 99, 100, 101, 199, 200, 201, 350)
NUMBERS = sa.text(
    "WITH RECURSIVE numbers (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers LIMIT :count)"
    " SELECT 7 FROM numbers"
)


async def test_rows_are_all_there_however_many_come_with_the_statement(world: World) -> None:
    async with world.database.reading() as session:
        for count in COUNTS:
            given = {"count": count}
            assert list(await session.scalars(NUMBERS, given)) == [7] * count
            rows = await session.stream_scalars(NUMBERS, given, execution_options={"yield_per": 30})
            assert [len(part) async for part in rows.partitions(30)] == [
                min(30, count - done) for done in range(0, count, 30)
            ]
        streamed = await session.stream_scalars(NUMBERS, {"count": 350})
        assert await anext(streamed) == 7
    # nor does one that is left in the middle keep anybody out
    write_elsewhere(world)


async def test_a_small_statement_takes_one_turn_of_the_thread(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns = []
    execute = sqlite_driver.Connection._execute

    def counted(self: sqlite_driver.Connection, *asked: Any) -> Any:
        turns.append(asked)
        return execute(self, *asked)

    async with world.database.engine.connect() as connection:
        await connection.execute(NUMBERS, {"count": 1})
        monkeypatch.setattr(sqlite_driver.Connection, "_execute", counted)
        assert (await connection.execute(NUMBERS, {"count": 64})).all() == [(7,)] * 64
        assert len(turns) == 1
