"""Chains the records of access that were kept since, as those of changes are."""

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.app.actor import CONSOLE
from core.app.audit import spool
from core.app.audit.access import KEPT, Access
from core.app.audit.access_log import not_kept
from core.app.audit.trail import GENESIS, chain_hash, hashed_fields
from core.db.bulk import one_of, pieces
from core.db.engine import Database
from core.db.models import AccessRecord, Admin
from core.values.times import now

_Key = Annotated[str, msgspec.Meta(max_length=32)]


async def chain_access(database: Database) -> int:
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
        fields = {name: line[name] for name in KEPT}
        fields["at"] = datetime.fromisoformat(line["at"])
        if fields["admin_id"] not in {*admins, None}:  # this database was restored from before
            fields["details"] = {**fields["details"], "admin": fields["admin_id"]}
            fields["admin_id"] = None
        hashed = chain_hash(previous, hashed_fields(**fields))
        made.append(
            fields | {"key": line["key"], "place": place, "previous_hash": previous, "hash": hashed}
        )
        previous = hashed
    for part in pieces(made):
        await session.execute(sa.insert(AccessRecord), part)
    return len(made)


def _lines(found: spool.SpoolFile) -> list[spool.Line]:
    """The records of one process, with how it ended where it could not say so itself."""
    lines = [line for line in found.lines if _is_whole(line)]
    broken = found.unreadable + len(found.lines) - len(lines)
    began = next((line for line in lines if line["action"] == "session.begin"), None)
    is_console = began is not None and began["details"] == {"doing": CONSOLE}
    if broken:
        lines.append(_unreadable(found, broken))
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


def _unreadable(found: spool.SpoolFile, lines: int) -> spool.Line:
    return {
        "at": now().isoformat(), "admin_id": None, "account": "", "client": "", "organization_id": None,
        "subject": "session", "subject_id": None, "action": "look.unreadable", "details": {"lines": lines},
        "key": f"{found.name}-broken",
    }  # fmt: skip


def _is_whole(line: spool.Line) -> bool:
    """Whatever else lies there keeps nothing else from being taken in."""
    try:
        msgspec.convert(line, Access)
        msgspec.convert(line.get("key"), _Key)
    except msgspec.ValidationError:
        return False
    return True


async def _not_known(session: AsyncSession, lines: Sequence[spool.Line]) -> list[spool.Line]:
    """Each once, though somebody has copied a file there."""
    by_key = {line["key"]: line for line in lines}
    there = one_of(session, AccessRecord.key, list(by_key), sa.String())
    known = set(await session.scalars(sa.select(AccessRecord.key).where(there)))
    return [line for key, line in by_key.items() if key not in known]
