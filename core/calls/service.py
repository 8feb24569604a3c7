"""Reading calls: a recipient's, page by page, and one with its conversation."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.app.actor import Actor
from core.app.audit.access import note_access
from core.app.permissions import READERS, About, Shows
from core.app.use_case import Service, use_case
from core.calls import queries
from core.calls.dto import CallDetails, CallRow, FeedbackRow
from core.calls.lookup import find_by_external_id, one_call
from core.calls.rules import Analysis, CallResult, Verdict
from core.db.models import Call, FollowupAction, Recipient
from core.db.rows import made_of
from core.recipients.dto import FIRST_PAGE, Anchor, Page
from core.recipients.queries import paged, visible_recipients


class CallService(Service, name="calls"):
    """Calls, as far as the actor may see their recipients."""

    @use_case(READERS, "read")
    async def window(
        self, session: AsyncSession, actor: Actor, recipient_id: int, page: Page = FIRST_PAGE
    ) -> list[tuple[CallRow, Anchor]]:
        """A page of a recipient's calls, newest first, each with its own anchor.

        ``Pager(calls.window, actor, recipient_id)`` gives them by index.
        """
        select = queries.calls(actor, Call.recipient_id == recipient_id)
        rows = (
            await session.execute(paged(select, page, Call.started_at, Call.id, down=True))
        ).all()
        return [(queries.to_row(row), Anchor(row.started_at, row.id)) for row in rows]

    @use_case(READERS, "read", shows=Shows.NOBODY)
    async def count(self, session: AsyncSession, actor: Actor, recipient_id: int) -> int:
        """How many calls the recipient has."""
        return await session.scalar(_counted(actor, Call.recipient_id == recipient_id)) or 0

    @use_case(READERS, "read", call_id=About.CALL, shows=Shows.NOBODY)
    async def index_of(self, session: AsyncSession, actor: Actor, call_id: int) -> int:
        """At which place of its recipient's calls, newest first, this one is. Raises NotFound."""
        call = await one_call(session, actor, call_id)
        here = sa.tuple_(sa.literal(call.started_at, Call.started_at.type), sa.literal(call.id))
        newer = sa.tuple_(Call.started_at, Call.id) > here
        which = (Call.recipient_id == call.recipient_id, newer)
        return await session.scalar(_counted(actor, *which)) or 0

    @use_case(READERS, "read", call_id=About.CALL, shows=Shows.RECORDED)
    async def get(self, session: AsyncSession, actor: Actor, call_id: int) -> CallDetails:
        """One call with its conversation and feedback; that is recorded. Raises NotFound."""
        call = await one_call(session, actor, call_id)
        more = sa.select(Call.summary, Recipient.organization_id).join(
            Recipient, Recipient.id == Call.recipient_id
        )
        summary, organization_id = (await session.execute(more.where(Call.id == call_id))).one()
        note_access(
            session, actor, "look.conversation", "recipient", call.recipient_id,
            organization_id=organization_id, details={"call": call_id},
        )  # fmt: skip
        said = (await session.execute(queries.utterances(call_id))).all()
        thought = (await session.execute(queries.feedback(call_id))).all()
        return CallDetails(
            call,
            tuple(queries.to_utterance(row) for row in said),
            tuple(made_of(FeedbackRow, row, verdict=Verdict) for row in thought),
            summary or "",
        )

    @use_case(READERS, "read", external_id=About.CALL_OF_SYSTEM)
    async def by_external_id(
        self,
        session: AsyncSession,
        actor: Actor,
        external_id: str,
        organization: str | None = None,
        source: str | None = None,
    ) -> CallRow:
        """The call that the calling system knows by this id. Raises as ``find_by_external_id``."""
        call_id = await find_by_external_id(session, actor, external_id, organization, source)
        return await one_call(session, actor, call_id)

    @use_case(READERS, "read")
    async def next_emergency(
        self, session: AsyncSession, actor: Actor, recipient_id: int, before: CallRow | None
    ) -> CallRow | None:
        """The recipient's latest emergency call before this one, else the latest of all, or None."""
        which = (Call.recipient_id == recipient_id, Call.analysis == Analysis.EMERGENCY.value)
        select = queries.calls(actor, *which).order_by(Call.started_at.desc(), Call.id.desc())
        row = None
        if before is not None:
            here = sa.tuple_(
                sa.literal(before.started_at, Call.started_at.type), sa.literal(before.id)
            )
            older = select.where(sa.tuple_(Call.started_at, Call.id) < here).limit(1)
            row = (await session.execute(older)).one_or_none()
        if row is None:
            row = (await session.execute(select.limit(1))).one_or_none()
        return None if row is None else queries.to_row(row)

    @use_case(READERS, "read")
    async def latest_without_followup(
        self, session: AsyncSession, actor: Actor, recipient_id: int
    ) -> CallRow | None:
        """The recipient's latest connected call that has no follow-up action, or None."""
        which = (
            Call.recipient_id == recipient_id,
            Call.result == CallResult.CONNECTED.value,
            FollowupAction.id.is_(None),
        )
        select = queries.calls(actor, *which).order_by(Call.started_at.desc(), Call.id.desc())
        row = (await session.execute(select.limit(1))).one_or_none()
        return None if row is None else queries.to_row(row)


def _counted(actor: Actor, *which: sa.ColumnElement[bool]) -> sa.Select[Any]:
    return (
        sa.select(sa.func.count())
        .select_from(Call)
        .join(Recipient, Recipient.id == Call.recipient_id)
        .where(visible_recipients(actor), *which)
    )
