"""Records of one recipient: who changed something, and who looked at it."""

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.app.actor import Actor
from core.db.bulk import among
from core.db.models import (
    AccessRecord,
    Admin,
    AuditRecord,
    Call,
    Contact,
    FollowupAction,
    Memo,
    MemoryDetail,
    Task,
)
from core.db.names import name_of
from core.exports import dto
from core.values.stored import stored_object, stored_texts


async def of_recipient(
    session: AsyncSession, actor: Actor, recipient_id: int, *, access: bool
) -> list[dto.Record]:
    """Who changed something of the recipient's, or (``access``) looked at it, the latest first."""
    model: Any = AccessRecord if access else AuditRecord
    own = sa.true() if actor.sees_all else model.organization_id == actor.organization_id
    details = sa.cast(model.details, sa.Text)
    maybe = details.contains(str(recipient_id)) | details.contains('"ranges"')
    is_theirs = (model.subject == "recipient") & (
        (model.subject_id == recipient_id) | (model.subject_id.is_(None) & maybe)
    )
    columns: tuple[Any, ...] = (
        model.id, model.at, sa.func.coalesce(name_of(), ""), model.action, model.subject,
        model.subject_id, model.details,
    )  # fmt: skip
    select = sa.select(*columns).outerjoin(Admin, Admin.id == model.admin_id).where(own)
    parts = [
        is_theirs,
        details.contains(f'"recipient":{recipient_id}')
        | details.contains(f'"recipient": {recipient_id}'),
    ]
    parts += [
        (model.subject == subject) & among(session, model.subject_id, ids)
        for subject, ids in (await _of_them(session, recipient_id)).items()
        if ids
    ]
    found: dict[int, dto.Record] = {}
    for part in parts:
        for row in await session.execute(select.where(part)):
            told_of = stored_object(row.details)
            if row.subject == "recipient" and not _is_about(row.subject_id, told_of, recipient_id):
                continue
            if (
                row.subject != "recipient"
                and told_of.get("recipient", recipient_id) != recipient_id
            ):
                continue
            fields = tuple(stored_texts(told_of.get("fields")))
            found[row.id] = dto.Record(row.at, row[2], row.action, fields)
    return sorted(found.values(), key=lambda one: one.at, reverse=True)


def _is_about(subject_id: int | None, details: dict[str, Any], recipient_id: int) -> bool:
    runs: Iterable[Sequence[int]] = details.get("ranges", ())
    return (
        recipient_id in (subject_id, details.get("recipient"))
        or recipient_id in details.get("ids", ())
        or any(first <= recipient_id <= last for first, last in runs)
    )


async def _of_them(session: AsyncSession, recipient_id: int) -> dict[str, list[int]]:
    """The IDs of what is the recipient's, by what records call it."""
    kinds: dict[str, Any] = {
        "call": Call,
        "memory": MemoryDetail,
        "followup": FollowupAction,
        "memo": Memo,
        "contact": Contact,
        "task": Task,
    }
    return {
        subject: list(
            await session.scalars(
                sa.select(model.id).where(model.recipient_id == recipient_id).order_by(model.id)
            )
        )
        for subject, model in kinds.items()
    }
