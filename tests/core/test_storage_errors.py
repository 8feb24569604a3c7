"""What a database says when something is wrong is told by its code: errors of real servers and real files."""

import asyncio
import contextlib
import errno
import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.engine import Database
from core.db.errors import explain, is_about_a_value, taken_means, translate_errors
from core.values.errors import Conflict, CoreError, InvalidInput, StorageFull, StorageUnavailable
from tests import postgresql
from tests.needs import missing

KOREAN = "ko_KR.UTF-8"


def full(path: Path) -> None:
    with sqlite3.connect(path) as one:
        one.execute("PRAGMA max_page_count = 3")
        one.execute("CREATE TABLE things (text)")
        one.execute("INSERT INTO things VALUES (?)", ("x" * 20_000,))


def read_only(path: Path) -> None:
    sqlite3.connect(path).execute("CREATE TABLE things (text)").close()
    sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True).execute("DROP TABLE things")


def locked(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        sqlite3.connect(path, timeout=0).execute("CREATE TABLE things (text)")


def locked_within(path: Path) -> None:
    one = sqlite3.connect(path)
    one.executescript("CREATE TABLE things (text); INSERT INTO things VALUES (1), (2)")
    reading = one.execute("SELECT * FROM things")
    reading.fetchone()
    one.execute("DROP TABLE things")


def no_database(path: Path) -> None:
    path.write_text("a letter to the town office, rather long " * 20)
    sqlite3.connect(path).execute("SELECT * FROM sqlite_master")


def damaged(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as one:
        one.executescript("CREATE TABLE things (text); INSERT INTO things VALUES ('x')")
    with path.open("r+b") as stream:
        stream.seek(4096)
        stream.write(b"\x77" * 4096)
    sqlite3.connect(path).execute("SELECT * FROM things")


def a_directory(path: Path) -> None:
    path.mkdir()
    sqlite3.connect(path).execute("SELECT 1")


def without_tables(path: Path) -> None:
    sqlite3.connect(path).execute("SELECT * FROM carefully_kept")


def without_a_column(path: Path) -> None:
    one = sqlite3.connect(path)
    one.execute("CREATE TABLE recipients (name)")
    one.execute("SELECT phone FROM recipients")


@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        (full, StorageFull, "The disk is full; nothing was saved."),
        (read_only, StorageUnavailable, "read-only"),
        (locked, StorageUnavailable, "locked by another program"),
        (locked_within, StorageUnavailable, "locked by another program"),
        (no_database, StorageUnavailable, "not a database of this program"),
        (damaged, StorageUnavailable, "damaged"),
        (a_directory, StorageUnavailable, "cannot be opened"),
        (without_tables, StorageUnavailable, "does not have the tables"),
        (without_a_column, StorageUnavailable, "does not have the tables"),
    ],
)
def test_what_a_file_answers(
    tmp_path: Path, fault: Callable[[Path], None], kind: type[CoreError], words: str
) -> None:
    with pytest.raises(CoreError, match=re.escape(words)) as told, translate_errors():
        fault(tmp_path / "carecall.db")
    assert type(told.value) is kind


def test_an_error_without_a_code_is_taken_for_nothing_else() -> None:
    for words in ("database or disk is full", "database is locked", "deal with it carefully"):
        told = explain(exc.OperationalError("SELECT secret", {}, sqlite3.OperationalError(words)))
        assert (type(told), told.what) == (StorageUnavailable, "The database does not answer.")
        assert "secret" not in str(told)


def test_what_the_driver_raises_by_itself_is_told_and_nothing_else_is_hidden() -> None:
    asyncpg = pytest.importorskip("asyncpg")
    for error in (
        asyncpg.InterfaceError("closed"),
        asyncpg.InternalClientError("cannot switch to state 12"),
        asyncpg.TooManyConnectionsError("many"),
    ):
        with pytest.raises(StorageUnavailable), translate_errors():
            raise error
    for own in (RuntimeError("a mistake"), InvalidInput("a rule")):
        with pytest.raises(type(own)) as raised, translate_errors():
            raise own
        assert raised.value is own


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("DiskFullError", StorageFull, "The disk is full"),
        ("TooManyConnectionsError", StorageUnavailable, "no more connections"),
        ("DeadlockDetectedError", StorageUnavailable, "locked by another program"),
        ("InvalidCatalogNameError", StorageUnavailable, "no database of this name"),
        ("DataCorruptedError", StorageUnavailable, "damaged"),
        ("PostgresIOError", StorageUnavailable, "cannot be read or written"),
        ("UndefinedFunctionError", StorageUnavailable, "does not have the tables"),
        # by its class
        ("InvalidPasswordError", StorageUnavailable, "does not let this account in"),
        # a class with a known code, and one of which nothing is known
        ("SyntaxOrAccessError", StorageUnavailable, "does not answer"),
        ("FeatureNotSupportedError", StorageUnavailable, "does not answer"),
    ],
)
def test_what_a_code_of_postgresql_says(name: str, kind: type[CoreError], words: str) -> None:
    asyncpg = pytest.importorskip("asyncpg")
    told = explain(getattr(asyncpg, name)("as the server says it"))
    assert type(told) is kind
    assert words in told.what


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("UniqueViolationError", Conflict, "saved the same"),
        ("ExclusionViolationError", Conflict, "saved the same"),
        ("ForeignKeyViolationError", Conflict, "removed what this belongs to"),
        ("NotNullViolationError", InvalidInput, "does not take this value"),
        ("CheckViolationError", InvalidInput, "does not take this value"),
    ],
)
def test_what_breaks_a_constraint_of_postgresql(
    name: str, kind: type[CoreError], words: str
) -> None:
    refused = getattr(pytest.importorskip("asyncpg"), name)("as the server says it")
    with pytest.raises(CoreError, match=words) as told, translate_errors():
        raise exc.IntegrityError("INSERT", {}, refused)
    assert type(told.value) is kind


