"""Keeps each version of a memory detail, within the caller's transaction."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.db.models import MemoryVersion
from core.memory.rules import MemoryChange


async def keep(
    session: AsyncSession,
    memory_id: int,
    change: MemoryChange,
    content: str,
    at: datetime,
    *,
    call_id: int | None = None,
    admin_id: int | None = None,
) -> None:
    """Add a version: what the detail says after the change, and by whom."""
    last = await session.scalar(
        sa.select(sa.func.max(MemoryVersion.number)).where(MemoryVersion.memory_id == memory_id)
    )
    session.add(
        MemoryVersion(
            memory_id=memory_id,
            number=(last or 0) + 1,
            change=change.value,
            content=content,
            call_id=call_id,
            admin_id=admin_id,
            changed_at=at,
        )
    )
    await session.flush()
