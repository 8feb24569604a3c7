"""What a driver raises, told as a CoreError: by the error's code, never by its words.

A server speaks the language of its ``lc_messages``, and words change from version to version; SQLSTATE and
SQLite's result codes do not.
"""

import contextlib
import errno
import sqlite3
import sys
from collections.abc import Iterator

from sqlalchemy import exc

from core.values.errors import Conflict, CoreError, InvalidInput, StorageFull, StorageUnavailable
from core.values.i18n import N_, _

# what, and the way out
_Told = tuple[str, str]

_HELD: _Told = N_("The database is locked by another program."), N_("Try again in a minute.")
_BUSY: _Told = N_("The database takes no more connections."), N_("Try again in a minute.")
_READ_ONLY: _Told = N_("The database is read-only."), N_("Ask its owner for write permission.")
_NOT_OPENED: _Told = (
    N_("The database cannot be opened."),
    N_("Check that it exists and whose it is."),
)
_FOREIGN: _Told = (
    N_("The file is not a database of this program."),
    N_("Check the setting database."),
)
_DAMAGED: _Told = N_("The database is damaged."), N_("Restore the last backup.")
_DISK: _Told = (
    N_("The database cannot be read or written."),
    N_("Check the disk and its mount."),
)
_NOT_ALLOWED: _Told = (
    N_("The database does not let this account do that."),
    N_("Ask a system admin."),
)
_NO_TABLES: _Told = (
    N_("The database does not have the tables that this program needs."),
    N_("carecall db status says more."),
)
_NOT_LET_IN: _Told = (
    N_("The database server does not let this account in."),
    N_("Check the user in the setting database, and the password in ~/.pgpass."),
)
_NOT_THERE: _Told = (
    N_("The server has no database of this name."),
    N_("Check the setting database."),
)
_STOPPED: _Told = (
    N_("The database stopped the work before it was done; nothing was saved."),
    N_("Try again."),
)
_SILENT: _Told = (
    N_("The database does not answer."),
    N_("Check its server or file; carecall doctor says more."),
)
_FULL: _Told = N_("The disk is full; nothing was saved."), N_("Make room and try again.")

# https://sqlite.org/rescode.html, the primary codes. SQLITE_ERROR is what a statement gets whose table or column
# is not there.
_SQLITE: dict[int, _Told] = {
    sqlite3.SQLITE_ERROR: _NO_TABLES,
    sqlite3.SQLITE_PERM: _NOT_OPENED,
    sqlite3.SQLITE_BUSY: _HELD,
    sqlite3.SQLITE_LOCKED: _HELD,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_INTERRUPT: _STOPPED,
    sqlite3.SQLITE_IOERR: _DISK,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_CANTOPEN: _NOT_OPENED,
    sqlite3.SQLITE_PROTOCOL: _HELD,
    sqlite3.SQLITE_AUTH: _NOT_ALLOWED,
    sqlite3.SQLITE_NOTADB: _FOREIGN,
}

# https://www.postgresql.org/docs/current/errcodes-appendix.html: whole codes, then classes
_SQLSTATE: dict[str, _Told] = {
    "25006": _READ_ONLY,
    "3D000": _NOT_THERE,
    "3F000": _NO_TABLES,
    "40001": _HELD,
    "40P01": _HELD,
    "42501": _NOT_ALLOWED,
    "42703": _NO_TABLES,
    "42883": _NO_TABLES,
    "42P01": _NO_TABLES,
    "53100": _FULL,
    "53300": _BUSY,
    "55006": _HELD,
    "55P03": _HELD,
    "57014": _STOPPED,
    "58030": _DISK,
    "XX001": _DAMAGED,
    "XX002": _DAMAGED,
    "28": _NOT_LET_IN,
}

_TAKEN = frozenset({"23505", "23P01"})
_TAKEN_SQLITE = frozenset(
    {
        sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY,
        sqlite3.SQLITE_CONSTRAINT_ROWID,
        sqlite3.SQLITE_CONSTRAINT_UNIQUE,
    }
)
_GONE = "23503"


@contextlib.contextmanager
def translate_errors() -> Iterator[None]:
    """Turn what the driver raises into a CoreError that a user can act on."""
    try:
        yield
    except CoreError:
        raise
    except exc.IntegrityError as error:
        raise _refused(error) from error
    except (exc.DBAPIError, sqlite3.Error, ConnectionError) as error:
        raise explain(error) from error
    except Exception as error:
        if not _is_of_the_server(error):
            raise
        raise explain(error) from error


def explain(error: BaseException) -> StorageUnavailable:
    """The plain sentence for a driver's error."""
    what, hint = _told(error)
    kind = StorageFull if (what, hint) == _FULL else StorageUnavailable
    return kind(_(what), _(hint))


def is_taken(error: exc.IntegrityError) -> bool:
    """Whether there is one already of what there may be one of only; not another constraint that was broken."""
    return sqlstate(error) in _TAKEN or _result_code(_original(error)) in _TAKEN_SQLITE


@contextlib.contextmanager
def taken_means(refusal: CoreError) -> Iterator[None]:
    """Raise the refusal where somebody else has made meanwhile what there may be one of only."""
    try:
        yield
    except exc.IntegrityError as error:
        if not is_taken(error):
            raise
        raise refusal from error


def is_about_a_value(error: BaseException) -> bool:
    """Whether the database refused what it was given, and not the work itself."""
    state = sqlstate(error)
    if state:
        return state[:2] in {"22", "23"}
    return isinstance(error, exc.IntegrityError | exc.DataError)


def sqlstate(error: BaseException) -> str:
    """The code that PostgreSQL gave the error, or "" where it is none of its own."""
    return str(getattr(_original(error), "sqlstate", None) or "")


def _original(error: BaseException) -> BaseException:
    found = getattr(error, "orig", None)
    return found if isinstance(found, BaseException) else error


def _told(error: BaseException) -> _Told:
    original = _original(error)
    if isinstance(original, OSError) and original.errno in {errno.ENOSPC, errno.EDQUOT}:
        return _FULL
    if state := sqlstate(error):
        return _SQLSTATE.get(state) or _SQLSTATE.get(state[:2]) or _SILENT
    return _SQLITE.get(_result_code(original) & 0xFF, _SILENT)


def _result_code(original: BaseException) -> int:
    """SQLite's extended result code; its lowest byte is the primary one. 0 where there is none."""
    return int(getattr(original, "sqlite_errorcode", 0))


def _refused(error: exc.IntegrityError) -> CoreError:
    state, code = sqlstate(error), _result_code(_original(error))
    if is_taken(error):
        return Conflict(
            _("Somebody else saved the same at this moment."), _("Look at it again and retry.")
        )
    if state == _GONE or code == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
        return Conflict(
            _("Somebody else removed what this belongs to."), _("Look at it again and retry.")
        )
    return InvalidInput(_("The database does not take this value; nothing was saved."))


def _is_of_the_server(error: Exception) -> bool:
    """Whether asyncpg raised it itself, outside what SQLAlchemy translates."""
    asyncpg = sys.modules.get("asyncpg")
    # the last: a connection that the server ends between two steps of the client
    return asyncpg is not None and isinstance(
        error, asyncpg.PostgresError | asyncpg.InterfaceError | asyncpg.InternalClientError
    )
