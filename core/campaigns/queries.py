"""Selects on campaigns and on the call list. Each is limited to what the actor may see."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.app.actor import Actor
from core.campaigns.dto import CallListEntry, CampaignRow
from core.campaigns.rules import CampaignState
from core.campaigns.status import not_paused
from core.db.models import Campaign, Organization, Participation, Recipient
from core.db.rows import columns_of, made_of
from core.recipients.queries import visible_recipients
from core.values.text import search_key

Place = tuple[int, int]  # campaign ID and recipient ID: where the call list goes on

_CAMPAIGN = columns_of(CampaignRow, Campaign, organization=sa.func.coalesce(Organization.name, ""))
_ENTRY = columns_of(
    CallListEntry, Recipient,
    campaign=Campaign.name, organization=Organization.name, recipient=Recipient.id,
)  # fmt: skip


def visible_campaigns(actor: Actor) -> sa.ColumnElement[bool]:
    """The campaigns that exist for the actor: its organization's, and those open to every one."""
    if actor.delivers_for_all:
        return sa.true()
    return sa.or_(
        Campaign.organization_id.is_(None), Campaign.organization_id == actor.organization_id
    )


def campaigns(actor: Actor) -> sa.Select[Any]:
    """The rows of the campaigns that the actor may see, the latest first."""
    return (
        sa.select(*_CAMPAIGN)
        .select_from(Campaign)
        .outerjoin(Organization, Organization.id == Campaign.organization_id)
        .where(visible_campaigns(actor))
        .order_by(Campaign.created_at.desc(), Campaign.id.desc())
    )


def to_row(row: Any) -> CampaignRow:
    """The DTO of a row of ``campaigns``."""
    return made_of(CampaignRow, row, state=CampaignState)


def named(name: str) -> sa.ColumnElement[bool]:
    """The campaign of this name, in any case and normal form."""
    return Campaign.name_key == search_key(name)


def participants(actor: Actor) -> sa.Select[Any]:
    """Campaign ID, and how many recipients that the actor may see take part in it."""
    columns: tuple[Any, ...] = (Participation.campaign_id, sa.func.count())
    return (
        sa.select(*columns)
        .select_from(Participation)
        .join(Recipient, Recipient.id == Participation.recipient_id)
        .where(visible_recipients(actor))
        .group_by(Participation.campaign_id)
    )


def call_list(
    actor: Actor, campaign_id: int | None, moment: datetime, after: Place, limit: int | None
) -> sa.Select[Any]:
    """Whom to phone at the moment, from after this place on (``limit`` None: all of them)."""
    select = (
        sa.select(*_ENTRY, Campaign.id.label("campaign_id"))
        .select_from(Participation)
        .join(Campaign, Campaign.id == Participation.campaign_id)
        .join(Recipient, Recipient.id == Participation.recipient_id)
        .join(Organization, Organization.id == Recipient.organization_id)
        .where(
            Campaign.state == CampaignState.IN_PROGRESS.value,
            not_paused(moment),
            Recipient.deleted_at.is_(None),
            sa.true()
            if actor.delivers_for_all
            else Recipient.organization_id == actor.organization_id,
            sa.tuple_(Participation.campaign_id, Participation.recipient_id)
            > sa.tuple_(sa.literal(after[0]), sa.literal(after[1])),
        )
        .order_by(Participation.campaign_id, Participation.recipient_id)
        .limit(limit)
    )
    if campaign_id is not None:
        select = select.where(Participation.campaign_id == campaign_id)
    return select


def to_entry(row: Any) -> CallListEntry:
    """The DTO of a row of ``call_list``."""
    return made_of(CallListEntry, row)
