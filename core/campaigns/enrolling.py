"""Putting recipients into a campaign and taking them out, within the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from core.campaigns.status import refresh_status
from core.db.bulk import among
from core.db.models import Campaign, Participation, Recipient
from core.db.rows import delete_rows
from core.values.times import now


def in_campaign(campaign_id: int) -> sa.ColumnElement[bool]:
    """Whether a recipient takes part in the campaign."""
    return (
        sa.select(Participation.id)
        .where(Participation.recipient_id == Recipient.id, Participation.campaign_id == campaign_id)
        .correlate(Recipient)
        .exists()
    )


async def enroll(
    session: AsyncSession, campaign_id: int, *which: sa.ColumnElement[bool]
) -> list[int]:
    """Enroll the recipients that meet the conditions and are not in the campaign; gives their IDs.

    Whoever is paused elsewhere is paused here too, for the same reason and until the same day.
    """
    moment = now()
    columns = (
        "recipient_id",
        "campaign_id",
        "enrolled_at",
        "paused_at",
        "pause_reason",
        "resumes_at",
    )
    elsewhere = aliased(Participation)
    select = (
        sa.select(
            Recipient.id,
            sa.literal(campaign_id),
            sa.literal(moment, Participation.enrolled_at.type),
            elsewhere.paused_at,
            elsewhere.pause_reason,
            elsewhere.resumes_at,
        )
        .select_from(Recipient)
        .outerjoin(elsewhere, elsewhere.id == _pause_in_effect(moment))
        .where(*which, ~in_campaign(campaign_id))
    )
    insert = sa.insert(Participation).from_select(columns, select, include_defaults=False)
    ids = sorted(await session.scalars(insert.returning(Participation.recipient_id)))
    await refresh_status(session, among(session, Recipient.id, ids))
    return ids


async def withdraw(
    session: AsyncSession, campaign_id: int, *which: sa.ColumnElement[bool]
) -> list[int]:
    """Withdraw the recipients that meet the conditions and are in the campaign; gives their IDs."""
    chosen = sa.select(Recipient.id).where(*which, in_campaign(campaign_id))
    ids = sorted(await session.scalars(chosen))
    left = (
        Participation.campaign_id == campaign_id,
        among(session, Participation.recipient_id, ids),
    )
    await delete_rows(session, Participation, *left)
    await refresh_status(session, among(session, Recipient.id, ids))
    return ids


async def leave_campaigns_of(
    session: AsyncSession, organization_id: int, ids: Sequence[int]
) -> None:
    """Take these recipients out of the organization's own campaigns, now that they belong elsewhere."""
    own = sa.select(Campaign.id).where(Campaign.organization_id == organization_id)
    left = (among(session, Participation.recipient_id, ids), Participation.campaign_id.in_(own))
    await delete_rows(session, Participation, *left)
    await refresh_status(session, among(session, Recipient.id, ids))


async def refresh_participants(session: AsyncSession, campaign_id: int) -> None:
    """Bring the status of everybody in the campaign up to date, since its state has changed."""
    participants = sa.select(Participation.recipient_id).where(
        Participation.campaign_id == campaign_id
    )
    await refresh_status(session, Recipient.id.in_(participants))


def _pause_in_effect(moment: datetime) -> sa.ScalarSelect[Any]:
    other = aliased(Participation)
    return (
        sa.select(other.id)
        .where(
            other.recipient_id == Recipient.id,
            other.paused_at.is_not(None),
            sa.or_(other.resumes_at.is_(None), other.resumes_at > moment),
        )
        .correlate(Recipient)
        .order_by(other.paused_at.desc(), other.id.desc())
        .limit(1)
        .scalar_subquery()
    )
