"""The database: many writers lose nothing, and a half-done change leaves nothing."""

import asyncio

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import undefer

from core.db.engine import Database, wal_is_safe
from core.db.models import Admin, Organization
from core.db.watcher import Watcher
from core.values.errors import Conflict
from core.values.times import now
from tests.factories import World


async def test_many_tasks_of_one_process_lose_no_change(world: World) -> None:
    async def count() -> None:
        async with world.database.transaction() as session:
            admin = await session.get_one(
                Admin, world.system.admin_id, options=[undefer(Admin.preferences)]
            )
            admin.preferences = {"counted": int(admin.preferences.get("counted", 0)) + 1}

    await asyncio.gather(*(count() for _ in range(30)))
    async with world.database.reading() as session:
        admin = await session.get_one(
            Admin, world.system.admin_id, options=[undefer(Admin.preferences)]
        )
    assert admin.preferences == {"counted": 30}


async def test_a_change_that_fails_half_way_leaves_nothing(world: World) -> None:
    async def stop_half_way() -> None:
        async with world.database.transaction() as session:
            session.add(Organization(name="Half", name_key="half", created_at=now()))
            await session.flush()
            raise LookupError

    with pytest.raises(LookupError):
        await stop_half_way()
    assert await world.services.organizations.list(world.system) == []


async def test_what_is_done_while_reading_is_not_kept(world: World) -> None:
    async with world.database.reading() as session:
        session.add(Organization(name="Half", name_key="half", created_at=now()))
        await session.flush()
    assert await world.services.organizations.list(world.system) == []


async def test_the_same_saved_by_somebody_else_is_a_conflict(world: World) -> None:
    await world.organization("Haeundae")
    with pytest.raises(Conflict):
        await world.organization("haeundae")


@pytest.mark.sqlite
@pytest.mark.threads
async def test_the_safeguards_are_on_for_every_connection(world: World) -> None:
    expected = {"foreign_keys": 1, "secure_delete": 1, "synchronous": 2, "busy_timeout": 30_000}
    async with world.database.engine.connect() as one, world.database.engine.connect() as two:
        for connection in (one, two):
            for pragma, value in expected.items():
                assert await connection.scalar(sa.text(f"PRAGMA {pragma}")) == value
            mode = await connection.scalar(sa.text("PRAGMA journal_mode"))
            assert mode == ("wal" if wal_is_safe() else "delete")


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 0), False),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 52, 0), True),
    ],
)
def test_wal_is_used_on_versions_with_the_fix_only(
    version: tuple[int, int, int], *, safe: bool
) -> None:
    assert wal_is_safe(version) is safe


async def test_a_change_of_another_connection_is_noticed(world: World) -> None:
    other = Database(world.database.url)
    watcher = Watcher(world.database, interval=0.01)
    waiting = asyncio.create_task(watcher.wait())
    done, _ = await asyncio.wait({waiting}, timeout=0.2)
    assert not done
    async with other.transaction() as session:
        session.add(Organization(name="New", name_key="new", created_at=now()))
    await asyncio.wait_for(waiting, 10)
    await watcher.close()
    await other.close()


async def test_a_change_between_two_waits_is_noticed(world: World) -> None:
    watcher = Watcher(world.database, interval=0.01)
    waiting = asyncio.create_task(watcher.wait())
    await asyncio.wait({waiting}, timeout=0.1)
    await world.organization("One")
    await asyncio.wait_for(waiting, 10)
    await world.organization("Two")
    await asyncio.wait_for(watcher.wait(), 10)
    await watcher.close()


@pytest.mark.sqlite
async def test_watching_holds_no_transaction_and_survives_being_cancelled(world: World) -> None:
    watcher = Watcher(world.database, interval=0.01)
    waiting = asyncio.create_task(watcher.wait())
    await asyncio.wait({waiting}, timeout=0.1)
    other = Database(world.database.url, busy_timeout_ms=1000)
    async with other.engine.connect() as connection:
        await connection.execute(sa.text("PRAGMA user_version"))
        await connection.rollback()
        raw = await connection.get_raw_connection()
        driver = raw.driver_connection
        assert driver is not None
        await driver.execute("BEGIN EXCLUSIVE")
        await driver.execute("ROLLBACK")
    waiting.cancel()
    await asyncio.wait({waiting})
    again = asyncio.create_task(watcher.wait())
    await world.organization("One")
    await asyncio.wait_for(again, 10)
    await watcher.close()
    await other.close()
