"""Keeps who saw whose data, before anything of it is shown.

On SQLite it goes to the spool, since somebody may hold the turn to write; on PostgreSQL to the table, by a
function that lets nobody speak for another. ``access_chain`` chains what came since.
"""

import asyncio
import json
from collections.abc import Awaitable, Sequence
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from msgspec import Struct
from msgspec.structs import replace

from core.app.audit import spool
from core.app.audit.access import KEPT, LISTED, Access
from core.app.audit.trail import canonical
from core.db.engine import Database
from core.db.errors import translate_errors
from core.values.errors import StorageUnavailable
from core.values.i18n import _
from core.values.times import now

_SAME = timedelta(minutes=10)
Result = TypeVar("Result")
# accesses to what is read ahead are put here, to be kept when it is shown
_ahead: ContextVar[list[Any] | None] = ContextVar("ahead", default=None)
_Last = dict[tuple[int | None, str], tuple[datetime, tuple[Any, ...]]]


class AccessLog:
    """Keeps what was noted. The same again (a screen that is read again) is kept once, but for what is printed.

    Whoever comes back to it later (``_SAME``) has access to it again.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._spool = None if database.path is None else spool.Spool(database.path)
        self._waiting: list[Access] = []  # of sessions, for which there was no place
        self._last: _Last = {}
        self._turn = asyncio.Lock()

    async def keep(self, accesses: Sequence[Access]) -> None:
        """Keep them. Raises StorageUnavailable, and then nothing may be shown.

        That a session begins or ends shows nothing of anybody: where there is no place, it waits for
        the next access.
        """
        if (ahead := _ahead.get()) is not None:
            ahead.extend(accesses)
            return
        # whoever reads the same meanwhile is shown nothing either before it is kept
        async with self._turn:
            last = dict(self._last)
            if fresh := [one for one in accesses if _is_new(one, last)]:
                await self._keep(fresh)
                self._last = last

    async def read_ahead(self, reading: Awaitable[Result]) -> "Ahead[Result]":
        """What this reads, to be shown later: it is an access when it is shown, and none before."""
        noted: list[Access] = []
        before = _ahead.set(noted)
        try:
            return Ahead(self, await reading, noted)
        finally:
            _ahead.reset(before)

    async def _keep(self, fresh: list[Access]) -> None:
        fresh, self._waiting = [*self._waiting, *fresh], []
        try:
            if self._spool is None:
                await self._tell_server(fresh)
            else:
                lines = [_kept(one) | {"at": one.at.isoformat()} for one in fresh]
                await asyncio.to_thread(self._spool.add, lines)
        except OSError as error:
            self._waiting = [one for one in fresh if _is_of_session(one)]
            if len(self._waiting) < len(fresh):
                raise not_kept(error) from error

    async def _tell_server(self, accesses: Sequence[Access]) -> None:
        with translate_errors():
            async with self._database.engine.begin() as connection:
                for one in accesses:
                    # by which others see whether this process is still there
                    own = {"session": self._database.name} if _is_of_session(one) else {}
                    values = _kept(one) | {"details": canonical({**one.details, **own})}
                    await connection.execute(_NOTE, values)

    def close(self) -> None:
        """Let others take in what this process kept."""
        if self._spool is not None:
            self._spool.close()
        self._last = {}


class Ahead(Struct, Generic[Result], frozen=True):
    """What was read before somebody asks to see it."""

    _log: AccessLog
    _found: Result
    _noted: Sequence[Access]

    async def shown(self) -> Result:
        """It, once it is kept who looks at it now. Raises StorageUnavailable, and then nothing may be shown."""
        await self._log.keep([replace(one, at=now()) for one in self._noted])
        return self._found


def _is_new(one: Access, last: _Last) -> bool:
    """Whether it is another access than the last one of its kind, which it is from now on."""
    what = (one.subject, one.subject_id, json.dumps(one.details, sort_keys=True), one.asked)
    at, before = last.get((one.admin_id, one.action), (one.at, None))
    is_new = one.action == LISTED or before != what or abs(one.at - at) >= _SAME
    if is_new:
        last[(one.admin_id, one.action)] = (one.at, what)
    return is_new


def _is_of_session(one: Access) -> bool:
    return one.action.startswith("session.")


def _kept(one: Access) -> dict[str, Any]:
    return {name: getattr(one, name) for name in KEPT}


_NOTE = sa.text(
    "SELECT carecall_look(:action, :organization_id, :subject, :subject_id, :details, :client,"
    " :admin_id, :account)"
).bindparams(
    *(sa.bindparam(name, type_=sa.BigInteger()) for name in ("organization_id", "subject_id", "admin_id")),
    *(sa.bindparam(name, type_=sa.Text()) for name in ("action", "subject", "details", "client", "account")),
)  # fmt: skip


def not_kept(error: OSError) -> StorageUnavailable:
    """What is told where an access cannot be kept: it is not allowed then."""
    from core.io.reasons import why

    return StorageUnavailable(
        _("Who looks at whose data cannot be recorded: {reason}.").format(reason=why(error)),
        _(
            "Nothing is shown without that. Make room on the disk, and check the permissions beside the database."
        ),
    )
