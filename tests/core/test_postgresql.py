"""What only PostgreSQL has: its own search index, notices of changes, and connections that end."""

import asyncio
import re

import pytest
import sqlalchemy as sa

from core.db import schema
from core.db.watcher import Watcher
from core.recipients.dto import Page, RecipientFilter, RecipientQuery
from core.recipients.fields import FieldName
from core.recipients.rules import RecipientDraft
from core.values.days import Ago
from core.values.errors import Conflict, StorageUnavailable
from tests import postgresql
from tests.core.test_list_plans import executed
from tests.factories import World, make_database, make_services

PATIENCE = 20


@pytest.fixture
async def world(tmp_path):
    made = await make_services(tmp_path, {"CARECALL_DATABASE": postgresql.ready_database()})
    yield made
    await made.close()


async def test_the_migrated_schema_is_that_of_the_models(world: World) -> None:
    async with world.database.engine.connect() as connection:
        assert await connection.run_sync(schema.differences) == []


async def test_two_upgrades_at_once_make_one_schema() -> None:
    url = postgresql.new_database()
    databases = await asyncio.gather(make_database(url), make_database(url))
    for database in databases:
        assert await schema.state(database) is schema.SchemaState.CURRENT
        await database.close()


async def many_recipients(world: World) -> None:
    """One with a number of its own, and as many others as make an index worth while."""
    body = await world.organization("해운대구 복지관")
    await world.recipient(body, "김영희", "010-7777-5678")
    copy = sa.text(
        "INSERT INTO recipients (organization_id, name, phone, other_information, search_text,"
        " registered_at, version) SELECT organization_id, 'x', at::text, '', at::text, registered_at, 1"
        " FROM recipients, generate_series(1000000, 1008000) AS at"
    )
    async with world.database.transaction() as session:
        await session.execute(copy)
        await session.execute(sa.text("ANALYZE recipients"))


async def test_the_search_uses_its_index(world: World) -> None:
    await many_recipients(world)
    async with world.database.engine.connect() as connection:
        # the index is brought up to date as autovacuum would; so few rows are rather read from end to end
        await connection.execute(sa.text("SELECT gin_clean_pending_list('ix_recipients_search')"))
        await connection.execute(sa.text("ANALYZE recipients"))
        await connection.execute(sa.text("SET enable_seqscan = off"))
        query = (
            "SELECT id FROM recipients WHERE deleted_at IS NULL AND search_text LIKE '%77775678%'"
        )
        plan = await connection.scalars(sa.text(f"EXPLAIN {query}"))
        assert "ix_recipients_search" in "\n".join(plan)
    found = await world.services.recipients.count(world.system, RecipientQuery(search="7777 5678"))
    assert found == 1


@pytest.mark.parametrize(("typed", "found"), [("김", 1), ("영희", 1), ("희영", 0), ("뷁", 0)])
async def test_a_search_of_one_or_two_letters_uses_an_index(
    world: World, typed: str, found: int
) -> None:
    await many_recipients(world)
    query = RecipientQuery(search=typed)
    with executed(world.services) as seen:
        assert len(await world.services.recipients.window(world.system, query)) == found
        assert await world.services.recipients.count(world.system, query) == found
    async with world.database.engine.connect() as connection:
        await connection.execute(
            sa.text("SELECT gin_clean_pending_list('ix_recipients_characters')")
        )
        plans = [
            "\n".join(step[0] for step in await connection.exec_driver_sql(f"EXPLAIN {sql}", given))
            for sql, given in seen
        ]
    # the page and the count; what may lead to many is looked for among the next rows of the list before
    assert sum("ix_recipients_characters" in plan for plan in plans) >= 2


async def test_what_is_asked_of_calls_uses_an_index(world: World) -> None:
    await many_recipients(world)
    for asked, index in (
        (RecipientFilter(emergency_from=Ago(1)), "ix_calls_emergency"),
        (RecipientFilter(resumes_within=0), "ix_recipients_status"),  # the few who are paused
        (RecipientFilter(no_call_days=9_000), "ix_recipients_(last_call|registered)"),
        (RecipientFilter(results=frozenset({"unanswered"})), "ix_recipients_(streak|last_call)"),
        (RecipientFilter(getting_worse=True), "ix_recipients_change"),
    ):
        query = RecipientQuery(filter=asked)
        with executed(world.services) as seen:
            assert await world.services.recipients.count(world.system, query) == 0
            assert [
                str(one) async for one in world.services.views.numbers(world.system, [query])
            ] == ["0"]
        async with world.database.engine.connect() as connection:
            # so few rows are rather read from end to end, and those of calls and pauses are none
            await connection.execute(sa.text("ANALYZE recipients"))
            for setting in ("enable_seqscan", "enable_bitmapscan"):
                await connection.execute(sa.text(f"SET {setting} = off"))
            assert seen
            for sql, parameters in seen:
                plan = await connection.exec_driver_sql(f"EXPLAIN {sql}", parameters)
                told = "\n".join(step[0] for step in plan)
                assert re.search(index, told), told
                assert "Seq Scan" not in told, told


