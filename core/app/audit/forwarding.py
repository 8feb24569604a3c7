"""Sends whole records of both chains to the host's syslog, each as one JSON object, in the order of their numbers.

Up to which number they were taken stands in the database, and moves on when syslog has read them: nothing is lost
while it is away, or when this process is killed. What may have been sent before is sent again, with its number.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from core.app.audit import syslog
from core.app.audit.chain import Model, place_of
from core.app.audit.trail import hashed_fields
from core.db.engine import Database
from core.db.models import AccessRecord, Admin, AuditRecord, Forwarded
from core.values.times import now

CHAINS: tuple[tuple[str, Model], ...] = (("changes", AuditRecord), ("access", AccessRecord))
_AT_ONCE = 200
_MOST = 1_000  # of a chain in one turn: journald takes 10,000 lines in half a minute


class Waiting(Struct, frozen=True):
    """How many records syslog has not taken yet, and since when the first of them waits."""

    records: int
    since: datetime | None


async def forward(database: Database) -> int:
    """Send what is new; gives how many records syslog has taken. Where it is away, the next turn tries again.

    On PostgreSQL only who sees every record does this.
    """
    if not await _sees_all(database):
        return 0
    count = 0
    try:
        for chain, model in CHAINS:
            for _turn in range(0, _MOST, _AT_ONCE):
                taken = await _some(database, chain, model)
                count += taken
                if taken < _AT_ONCE:
                    break
    except OSError:
        pass
    return count


async def waiting(session: AsyncSession) -> Waiting:
    """What is still to be sent."""
    records, since = 0, None
    for chain, model in CHAINS:
        place = place_of(model)
        select = sa.select(sa.func.count(), sa.func.min(model.at)).select_from(model)
        count, first = (
            await session.execute(select.where(place > await _last(session, chain)))
        ).one()
        records += count
        since = min(filter(None, (since, first)), default=None)
    return Waiting(records, since)


async def _sees_all(database: Database) -> bool:
    if database.is_sqlite:
        return True
    async with database.reading() as session:
        return await session.scalar(sa.select(sa.func.carecall_role())) in ("owner", "system")


async def _some(database: Database, chain: str, model: Model) -> int:
    async with database.reading() as session:
        last = await _last(session, chain)
        rows = (await session.execute(_after(model, last))).all()
    if not rows:
        return 0
    with syslog.Log() as log:
        for row in rows:
            for message in syslog.messages(chain, row.place, row.at, _text(chain, row)):
                await log.send(message)
        await log.taken()
    async with database.transaction() as session:
        # another console may have sent them as well, and be further by now
        if await _last(session, chain) == last:
            await session.merge(Forwarded(chain=chain, number=rows[-1].place, at=now()))
    return len(rows)


async def _last(session: AsyncSession, chain: str) -> int:
    select = sa.select(Forwarded.number).where(Forwarded.chain == chain)
    return await session.scalar(select) or 0


def _after(model: Model, last: int) -> sa.Select[Any]:
    place = place_of(model)
    columns: tuple[Any, ...] = (
        place.label("place"), model.at, model.admin_id, model.account, model.client, model.action,
        model.organization_id, model.subject, model.subject_id, model.details, model.previous_hash, model.hash,
        sa.func.coalesce(Admin.login, "").label("login"),
    )  # fmt: skip
    select = sa.select(*columns).outerjoin(Admin, Admin.id == model.admin_id)
    return select.where(place > last).order_by(place).limit(_AT_ONCE)


def _text(chain: str, row: Any) -> str:
    """The record with all that its hash covers, so that the chain can be followed where it arrives."""
    fields: Sequence[Any] = row[1:10]
    at, *others = fields
    record = hashed_fields(at.astimezone(UTC), *others)
    told = {"chain": chain, "number": row.place, "login": row.login, **record}
    text = json.dumps(told | {"previous": row.previous_hash, "hash": row.hash})
    return text.replace("\x7f", "\\u007f")  # the only control character that JSON leaves as it is
