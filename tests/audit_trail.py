"""Reading the record of changes in tests."""

import sqlalchemy as sa

from core.db.models import AuditRecord
from tests.factories import World


async def records(world: World) -> list[AuditRecord]:
    """The audit records, the first one first."""
    async with world.database.reading() as session:
        return list(await session.scalars(sa.select(AuditRecord).order_by(AuditRecord.id)))


async def actions(world: World) -> list[str]:
    """What was done, in order."""
    return [record.action for record in await records(world)]
