"""A copy of the database, consistent while others write, private, and checked before it counts as one."""

import asyncio
import contextlib
import os
import sqlite3
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from core import audit
from core.actor import Actor, require_system, reread
from core.auditing.chain import ChainCheck, page_after
from core.auditing.dto import Verification
from core.db import BUSY_TIMEOUT_MS, Database, told_plainly
from core.errors import ActionBlocked, InvalidInput, StorageUnavailable
from core.i18n import _


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
        with _new_file(path):
            async with self._database.transaction() as session:
                actor = await reread(session, actor, write=True)
                await audit.record(session, actor, "backup.make", "database")
            await asyncio.to_thread(_copy, source, path)
            found, size = await asyncio.to_thread(_check, path)
        return Backup(path, size, found)


@contextlib.contextmanager
def _new_file(path: Path) -> Iterator[None]:
    """The file, empty; it goes again where the block fails."""
    flags = os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_WRONLY | os.O_CLOEXEC
    owner_only = stat.S_IRUSR | stat.S_IWUSR
    try:
        descriptor = os.open(path, flags, owner_only)
    except FileExistsError:
        raise InvalidInput(
            _("{file} exists already; it is not written over.").format(file=path),
            _("Choose another name."),
        ) from None
    except OSError as error:
        raise InvalidInput(
            _("{file} cannot be written: {reason}.").format(file=path, reason=error.strerror),
            _("Check the directory and its permissions."),
        ) from None
    try:
        os.fchmod(descriptor, owner_only)
        yield
        os.fsync(descriptor)
    except BaseException:
        with contextlib.suppress(OSError):
            path.unlink()
        raise
    finally:
        os.close(descriptor)


def _copy(source: Path, target: Path) -> None:
    # all pages in one step: a reader of this moment, whom no writer makes start again
    patience = BUSY_TIMEOUT_MS / 1000
    with (
        told_plainly(),
        contextlib.closing(sqlite3.connect(source, timeout=patience)) as read,
        contextlib.closing(sqlite3.connect(target)) as written,
    ):
        # the copy is no database yet, and its journal would hold personal data beside it
        written.execute("PRAGMA journal_mode=OFF")
        read.backup(written)


def _check(path: Path) -> tuple[Verification, int]:
    """Read the copy whole; gives its audit records and its size. Raises StorageUnavailable where it is damaged."""
    engine = sa.create_engine(sa.URL.create("sqlite", database=str(path)))
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
            while rows := connection.execute(page_after(check.last)).all():
                if not all(check.take(row) for row in rows):
                    break
            return check.result(), path.stat().st_size
    finally:
        engine.dispose()
