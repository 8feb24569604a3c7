"""Trying a backup: restored into a private place that is thrown away, read whole, and opened as the console would.

It asks no database and no admin, since after a loss there is neither: whoever may read the file may try it.
"""

import contextlib
import fcntl
import os
import secrets
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy import exc

from core.app.audit import trail
from core.app.audit.chain import verified
from core.app.audit.dto import Verification
from core.db import schema
from core.db.engine import Database
from core.db.errors import translate_errors
from core.db.models import AccessRecord, AuditRecord, Base, Call, Recipient
from core.db.rows import count_rows
from core.db.schema import SchemaState
from core.io import beneath
from core.io.cancelling import Stop, in_thread
from core.io.erasing import erase_file
from core.io.private import created, make_private_directory, translate_path_errors
from core.storage import manifest as manifests
from core.storage.manifest import Manifest
from core.values.errors import StorageFull, StorageUnavailable
from core.values.i18n import _
from core.values.settings import Settings

_PLACE = "restored-"
_NAME = "carecall.db"
_MAGIC = b"SQLite format 3\0"
_DUMP = b"PGDMP"


class Restored(Struct, frozen=True):
    """What a backup holds that can be restored.

    ``is_older``: made by an older version; it was brought up to date in the trial. ``manifest``: None where none
    lies beside it. ``voices``: how many calls name a voice file, which is not in it.
    """

    path: Path
    size: int
    revision: str
    is_older: bool
    manifest: Manifest | None
    recipients: int
    calls: int
    voices: int
    changes: Verification
    access: Verification

    @property
    def made_at(self) -> datetime | None:
        """When it was made, as far as that is known."""
        return self.manifest.made_at if self.manifest else None


async def verify(settings: Settings, path: Path) -> Restored:
    """Restore the backup on trial. The chains may be broken: that is told, not raised.

    Raises InvalidInput where there is no such file, StorageUnavailable where it is none that can be restored.
    """
    _require_file(path)
    manifest = manifests.read(path)
    with _private_place(settings.state_dir) as place:
        copy = place / _NAME
        await in_thread(lambda stop: _copy(path, copy, manifest, stop))
        with _told_of_backup():
            revision, rows = await in_thread(lambda stop: _read_whole(copy, stop))
        if manifest is not None and (table := manifests.differing(manifest, rows)):
            raise _not_as_made(
                path, _("the table {table} has not as many rows as then").format(table=table)
            )
        size = copy.stat().st_size
        database = Database(f"sqlite+aiosqlite:///{copy}")
        try:
            with _told_of_backup():
                is_older = await _made_present(database)
                async with database.reading() as session:
                    changes = await verified(session, AuditRecord)
                    access = await verified(session, AccessRecord)
                    recipients = await count_rows(
                        session, Recipient, Recipient.deleted_at.is_(None)
                    )
                    calls = sa.select(sa.func.count(Call.id), sa.func.count(Call.voice_file))
                    counted, voices = (await session.execute(calls)).one()
        finally:
            await database.close()
    return Restored(
        path, size, revision, is_older, manifest, recipients, counted, voices, changes, access
    )


def _require_file(path: Path) -> None:
    """Raise InvalidInput where there is no ordinary file of this name."""
    with translate_path_errors(str(path)):
        os.close(beneath.open_file(path, follow=True))


@contextlib.contextmanager
def _told_of_backup() -> Iterator[None]:
    """What the driver says of the copy means the backup, not the database that is in use."""
    try:
        yield
    except StorageFull:
        raise
    except StorageUnavailable as error:
        if isinstance(error.__cause__, exc.DBAPIError | sqlite3.Error):
            raise _damaged() from error
        raise


