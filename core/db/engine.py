"""The database: engine, pragmas and transactions.

Writes start with BEGIN IMMEDIATE on SQLite, so that they queue instead of failing half-way; reads start with
BEGIN. ``transaction`` is the one place that commits. Why journal_mode depends on the SQLite version: see
``docs/adr/0003-sqlite.md``.
"""

import asyncio
import contextlib
import json
import logging
import secrets
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

from core.db import sqlite_driver
from core.db.address import parsed_url, sqlite_path
from core.db.errors import explain, translate_errors
from core.io.cancelling import CancelledTooLate, whole
from core.values.errors import StorageUnavailable
from core.values.i18n import _

BUSY_TIMEOUT_MS = 30_000
USUAL_CACHE_KIB = 8_192
WAIT_TOLD_SECONDS = 2.0
_WRITE = "carecall_write"
CHANNEL = "carecall"  # PostgreSQL notices: something was changed
SCHEMA = (
    "carecall"  # PostgreSQL: where the tables lie, and the only place where they are looked for
)
_IDLE_MS = 120_000  # PostgreSQL: a transaction that asks nothing for so long is ended, and its locks with it
AUDIT_HEAD = "audit_head"
ACCESSES = "accesses"

# most of what columns hold; reading results of uploads asks for nothing else as often
_EMPTY: Mapping[str, Callable[[], Any]] = {"[]": list, "{}": dict}
# what is done on a connection before its transaction begins
Preparation = Callable[[AsyncConnection], Awaitable[None]]

# a connection that is cancelled while it closes is no news, least of all with a traceback on the terminal
logging.getLogger("sqlalchemy.pool").addHandler(logging.NullHandler())


def _json(stored: str) -> Any:
    """What a column holds; an empty object where it cannot be read, so that one row stops no list.

    Whoever writes a row by SQL may nest it deeper, or write longer numbers, than is read here.
    """
    if (empty := _EMPTY.get(stored)) is not None:
        return empty()
    try:
        return json.loads(stored)
    except (RecursionError, ValueError):
        return {}


def wal_is_safe(version: tuple[int, int, int] = sqlite3.sqlite_version_info) -> bool:
    """Whether this SQLite has the fix for the WAL reset bug (https://sqlite.org/wal.html#walresetbug)."""
    return (
        version >= (3, 51, 3)
        or (3, 50, 7) <= version < (3, 51, 0)
        or (3, 44, 6) <= version < (3, 45, 0)
    )


class _Compiler(SQLiteCompiler):
    """Writes the hints of selects after their table, as SQLite wants them (INDEXED BY)."""

    def get_from_hint_text(self, table: sa.FromClause, text: str | None) -> str | None:
        return text


