"""Selects on contacts. Each is limited to the recipients that the actor may see."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.app.actor import Actor
from core.contacts.dto import ContactRow
from core.contacts.rules import Relation
from core.db.bulk import among
from core.db.models import Contact, Recipient
from core.db.rows import columns_of, made_of
from core.recipients.queries import visible_recipients

_COLUMNS = columns_of(ContactRow, Contact, without=("shared_with", "is_shared_widely"))


def rows(actor: Actor, *which: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """The columns of ``to_row``, in the order in which contacts are phoned."""
    return (
        sa.select(*_COLUMNS)
        .join(Recipient, Recipient.id == Contact.recipient_id)
        .where(visible_recipients(actor), *which)
        .order_by(Contact.recipient_id, Contact.place)
    )


def to_row(row: Any) -> ContactRow:
    """The DTO of a row, its number as it is stored."""
    return made_of(ContactRow, row, relation=Relation)


def others_with(actor: Actor, phone: str, recipient_id: int, limit: int) -> sa.Select[Any]:
    """The names of other recipients who have the number: as their own, or of a contact."""
    of_contact = sa.select(Contact.recipient_id).where(Contact.phone == phone)
    has_it = sa.or_(Recipient.phone == phone, Recipient.id.in_(of_contact))
    return (
        sa.select(Recipient.name)
        .where(visible_recipients(actor), Recipient.id != recipient_id, has_it)
        .order_by(Recipient.id)
        .limit(limit)
    )


async def first_guardians(session: AsyncSession, ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Name and number, as it is stored, of the first guardian of each of these recipients who has one."""
    select = (
        sa.select(Contact.recipient_id, Contact.name, Contact.phone)
        .where(
            among(session, Contact.recipient_id, sorted(ids)),
            Contact.relation == Relation.GUARDIAN.value,
        )
        .order_by(Contact.recipient_id, Contact.place.desc())
    )
    return {one: (name, phone) for one, name, phone in (await session.execute(select)).all()}
