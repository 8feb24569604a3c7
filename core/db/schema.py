"""The schema's revision: whether the database fits this program, and bringing it up to date.

Alembic is imported only to upgrade: its import takes as long as the whole screen library's.
"""

import enum
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from core.db.engine import Database, wal_is_safe
from core.db.errors import translate_errors
from core.db.revision import HEAD, KNOWN
from core.io.private import make_private_file
from core.values.errors import StorageUnavailable
from core.values.i18n import _

_MIGRATION_LOCK = 0x736368656D61  # PostgreSQL advisory lock: one upgrade at a time


_TABLES = sa.text("SELECT tablename FROM pg_tables WHERE schemaname = 'carecall'")


# what finds texts, which models cannot say
_SEARCH_INDEXES = ("ix_recipients_search", "ix_recipients_characters", "ix_conversation_grams")
_SEARCH_TABLES = ("recipient_search", "conversation_search")

RecordLost = Callable[[AsyncSession, Sequence[int]], Awaitable[None]]
Progress = Callable[[int, int], None]  # rows that are done, and all


class SchemaState(enum.Enum):
    """How the database relates to this program."""

    CURRENT = "current"
    EMPTY = "empty"
    BEHIND = "behind"
    NEWER = "newer"


async def state(database: Database) -> SchemaState:
    """The state of the schema; nothing is written. Raises StorageUnavailable where it cannot be read."""
    if database.path is not None:
        _require_file(database.path)
    with translate_errors(), database.patience():
        async with database.engine.connect() as connection:
            if database.is_sqlite:
                query = "SELECT name FROM sqlite_master WHERE type = 'table'"
                tables = {row[0] for row in await connection.execute(sa.text(query))}
            else:
                tables = set(await connection.scalars(_TABLES))
            if not tables and not database.is_sqlite and await connection.run_sync(_is_in_public):
                return SchemaState.BEHIND
            if "alembic_version" not in tables:
                if tables:
                    raise StorageUnavailable(
                        _("The database belongs to another program."),
                        _("Check the setting database."),
                    )
                return SchemaState.EMPTY
            found = await connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    if found == HEAD:
        return SchemaState.CURRENT
    if found is None:
        return SchemaState.EMPTY
    return SchemaState.BEHIND if found in KNOWN else SchemaState.NEWER


async def require_current(database: Database) -> None:
    """Raise StorageUnavailable, with the way out, unless the schema fits this program."""
    found = await state(database)
    if found is SchemaState.EMPTY:
        raise StorageUnavailable(_("The database is empty."), _("Run carecall init to set it up."))
    if found is SchemaState.BEHIND:
        raise StorageUnavailable(
            _("The database was made by an older version."), _("Run carecall db upgrade.")
        )
    if found is SchemaState.NEWER:
        raise StorageUnavailable(
            _("The database was made by a newer version."),
            _("Update carecall-console on this host."),
        )


def _require_file(path: Path) -> None:
    try:
        exists = path.is_file()
    except PermissionError as error:
        raise StorageUnavailable(
            _("This account may not open the database at {path}.").format(path=path),
            _("Ask the one who runs this host for the way in."),
        ) from error
    except OSError:
        exists = False
    if not exists:
        raise StorageUnavailable(
            _("There is no database at {path}.").format(path=path),
            _("Run carecall init to make one, or carecall demo to look around."),
        )


async def _refuse(_session: AsyncSession, _calls: Sequence[int]) -> None:
    """Nothing is lost without a record."""
    raise StorageUnavailable(
        _("The database was made by an older version."), _("Run carecall db upgrade.")
    )


def _unheard(_done: int, _total: int) -> None:
    """Nobody waits for it."""


async def upgrade(
    database: Database, record_lost: RecordLost = _refuse, progress: Progress = _unheard
) -> int:
    """Make the tables, or bring them up to date, in one transaction.

    Gives how many calls lost their voice file since it belongs to another one: ``record_lost`` is told which.
    ``progress`` hears of what takes long.
    """
    if database.path is not None:
        make_private_file(database.path)
        if wal_is_safe():
            await _switch_to_wal(database)
    with translate_errors():
        async with database.changing.connect() as connection:
            # tables are made anew under the same name, which is no change to what points at them
            await _look_at_foreign_keys(database, connection, "OFF")
            try:
                async with connection.begin():
                    without_voice = await upgrade_within(connection, record_lost, progress)
            except BaseException:
                # it may be dead by now, and is asked nothing more
                await connection.invalidate()
                raise
            await _look_at_foreign_keys(database, connection, "ON")
            return without_voice


async def upgrade_within(
    connection: AsyncConnection, record_lost: RecordLost = _refuse, progress: Progress = _unheard
) -> int:
    """The same within a transaction that the caller has begun."""
    if connection.dialect.name == "postgresql":
        lock = sa.text("SELECT pg_advisory_xact_lock(:key)")
        await connection.execute(lock, {"key": _MIGRATION_LOCK})
    without_voice = await connection.run_sync(_upgrade, progress)
    if without_voice:
        async with AsyncSession(connection) as session:
            await record_lost(session, without_voice)
            await session.commit()
    return len(without_voice)


async def _look_at_foreign_keys(
    database: Database, connection: AsyncConnection, state: str
) -> None:
    if database.is_sqlite:
        raw = await connection.get_raw_connection()
        await raw.driver_connection.execute(f"PRAGMA foreign_keys={state}")  # type: ignore[union-attr]


async def _switch_to_wal(database: Database) -> None:
    with translate_errors():
        async with database.engine.connect() as connection:
            raw = await connection.get_raw_connection()
            await raw.driver_connection.execute("PRAGMA journal_mode=WAL")  # type: ignore[union-attr]


def _is_in_public(connection: sa.Connection) -> bool:
    from core.db.migrations import house

    return house.is_in_public(connection)


def _upgrade(connection: sa.Connection, progress: Progress) -> list[int]:
    from core.db.migrations import checks, house

    on_postgresql = connection.dialect.name == "postgresql"
    if on_postgresql:
        house.prepare(connection)
    else:
        checks.drop_on_sqlite(connection)
    config = alembic_config(connection)
    config.attributes["progress"] = progress
    _run_alembic(config)
    checks.renew(connection)
    if on_postgresql:
        house.finish(connection)
    else:
        _check_foreign_keys(connection)
    return list(config.attributes.get("calls_without_voice", []))


async def unreadable(database: Database) -> list[str]:
    """Columns (``calls.result``) that hold something which this program does not know, in some row."""
    from core.db.migrations import checks

    with translate_errors():
        async with database.engine.connect() as connection:
            return await connection.run_sync(checks.broken)


def _check_foreign_keys(connection: sa.Connection) -> None:
    if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
        raise StorageUnavailable(
            _("The database is damaged: a row points at another one that is not there."),
            _("Restore the last backup."),
        )


def _run_alembic(config: Any) -> None:
    from alembic import command

    command.upgrade(config, "head")


def alembic_config(connection: sa.Connection) -> Any:
    """Alembic's configuration for this connection."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def differences(connection: sa.Connection) -> list[Any]:
    """What the models have and the migrated database has not, or the other way round."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from core.db.models import Base

    def ours(thing: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
        if kind == "index" and name in _SEARCH_INDEXES:
            return False
        return not (kind == "table" and (name or "").startswith(_SEARCH_TABLES))

    context = MigrationContext.configure(connection, opts={"include_object": ours})
    return list(compare_metadata(context, Base.metadata))