class Database:
    """One engine and its two kinds of session: ``reading()`` and ``transaction()``."""

    def __init__(self, url: str, *, busy_timeout_ms: int | None = None) -> None:
        self.url = url
        self.path = sqlite_path(url)
        self._busy_timeout_ms = BUSY_TIMEOUT_MS if busy_timeout_ms is None else busy_timeout_ms
        # on PostgreSQL every connection carries it: as long as there is one, this process is there
        self.name = secrets.token_hex(8)
        self.engine = self._make_engine()
        self._read = async_sessionmaker(self.engine, expire_on_commit=False, autoflush=False)
        self._write = async_sessionmaker(
            self.engine.execution_options(**{_WRITE: True}), expire_on_commit=False
        )
        # told the last audit record (ID and hash) of each transaction, once it is committed
        self.announce: Callable[[int, str], None] | None = None
        # keeps what a reading noted of who looks at what, before anything of it is given
        self.keep_accesses: Callable[[list[Any]], Awaitable[None]] | None = None
        # told True when something has to wait for a lock longer than a moment, and False when that is over
        self.on_wait: Callable[[bool], None] | None = None
        self._at_work = 0

    @property
    def is_sqlite(self) -> bool:
        """Whether the data lies in a file of this host."""
        return self.path is not None

    @property
    def changing(self) -> AsyncEngine:
        """The engine for whoever changes the schema: alone on SQLite; on PostgreSQL there is no queue yet."""
        return self.engine.execution_options(**{_WRITE: self.is_sqlite})

    def _make_engine(self) -> AsyncEngine:
        if self.path is None:
            url = parsed_url(self.url).set(drivername="postgresql+asyncpg")
            try:
                engine = create_async_engine(
                    url,
                    pool_pre_ping=True,
                    hide_parameters=True,
                    json_deserializer=_json,
                    connect_args={"async_creator_fn": _reach_server},
                )
            except ModuleNotFoundError as error:
                raise StorageUnavailable(
                    _("PostgreSQL needs the package {package}.").format(package="asyncpg"),
                    _("Install it: pip install 'carecall-console[postgresql]'"),
                ) from error
            settle = partial(_settle, name=self.name)
            event.listen(engine.sync_engine, "connect", settle, insert=True)
            event.listen(engine.sync_engine, "begin", _queue_writes)
            return engine
        engine = create_async_engine(
            sa.URL.create("sqlite+aiosqlite", database=str(self.path)),
            hide_parameters=True,
            json_deserializer=_json,
            connect_args={
                "isolation_level": None,
                "timeout": self._busy_timeout_ms / 1000,
                "async_creator_fn": partial(
                    sqlite_driver.connect, pragmas=_pragmas(self._busy_timeout_ms)
                ),
            },
        )

        engine.dialect.statement_compiler = _Compiler

        @event.listens_for(engine.sync_engine, "begin")
        def _begin(connection: sa.Connection) -> None:
            write = connection.get_execution_options().get(_WRITE)
            connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

        return engine

    @contextlib.asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A session on one consistent state; nothing it does is kept."""
        with translate_errors():
            async with self._read() as session:
                yield session
                accesses = session.info.get(ACCESSES)
        if accesses and self.keep_accesses is not None:
            await self.keep_accesses(accesses)

    @contextlib.asynccontextmanager
    async def transaction(self, prepare: Preparation | None = None) -> AsyncIterator[AsyncSession]:
        """A session whose work is committed when the block ends, and rolled back when it raises.

        ``prepare`` is done on the same connection while nobody has to wait for it: what it puts into temporary
        tables is there for the session, and gone with it. Whoever is cancelled has nothing saved, but
        CancelledTooLate where the commit was under way.
        """
        with translate_errors():
            # closing the session rolls back whatever is not committed
            async with self._write_session(prepare) as session:
                with self.patience():
                    await session.connection()
                yield session
                too_late = await whole(session.commit())
                if self.announce is not None and (head := session.info.get(AUDIT_HEAD)):
                    self.announce(*head)
                if too_late:
                    raise CancelledTooLate

    @contextlib.asynccontextmanager
    async def _write_session(self, prepare: Preparation | None) -> AsyncIterator[AsyncSession]:
        if prepare is None:
            async with self._write() as session:
                yield session
            return
        async with self.engine.connect() as connection:
            try:
                await prepare(connection)
                await connection.commit()
                await connection.execution_options(**{_WRITE: True})
                async with self._write(bind=connection) as session:
                    yield session
            finally:
                # the temporary tables end with it
                await connection.invalidate()

    @contextlib.contextmanager
    def patience(self) -> Iterator[None]:
        """Tell ``on_wait`` where the block does not end within a moment: it waits for somebody else's lock."""
        told = self.on_wait
        if told is None:
            yield
            return
        begun: list[bool] = []
        loop = asyncio.get_running_loop()

        timers: list[asyncio.TimerHandle] = []

        def wait() -> None:
            timers.append(loop.call_later(WAIT_TOLD_SECONDS, tell))

        def tell() -> None:
            if self._at_work:
                wait()
                return
            begun.append(True)
            told(True)

        wait()
        try:
            yield
        finally:
            timers[-1].cancel()
            if begun:
                told(False)

    @contextlib.contextmanager
    def at_work(self) -> Iterator[None]:
        """While the block runs, whoever has to wait in this process waits for this, and for nobody else."""
        self._at_work += 1
        try:
            yield
        finally:
            self._at_work -= 1

    async def may_write(self) -> bool:
        """Whether the database lets this session change anything about recipients."""
        if self.is_sqlite:
            return True
        async with self.reading() as session:
            return await session.scalar(sa.select(sa.func.carecall_role())) not in (None, "viewer")

    async def close(self) -> None:
        """Give the connections back, to the last one, also where that is cancelled."""
        if await whole(self.engine.dispose()):
            raise asyncio.CancelledError


async def _reach_server(*arguments: Any, **more: Any) -> Any:
    """A connection to the server. Whatever the network says is told in one sentence."""
    import asyncpg

    try:
        return await asyncpg.connect(*arguments, **more)
    except OSError as error:
        raise explain(error) from error


def _settle(connection: Any, _record: object, *, name: str) -> None:
    """What holds for every statement of a connection to PostgreSQL.

    Names are looked for in this program's own schema only, since others may be open to whoever wants to put a
    table or an operator of the same name in the way. Nothing waits for a lock, or keeps one, without end. And a
    plan kept for any term would read all rows for one that is rare, and sort all for one that is not. To
    compile the policies of a query would take longer than any query: twenty seconds for the list of uploads.

    Not as parameters of the connection: PgBouncer refuses those that it does not know.
    """
    settings = {
        "search_path": f"{SCHEMA}, pg_temp",
        "plan_cache_mode": "force_custom_plan",
        "jit": "off",
        "lock_timeout": BUSY_TIMEOUT_MS,
        "idle_in_transaction_session_timeout": _IDLE_MS,
        "application_name": f"'carecall {name}'",
    }
    statement = "; ".join(f"SET {name} = {value}" for name, value in settings.items())
    connection.run_async(lambda driver: driver.execute(statement))


def _queue_writes(connection: sa.Connection) -> None:
    """Let writes wait for each other from their first statement on, as they do on SQLite.

    The chain of audit records makes them one after the other anyway, and what a transaction read before the
    others committed would be lost on READ COMMITTED. The notice goes out with the commit.
    """
    if connection.get_execution_options().get(_WRITE):
        connection.exec_driver_sql(f"SELECT {SCHEMA}.carecall_begin_write()")


def _pragmas(busy_timeout_ms: int) -> tuple[str, ...]:
    return (
        f"busy_timeout={busy_timeout_ms}",
        "foreign_keys=ON",
        "secure_delete=ON",
        "synchronous=FULL",
        "temp_store=MEMORY",
        f"cache_size=-{USUAL_CACHE_KIB}",
    )
