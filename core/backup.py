"""A copy of the database, consistent while others write, private, and checked before it counts as one."""

import contextlib
import sqlite3
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from core import audit
from core.actor import Actor, require_system, reread
from core.arriving import arriving
from core.auditing.chain import ChainCheck, page_after
from core.auditing.dto import Verification
from core.cancelling import Stop, in_thread
from core.db import BUSY_TIMEOUT_MS, Database
from core.storage_errors import told_plainly
from core.values.errors import ActionBlocked, StorageUnavailable
from core.values.i18n import _

_PAGES = 4_096  # of the copy, between two looks at whether it is still wanted


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup made: where, how large, and the audit records in it."""

    path: Path
    size: int
    audit: Verification


class BackupService:
    """Backups of a SQLite database; for system admins."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def make(self, actor: Actor, path: Path) -> Backup:
        """Copy the database to a new file, 0600, and check the copy. A copy that fails is removed again.

        Raises ActionBlocked on PostgreSQL, InvalidInput where the file cannot be made, StorageUnavailable where
        the copy is not whole.
        """
        async with self._database.reading() as session:
            require_system(await reread(session, actor))
        source = self._database.path
        if source is None:
            raise ActionBlocked(
                _("PostgreSQL makes its own backups."),
                _("Use: pg_dump --format=custom --file=FILE DATABASE"),
            )
        with arriving(path) as part:
            async with self._database.transaction() as session:
                actor = await reread(session, actor, write=True)
                await audit.record(session, actor, "backup.make", "database")
            await in_thread(lambda stop: copy_whole(source, part, stop))
            found, size = await in_thread(lambda stop: _check(part, stop))
        return Backup(path, size, found)


def copy_whole(source: Path, target: Path, stop: Stop) -> None:
    """Copy a SQLite database as it is at one moment, without a journal beside the copy."""
    patience = BUSY_TIMEOUT_MS / 1000

    def go_on(_status: int, _left: int, _all: int) -> None:
        if stop():
            raise sqlite3.OperationalError("interrupted")

    with (
        told_plainly(),
        contextlib.closing(sqlite3.connect(source, timeout=patience)) as read,
        contextlib.closing(sqlite3.connect(target)) as written,
    ):
        # a reader of this moment, whom no writer makes start again
        read.execute("BEGIN")
        read.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
        # the copy is no database yet, and its journal would hold personal data beside it
        written.execute("PRAGMA journal_mode=OFF")
        read.backup(written, pages=_PAGES, progress=go_on)


def _check(path: Path, stop: Stop) -> tuple[Verification, int]:
    """Read the copy whole; gives its audit records and its size. Raises StorageUnavailable where it is damaged."""
    engine = sa.create_engine(sa.URL.create("sqlite", database=str(path)))
    sa.event.listen(engine, "connect", lambda connection, _record: stop.ends(connection))
    try:
        with told_plainly(), engine.connect() as connection:
            problems = [
                str(row[0]) for row in connection.execute(sa.text("PRAGMA integrity_check(1)"))
            ]
            foreign = connection.execute(sa.text("PRAGMA foreign_key_check")).first()
            if problems != ["ok"] or foreign is not None:
                raise StorageUnavailable(
                    _("The copy is damaged, as the database may be; it was removed."),
                    _("Run carecall doctor, and keep the last backup."),
                )
            check = ChainCheck()
            while not stop() and (rows := connection.execute(page_after(check.last)).all()):
                if not all(check.take(row) for row in rows):
                    break
            return check.result(), path.stat().st_size
    finally:
        engine.dispose()
