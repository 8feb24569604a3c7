"""Pausing and resuming: whether a recipient is on the call list now."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core import audit
from core.actor import Actor, reread
from core.campaigns.dto import ParticipationRow
from core.campaigns.rules import CampaignState
from core.campaigns.status import RANK, refresh_status
from core.db import Database
from core.errors import ActionBlocked
from core.models import Campaign, Participation, Recipient
from core.recipients.dto import Selection
from core.recipients.queries import visible
from core.recipients.rules import (
    Status,
    check_resumes_at,
    clean_pause_reason,
    why_not_pause,
    why_not_resume,
)
from core.recipients.service import RecipientService
from core.times import now


class ParticipationService:
    """Pause and resume participations."""

    def __init__(self, database: Database, recipients: RecipientService) -> None:
        self._database = database
        self._recipients = recipients

    async def pause(
        self,
        actor: Actor,
        selection: Selection,
        expected: int,
        *,
        reason: str = "",
        resumes_at: datetime | None = None,
    ) -> int:
        """Pause those of the selection with a campaign in progress; gives how many.

        Every participation that has not ended is paused, so that no campaign that starts later phones them.
        ``resumes_at`` (UTC, in the future) ends the pause by itself. ``expected`` is the size of the selection
        that was confirmed. Raises ActionBlocked with the reason where it is possible for none.
        """
        reason = clean_pause_reason(reason)
        if resumes_at is not None:
            check_resumes_at(resumes_at, now())
        async with self._database.transaction() as session:
            actor = await reread(session, actor, write=True)
            ids = await self._possible(session, actor, selection, expected, Status.IN_PROGRESS)
            for part in _parts(ids):
                await session.execute(
                    sa.update(Participation)
                    .where(Participation.recipient_id.in_(part), _not_ended())
                    .values(paused_at=now(), pause_reason=reason or None, resumes_at=resumes_at)
                    .execution_options(synchronize_session=False)
                )
                await refresh_status(session, Recipient.id.in_(part))
            until = resumes_at.isoformat() if resumes_at else None
            await audit.record_many(
                session, actor, "participation.pause", "recipient", ids, {"until": until}
            )
        return len(ids)

    async def resume(self, actor: Actor, selection: Selection, expected: int) -> int:
        """Resume those of the selection that are paused; gives how many."""
        async with self._database.transaction() as session:
            actor = await reread(session, actor, write=True)
            ids = await self._possible(session, actor, selection, expected, Status.PAUSED)
            await self._resume(session, ids)
            await audit.record_many(session, actor, "participation.resume", "recipient", ids)
        return len(ids)

    async def of_recipient(self, actor: Actor, recipient_id: int) -> Sequence[ParticipationRow]:
        """The campaigns that a recipient takes part in: in progress first, then by when it was enrolled."""
        columns: tuple[Any, ...] = (
            Participation.campaign_id,
            Campaign.name,
            Campaign.state,
            Participation.enrolled_at,
            Participation.paused_at,
            sa.func.coalesce(Participation.pause_reason, ""),
            Participation.resumes_at,
        )
        async with self._database.reading() as session:
            actor = await reread(session, actor)
            rows = await session.execute(
                sa.select(*columns)
                .select_from(Participation)
                .join(Campaign, Campaign.id == Participation.campaign_id)
                .join(Recipient, Recipient.id == Participation.recipient_id)
                .where(visible(actor), Recipient.id == recipient_id)
                .order_by(RANK.desc(), Participation.enrolled_at.desc(), Participation.id.desc())
            )
        return [ParticipationRow(row[0], row[1], CampaignState(row[2]), *row[3:]) for row in rows]

    async def resume_due(self) -> int:
        """Resume whoever's day has come; gives how many. The console itself does it, and records it."""
        due = (
            sa.select(Participation.recipient_id)
            .where(Participation.resumes_at <= now())
            .distinct()
        )
        async with self._database.reading() as session:
            if (await session.execute(due.limit(1))).first() is None:
                return 0
        async with self._database.transaction() as session:
            ids = await self._resume(session, list(await session.scalars(due)))
            await audit.record_many(session, None, "participation.resume", "recipient", ids)
        return len(ids)

    async def _resume(self, session: AsyncSession, ids: Sequence[int]) -> list[int]:
        """Gives whom of these it has resumed: on PostgreSQL those that the session may change."""
        resumed: set[int] = set()
        for part in _parts(ids):
            changed = await session.scalars(
                sa.update(Participation)
                .where(Participation.recipient_id.in_(part))
                .values(paused_at=None, pause_reason=None, resumes_at=None)
                .returning(Participation.recipient_id)
                .execution_options(synchronize_session=False)
            )
            resumed.update(changed)
            await refresh_status(session, Recipient.id.in_(part))
        return sorted(resumed)

    async def _possible(
        self,
        session: AsyncSession,
        actor: Actor,
        selection: Selection,
        expected: int,
        wanted: Status,
    ) -> list[int]:
        ids = await self._recipients.select_ids(session, actor, selection, expected)
        possible: list[int] = []
        other: Status | None = None
        for part in _parts(ids):
            select = sa.select(Recipient.id, Recipient.status).where(Recipient.id.in_(part))
            for recipient_id, status in (await session.execute(select)).all():
                if status == wanted:
                    possible.append(recipient_id)
                else:
                    other = Status(status)
        if not possible and other is not None:
            why = why_not_pause if wanted is Status.IN_PROGRESS else why_not_resume
            raise ActionBlocked(why(other) or "")
        return possible


def _not_ended() -> sa.ColumnElement[bool]:
    return Participation.campaign_id.in_(sa.select(Campaign.id).where(Campaign.state != "ended"))


def _parts(ids: Sequence[int], size: int = 500) -> list[Sequence[int]]:
    return [ids[start : start + size] for start in range(0, len(ids), size)]
