"""Feedback: what each admin thinks of a call."""

from sqlalchemy.ext.asyncio import AsyncSession

from core.app.actor import Actor
from core.app.audit import trail
from core.app.permissions import (
    WRITERS,
    About,
)
from core.app.use_case import Service, use_case
from core.calls.lookup import one_call
from core.calls.rules import Verdict
from core.db.models import Feedback
from core.db.rows import delete_rows
from core.recipients.lookup import organization_of
from core.values.times import now


class FeedbackService(Service, name="feedback"):
    """One verdict of each admin on each call."""

    @use_case(WRITERS, "write", call_id=About.CALL)
    async def give(
        self, session: AsyncSession, actor: Actor, call_id: int, verdict: Verdict
    ) -> Verdict | None:
        """Give the verdict in the place of the actor's other one; the same again withdraws it.

        Gives the actor's verdict as it is now. The audit record keeps what was withdrawn. Raises NotFound.
        """
        call = await one_call(session, actor, call_id)
        own = (Feedback.call_id == call_id, Feedback.admin_id == actor.admin_id)
        await delete_rows(session, Feedback, *own)
        withdrawn = call.own_verdict is verdict
        if not withdrawn:
            session.add(
                Feedback(
                    call_id=call_id,
                    admin_id=actor.admin_id,
                    verdict=verdict.value,
                    given_at=now(),
                )
            )
        await trail.record(
            session,
            actor,
            "feedback.withdraw" if withdrawn else "feedback.give",
            "call",
            call_id,
            organization_id=await organization_of(session, actor, call.recipient_id),
            details={"recipient": call.recipient_id, "verdict": verdict.value},
        )
        return None if withdrawn else verdict
