"""A guardian who is given together with a new recipient, within the transaction that makes it."""

from sqlalchemy.ext.asyncio import AsyncSession

from core.app.actor import Actor
from core.app.audit import trail
from core.contacts.rules import Relation
from core.db.models import Contact, Recipient


async def give_guardian(
    session: AsyncSession, actor: Actor, recipient_id: int, name: str, phone: str
) -> None:
    """Let the recipient, who has no contact yet, have this one; texts are as they are stored."""
    recipient = await session.get_one(Recipient, recipient_id)
    contact = Contact(
        recipient_id=recipient_id,
        place=1,
        relation=Relation.GUARDIAN.value,
        name=name,
        phone=phone,
        # the recipient's own moment tells that nobody has added it since
        created_at=recipient.registered_at,
        updated_at=recipient.registered_at,
    )
    session.add(contact)
    await session.flush()
    await trail.record(
        session,
        actor,
        "contact.add",
        "contact",
        contact.id,
        organization_id=recipient.organization_id,
        details={"recipient": recipient_id},
    )
