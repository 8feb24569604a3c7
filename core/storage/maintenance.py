"""Setting the database up, bringing it up to date, and telling how it is."""

import contextlib
import os
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from core.admins.dto import AdminRow
from core.admins.service import AdminService
from core.app.audit import reviewing, trail
from core.app.audit.forwarding import Waiting, waiting
from core.app.audit.rules import month_of
from core.db import rights, schema
from core.db.address import parsed_url, sqlite_path
from core.db.backup import copy_whole
from core.db.engine import Database, wal_is_safe
from core.db.errors import translate_errors
from core.db.schema import SchemaState
from core.io.cancelling import in_thread
from core.io.identity import Identity
from core.io.private import arriving, make_private_directory, make_private_file
from core.io.reasons import why
from core.tasks.from_calls import catch_up
from core.values.errors import CoreError, StorageUnavailable
from core.values.i18n import N_, _
from core.values.settings import Settings
from core.values.times import now

STATE_WORDS = {
    SchemaState.CURRENT: N_("up to date"),
    SchemaState.EMPTY: N_("empty"),
    SchemaState.BEHIND: N_("made by an older version"),
    SchemaState.NEWER: N_("made by a newer version"),
}
_SHOWN_PROBLEMS = 5
_SECRETS = frozenset({"password", "sslpassword"})
_HIDDEN = "..."


class DatabaseReport(Struct, frozen=True):
    """How the database is. ``problem`` is "" where it can be used; ``damage`` is what a check found.

    ``rights`` tells what is open that should not be, on PostgreSQL; ``unreadable`` in which columns there is
    something that this program does not know.
    """

    location: str
    state: str
    problem: str
    engine: str
    journal_mode: str = ""
    damage: tuple[str, ...] = ()
    rights: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()


async def set_up(settings: Settings, identity: Identity) -> AdminRow:
    """Make the database where there is none, and the OS account its first system admin.

    Raises StorageUnavailable where another database is in the way, ActionBlocked where all is set up.
    """
    async with _opened(settings) as database:
        missing = database.path is not None and not exists(database.path)
        found = SchemaState.EMPTY if missing else await schema.state(database)
        if found is SchemaState.EMPTY:
            with _translate_file_errors(settings):
                make_private_directory(settings.voice_dir)
                if database.path is not None:
                    make_private_file(database.path)
                    database.path.chmod(0o600)
            await rights.require_closed(database)
            await schema.upgrade(database)
        await schema.require_current(database)
        return await AdminService(database, settings).first_admin(identity)


class Upgraded(Struct, frozen=True):
    """Whether an upgrade was needed, the copy made before (SQLite), and how many calls lost a voice file by it.

    ``with_tasks``: for how many recipients the calls of the last days made tasks.
    """

    needed: bool
    copy: Path | None = None
    without_voice: int = 0
    with_tasks: int = 0


