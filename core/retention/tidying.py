"""Leaving not a byte of what was erased in the files of the database.

``secure_delete`` overwrites deleted rows, and yet copies of rows that moved between pages can be left in unused
parts of other pages; a search index only marks what is deleted, until its parts are merged; a write-ahead log
keeps old pages until it is written back. So the file is made anew. That takes seconds for each gigabyte and keeps
writers out meanwhile, so it is only done when something was erased; ``user_version`` remembers that until then.

PostgreSQL keeps deleted rows in its pages, too; only the owner of the tables may have them made anew.
"""

import contextlib
import enum
import sqlite3
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.db.engine import BUSY_TIMEOUT_MS, SCHEMA, Database
from core.db.errors import translate_errors
from core.db.rows import is_sqlite
from core.io.cancelling import Stop, in_thread
from core.retention import holdings
from core.values.errors import StorageUnavailable


class Tidied(enum.Enum):
    """What became of it."""

    DONE = "done"
    IN_USE = "somebody reads"
    SERVER_KEEPS = "only the owner of the tables can"


async def will_be_untidy(session: AsyncSession) -> None:
    """Remember, in the transaction that erases, that the files have to be tidied."""
    if is_sqlite(session):
        await session.execute(sa.text("PRAGMA user_version = 1"))


async def tidy(database: Database) -> Tidied:
    """Make the file of SQLite anew where something was erased; PostgreSQL's own VACUUM has its time."""
    path = database.path
    if path is None:
        return Tidied.SERVER_KEEPS
    whole = await in_thread(lambda stop: _tidy(path, stop))
    return Tidied.DONE if whole else Tidied.IN_USE


async def tidy_at_once(database: Database) -> Tidied:
    """The same; on PostgreSQL the owner has the tables made anew that hold what is people's."""
    if database.path is not None:
        return await tidy(database)
    async with database.reading() as session:
        if not await session.scalar(sa.text("SELECT carecall_is_owner()")):
            return Tidied.SERVER_KEEPS
    try:
        with translate_errors():
            async with database.engine.connect() as connection:
                alone = await connection.execution_options(isolation_level="AUTOCOMMIT")
                for table in holdings.every_table():
                    await alone.exec_driver_sql(f"VACUUM (FULL) {SCHEMA}.{table}")
    except StorageUnavailable:
        return Tidied.IN_USE
    return Tidied.DONE


def copies_before(path: Path | None) -> tuple[Path, ...]:
    """Copies that upgrades made beside the database: they still hold what is erased now."""
    return () if path is None else tuple(sorted(path.parent.glob(f"{path.name}.before-upgrade-*")))


def _tidy(path: Path, stop: Stop) -> bool:
    with (
        translate_errors(),
        contextlib.closing(
            sqlite3.connect(path, isolation_level=None, timeout=BUSY_TIMEOUT_MS / 1000)
        ) as connection,
    ):
        stop.ends(connection)
        if connection.execute("PRAGMA user_version").fetchone() == (0,):
            return True
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("PRAGMA synchronous = FULL")
        for (index,) in connection.execute(_SEARCH_INDEXES).fetchall():
            connection.execute(f"INSERT INTO {index}({index}) VALUES ('optimize')")  # noqa: S608
        connection.execute("VACUUM")
        busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        if not busy:
            connection.execute("PRAGMA user_version = 0")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return not busy


_SEARCH_INDEXES = """SELECT name FROM sqlite_master
    WHERE type = 'table' AND lower(sql) LIKE 'create virtual table%using fts5(%'"""
