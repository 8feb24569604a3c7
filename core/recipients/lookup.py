"""Whether a recipient exists for an actor, and the record of what is its own, within a transaction."""

from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.app.actor import Actor
from core.app.audit import trail
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


class OfRecipient(Protocol):
    """Something that is a recipient's: a memo, a contact."""

    @property
    def id(self) -> int:
        """Its own ID."""

    @property
    def recipient_id(self) -> int:
        """Whose it is."""


async def record_of(
    session: AsyncSession, actor: Actor, action: str, one: OfRecipient, **details: Any
) -> None:
    """Record what was done with it (``memo.add``), and whose it is. Raises NotFound."""
    await trail.record(
        session, actor, action, action.partition(".")[0], one.id,
        organization_id=await organization_of(session, actor, one.recipient_id),
        details={"recipient": one.recipient_id, **details},
    )  # fmt: skip