async def upgrade(
    settings: Settings, progress: Callable[[int], None] = lambda percent: None
) -> Upgraded:
    """Bring the schema up to date; ``progress`` hears how many percent are done of what takes long.

    Raises StorageUnavailable where it is no older database of this program.
    """
    async with _opened(settings) as database:
        found = await schema.state(database)
        if found is not SchemaState.BEHIND:
            await schema.require_current(database)
            if (
                not database.is_sqlite
            ):  # the rights as this program has them, also where no table has changed
                await schema.upgrade(database)
            return Upgraded(needed=False)
        copy = None
        if database.path is not None:
            copy = copy_name(database.path, now())
            source = database.path
            with _translate_file_errors(settings), arriving(copy) as part:
                await in_thread(lambda stop: copy_whole(source, part, stop))
        lost = await schema.upgrade(
            database,
            trail.record_lost_voices,
            lambda done, total: progress(100 * done // (total or 1)),
        )
        return Upgraded(True, copy, lost, await catch_up(database, settings))


async def report(settings: Settings, *, thorough: bool = False) -> DatabaseReport:
    """How the database is; nothing is written. ``thorough`` reads all of it to find damage."""
    location = shown_location(settings.database)
    engine = f"SQLite {sqlite3.sqlite_version}"
    async with _opened(settings) as database:
        if not database.is_sqlite:
            engine = parsed_url(settings.database).get_backend_name()
        try:
            found = await schema.state(database)
            journal_mode = await _pragma(database, "journal_mode")
            open_rights = await rights.problems(database)
            damage = await _pragma(database, f"quick_check({_SHOWN_PROBLEMS})") if thorough else ()
        except CoreError as error:
            return DatabaseReport(location, _("not usable"), str(error), engine)
        try:
            await schema.require_current(database)
        except CoreError as error:
            problem = str(error)
        else:
            problem = ""
        unreadable = await schema.unreadable(database) if thorough and not problem else ()
        return DatabaseReport(
            location,
            _(STATE_WORDS[found]),
            problem,
            engine,
            " ".join(journal_mode),
            () if damage == ("ok",) else damage,
            tuple(f"{what} {hint}" for what, hint in open_rights),
            tuple(unreadable),
        )


class ReviewsMissing(Struct, frozen=True):
    """The months whose records nobody has signed: those for which it is late, and the last one."""

    late: tuple[str, ...]
    last: str


async def reviews_missing(settings: Settings) -> ReviewsMissing:
    """Which reviews of records are missing, as far as this account sees. Raises CoreError."""
    moment = now()
    async with _reading(settings) as session:
        found = await reviewing.missing(session, moment, settings.zone)
    last = month_of(moment, settings.zone).plus(-1)
    late = tuple(str(one) for one in found if one < last)
    return ReviewsMissing(late, str(last) if last in found else "")


async def not_forwarded(settings: Settings) -> Waiting:
    """Which records syslog has not taken yet, as far as this account sees. Raises CoreError."""
    async with _reading(settings) as session:
        return await waiting(session)


async def require_current(settings: Settings) -> None:
    """Raise StorageUnavailable, with the way out, unless the database can be used as it is."""
    async with _opened(settings) as database:
        await schema.require_current(database)


def shown_location(url: str) -> str:
    """The database of a URL, without its password."""
    parsed = parsed_url(url)
    if parsed.drivername.startswith("sqlite"):
        return str(Path(parsed.database or "").expanduser().absolute())
    hidden = {name: _HIDDEN for name in parsed.query if name in _SECRETS}
    return parsed.update_query_dict(hidden).render_as_string(hide_password=True)


def has_password(url: str) -> bool:
    """Whether a password stands in the URL, where it does not belong."""
    parsed = parsed_url(url)
    return bool(parsed.password) or not _SECRETS.isdisjoint(parsed.query)


def require_url(url: str) -> None:
    """Raise InvalidInput where no database can have this URL; none is looked for."""
    sqlite_path(url)


def database_file(settings: Settings) -> Path | None:
    """The file of the database, or None where it lies on a server."""
    return sqlite_path(settings.database)


def trusts_wal() -> bool:
    """Whether this SQLite can be trusted with a database in WAL mode."""
    return wal_is_safe()


def journal_words() -> str:
    """Which journal mode this SQLite is trusted with, and why."""
    if wal_is_safe():
        return _("WAL: this SQLite has the fix for the WAL reset bug.")
    return _("DELETE: with several connections this SQLite can damage a database in WAL mode.")


def copy_name(path: Path, moment: datetime) -> Path:
    """Where the copy before an upgrade lies: beside the database, with the time in its name."""
    return path.with_name(f"{path.name}.before-upgrade-{moment:%Y%m%dT%H%M%SZ}")


def exists(path: Path) -> bool:
    """Whether anything is there, a link to nowhere included."""
    return os.path.lexists(path)


@contextlib.asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[Database]:
    database = Database(settings.database)
    try:
        yield database
    finally:
        await database.close()


@contextlib.asynccontextmanager
async def _reading(settings: Settings) -> AsyncIterator[AsyncSession]:
    """A session on the database as this program has it. Raises StorageUnavailable for another one."""
    async with _opened(settings) as database:
        await schema.require_current(database)
        async with database.reading() as session:
            yield session


async def _pragma(database: Database, pragma: str) -> tuple[str, ...]:
    if not database.is_sqlite:
        return ()
    with translate_errors():
        async with database.engine.connect() as connection:
            rows = await connection.execute(sa.text(f"PRAGMA {pragma}"))
            return tuple(str(row[0]) for row in rows)


@contextlib.contextmanager
def _translate_file_errors(settings: Settings) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageUnavailable(
            _("The files of {location} cannot be made: {reason}.").format(
                location=shown_location(settings.database), reason=why(error)
            ),
            _("Check the directory, its owner and the disk."),
        ) from error
