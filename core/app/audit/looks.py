"""Who looked at whose data: noted within a reading, kept before anything of it is shown.

``look`` notes it in the session; ``Database.reading`` hands it to ``Looks`` when the reading ends. On SQLite it
goes to the spool, since somebody may hold the turn to write; on PostgreSQL to the table, by a function that lets
nobody speak for another. ``chain_looks`` chains what came since.
"""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import MISSING, dataclass, fields, is_dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Any, Generic, TypeVar

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.app.actor import CONSOLE, Actor
from core.app.audit import spool
from core.app.audit.trail import GENESIS, canonical, chain_hash, hashed_fields
from core.db.engine import LOOKS, Database
from core.db.errors import translate_errors
from core.db.models import AccessRecord, Admin
from core.values.errors import StorageUnavailable
from core.values.i18n import _
from core.values.times import now

_AT_ONCE = 500
_SAME = timedelta(minutes=10)
LISTED = "look.list"
_OF_ONE = (
    "recipient_id",
    "call_id",
    "memory_id",
    "followup_id",
    "memo_id",
    "contact_id",
    "task_id",
)
_LARGEST = 2**63 - 1
Result = TypeVar("Result")
# looks at what is read ahead are put here, to be kept when it is shown
_ahead: ContextVar[list[Any] | None] = ContextVar("ahead", default=None)
ENDS = ("left", "signal", "idle", "longest", "disabled", "failed")
"""How a session of the console ends; one whose process was killed has the end ``killed``."""


@dataclass(frozen=True, slots=True)
class Look:
    """One look: by whom, from where, at what. ``details`` hold IDs, names of fields and numbers only.

    ``asked`` is what was asked for, words included: it tells one search from another, and is kept nowhere.
    """

    at: datetime
    admin_id: int | None
    account: str
    client: str
    action: str
    organization_id: int | None
    subject: str
    subject_id: int | None
    details: Mapping[str, Any]
    asked: object = None


_KEPT = tuple(name for name in Look.__dataclass_fields__ if name != "asked")
_Number = Annotated[int, msgspec.Meta(ge=-_LARGEST, le=_LARGEST)]


class _Whole(msgspec.Struct):
    """What a line of the spool has to be. Whatever else lies there keeps nothing else from being taken in."""

    key: Annotated[str, msgspec.Meta(max_length=32)]
    at: Annotated[datetime, msgspec.Meta(tz=True)]
    admin_id: _Number | None
    account: str
    client: str
    action: str
    organization_id: _Number | None
    subject: str
    subject_id: _Number | None
    details: dict[str, Any]


def look(
    session: AsyncSession,
    actor: Actor,
    action: str,
    subject: str,
    subject_id: int | None = None,
    *,
    organization_id: int | None = None,
    details: Mapping[str, Any] | None = None,
    asked: object = None,
) -> None:
    """Note that the actor is about to see this; it is kept before the reading gives anything."""
    noted = session.info.setdefault(LOOKS, [])
    noted.append(
        Look(
            now(), actor.admin_id, actor.account, actor.client, action,
            organization_id, subject, subject_id, dict(details or {}), asked,
        )
    )  # fmt: skip


def note_list(
    session: AsyncSession, actor: Actor, asked: Mapping[str, Any], rows: Sequence[Any]
) -> None:
    """Note that a command is about to print these rows, found for these arguments."""
    values = [*asked.values(), *(row[0] if type(row) is tuple else row for row in rows)]
    of = {getattr(one, "organization_id", None) for one in values} | {asked.get("organization_id")}
    whose = of - {None} if actor.sees_all else {actor.organization_id}
    recipient_id = asked.get("recipient_id")
    look(
        session, actor, LISTED, "recipients" if recipient_id is None else "recipient", recipient_id,
        organization_id=whose.pop() if len(whose) == 1 else None,
        details={
            "command": actor.doing, "fields": _fields_asked(asked.values()), "rows": len(rows),
            "people": _people(asked, rows),
        },
    )  # fmt: skip


def _people(asked: Mapping[str, Any], rows: Sequence[Any]) -> int:
    """Of how many people the rows are: not of the two who made a record, nor one for each of somebody's calls."""
    if rows and any(asked.get(name) is not None for name in _OF_ONE):
        return 1
    known: set[int] = set()
    others = 0  # who is told of, and is no recipient (yet)
    for row in (row[0] if type(row) is tuple else row for row in rows):
        for one in _told_of(row):
            if isinstance(one, int):
                known.add(one)
            else:
                others += 1
    return len(known) + others


