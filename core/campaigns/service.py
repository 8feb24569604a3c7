"""The use cases of campaigns: add, list, start, end; who takes part and the call list: beside it."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from core.app.actor import Actor
from core.app.audit import trail
from core.app.permissions import READERS, WRITERS, About, Shows
from core.app.use_case import use_case
from core.campaigns import enrolling, lookup, queries
from core.campaigns.call_list import CallList
from core.campaigns.dto import CampaignRow
from core.campaigns.enrollment import Enrollment
from core.campaigns.rules import CampaignState, clean_name, why_not_end, why_not_start
from core.db.models import Campaign
from core.db.rows import save_over
from core.values.errors import ActionBlocked, Conflict, NotPermitted
from core.values.i18n import _
from core.values.text import search_key
from core.values.times import now


class CampaignService(Enrollment, CallList, name="campaigns"):
    """Campaigns: system admins may change all, the others those of their own organization."""

    @use_case(WRITERS, "write", organization=About.ORGANIZATION_NAME)
    async def add(
        self, session: AsyncSession, actor: Actor, name: str, organization: str | None = None
    ) -> CampaignRow:
        """Add a campaign of an organization; without one, a system admin's is open to every one.

        Raises InvalidInput naming the field, and NotFound for the organization.
        """
        name = clean_name(name)
        organization_id = await lookup.organization_of(session, actor, organization)
        await lookup.refuse_taken(session, name, organization_id)
        made = Campaign(
            name=name,
            name_key=search_key(name),
            organization_id=organization_id,
            state=CampaignState.SCHEDULED.value,
            created_at=now(),
        )
        session.add(made)
        await session.flush()
        await _record(session, actor, "campaign.add", made.id, organization_id)
        return await lookup.one(session, actor, made.id)

    @use_case(READERS, "read", shows=Shows.NOBODY)
    async def list(self, session: AsyncSession, actor: Actor) -> Sequence[CampaignRow]:
        """The campaigns that the actor may see, the latest first."""
        rows = (await session.execute(queries.campaigns(actor))).all()
        return [queries.to_row(row) for row in rows]

    @use_case(READERS, "read", shows=Shows.NOBODY)
    async def participants(self, session: AsyncSession, actor: Actor) -> dict[int, int]:
        """How many recipients that the actor may see take part, by the campaign's ID."""
        rows = (await session.execute(queries.participants(actor))).all()
        return {row[0]: row[1] for row in rows}

    @use_case(WRITERS, "write", name=About.CAMPAIGN_NAME)
    async def start(
        self, session: AsyncSession, actor: Actor, name: str, organization: str | None = None
    ) -> CampaignRow:
        """From scheduled to in progress: its active participants are on the call list at once.

        Raises NotFound, ActionBlocked in another state, NotPermitted for one that is everybody's, and Conflict.
        """
        return await _move(session, actor, name, organization, CampaignState.IN_PROGRESS)

    @use_case(WRITERS, "write", name=About.CAMPAIGN_NAME)
    async def end(
        self, session: AsyncSession, actor: Actor, name: str, organization: str | None = None
    ) -> CampaignRow:
        """From in progress to ended, for good: nobody is phoned for it any more. Raises as ``start``."""
        return await _move(session, actor, name, organization, CampaignState.ENDED)


async def _move(
    session: AsyncSession, actor: Actor, name: str, organization: str | None, to: CampaignState
) -> CampaignRow:
    starts = to is CampaignState.IN_PROGRESS
    why_not = why_not_start if starts else why_not_end
    moment = {"started_at": now()} if starts else {"ended_at": now()}
    current = await lookup.by_name(session, actor, name, organization)
    _require_own(actor, current)
    if reason := why_not(current.state):
        raise ActionBlocked(reason)
    new = {"state": to.value, **moment}
    if not await save_over(session, Campaign, current.id, current.version, **new):
        raise Conflict(_("Somebody else changed this campaign at this moment."))
    await enrolling.refresh_participants(session, current.id)
    action = "campaign.start" if starts else "campaign.end"
    await _record(session, actor, action, current.id, current.organization_id)
    return await lookup.one(session, actor, current.id)


def _require_own(actor: Actor, campaign: CampaignRow) -> None:
    if campaign.organization_id is None and not actor.sees_all:
        raise NotPermitted(
            _(
                "The campaign {name} is open to every organization; only system admins change it."
            ).format(name=campaign.name),
            _("Ask a system admin."),
        )


async def _record(
    session: AsyncSession,
    actor: Actor,
    action: str,
    campaign_id: int,
    of: int | None,
) -> None:
    await trail.record(session, actor, action, "campaign", campaign_id, organization_id=of)
