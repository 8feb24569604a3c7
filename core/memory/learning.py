"""What a call brings up becomes memory details, within the caller's transaction.

The same topic and content is the same detail. See ``docs/adr/0020-memory.md`` for edits and resets.
"""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.memory.history import keep
from core.memory.rules import MemoryChange
from core.models import Call, MemoryDetail, MemoryVersion
from core.text import search_key

_BY_MACHINE = (MemoryChange.LEARNED.value, MemoryChange.LEARNED_AGAIN.value)


async def learn(
    session: AsyncSession,
    recipient_id: int,
    call_id: int,
    at: datetime,
    brought_up: Sequence[tuple[str, str]],
) -> int:
    """Take in (topic, content) pairs of the call that started ``at``; gives how many changed something."""
    changed = 0
    for topic, content in dict.fromkeys(brought_up):
        changed += await _learn_one(session, recipient_id, call_id, at, topic, content)
    return changed


async def _learn_one(
    session: AsyncSession, recipient_id: int, call_id: int, at: datetime, topic: str, content: str
) -> bool:
    of_topic = await session.scalars(
        sa.select(MemoryDetail)
        .where(
            MemoryDetail.recipient_id == recipient_id, MemoryDetail.topic_key == search_key(topic)
        )
        .order_by(MemoryDetail.changed_at.desc(), MemoryDetail.id.desc())
    )
    details = list(of_topic)
    key = search_key(content)
    for detail in details:
        if await _says(session, detail, key):
            return await _brought_up_again(session, detail, call_id, at, content)
    for detail in details:
        edited = detail.admin_id is not None and detail.reset_at is None
        if edited and detail.changed_at < at and detail.newer_call_id != call_id:
            return await _show_beside(session, detail, call_id, at, content)
    detail = MemoryDetail(
        recipient_id=recipient_id,
        topic=topic,
        topic_key=search_key(topic),
        content=content,
        content_key=key,
        call_id=call_id,
        learned_at=at,
        changed_at=at,
    )
    session.add(detail)
    await session.flush()
    await keep(session, detail.id, MemoryChange.LEARNED, content, at, call_id=call_id)
    return True


async def _says(session: AsyncSession, detail: MemoryDetail, key: str) -> bool:
    if key == detail.content_key:
        return True
    told = await session.scalars(
        sa.select(MemoryVersion.content).where(
            MemoryVersion.memory_id == detail.id, MemoryVersion.change.in_(_BY_MACHINE)
        )
    )
    return any(search_key(content) == key for content in told)


async def _brought_up_again(
    session: AsyncSession, detail: MemoryDetail, call_id: int, at: datetime, content: str
) -> bool:
    if detail.reset_at is not None:
        if at <= detail.reset_at:
            return False
        detail.content, detail.content_key = content, search_key(content)
        detail.call_id, detail.learned_at, detail.changed_at = call_id, at, at
        detail.admin_id = detail.reset_at = None
        await session.flush()
        await keep(session, detail.id, MemoryChange.LEARNED_AGAIN, content, at, call_id=call_id)
        return True
    if search_key(content) == detail.content_key or detail.admin_id is None:
        return False
    if at <= detail.changed_at:
        return False
    return await _show_beside(session, detail, call_id, at, content)


async def _show_beside(
    session: AsyncSession, detail: MemoryDetail, call_id: int, at: datetime, content: str
) -> bool:
    if detail.newer_content is not None and search_key(detail.newer_content) == search_key(content):
        return False
    shown_at = sa.select(Call.started_at).where(Call.id == detail.newer_call_id)
    newest = await session.scalar(shown_at) if detail.newer_call_id else None
    if newest is None or newest <= at:
        detail.newer_content, detail.newer_call_id = content, call_id
        await session.flush()
    await keep(session, detail.id, MemoryChange.LEARNED, content, at, call_id=call_id)
    return True
