"""A copy of the database, consistent while others write, private, and checked before it counts as one."""

from pathlib import Path

import sqlalchemy as sa
from msgspec import Struct

from core.app.audit import trail
from core.app.audit.access_chain import chain_access
from core.app.audit.chain import ChainCheck, Model, page_after
from core.app.audit.dto import Verification
from core.app.permissions import SYSTEM_ADMINS, Shows
from core.app.use_case import Service, Steps, use_case
from core.db.backup import copy_whole
from core.db.errors import translate_errors
from core.db.models import AccessRecord, AuditRecord, Call
from core.io.cancelling import Stop, in_thread
from core.io.private import arriving
from core.storage import manifest as manifests
from core.storage.manifest import Manifest
from core.values.errors import ActionBlocked, StorageUnavailable
from core.values.i18n import _
from core.values.times import now


class Backup(Struct, frozen=True):
    """A backup made: where, how large, the records in it, and how many calls name voice files that are not."""

    path: Path
    size: int
    audit: Verification
    voices: int


class BackupService(Service, name="backup"):
    """Backups of a SQLite database; for system admins."""

    @use_case(SYSTEM_ADMINS, "steps", shows=Shows.RECORDED)
    async def make(self, steps: Steps, path: Path) -> Backup:
        """Copy the database to a new file, 0600, with a manifest, and check the copy. One that fails is removed.

        Raises ActionBlocked on PostgreSQL, InvalidInput where the file cannot be made, StorageUnavailable where
        the copy is not whole.
        """
        source = self._database.path
        if source is None:
            raise ActionBlocked(
                _("PostgreSQL makes its own backups."),
                _(
                    "As the owner of the tables: pg_dump --format=custom --file=FILE DATABASE;"
                    " and the voice files: rsync -a {folder}/ ELSEWHERE/"
                ).format(folder=self._settings.voice_dir),
            )
        await chain_access(self._database)
        with arriving(manifests.name_of(path)) as beside, arriving(path) as part:
            async with steps.writing() as (session, actor):
                await trail.record(session, actor, "backup.make", "database")
            await in_thread(lambda stop: copy_whole(source, part, stop))
            found, manifest, voices = await in_thread(lambda stop: _check(part, stop))
            beside.write_bytes(manifests.written(manifest))
        return Backup(path, manifest.size, found, voices)


def _check(path: Path, stop: Stop) -> tuple[Verification, Manifest, int]:
    """Read the copy whole; gives its audit records, its manifest and how many calls name a voice file.

    Raises StorageUnavailable where it is damaged.
    """
    engine = sa.create_engine(sa.URL.create("sqlite", database=str(path)))
    sa.event.listen(engine, "connect", lambda connection, _record: stop.ends(connection))
    try:
        with translate_errors(), engine.connect() as connection:
            problems = [
                str(row[0]) for row in connection.execute(sa.text("PRAGMA integrity_check(1)"))
            ]
            foreign = connection.execute(sa.text("PRAGMA foreign_key_check")).first()
            if problems != ["ok"] or foreign is not None:
                raise StorageUnavailable(
                    _("The copy is damaged, as the database may be; it was removed."),
                    _("Run carecall doctor, and keep the last backup."),
                )
            access = _verify(connection, AccessRecord, stop)
            if access.broken is not None:
                raise StorageUnavailable(
                    _(
                        "The record of access {id} was changed, or one before it was taken out."
                    ).format(id=access.broken),
                    _("The copy was removed. See: carecall audit verify"),
                )
            changes = _verify(connection, AuditRecord, stop)
            revision, rows = manifests.contents(connection)
            voices = connection.scalar(sa.select(sa.func.count(Call.voice_file))) or 0
    finally:
        engine.dispose()
    with path.open("rb") as file:
        sha256 = manifests.digest(file, stop)
    return changes, Manifest(now(), path.stat().st_size, sha256, revision, rows), voices


def _verify(connection: sa.Connection, model: Model, stop: Stop) -> Verification:
    check = ChainCheck()
    while not stop() and (rows := connection.execute(page_after(model, check.place)).all()):
        if not all(check.take(row) for row in rows):
            break
    return check.result()
