"""Selects on what is kept of a recipient, for whoever sees all of them."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.db.models import Call, Contact, Memo, MemoryDetail, Organization, Recipient, Task
from core.db.rows import one_or
from core.recipients.reading import not_found
from core.retention.dto import Held


async def present_or_deleted(session: AsyncSession, recipient_id: int) -> Any:
    """What an erasing has to know of the recipient; without a name it was erased. Raises NotFound."""
    columns: tuple[Any, ...] = (
        Recipient.name, Recipient.phone, Recipient.organization_id, Recipient.deleted_at, Recipient.deletion_id,
        Organization.name.label("organization"),
    )  # fmt: skip
    select = sa.select(*columns).join(Organization, Organization.id == Recipient.organization_id)
    return await one_or(session, select.where(Recipient.id == recipient_id), not_found())


async def held(session: AsyncSession, recipient_id: int) -> tuple[Held, int]:
    """What is kept, in numbers, and the organization. Raises NotFound."""
    row = await present_or_deleted(session, recipient_id)

    async def count(model: Any, *which: sa.ColumnElement[bool]) -> int:
        select = sa.select(sa.func.count()).select_from(model).where(*which)
        return await session.scalar(select) or 0

    found = Held(
        recipient_id,
        row.name,
        row.phone,
        row.organization,
        row.deleted_at,
        calls=await count(Call, Call.recipient_id == recipient_id),
        voice_files=await count(
            Call, Call.recipient_id == recipient_id, Call.voice_file.is_not(None)
        ),
        memories=await count(MemoryDetail, MemoryDetail.recipient_id == recipient_id),
        notes=await count(Memo, Memo.recipient_id == recipient_id),
        tasks=await count(Task, Task.recipient_id == recipient_id),
        contact_of=await count(
            Contact,
            Contact.phone == row.phone,
            Contact.phone != "",
            Contact.recipient_id != recipient_id,
        ),
        namesakes=await count(
            Recipient,
            Recipient.id != recipient_id,
            Recipient.organization_id == row.organization_id,
            Recipient.name == row.name,
            Recipient.name != "",
            Recipient.deleted_at.is_(None),
        ),
        written=0,
    )
    return found, row.organization_id
