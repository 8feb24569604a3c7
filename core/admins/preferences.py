"""What each admin prefers to see, by the name of the screen; kept beside the admin, and read by nobody else."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.db.models import Admin
from core.db.rows import is_sqlite
from core.values.stored import stored_object


async def preferences(session: AsyncSession, admin_id: int) -> dict[str, Any]:
    """All of them; on PostgreSQL the column itself is open to nobody."""
    kept: Any = sa.select(Admin.preferences).where(Admin.id == admin_id)
    if not is_sqlite(session):
        own = sa.func.carecall_preferences(admin_id, type_=Admin.preferences.type)
        kept = sa.select(own)
    return dict(stored_object(await session.scalar(kept)))


async def set_preferences(
    session: AsyncSession, admin_id: int, screen: str, options: dict[str, Any]
) -> None:
    """Keep those of a screen."""
    kept = {**await preferences(session, admin_id), screen: options}
    await session.execute(
        sa.update(Admin)
        .where(Admin.id == admin_id)
        .values(preferences=kept, version=Admin.version + 1)
    )
