"""The use cases of follow-up actions: list, add, edit, delete. At most one for each call."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.app.actor import Actor
from core.app.permissions import READERS, WRITERS, About
from core.app.use_case import Service, use_case
from core.calls.lookup import one_call
from core.calls.queries import ADMIN_NAME
from core.db.errors import taken_means
from core.db.models import Admin, Call, FollowupAction, Recipient
from core.db.rows import columns_of, delete_over, made_of, one_or, save_over
from core.followups.dto import FollowupRow
from core.followups.rules import ActionType, clean_details, clean_type, why_not_add
from core.recipients.lookup import record_of
from core.recipients.masking import as_typed
from core.recipients.queries import visible_recipients
from core.tasks.from_calls import end_for_call
from core.values.errors import ActionBlocked, Conflict, NotFound
from core.values.i18n import _
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
        new = {"action_type": chosen.value, "details": cleaned, "admin_id": actor.admin_id}
        if not await save_over(
            session, FollowupAction, followup_id, version, **new, updated_at=now()
        ):
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
        if not await delete_over(session, FollowupAction, followup_id, version):
            raise _changed_meanwhile(await _one(session, actor, followup_id))
        await _record(session, actor, "followup.delete", current)


async def add_followup(
    session: AsyncSession, actor: Actor, call_id: int, action_type: str, details: str
) -> FollowupRow:
    """Add one to a call within the caller's transaction; the tasks that are about the call are done with it.

    Raises ActionBlocked where the call has one already.
    """
    call = await one_call(session, actor, call_id)
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
    columns = columns_of(FollowupRow, FollowupAction, call_at=Call.started_at, admin=ADMIN_NAME)
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
    return made_of(FollowupRow, row, action_type=ActionType)


async def _one(session: AsyncSession, actor: Actor, followup_id: int) -> FollowupRow:
    missing = NotFound(_("This follow-up action does not exist (any more)."))
    return _to_row(await one_or(session, _rows(actor, FollowupAction.id == followup_id), missing))


async def _record(session: AsyncSession, actor: Actor, action: str, row: FollowupRow) -> None:
    await record_of(session, actor, action, row, call=row.call_id)


def _changed_meanwhile(current: FollowupRow) -> Conflict:
    return Conflict(
        _("Somebody else changed this follow-up action; nothing was overwritten."),
        _("Compare both and choose."),
        current=current,
    )