def test_only_what_is_taken_means_that_somebody_was_first() -> None:
    asyncpg, refusal = pytest.importorskip("asyncpg"), Conflict("Somebody was first.")
    taken = exc.IntegrityError("INSERT", {}, asyncpg.UniqueViolationError("23505"))
    broken = exc.IntegrityError("INSERT", {}, asyncpg.CheckViolationError("23514"))
    for error, told in ((taken, refusal), (broken, broken)):
        with pytest.raises(type(told)) as raised, taken_means(refusal):
            raise error
        assert raised.value is told


def test_a_full_disk_is_told_by_the_system_as_well() -> None:
    assert type(explain(OSError(errno.ENOSPC, "no words"))) is StorageFull
    assert type(explain(OSError(errno.EIO, "no words"))) is StorageUnavailable


def test_what_is_about_a_value_and_what_about_the_work() -> None:
    asyncpg = pytest.importorskip("asyncpg")
    refused = sqlite3.IntegrityError("of a value")
    for about in (
        asyncpg.NumericValueOutOfRangeError("22003"),
        asyncpg.UniqueViolationError("23505"),
        exc.IntegrityError("INSERT", {}, refused),
        exc.DataError("INSERT", {}, sqlite3.DataError("too long")),
    ):
        assert is_about_a_value(about)
    for other in (
        asyncpg.ReadOnlySQLTransactionError("25006"),
        asyncpg.SerializationError("40001"),
        exc.OperationalError("INSERT", {}, sqlite3.OperationalError("locked")),
        # the code says more than the class that SQLAlchemy finds for it
        exc.IntegrityError("INSERT", {}, asyncpg.SerializationError("40001")),
    ):
        assert not is_about_a_value(other)


async def run(database: Database, *statements: str, korean: bool = False) -> None:
    """These statements in one transaction."""
    with translate_errors():
        async with database.engine.begin() as connection:
            if korean:
                await in_korean(connection)
            for statement in statements:
                await connection.exec_driver_sql(statement)


@pytest.mark.parametrize(
    ("statement", "kind", "words"),
    [
        ("INSERT INTO things VALUES (1, NULL)", Conflict, "Somebody else saved the same"),
        ("INSERT INTO things VALUES (2, 9)", Conflict, "removed what this belongs to"),
        ("INSERT INTO things VALUES (-2, NULL)", InvalidInput, "does not take this value"),
    ],
)
@pytest.mark.parametrize("server", ["SQLite", "PostgreSQL"])
async def test_a_value_that_is_refused(
    tmp_path: Path, server: str, statement: str, kind: type[CoreError], words: str
) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/one.db"
    database = Database(url if server == "SQLite" else postgresql.server_url())
    table = (
        "CREATE TEMP TABLE things (id INTEGER PRIMARY KEY CHECK (id > 0),"
        " other INTEGER REFERENCES things (id))"
    )
    try:
        with pytest.raises(CoreError, match=words) as told:
            await run(database, table, "INSERT INTO things VALUES (1, NULL)", statement)
    finally:
        await database.close()
    assert type(told.value) is kind


# --- a PostgreSQL server that speaks Korean ---


@pytest.fixture
async def server() -> AsyncIterator[Database]:
    database = Database(postgresql.server_url())
    yield database
    await database.close()


async def in_korean(connection: AsyncConnection) -> None:
    """The server speaks Korean; only its superuser may set that."""
    language = await connection.exec_driver_sql("SHOW lc_messages")
    if language.scalar_one() != KOREAN:
        missing(f"the server does not speak Korean: start it with lc_messages={KOREAN}")


STATEMENTS: dict[str, tuple[tuple[str, ...], str]] = {
    "lock_timeout": (
        ("SET LOCAL lock_timeout = '20ms'", "LOCK TABLE public.held_by_another"),
        "locked by another program",
    ),
    "nowait": (("LOCK TABLE public.held_by_another NOWAIT",), "locked by another program"),
    "not allowed": (
        ("SET LOCAL ROLE pg_monitor", "CREATE TABLE public.things (id int)"),
        "does not let this account do that",
    ),
    "read-only": (
        ("SET TRANSACTION READ ONLY", "CREATE TABLE public.things (id int)"),
        "The database is read-only.",
    ),
    "no table": (("SELECT * FROM carefully_kept",), "does not have the tables"),
    "no column": (("SELECT carefully FROM pg_class",), "does not have the tables"),
    "took too long": (
        ("SET LOCAL statement_timeout = '20ms'", "SELECT pg_sleep(60)"),
        "stopped the work before it was done",
    ),
    "connection ended": (
        ("SELECT pg_terminate_backend(pg_backend_pid())", "SELECT 1"),
        "The database does not answer.",
    ),
}