async def test_a_search_is_planned_for_its_term_however_many_came_before(world: World) -> None:
    async with world.database.reading() as session:
        assert await session.scalar(sa.text("SHOW plan_cache_mode")) == "force_custom_plan"
    async with world.database.transaction() as session:
        assert await session.scalar(sa.text("SHOW plan_cache_mode")) == "force_custom_plan"


async def test_no_policy_is_compiled(world: World) -> None:
    async with world.database.reading() as session:
        assert await session.scalar(sa.text("SHOW jit")) == "off"


async def test_no_page_reads_the_whole_table_or_sorts_it(world: World) -> None:
    await many_recipients(world)
    window, system = world.services.recipients.window, world.system
    sorted_queries = [
        RecipientQuery(sort=sort, descending=at % 2 == 0) for at, sort in enumerate(FieldName)
    ]
    with executed(world.services) as seen:
        for query in sorted_queries:
            first = await window(system, query, Page(limit=5))
            last = await window(system, query, Page(backward=True, limit=5))
            await window(system, query, Page(first[-1][1], limit=5))
            await window(system, query, Page(last[-1][1], backward=True, limit=5))
    # a page that ends among those without a value takes two
    assert len(seen) >= 4 * len(sorted_queries)
    async with world.database.engine.connect() as connection:
        for sql, parameters in seen:
            explained = await connection.exec_driver_sql(f"EXPLAIN ANALYZE {sql}", parameters)
            plan = "\n".join(step[0] for step in explained)
            assert "Seq Scan on recipients" not in plan, plan
            read = re.findall(r"Scan .*recipients.* rows=(\d+) loops", plan)
            assert max(map(int, read), default=0) <= 100, plan


async def _waits_for_a_lock(world: World) -> None:
    """Until some session of the database waits for what another one holds."""
    waiting = sa.text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    async with asyncio.timeout(PATIENCE), world.database.engine.connect() as connection:
        while not await connection.scalar(waiting):
            await connection.rollback()


async def test_of_two_edits_at_the_same_moment_the_later_one_is_a_conflict(world: World) -> None:
    row = await world.recipient(await world.organization(), "김영희")
    other = sa.text("UPDATE recipients SET name = '김철수', version = version + 1")
    mine = RecipientDraft("김민수", row.phone, row.other_information)
    async with world.database.transaction() as session:
        await session.execute(other)
        # it has read the version that it knows, and waits to write over it
        edit = asyncio.create_task(
            world.services.recipients.edit(world.system, row.id, mine, row.version)
        )
        await _waits_for_a_lock(world)
    with pytest.raises(Conflict) as conflict:
        await edit
    assert conflict.value.current == await world.services.recipients.get(world.system, row.id)
    assert conflict.value.current.name == "김철수"


async def _end_all_connections(url: str) -> None:
    import asyncpg

    server = await asyncpg.connect(postgresql.server_url().replace("+asyncpg", ""))
    name = url.rpartition("/")[2]
    await server.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name
    )
    await server.close()


async def test_a_lost_connection_is_told_and_comes_back_by_itself(world: World) -> None:
    watcher = Watcher(world.database)
    waiting = asyncio.create_task(watcher.wait())
    body = await world.organization("해운대구 복지관")
    await world.recipient(body, "김영희")
    await asyncio.wait_for(waiting, PATIENCE)

    async def wait_for_ever() -> None:
        while True:
            await watcher.wait()

    waiting = asyncio.create_task(wait_for_ever())
    await _end_all_connections(world.settings.database)
    with pytest.raises(StorageUnavailable):
        await asyncio.wait_for(waiting, PATIENCE)
    # what happened in between nobody knows: the first wait afterwards returns at once
    await asyncio.wait_for(watcher.wait(), PATIENCE)
    assert await world.services.recipients.count(world.system, RecipientQuery()) == 1
    await watcher.close()
