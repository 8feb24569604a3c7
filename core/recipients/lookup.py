"""Whether a recipient exists for an actor, within a transaction."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.app.actor import Actor
from core.db.models import Recipient
from core.recipients.queries import visible_recipients
from core.recipients.reading import not_found


async def organization_of(session: AsyncSession, actor: Actor, recipient_id: int) -> int:
    """The organization of a recipient that the actor may see. Raises NotFound."""
    found = await session.scalar(
        sa.select(Recipient.organization_id).where(
            visible_recipients(actor), Recipient.id == recipient_id
        )
    )
    if found is None:
        raise not_found()
    return found