@contextlib.asynccontextmanager
async def held(database: Database) -> AsyncIterator[None]:
    """Another program has this table for itself."""
    async with database.engine.connect() as other:
        await other.exec_driver_sql("CREATE TABLE IF NOT EXISTS public.held_by_another (id int)")
        await other.exec_driver_sql("INSERT INTO public.held_by_another VALUES (1)")
        await other.commit()
        await other.exec_driver_sql("LOCK TABLE public.held_by_another")
        yield
        await other.rollback()


@pytest.mark.parametrize("what", STATEMENTS)
async def test_what_a_korean_server_answers(what: str) -> None:
    statements, words = STATEMENTS[what]
    database = Database(postgresql.new_database())
    try:
        async with held(database):
            with pytest.raises(StorageUnavailable, match=words) as told:
                await run(database, *statements, korean=True)
            assert re.search("[가-힣]", str(told.value.__cause__)), told.value.__cause__
    finally:
        await database.close()


async def test_two_that_wait_for_each_other(server: Database) -> None:
    async def one(first: int, second: int, both: asyncio.Barrier) -> None:
        with translate_errors():
            async with server.engine.begin() as connection:
                await in_korean(connection)
                await connection.exec_driver_sql("SET LOCAL deadlock_timeout = '10ms'")
                await connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({first})")
                await both.wait()
                await connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({second})")

    both, lock = asyncio.Barrier(2), uuid.uuid4().int % 2**30
    ended = await asyncio.gather(
        one(lock, lock + 1, both), one(lock + 1, lock, both), return_exceptions=True
    )
    told = [error for error in ended if error is not None]
    assert told
    assert all("locked by another program" in str(error) for error in told)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("{server}/nowhere", "The server has no database of this name."),
        ("postgresql+asyncpg://nobody@{address}/postgres", "does not let this account in"),
        ("postgresql+asyncpg://carecall@localhost:1/carecall", "does not answer"),
        ("postgresql+asyncpg://carecall@no-such-host.invalid/carecall", "does not answer"),
    ],
)
async def test_a_server_that_cannot_be_used(url: str, words: str) -> None:
    server = postgresql.server_url().rpartition("/")[0]
    database = Database(url.format(server=server, address=server.partition("@")[2]))
    with pytest.raises(StorageUnavailable, match=words):
        async with database.reading() as session:
            await session.execute(sa.text("SELECT 1"))
    await database.close()


async def test_a_server_that_takes_no_more_connections(server: Database) -> None:
    role = f"crowd_{uuid.uuid4().hex[:8]}"
    async with server.engine.begin() as connection:
        await connection.exec_driver_sql(f"CREATE ROLE {role} LOGIN CONNECTION LIMIT 0")
    crowded = Database(postgresql.as_role(server.url, role))
    try:
        with pytest.raises(StorageUnavailable, match="takes no more connections"):
            async with crowded.reading() as session:
                await session.execute(sa.text("SELECT 1"))
    finally:
        await crowded.close()
        async with server.engine.begin() as connection:
            await connection.exec_driver_sql(f"DROP ROLE {role}")


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A file system of one megabyte that the account of the server may write to."""
    disk = Path(tempfile.mkdtemp(prefix="carecall-"))  # pytest's own is closed to other accounts
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m,mode=0700", "none", str(disk)]
    try:
        if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
            pytest.skip("only who may mount a file system can fill a small one")
        try:
            shutil.chown(disk, "postgres")
        except LookupError:
            missing("there is no account postgres: apt-get install postgresql")
        yield disk
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], capture_output=True, check=False)
        disk.rmdir()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can fill the disk of the server")
async def test_a_server_whose_disk_is_full(server: Database, small_disk: Path) -> None:
    name = f"small_{uuid.uuid4().hex[:8]}"
    async with server.engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        try:
            await connection.exec_driver_sql(f"CREATE TABLESPACE {name} LOCATION '{small_disk}'")
        except exc.DBAPIError:
            pytest.skip("the server runs on another host")
        await connection.exec_driver_sql(f"CREATE TABLE {name} (text text) TABLESPACE {name}")
        try:
            await in_korean(connection)
            with pytest.raises(StorageFull, match="disk is full"), translate_errors():
                await connection.exec_driver_sql(
                    f"INSERT INTO {name} SELECT repeat('x', 1000) FROM generate_series(1, 3000)"
                )
        finally:
            await connection.exec_driver_sql(f"DROP TABLE {name}")
            await connection.exec_driver_sql(f"DROP TABLESPACE {name}")
