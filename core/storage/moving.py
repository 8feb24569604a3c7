"""Taking a SQLite database over into an empty PostgreSQL database, whole."""

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from core.app.audit.access_chain import chain_access
from core.app.audit.chain import ChainCheck, Model, chain_of
from core.db import schema
from core.db.address import sqlite_path
from core.db.engine import Database
from core.db.models import AccessRecord, AuditRecord
from core.db.move import BATCH, Move, Progress, filled, locked
from core.db.schema import SchemaState
from core.storage.maintenance import has_password, shown_location
from core.values.errors import ActionBlocked, InvalidInput, StorageUnavailable
from core.values.i18n import _
from core.values.settings import Settings


class Moved(Struct, frozen=True):
    """What was taken over: rows by the name of their table, and how many records the audit chain has."""

    location: str
    rows: dict[str, int]
    audit_records: int


async def move(settings: Settings, url: str, progress: Progress = lambda percent: None) -> Moved:
    """Copy the SQLite database of the settings into the empty PostgreSQL database at this URL.

    One transaction there: whatever goes wrong, it stays empty. The source is not changed, and nobody else can
    change it meanwhile. ``progress`` hears how many percent are done. Raises InvalidInput for no URL of
    PostgreSQL, ActionBlocked where either database is not of the kind that can be moved, StorageUnavailable
    where one cannot be used or what has arrived is not what was sent.
    """
    _check_urls(settings.database, url)
    source, target = Database(settings.database), Database(url)
    try:
        await schema.require_current(source)
        if await schema.state(target) is not SchemaState.EMPTY:
            raise ActionBlocked(
                _("The database {location} is not empty.").format(location=shown_location(url)),
                _("Make a new one with createdb; nothing is ever moved over data."),
            )
        await chain_access(source)
        async with locked(source) as here, filled(target) as there:
            rows = await Move(here, there, progress).run()
            await _verify_chain(there, AccessRecord)
            records = await _verify_chain(there, AuditRecord)
        return Moved(shown_location(url), rows, records)
    finally:
        await source.close()
        await target.close()


def _check_urls(source: str, target: str) -> None:
    if sqlite_path(source) is None:
        raise ActionBlocked(
            _("The database of the settings is no SQLite database."),
            _("Move a PostgreSQL database with pg_dump."),
        )
    if sqlite_path(target) is not None:
        raise InvalidInput(
            _("A database is moved to PostgreSQL only."),
            _("Write the URL like {postgresql}.").format(
                postgresql="postgresql+asyncpg://user@host/carecall"
            ),
        )
    if has_password(target):
        raise InvalidInput(
            _("The URL holds a password, which every account of this host could read."),
            _("Put it into ~/.pgpass and leave it out of the URL."),
        )


async def _verify_chain(there: AsyncConnection, model: Model) -> int:
    """Check each record as it has arrived; gives how many there are."""
    check = ChainCheck()
    select = chain_of(model).execution_options(yield_per=BATCH)
    async with there.stream(select) as result:
        async for row in result:
            if not check.take(row):
                break
    found = check.result()
    if found.broken is not None:
        raise StorageUnavailable(
            _("The audit records are broken from record {record} on.").format(record=found.broken),
            _("Nothing was kept; look at it with carecall audit verify."),
        )
    return found.records
