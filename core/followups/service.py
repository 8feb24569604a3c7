"""The use cases of follow-up actions: list, add, edit, delete. At most one for each call."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.app.actor import Actor
from core.app.audit import trail
from core.app.permissions import READERS, WRITERS, About
from core.app.use_case import Service, use_case
from core.calls.lookup import one_call
from core.calls.queries import ADMIN_NAME
from core.db.engine import delete_rows
from core.db.errors import taken_means
from core.db.models import Admin, Call, FollowupAction, Recipient
from core.followups.dto import FollowupRow
from core.followups.rules import ActionType, clean_details, clean_type, why_not_add
from core.recipients.lookup import organization_of
from core.recipients.masking import as_typed
from core.recipients.queries import visible_recipients
from core.tasks.from_calls import end_for_call
from core.values.errors import ActionBlocked, Conflict, NotFound
from core.values.i18n import _
from core.values.stored import stored
from core.values.times import now


class FollowupService(Service, name="followups"):
    """Follow-up actions, as far as the actor may see their recipients."""

    @use_case(READERS, "read")
    async def list(
        self, session: AsyncSession, actor: Actor, recipient_id: int
    ) -> Sequence[FollowupRow]:
        """A recipient's follow-up actions, those of the latest calls first."""
        select = _rows(actor, FollowupAction.recipient_id == recipient_id)
        rows = (await session.execute(select)).all()
        return [_to_row(row) for row in rows]

    @use_case(READERS, "read", followup_id=About.FOLLOWUP)
    async def get(self, session: AsyncSession, actor: Actor, followup_id: int) -> FollowupRow:
        """One follow-up action. Raises NotFound."""
        return await _one(session, actor, followup_id)

    @use_case(WRITERS, "write", call_id=About.CALL)
    async def add(
        self, session: AsyncSession, actor: Actor, call_id: int, action_type: str, details: str = ""
    ) -> FollowupRow:
        """Add one to a call. Raises ActionBlocked where the call has one already."""
        return await add_followup(session, actor, call_id, action_type, details)

    @use_case(WRITERS, "write", followup_id=About.FOLLOWUP)
    async def edit(
        self,
        session: AsyncSession,
        actor: Actor,
        followup_id: int,
        action_type: str,
        details: str,
        version: int,
    ) -> FollowupRow:
        """Save over the version that was read. Raises Conflict with the present one."""
        current = await _one(session, actor, followup_id)
        details = as_typed(details, actor, self._settings, current.details)
        chosen, cleaned = clean_type(action_type), clean_details(details)
        if current.version != version:
            raise _changed_meanwhile(current)
        if (chosen, cleaned) == (current.action_type, current.details):
            return current
        result: Any = await session.execute(
            sa.update(FollowupAction)
            .where(FollowupAction.id == followup_id, FollowupAction.version == version)
            .values(
                action_type=chosen.value,
                details=cleaned,
                admin_id=actor.admin_id,
                updated_at=now(),
                version=version + 1,
            )
        )
        if result.rowcount != 1:
            raise _changed_meanwhile(await _one(session, actor, followup_id))
        await _record(session, actor, "followup.edit", current)
        return await _one(session, actor, followup_id)

    @use_case(WRITERS, "write", followup_id=About.FOLLOWUP)
    async def delete(
        self, session: AsyncSession, actor: Actor, followup_id: int, version: int
    ) -> None:
        """Delete the version that was read; the call may get another. Raises Conflict with the present one."""
        current = await _one(session, actor, followup_id)
        if current.version != version:
            raise _changed_meanwhile(current)
        which = (FollowupAction.id == followup_id, FollowupAction.version == version)
        if await delete_rows(session, FollowupAction, *which) != 1:
            raise _changed_meanwhile(await _one(session, actor, followup_id))
        await _record(session, actor, "followup.delete", current)


async def add_followup(
    session: AsyncSession, actor: Actor, call_id: int, action_type: str, details: str
) -> FollowupRow:
    """Add one to a call within the caller's transaction; the tasks that are about the call are done with it.

    Raises ActionBlocked where the call has one already.
    """
    call = await one_call(session, actor, Call.id == call_id)
    chosen, cleaned = clean_type(action_type), clean_details(details)
    if reason := why_not_add(has_followup=call.followup_id is not None):
        raise ActionBlocked(reason)
    moment = now()
    made = FollowupAction(
        call_id=call_id,
        recipient_id=call.recipient_id,
        admin_id=actor.admin_id,
        action_type=chosen.value,
        details=cleaned,
        created_at=moment,
        updated_at=moment,
    )
    session.add(made)
    with taken_means(ActionBlocked(why_not_add(has_followup=True) or "")):
        await session.flush()
    row = await _one(session, actor, made.id)
    await _record(session, actor, "followup.add", row)
    await end_for_call(session, call_id, actor.admin_id)
    return row


def _rows(actor: Actor, *which: sa.ColumnElement[bool]) -> sa.Select[Any]:
    columns: tuple[Any, ...] = (
        FollowupAction.id,
        FollowupAction.version,
        FollowupAction.recipient_id,
        FollowupAction.call_id,
        Call.started_at.label("call_at"),
        FollowupAction.action_type,
        FollowupAction.details,
        ADMIN_NAME.label("admin"),
        FollowupAction.created_at,
        FollowupAction.updated_at,
    )
    return (
        sa.select(*columns)
        .select_from(FollowupAction)
        .join(Recipient, Recipient.id == FollowupAction.recipient_id)
        .join(Call, Call.id == FollowupAction.call_id)
        .join(Admin, Admin.id == FollowupAction.admin_id)
        .where(visible_recipients(actor), *which)
        .order_by(Call.started_at.desc(), Call.id.desc())
    )


def _to_row(row: Any) -> FollowupRow:
    values = dict(zip(FollowupRow.__slots__, row, strict=True))
    return FollowupRow(**{**values, "action_type": stored(ActionType, row.action_type)})


async def _one(session: AsyncSession, actor: Actor, followup_id: int) -> FollowupRow:
    row = (await session.execute(_rows(actor, FollowupAction.id == followup_id))).one_or_none()
    if row is None:
        raise NotFound(_("This follow-up action does not exist (any more)."))
    return _to_row(row)


async def _record(session: AsyncSession, actor: Actor, action: str, row: FollowupRow) -> None:
    await trail.record(
        session,
        actor,
        action,
        "followup",
        row.id,
        organization_id=await organization_of(session, actor, row.recipient_id),
        details={"call": row.call_id, "recipient": row.recipient_id},
    )


def _changed_meanwhile(current: FollowupRow) -> Conflict:
    return Conflict(
        _("Somebody else changed this follow-up action; nothing was overwritten."),
        _("Compare both and choose."),
        current=current,
    )
