"""The schema: what the models say is what is migrated, and a database that does not fit is left alone."""

import contextlib
import hashlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.app.services import Services
from core.db import schema
from core.db.engine import Database
from core.db.models import Base
from core.db.revision import HEAD
from core.io.identity import of_process
from core.storage import maintenance
from core.values.errors import ActionBlocked, InvalidInput, StorageUnavailable
from tests.factories import World, make_database, make_services, make_settings

pytestmark = pytest.mark.sqlite

UNPRIVILEGED = 65534
MakeFile = Callable[[Path], None]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the settings of these tests have the database."""
    return tmp_path / "carecall.db"


async def fresh(file: Path) -> None:
    """A database with something in it."""
    world = await make_services(file.parent)
    own = await world.organization("Haeundae")
    await world.recipients(own, 20)
    await world.close()


def content(file: Path) -> dict[str, str]:
    """What lies in the directory, each file by its digest."""
    return {
        one.name: hashlib.sha256(one.read_bytes()).hexdigest()
        for one in file.parent.iterdir()
        if one.is_file() and not one.name.endswith("-shm")
    }


async def test_the_migrations_make_what_the_models_say(file: Path) -> None:
    database = await make_database(f"sqlite+aiosqlite:///{file}")
    async with database.engine.connect() as connection:
        assert await connection.run_sync(schema.differences) == []
        merging = "SELECT k, v FROM recipient_search_config WHERE k LIKE '%merge' ORDER BY k"
        kept = await connection.execute(sa.text(merging))
        assert kept.all() == [("automerge", 16), ("crisismerge", 64)]  # what models cannot say
    await database.close()


async def test_a_difference_would_be_found(file: Path) -> None:
    database = await make_database(f"sqlite+aiosqlite:///{file}")
    async with database.transaction() as session:
        await session.execute(sa.text("ALTER TABLE memos ADD COLUMN colour TEXT"))
    async with database.engine.connect() as connection:
        assert await connection.run_sync(schema.differences) != []
    await database.close()


def empty(file: Path) -> None:
    file.touch()


def foreign(file: Path) -> None:
    with contextlib.closing(sqlite3.connect(file)) as other:
        other.execute("CREATE TABLE songs (title TEXT)")


def text(file: Path) -> None:
    file.write_text("This is no database.\n" * 100)


def newer(file: Path) -> None:
    with contextlib.closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")


def truncated(file: Path) -> None:
    os.truncate(file, 4096 * 3)


def without_its_head(file: Path) -> None:
    with file.open("r+b") as stream:
        stream.write(b"\0" * 100)


def damaged(file: Path) -> None:
    # the head of the file is kept, the list of its tables is not
    with file.open("r+b") as stream:
        stream.seek(100)
        stream.write(b"\xff" * 3000)


def directory(file: Path) -> None:
    file.mkdir()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (empty, "is empty. Run carecall init"),
        (foreign, "belongs to another program"),
        (text, "not a database of this program"),
        (directory, "no database at"),
    ],
)
async def test_what_is_no_database_of_this_program_is_left_alone(
    file: Path, make: MakeFile, words: str
) -> None:
    make(file)
    await refuses(file, words)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (newer, "newer version. Update carecall-console"),
        (truncated, "damaged|cannot be read"),
        (without_its_head, "not a database of this program|damaged"),
        (damaged, "damaged"),
    ],
)
async def test_a_database_that_cannot_be_used_is_left_alone(
    file: Path, make: MakeFile, words: str
) -> None:
    await fresh(file)
    make(file)
    await refuses(file, words)


async def refuses(file: Path, words: str) -> None:
    """Opening, setting up and upgrading all say so, and not a byte is changed."""
    before = content(file)
    settings = make_settings(file.parent)
    with pytest.raises(StorageUnavailable, match=words) as told:
        await Services.open(settings)
    assert told.value.exit_code == 4
    if not file.is_file() or file.stat().st_size:
        with pytest.raises(StorageUnavailable):
            await maintenance.set_up(settings, of_process())
    with pytest.raises(StorageUnavailable):
        await maintenance.upgrade(settings)
    assert (await maintenance.report(settings, thorough=True)).problem
    assert content(file) == before


async def test_a_missing_database_is_not_made_by_looking(file: Path) -> None:
    with pytest.raises(StorageUnavailable, match=r"no database at .*carecall.db.* carecall init"):
        await Services.open(make_settings(file.parent))
    assert not file.exists()


async def test_damage_inside_is_found_by_the_report(file: Path) -> None:
    await fresh(file)
    with contextlib.closing(sqlite3.connect(file)) as connection:
        page = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'ix_recipients_name'"
        ).fetchone()[0]
    with file.open("r+b") as stream:
        stream.seek((page - 1) * 4096 + 8)
        stream.write(b"\xff" * 200)
    report = await maintenance.report(make_settings(file.parent), thorough=True)
    assert report.damage or "damaged" in report.problem


async def test_a_locked_database_is_told_and_left_alone(file: Path) -> None:
    await fresh(file)
    world_file = f"sqlite+aiosqlite:///{file}"
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        database = Database(world_file, busy_timeout_ms=50)
        with pytest.raises(StorageUnavailable, match="locked by another program"):
            async with database.transaction() as session:
                await session.execute(sa.text("SELECT 1"))
        other.execute("ROLLBACK")
    async with database.transaction() as session:
        assert await session.scalar(sa.text("SELECT count(*) FROM recipients")) == 20
    await database.close()


@pytest.fixture
def shared_directory() -> Iterator[Path]:
    """A directory that an account without any rights can reach."""
    made = Path(tempfile.mkdtemp())
    made.chmod(0o755)
    yield made
    made.chmod(0o755)
    shutil.rmtree(made)


@contextlib.contextmanager
def without_rights() -> Iterator[None]:
    """Act as an account that owns nothing, since nothing is read-only for root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(UNPRIVILEGED)
    try:
        yield
    finally:
        os.seteuid(0)


