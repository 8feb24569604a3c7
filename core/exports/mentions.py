"""Texts that are kept of many people: which of them name somebody, and who else stands in one."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.app.actor import Actor
from core.db.models import Handover, Recipient, Upload
from core.db.rows import is_sqlite
from core.exports import dto
from core.exports.queries import uploads_of
from core.retention.blotting import Traces
from core.values.i18n import told
from core.values.stored import stored_list


async def shared_texts(session: AsyncSession, actor: Actor, traces: Traces) -> list[dto.TextNaming]:
    """The texts of many people that name somebody, as far as the actor may see them, the latest first."""
    own = sa.true() if actor.sees_all else Handover.organization_id == actor.organization_id
    places: tuple[tuple[str, Any, Any, Any], ...] = (
        ("handovers.text", Handover.signed_at, Handover.text, own),
        ("uploads.file_name", Upload.created_at, Upload.file_name, uploads_of(actor)),
        ("uploads.notes", Upload.created_at, Upload.notes, uploads_of(actor)),
    )
    found = []
    for of, moment, column, may_see in places:
        select = sa.select(moment, column).where(may_see)
        for at, kept in await session.execute(select):
            texts = [kept] if isinstance(kept, str) else [told(one) for one in stored_list(kept)]
            found += [dto.TextNaming(of, at, text) for text in texts if traces.are_in(text)]
    return sorted(found, key=lambda one: one.at, reverse=True)


async def names_beside(
    session: AsyncSession, organization_id: int, own: str, text: str
) -> list[str]:
    """The names of others of the organization that stand in the text."""
    place = "instr" if is_sqlite(session) else "strpos"
    stands: Any = getattr(sa.func, place)(sa.literal(text), Recipient.name) > 0
    select = sa.select(Recipient.name).where(
        Recipient.organization_id == organization_id,
        Recipient.name != "",
        Recipient.name != own,
        stands,
    )
    return list(await session.scalars(select.distinct()))
