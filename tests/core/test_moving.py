"""A SQLite database is taken over into PostgreSQL, whole or not at all."""

import asyncio
import hashlib
import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.app.services import Services
from core.conversations.dto import ConversationQuery
from core.db import schema
from core.db.engine import Database
from core.db.models import AuditRecord, Base, Organization
from core.db.schema import SchemaState
from core.demo import writer
from core.demo.generator import Plan
from core.recipients.dto import RecipientQuery
from core.storage import moving
from core.values.errors import ActionBlocked, InvalidInput, StorageUnavailable
from core.values.roles import Role
from core.values.times import now
from tests import postgresql
from tests.commands import Carecall
from tests.factories import World, make_settings

pytestmark = pytest.mark.sqlite


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a sample database."""
    file = tmp_path_factory.mktemp("sample") / "carecall.db"
    asyncio.run(writer.make(file, Plan(30, 1, now().date(), "root")))
    return file


@pytest.fixture
async def full(sample: Path, tmp_path: Path) -> World:
    """A SQLite database with something in every kind of table, and audit records."""
    shutil.copyfile(sample, tmp_path / "carecall.db")
    (tmp_path / "carecall.db").chmod(0o600)
    settings = make_settings(tmp_path)
    services = await Services.open(settings)
    async with services.database.reading() as session:
        organization_id = await session.scalar(sa.select(sa.func.min(Organization.id)))
    world = World(services, None)
    actor = await world.admin("mover", Role.SYSTEM)
    world.system = actor
    for _ in range(3):
        await world.recipient(organization_id, "김영희")
    await services.close()
    return world


def contents(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


async def rows_of(url: str) -> dict[str, list[tuple]]:
    database = Database(url)
    found = {}
    async with database.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            if table.name.startswith("conversation_"):
                continue  # filled anew there
            select = sa.select(table).order_by(*table.primary_key.columns)
            found[table.name] = [tuple(row) for row in await connection.execute(select)]
    await database.close()
    return found


async def test_every_row_arrives_and_the_old_database_is_as_it_was(full: World) -> None:
    url, told = postgresql.new_database(), []
    before = contents(full.database.path)
    moved = await moving.move(full.settings, url, told.append)
    assert contents(full.database.path) == before
    assert told[-1] == 100
    there = await rows_of(url)
    assert there == await rows_of(full.settings.database)
    assert moved.rows == {name: len(rows) for name, rows in there.items()}
    assert moved.rows["calls"] > 0
    assert moved.audit_records == len(there["audit_records"]) >= 3


async def found(world: World) -> list[str]:
    """What a search in conversations finds there."""
    search = world.services.conversations.search
    return [one.text for one in (await search(world.system, ConversationQuery("약"))).hits]


async def test_work_goes_on_there_with_new_ids(full: World, tmp_path: Path) -> None:
    url = postgresql.new_database()
    await moving.move(full.settings, url)
    world = World(await Services.open(make_settings(tmp_path, CARECALL_DATABASE=url)), full.system)
    before = await world.services.recipients.count(world.system, RecipientQuery())
    assert await found(world) == []
    await world.services.run_upkeep()
    there = await found(world)
    old = World(await Services.open(full.settings), full.system)
    assert there == await found(old) != []
    await old.services.close()
    for name in ("하나", "둘"):
        await world.recipient(await world.organization(name), "새 사람")
    assert await world.services.recipients.count(world.system, RecipientQuery()) == before + 2
    await world.close()


async def test_nothing_is_moved_over_data(full: World) -> None:
    url = postgresql.new_database()
    await moving.move(full.settings, url)
    before = await rows_of(url)
    with pytest.raises(ActionBlocked, match="not empty"):
        await moving.move(full.settings, url)
    assert await rows_of(url) == before


async def test_a_broken_audit_chain_leaves_the_new_database_empty(full: World) -> None:
    async with full.database.transaction() as session:
        triggers = (
            "SELECT name FROM sqlite_master WHERE tbl_name = 'audit_records' AND type = 'trigger'"
        )
        for name in (await session.scalars(sa.text(triggers))).all():
            await session.execute(sa.text(f"DROP TRIGGER {name}"))
        first = await session.scalar(sa.select(sa.func.min(AuditRecord.id)))
        await session.execute(
            sa.update(AuditRecord).where(AuditRecord.id == first).values(action="x")
        )
    await full.database.close()
    url = postgresql.new_database()
    with pytest.raises(StorageUnavailable, match="record 1 on"):
        await moving.move(full.settings, url)
    database = Database(url)
    assert await schema.state(database) is SchemaState.EMPTY
    await database.close()


async def test_a_row_that_does_not_fit_is_named_without_its_values(full: World) -> None:
    async with full.database.transaction() as session:
        await session.execute(sa.text("UPDATE memos SET text = text || char(0)"))
    await full.database.close()
    with pytest.raises(InvalidInput, match="table memos does not fit"):
        await moving.move(full.settings, postgresql.new_database())


async def test_a_password_in_the_url_is_refused(full: World) -> None:
    url = "postgresql+asyncpg://kim:secret@127.0.0.1/carecall"
    with pytest.raises(InvalidInput, match="password") as told:
        await moving.move(full.settings, url)
    assert "secret" not in str(told.value)


async def test_only_from_sqlite_to_postgresql(full: World, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="to PostgreSQL only"):
        await moving.move(full.settings, f"sqlite+aiosqlite:///{tmp_path / 'other.db'}")
    there = make_settings(tmp_path, CARECALL_DATABASE="postgresql+asyncpg://127.0.0.1/a")
    with pytest.raises(ActionBlocked, match="no SQLite database"):
        await moving.move(there, "postgresql+asyncpg://127.0.0.1/b")


async def test_the_command_tells_what_to_put_into_the_settings(full: World, tmp_path: Path) -> None:
    url = postgresql.new_database()
    done = Carecall(tmp_path).process("db", "move", url)
    assert done.code == 0, done.err
    assert done.told[-1] == f'database = "{url}"'
    assert "Moving the database: 100 %" in done.err
    assert "recipients" in done.out
