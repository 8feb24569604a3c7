"""Pausing and resuming: whether a recipient is on the call list now."""

from array import array
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.app.actor import Actor
from core.app.audit import trail
from core.app.permissions import READERS, WRITERS, About, Shows
from core.app.use_case import Service, Steps, use_case
from core.campaigns.dto import ParticipationRow
from core.campaigns.rules import CampaignState
from core.campaigns.status import RANK
from core.db.bulk import among, ids_of, in_parts, still
from core.db.engine import Database
from core.db.models import Campaign, Participation, Recipient
from core.db.rows import change_rows, columns_of, made_of
from core.recipients.dto import Selection
from core.recipients.listing.search import selected
from core.recipients.queries import visible_recipients
from core.recipients.rules import (
    Status,
    check_resumes_at,
    clean_pause_reason,
    why_not_pause,
    why_not_resume,
)
from core.recipients.selecting import chosen
from core.values.errors import ActionBlocked
from core.values.jobs import Done, Job
from core.values.stored import stored
from core.values.times import now


class ParticipationService(Service, name="participations"):
    """Pause and resume participations."""

    @use_case(WRITERS, "steps", selection=About.SELECTION, shows=Shows.RECORDED)
    async def pause(
        self,
        steps: Steps,
        selection: Selection,
        expected: int,
        *,
        reason: str = "",
        resumes_at: datetime | None = None,
        job: Job | None = None,
    ) -> Done:
        """Pause those of the selection with a campaign in progress; tells how many.

        Every participation that has not ended is paused, so that no campaign that starts later phones them.
        ``resumes_at`` (UTC, in the future) ends the pause by itself. ``expected`` is the size of the selection
        that was confirmed. Raises ActionBlocked with the reason where it is possible for none, NotFound
        or Conflict where the selection has changed, InvalidInput for reason and day.
        """
        reason = clean_pause_reason(reason)
        if resumes_at is not None:
            check_resumes_at(resumes_at, now())
        ids = await self._possible(steps, selection, expected, Status.IN_PROGRESS)
        until = resumes_at.isoformat() if resumes_at else None

        async def part(session: AsyncSession, actor: Actor, ids: Sequence[int]) -> int:
            in_progress = Recipient.status == int(Status.IN_PROGRESS)
            ids = await still(session, Recipient.id, ids, visible_recipients(actor), in_progress)
            which = (among(session, Participation.recipient_id, ids), _not_ended())
            new = {"paused_at": now(), "pause_reason": reason or None, "resumes_at": resumes_at}
            await change_rows(session, Participation, *which, **new)
            await _move(session, ids, Status.IN_PROGRESS, Status.PAUSED)
            await trail.record_many(
                session, actor, "participation.pause", "recipient", ids, {"until": until}
            )
            return len(ids)

        return await steps.in_parts(ids, part, job)

    @use_case(WRITERS, "steps", selection=About.SELECTION, shows=Shows.RECORDED)
    async def resume(
        self, steps: Steps, selection: Selection, expected: int, job: Job | None = None
    ) -> Done:
        """Resume those of the selection that are paused; tells how many. Raises as ``pause``."""
        ids = await self._possible(steps, selection, expected, Status.PAUSED)

        async def part(session: AsyncSession, actor: Actor, ids: Sequence[int]) -> int:
            paused = Recipient.status == int(Status.PAUSED)
            ids = await still(session, Recipient.id, ids, visible_recipients(actor), paused)
            await _resume(session, ids)
            await trail.record_many(session, actor, "participation.resume", "recipient", ids)
            return len(ids)

        return await steps.in_parts(ids, part, job)

    @use_case(READERS, "read")
    async def of_recipient(
        self, session: AsyncSession, actor: Actor, recipient_id: int
    ) -> Sequence[ParticipationRow]:
        """The campaigns that a recipient takes part in: in progress first, then by when it was enrolled."""
        columns = columns_of(
            ParticipationRow, Participation,
            campaign=Campaign.name, state=Campaign.state,
            pause_reason=sa.func.coalesce(Participation.pause_reason, ""),
        )  # fmt: skip
        rows = await session.execute(
            sa.select(*columns)
            .select_from(Participation)
            .join(Campaign, Campaign.id == Participation.campaign_id)
            .join(Recipient, Recipient.id == Participation.recipient_id)
            .where(visible_recipients(actor), Recipient.id == recipient_id)
            .order_by(RANK.desc(), Participation.enrolled_at.desc(), Participation.id.desc())
        )
        return [made_of(ParticipationRow, row, state=CampaignState) for row in rows]

    async def _possible(
        self, steps: Steps, selection: Selection, expected: int, wanted: Status
    ) -> "array[int]":
        """Whom of the selection it is possible for. Raises ActionBlocked with the reason where it is nobody."""
        possible = Recipient.status == int(wanted)
        async with steps.reading() as (session, actor):
            ids = await chosen(session, actor, self._settings, selection, expected, possible)
            if ids:
                return ids
            conditions = await selected(session, actor, selection, self._settings)
            select = sa.select(Recipient.status).where(*conditions).limit(1)
            other = stored(Status, await session.scalar(select) or Status.NONE)
            why = why_not_pause if wanted is Status.IN_PROGRESS else why_not_resume
            raise ActionBlocked(why(other) or "")


async def resume_due(database: Database) -> int:
    """Resume whoever's day has come; gives how many. The console itself does it, and records it."""
    due_now = Participation.resumes_at <= now()
    due = sa.select(Participation.recipient_id).where(due_now).distinct()
    due = due.order_by(Participation.recipient_id)
    async with database.reading() as session:
        ids = await ids_of(session, due)

    async def part(session: AsyncSession, ids: Sequence[int]) -> int:
        of_them = among(session, Participation.recipient_id, ids)
        found = await _resume(session, await ids_of(session, due.where(of_them)))
        await trail.record_many(session, None, "participation.resume", "recipient", found)
        return len(found)

    return (await in_parts(database, ids, part)).done if ids else 0


async def _resume(session: AsyncSession, ids: Sequence[int]) -> list[int]:
    """Gives whom of these it has resumed: on PostgreSQL those that the session may change."""
    resumed = await session.scalars(
        sa.update(Participation)
        .where(among(session, Participation.recipient_id, ids))
        .values(paused_at=None, pause_reason=None, resumes_at=None)
        .returning(Participation.recipient_id)
        .execution_options(synchronize_session=False)
    )
    found = sorted(set(resumed))
    await _move(session, ids, Status.PAUSED, Status.IN_PROGRESS)
    return found


async def _move(session: AsyncSession, ids: Sequence[int], before: Status, after: Status) -> None:
    """From one status to the other: of all participations that count, the pauses were set or taken away.

    Which of them counts most stays as it is (see ``core.campaigns.status``), and so does the campaign shown.
    """
    which = (among(session, Recipient.id, ids), Recipient.status == int(before))
    await change_rows(session, Recipient, *which, status=int(after), version=Recipient.version)


def _not_ended() -> sa.ColumnElement[bool]:
    return Participation.campaign_id.in_(sa.select(Campaign.id).where(Campaign.state != "ended"))
