"""Keeps a recipient's status and campaign in step with its participations, within the caller's transaction."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.db.models import Campaign, Participation, Recipient
from core.recipients.rules import Status

RANK = sa.case((Campaign.state == "in progress", 3), (Campaign.state == "scheduled", 2), else_=1)
_STATUS = sa.case(
    (
        sa.and_(Campaign.state == "in progress", Participation.paused_at.is_(None)),
        int(Status.IN_PROGRESS),
    ),
    (Campaign.state == "in progress", int(Status.PAUSED)),
    (Campaign.state == "scheduled", int(Status.SCHEDULED)),
    else_=int(Status.ENDED),
)


def not_paused(moment: datetime) -> sa.ColumnElement[bool]:
    """Whether a participation is active at the moment: never paused, or the day to resume has come."""
    return sa.or_(Participation.paused_at.is_(None), Participation.resumes_at <= moment)


def _of_recipient(column: Any) -> sa.ScalarSelect[Any]:
    return (
        sa.select(column)
        .select_from(Participation)
        .join(Campaign, Campaign.id == Participation.campaign_id)
        .where(Participation.recipient_id == Recipient.id)
        .correlate(Recipient)
        .order_by(RANK.desc(), Participation.enrolled_at.desc(), Participation.id.desc())
        .limit(1)
        .scalar_subquery()
    )


async def refresh_status(session: AsyncSession, *which: sa.ColumnElement[bool]) -> None:
    """Set status and campaign of the recipients that meet the conditions. Their versions stay as they are."""
    await session.execute(
        sa.update(Recipient)
        .where(*which)
        .values(
            campaign_id=_of_recipient(Participation.campaign_id),
            status=sa.func.coalesce(_of_recipient(_STATUS), int(Status.NONE)),
            version=Recipient.version,
        )
        .execution_options(synchronize_session=False)
    )
