"""Leaving not a byte of what was erased in the files of a SQLite database.

``secure_delete`` overwrites deleted rows, and yet copies of rows that moved between pages can be left in unused
parts of other pages; the search index only marks what is deleted, until its parts are merged; a write-ahead log
keeps old pages until it is written back. So the file is made anew. That takes seconds for each gigabyte and keeps
writers out meanwhile, so it is only done when something was erased; ``user_version`` remembers that until then.
"""

import contextlib
import sqlite3
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.db.engine import BUSY_TIMEOUT_MS, Database
from core.db.errors import told_plainly
from core.io.cancelling import Stop, in_thread


async def will_be_untidy(session: AsyncSession) -> None:
    """Remember, in the transaction that erases, that the files have to be tidied."""
    if session.get_bind().dialect.name == "sqlite":
        await session.execute(sa.text("PRAGMA user_version = 1"))


async def tidy(database: Database) -> bool:
    """Make the file anew where something was erased; gives False where somebody is reading from its log.

    On PostgreSQL its own VACUUM does it, in its own time.
    """
    path = database.path
    return path is None or await in_thread(lambda stop: _tidy(path, stop))


def copies_before(path: Path | None) -> tuple[Path, ...]:
    """Copies that upgrades made beside the database: they still hold what is erased now."""
    return () if path is None else tuple(sorted(path.parent.glob(f"{path.name}.before-upgrade-*")))


def _tidy(path: Path, stop: Stop) -> bool:
    with (
        told_plainly(),
        contextlib.closing(
            sqlite3.connect(path, isolation_level=None, timeout=BUSY_TIMEOUT_MS / 1000)
        ) as connection,
    ):
        stop.ends(connection)
        if connection.execute("PRAGMA user_version").fetchone() == (0,):
            return True
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("INSERT INTO recipient_search(recipient_search) VALUES ('optimize')")
        connection.execute("VACUUM")
        busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        if not busy:
            connection.execute("PRAGMA user_version = 0")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return not busy