def _told_of(row: Any) -> Iterable[int | None]:
    if hasattr(row, "recipient_id"):
        return (row.recipient_id,)
    if hasattr(row, "phone"):
        return (row.id,)  # a recipient itself
    parts = getattr(row, "parts", ())
    return [one.recipient_id for part in parts for one in part.items]


def _fields_asked(asked: Iterable[Any]) -> list[str]:
    """The names of what narrows it, without what."""
    names: set[str] = set()
    for one in asked:
        if (own := getattr(one, "fields_asked", None)) is not None:
            names.update(own)
        elif is_dataclass(one):
            names.update(
                field.name
                for field in fields(one)
                if field.default is not MISSING and getattr(one, field.name) != field.default
            )
    return sorted(names - {"limit"})


def note_session(
    session: AsyncSession, actor: Actor, action: str, details: Mapping[str, Any]
) -> None:
    """Note that a session of the admin begins or ends."""
    whose = actor.organization_id
    look(session, actor, action, "admin", actor.admin_id, organization_id=whose, details=details)


_Last = dict[tuple[int | None, str], tuple[datetime, tuple[Any, ...]]]


class Looks:
    """Keeps what was noted. The same again (a screen that is read again) is kept once, but for what is printed.

    Whoever comes back to it later (``_SAME``) looks at it again.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._spool = None if database.path is None else spool.Spool(database.path)
        self._waiting: list[Look] = []  # of sessions, for which there was no place
        self._last: _Last = {}
        self._turn = asyncio.Lock()

    async def keep(self, looks: Sequence[Look]) -> None:
        """Keep them. Raises StorageUnavailable, and then nothing may be shown.

        That a session begins or ends shows nothing of anybody: it waits for the next look where there is no place.
        """
        if (ahead := _ahead.get()) is not None:
            ahead.extend(looks)
            return
        # whoever reads the same meanwhile is shown nothing either before it is kept
        async with self._turn:
            last = dict(self._last)
            if fresh := [one for one in looks if _is_new(one, last)]:
                await self._keep(fresh)
                self._last = last

    async def read_ahead(self, reading: Awaitable[Result]) -> "Ahead[Result]":
        """What this reads, to be shown later: it is a look when it is shown, and none before."""
        noted: list[Look] = []
        before = _ahead.set(noted)
        try:
            return Ahead(self, await reading, noted)
        finally:
            _ahead.reset(before)

    async def _keep(self, fresh: list[Look]) -> None:
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

    async def _tell_server(self, looks: Sequence[Look]) -> None:
        with translate_errors():
            async with self._database.engine.begin() as connection:
                for one in looks:
                    # by which others see whether this process is still there
                    own = {"session": self._database.name} if _is_of_session(one) else {}
                    values = _kept(one) | {"details": canonical({**one.details, **own})}
                    await connection.execute(_LOOK, values)

    def close(self) -> None:
        """Let others take in what this process kept."""
        if self._spool is not None:
            self._spool.close()
        self._last = {}


@dataclass(frozen=True, slots=True)
class Ahead(Generic[Result]):
    """What was read before somebody asks to see it."""

    _looks: Looks
    _found: Result
    _noted: Sequence[Look]

    async def shown(self) -> Result:
        """It, once it is kept who looks at it now. Raises StorageUnavailable, and then nothing may be shown."""
        await self._looks.keep([replace(one, at=now()) for one in self._noted])
        return self._found


def _is_new(one: Look, last: _Last) -> bool:
    """Whether it is another look than the last one of its kind, which it is from now on."""
    what = (one.subject, one.subject_id, json.dumps(one.details, sort_keys=True), one.asked)
    at, before = last.get((one.admin_id, one.action), (one.at, None))
    is_new = one.action == LISTED or before != what or abs(one.at - at) >= _SAME
    if is_new:
        last[(one.admin_id, one.action)] = (one.at, what)
    return is_new


def _is_of_session(one: Look) -> bool:
    return one.action.startswith("session.")


def _kept(one: Look) -> dict[str, Any]:
    return {name: getattr(one, name) for name in _KEPT}


_LOOK = sa.text(
    "SELECT carecall_look(:action, :organization_id, :subject, :subject_id, :details, :client,"
    " :admin_id, :account)"
).bindparams(
    *(sa.bindparam(name, type_=sa.BigInteger()) for name in ("organization_id", "subject_id", "admin_id")),
    *(sa.bindparam(name, type_=sa.Text()) for name in ("action", "subject", "details", "client", "account")),
)  # fmt: skip


def not_kept(error: OSError) -> StorageUnavailable:
    """What is told where a look cannot be kept: it is not allowed then."""
    from core.io.reasons import why

    return StorageUnavailable(
        _("Who looks at whose data cannot be recorded: {reason}.").format(reason=why(error)),
        _(
            "Nothing is shown without that. Make room on the disk, and check the permissions beside the database."
        ),
    )


async def chain_looks(database: Database) -> int:
    """Chain what was kept since; gives how many records. Raises StorageUnavailable.

    Without anything new it takes no turn to write, and tells nobody of a change.
    """
    if database.path is None:
        return await _chain_on_server(database)
    found = spool.Collection(database.path)
    try:
        try:
            await asyncio.to_thread(found.read)
        except OSError as error:
            raise not_kept(error) from error
        if not found.found:
            return 0
        async with database.reading() as session:
            fresh = await _not_known(session, [line for one in found.found for line in _lines(one)])
        count = 0
        if fresh:
            async with database.transaction() as session:
                count = await _chain(session, fresh)
        # what is left there is known by now, and is taken in no second time
        with contextlib.suppress(OSError):
            await asyncio.to_thread(found.forget)
        return count
    finally:
        found.close()


async def _chain_on_server(database: Database) -> int:
    """Those that the session sees unchained tell whether there are any: who sees none leaves it to others."""
    async with database.reading() as session:
        unchained = sa.select(AccessRecord.id).where(AccessRecord.place.is_(None)).limit(1)
        if await session.scalar(unchained) is None:
            return 0
    async with database.transaction() as session:
        return int(await session.scalar(sa.text("SELECT carecall_chain_looks()")) or 0)


async def _chain(session: AsyncSession, lines: Sequence[spool.Line]) -> int:
    fresh = await _not_known(session, lines)  # somebody may have taken them in meanwhile
    select = sa.select(AccessRecord.place, AccessRecord.hash).order_by(AccessRecord.place.desc())
    last = (
        await session.execute(select.where(AccessRecord.place.is_not(None)).limit(1))
    ).one_or_none()
    place, previous = (last.place or 0, last.hash or GENESIS) if last else (0, GENESIS)
    made = []
    admins = set(await session.scalars(sa.select(Admin.id)))
    for line in sorted(fresh, key=lambda line: (line["at"], line["key"])):
        place += 1
        fields = {name: line[name] for name in _KEPT}
        fields["at"] = datetime.fromisoformat(line["at"])
        if fields["admin_id"] not in {*admins, None}:  # this database was restored from before
            fields["details"] = {**fields["details"], "admin": fields["admin_id"]}
            fields["admin_id"] = None
        hashed = chain_hash(previous, hashed_fields(**fields))
        made.append(
            fields | {"key": line["key"], "place": place, "previous_hash": previous, "hash": hashed}
        )
        previous = hashed
    for start in range(0, len(made), _AT_ONCE):
        await session.execute(sa.insert(AccessRecord), made[start : start + _AT_ONCE])
    return len(made)


def _lines(found: spool.Found) -> list[spool.Line]:
    """The records of one process, with how it ended where it could not say so itself."""
    lines = [line for line in found.lines if _is_whole(line)]
    broken = found.unreadable + len(found.lines) - len(lines)
    began = next((line for line in lines if line["action"] == "session.begin"), None)
    is_console = began is not None and began["details"] == {"doing": CONSOLE}
    if broken:
        lines.append(_by_itself(found, "look.unreadable", "broken", {"lines": broken}))
    if (
        began
        and is_console
        and found.has_ended
        and all(line["action"] != "session.end" for line in lines)
    ):
        details = {"how": "killed", "last": lines[-1]["at"]}
        end = {"at": now().isoformat(), "action": "session.end", "details": details}
        lines.append({**began, **end, "key": f"{found.name}-end"})
    return lines


def _by_itself(
    found: spool.Found, action: str, name: str, details: Mapping[str, Any]
) -> spool.Line:
    return {
        "at": now().isoformat(), "admin_id": None, "account": "", "client": "", "organization_id": None,
        "subject": "session", "subject_id": None, "action": action, "details": details,
        "key": f"{found.name}-{name}",
    }  # fmt: skip


def _is_whole(line: spool.Line) -> bool:
    try:
        msgspec.convert(line, _Whole)
    except msgspec.ValidationError:
        return False
    return True


async def _not_known(session: AsyncSession, lines: Sequence[spool.Line]) -> list[spool.Line]:
    """Each once, though somebody has copied a file there."""
    by_key = {line["key"]: line for line in lines}
    keys = list(by_key)
    known: set[str | None] = set()
    for start in range(0, len(keys), _AT_ONCE):
        part = AccessRecord.key.in_(keys[start : start + _AT_ONCE])
        known.update(await session.scalars(sa.select(AccessRecord.key).where(part)))
    return [line for key, line in by_key.items() if key not in known]
