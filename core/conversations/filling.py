"""Bringing what was there before the index into it: in parts, the newest first, beside whoever works."""

import asyncio
from time import monotonic

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.conversations import index
from core.db.engine import Database
from core.db.models import Call, ConversationFill, MemoryDetail
from core.db.rows import change_rows

_PART = 250  # calls or memory details; held for about a tenth of a second
_PAUSE = 0.02  # seconds between parts, for others who write


async def fill(database: Database, seconds: float | None = None, *, pause: float = _PAUSE) -> int:
    """Bring in what is not there yet, for so many seconds; gives how many calls and memory details went in.

    On PostgreSQL it is left to who sees the calls of every organization. Where nothing is left, it only reads.
    """
    until = None if seconds is None else monotonic() + seconds
    filled = 0
    while await _is_left(database) and (until is None or monotonic() < until):
        async with database.transaction() as session:
            filled += await _part(session)
        await asyncio.sleep(pause)
    return filled


async def begin_anew(session: AsyncSession) -> None:
    """Let all that is there have to be filled in, as in a database whose index is empty."""
    fill = await session.get(ConversationFill, 1) or ConversationFill(id=1)
    fill.call_id = await session.scalar(sa.select(sa.func.max(Call.id))) or 0
    fill.memory_id = await session.scalar(sa.select(sa.func.max(MemoryDetail.id))) or 0
    session.add(fill)
    await session.flush()


async def _is_left(database: Database) -> bool:
    left = sa.or_(ConversationFill.call_id > 0, ConversationFill.memory_id > 0)
    async with database.reading() as session:
        if await session.scalar(sa.select(ConversationFill.id).where(left)) is None:
            return False
        if database.is_sqlite:
            return True
        return await session.scalar(sa.select(sa.func.carecall_role())) in ("owner", "system")


async def _part(session: AsyncSession) -> int:
    """The next part, in one transaction. What is filled in is marked first: ``index`` takes only such."""
    for fill, model, keep in (
        (ConversationFill.call_id, Call, index.keep_calls),
        (ConversationFill.memory_id, MemoryDetail, index.keep_memories),
    ):
        up_to = await session.scalar(sa.select(fill)) or 0
        if not up_to:
            continue
        own: sa.ColumnElement[int] = model.id  # type: ignore[assignment]
        ids = list(
            await session.scalars(
                sa.select(own).where(own <= up_to).order_by(own.desc()).limit(_PART)
            )
        )
        rest = ids[-1] - 1 if len(ids) == _PART else 0
        await change_rows(session, ConversationFill, **{fill.key: rest})
        await keep(session, ids)
        return len(ids)
    return 0