def _copy(path: Path, copy: Path, manifest: Manifest | None, stop: Stop) -> None:
    with translate_path_errors(str(path)):
        descriptor = beneath.open_file(path, follow=True)
    place = beneath.folder(copy.parent)
    size = os.fstat(descriptor).st_size
    if manifest is not None and size != manifest.size:
        os.close(descriptor)
        told = _("it has {size} bytes instead of {made}")
        raise _not_as_made(path, told.format(size=f"{size:,}", made=f"{manifest.size:,}"))
    with os.fdopen(descriptor, "rb") as file, created(place, copy.name, str(copy)) as target:
        begins = file.read(len(_MAGIC))
        if begins.startswith(_DUMP):
            raise StorageUnavailable(
                _("{file} is a dump of PostgreSQL.").format(file=path),
                _("Try it on a server: createdb TRIAL; pg_restore --dbname=TRIAL FILE"),
            )
        if begins != _MAGIC:
            raise StorageUnavailable(
                _("{file} is no copy of a SQLite database.").format(file=path),
                _("Name a file that carecall backup has made."),
            )
        file.seek(0)
        found = manifests.digest(file, stop, target)
        if manifest is not None and found != manifest.sha256:
            raise _not_as_made(path, _("its bytes are others"))


def _not_as_made(path: Path, what: str) -> StorageUnavailable:
    return StorageUnavailable(
        _("The backup {file} is not as it was made: {what}.").format(file=path, what=what),
        _("Do not restore it; use another one."),
    )


def _damaged() -> StorageUnavailable:
    return StorageUnavailable(
        _("The backup is damaged: it cannot be restored."), _("Use another one.")
    )


def _read_whole(copy: Path, stop: Stop) -> tuple[str, dict[str, int]]:
    """Read all of it; gives the revision of the schema and the rows of each table."""
    engine = sa.create_engine(sa.URL.create("sqlite", database=str(copy)))
    sa.event.listen(engine, "connect", lambda connection, _record: stop.ends(connection))
    try:
        with translate_errors(), engine.connect() as connection:
            # nothing that stands in the schema of a strange file is run
            connection.exec_driver_sql("PRAGMA trusted_schema=OFF")
            connection.exec_driver_sql("PRAGMA cell_size_check=ON")
            problems = [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check(1)")]
            foreign = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
            if problems != ["ok"] or foreign is not None:
                raise _damaged()
            return manifests.contents(connection)
    finally:
        engine.dispose()


async def _made_present(database: Database) -> bool:
    """Bring an older one up to date, as ``carecall db upgrade`` would; gives whether that was needed."""
    found = await schema.state(database)
    if found is SchemaState.EMPTY:
        raise StorageUnavailable(
            _("There is nothing in this backup."), _("Name a file that carecall backup has made.")
        )
    if found is SchemaState.BEHIND:
        await schema.upgrade(database, trail.record_lost_voices)
    await schema.require_current(database)
    async with database.reading() as session:
        tables = sa.text("SELECT name FROM sqlite_master WHERE type = 'table'")
        if not Base.metadata.tables.keys() <= set(await session.scalars(tables)):
            raise _damaged()
    return found is SchemaState.BEHIND


@contextlib.contextmanager
def _private_place(state_dir: Path) -> Iterator[Path]:
    """A folder of this process's own (0700), erased at the end; those of processes that were killed are, too."""
    make_private_directory(state_dir)
    for left in state_dir.glob(f"{_PLACE}*"):
        _erase(left)
    place = state_dir / f"{_PLACE}{secrets.token_hex(8)}"
    make_private_directory(place)
    with _held(place):
        try:
            yield place
        finally:
            _erase(place, held=True)


@contextlib.contextmanager
def _held(place: Path) -> Iterator[int]:
    with beneath.folder(place.parent, (place.name,)) as descriptor:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield descriptor


def _erase(place: Path, *, held: bool = False) -> None:
    """Erase the folder, where no other process is at work in it."""
    with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
        if held:
            descriptor = stack.enter_context(beneath.folder(place.parent, (place.name,)))
        else:
            descriptor = stack.enter_context(_held(place))
        for name in os.listdir(descriptor):  # noqa: PTH208
            erase_file(name, descriptor)
        place.rmdir()
