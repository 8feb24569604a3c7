"""Answers that tell a role which does not see numbers whose number one is: each is a reveal, recorded and counted.

Whoever adds, uploads, enrolls or restores by number learns from the answer who has it. That cannot be left out, so
it is limited: ``TOLD_AN_HOUR`` recipients by one admin, on all consoles together, after which nothing is answered
that would tell, whatever the answer would be. That it would tell too many is an answer as well: it counts.
"""

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.app.actor import Actor
from core.app.audit import trail
from core.app.use_case import Steps
from core.db.models import AuditRecord, Recipient
from core.recipients.masking import is_masked
from core.retention.purging import Gone
from core.retention.rules import check_reason
from core.retention.tracing import traces_of
from core.values.errors import ActionBlocked
from core.values.i18n import _
from core.values.settings import Settings
from core.values.times import now

TOLD_AN_HOUR = 30
ACTION = "recipient.reveal"
ASKED = "asked"  # in the details: by which use case; the key that shows a number leaves none


async def require_left(session: AsyncSession, actor: Actor, settings: Settings) -> None:
    """Raise ActionBlocked where the actor was told of as many as may be. Asked before anything is looked up."""
    if is_masked(actor, settings) and await _left(session, actor) < 1:
        raise _too_many()


async def tell(steps: Steps, settings: Settings, ids: Sequence[int]) -> None:
    """Record that the answer is to tell whose numbers these are. Raises ActionBlocked where they are too many.

    Either way it is on record: tried again and again, with numbers of one's own, a refusal would tell, too.
    """
    if not ids or not is_masked(steps.actor, settings):
        return
    async with steps.writing() as (session, actor):
        left = await _left(session, actor)
        await record(session, actor, settings, ids, steps.use_case.name)
    if len(ids) > left:
        raise _too_many()


async def record(
    session: AsyncSession, actor: Actor, settings: Settings, ids: Sequence[int], asked: str
) -> None:
    """Record that the answer tells the actor whose numbers these are."""
    if is_masked(actor, settings):
        await trail.record_many(
            session, actor, ACTION, "recipient", sorted(set(ids)), {ASKED: asked}
        )


async def reason_of(
    session: AsyncSession, actor: Actor, settings: Settings, typed: str, recipient_id: int
) -> dict[str, str]:
    """What is recorded of why the actor asks for a number of this recipient, or of one of its contacts.

    A role that sees numbers need not say why. Raises InvalidInput (``reason``), also where it names the recipient:
    nobody can erase it from the record.
    """
    if not typed and not is_masked(actor, settings):
        return {}
    columns = Recipient.organization_id, Recipient.name, Recipient.phone
    found = (await session.execute(sa.select(*columns).where(Recipient.id == recipient_id))).one()
    traces = await traces_of(session, {recipient_id: Gone(*found, now())})
    return {"reason": check_reason(typed, traces)}


def _too_many() -> ActionBlocked:
    return ActionBlocked(
        _(
            "This would tell whose numbers these are, which your role does not see;"
            " at most {count} an hour are told."
        ).format(count=TOLD_AN_HOUR),
        _("Try again in an hour, or ask an admin who sees numbers."),
    )


async def _left(session: AsyncSession, actor: Actor) -> int:
    records = await session.scalars(
        sa.select(AuditRecord.details).where(
            AuditRecord.action == ACTION,
            AuditRecord.admin_id == actor.admin_id,
            AuditRecord.at > now() - timedelta(hours=1),
        )
    )
    return TOLD_AN_HOUR - sum(trail.count(details) for details in records if ASKED in details)