async def test_a_read_only_database_is_told_and_left_alone(shared_directory: Path) -> None:
    file = shared_directory / "carecall.db"
    world = await make_services(shared_directory)
    await world.organization("Haeundae")
    await world.close()
    file.chmod(0o444)
    shared_directory.chmod(0o555)
    before = content(file)
    with without_rights():
        services = await Services.open(make_settings(shared_directory))
        with pytest.raises(StorageUnavailable, match="read-only"):
            await services.organizations.add(world.system, "Suyeong")
        await services.close()
    assert content(file) == before


async def test_a_database_that_nobody_else_may_read_is_told(shared_directory: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can make a file of another account")
    await (await make_services(shared_directory)).close()
    with without_rights(), pytest.raises(StorageUnavailable, match="cannot be opened"):
        await Services.open(make_settings(shared_directory))


async def test_an_older_database_is_upgraded_after_a_private_copy(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fresh(file)
    monkeypatch.setattr(schema, "HEAD", "newest")
    monkeypatch.setattr(schema, "KNOWN", (HEAD, "newest"))
    monkeypatch.setattr(
        schema,
        "_run_alembic",
        lambda config: config.attributes["connection"].exec_driver_sql(
            "UPDATE alembic_version SET version_num = 'newest'"
        ),
    )
    settings = make_settings(file.parent)
    with pytest.raises(StorageUnavailable, match=r"older version\. Run carecall db upgrade"):
        await Services.open(settings)
    before = file.read_bytes()
    done = await maintenance.upgrade(settings)
    copy = done.copy
    assert done.needed
    assert copy is not None
    assert copy.parent == file.parent
    assert copy.stat().st_mode & 0o777 == 0o600
    with contextlib.closing(sqlite3.connect(copy)) as old:
        assert old.execute("SELECT version_num FROM alembic_version").fetchone() == (HEAD,)
        assert old.execute("SELECT count(*) FROM recipients").fetchone() == (20,)
    assert file.read_bytes() != before
    assert (await maintenance.report(settings)).state == "up to date"
    assert await maintenance.upgrade(settings) == maintenance.Upgraded(needed=False)


async def test_setting_up_makes_private_files_whatever_the_umask(tmp_path: Path) -> None:
    settings = make_settings(tmp_path, CARECALL_DATABASE=f"sqlite:///{tmp_path}/a/b/carecall.db")
    before = os.umask(0)
    try:
        admin = await maintenance.set_up(settings, of_process())
    finally:
        os.umask(before)
    assert admin.account == of_process().account
    assert (tmp_path / "a/b/carecall.db").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "a/b").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o700
    assert settings.voice_dir.stat().st_mode & 0o777 == 0o700
    services = await Services.open(settings)
    assert (await services.admins.sign_in(of_process())).role == "system"
    await services.close()


async def test_setting_up_twice_is_refused(tmp_path: Path) -> None:
    settings = make_settings(tmp_path)
    await maintenance.set_up(settings, of_process())
    with pytest.raises(ActionBlocked, match="set up already"):
        await maintenance.set_up(settings, of_process())


async def test_an_empty_file_is_set_up(file: Path) -> None:
    empty(file)
    file.chmod(0o644)
    await maintenance.set_up(make_settings(file.parent), of_process())
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "url", ["nonsense", "sqlite://", "sqlite:///:memory:", "mysql://host/carecall", "://"]
)
async def test_a_url_that_cannot_be_used_is_told(url: str) -> None:
    with pytest.raises(InvalidInput, match="setting database"):
        Database(url)


GOES = {"calls", "recipients", "memory_details", "tasks", "tags"}


async def test_what_points_at_something_that_goes_is_found_without_looking_through_all(
    world: World,
) -> None:
    """For each call that is deleted the database asks who points at it."""
    if not world.database.is_sqlite:
        pytest.skip("its plans depend on how many rows there are")
    pointing = [
        (table.name, column.name)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if any(key.column.table.name in GOES for key in column.foreign_keys)
    ]
    assert len(pointing) > 20
    slow = []
    async with world.database.reading() as session:
        for table, column in pointing:
            for asked in (f"{column} = 1", f"{column} IN (1, 2)"):
                explained = f"EXPLAIN QUERY PLAN SELECT 1 FROM {table} WHERE {asked}"
                plan = await session.execute(sa.text(explained))
                if not all(row[3].startswith("SEARCH") for row in plan):
                    slow.append((table, column))
    assert slow == []
