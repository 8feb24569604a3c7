"""The use cases of who takes part in a campaign: enroll and withdraw, some or everybody."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.app.actor import Actor
from core.app.audit import trail
from core.app.permissions import WRITERS, About, Shows
from core.app.use_case import Service, Steps, use_case
from core.campaigns import enrolling, lookup, phones
from core.campaigns.dto import CampaignRow, EnrollmentResult
from core.campaigns.rules import why_not_change_participants
from core.db.bulk import among, ids_of
from core.db.models import Recipient
from core.recipients import reveals
from core.recipients.queries import visible_recipients
from core.values.errors import ActionBlocked, InvalidInput
from core.values.i18n import _
from core.values.jobs import Job


class Enrollment(Service):
    """The part of the campaign service that says who takes part."""

    @use_case(WRITERS, "steps", name=About.CAMPAIGN_NAME, shows=Shows.RECORDED)
    async def enroll(
        self,
        steps: Steps,
        name: str,
        organization: str | None = None,
        phones: Sequence[str] = (),
        *,
        everybody: bool = False,
        job: Job | None = None,
    ) -> EnrollmentResult:
        """Enroll the recipients with these numbers, or everybody of the organization(s).

        Numbers that cannot be taken are told in the result; the others are enrolled. Raises NotFound for campaign
        or organization, ActionBlocked where the campaign has ended, InvalidInput where it is not said whom.
        """
        return await self._change(
            steps, "campaign.enroll", name, organization, phones, everybody, job
        )

    @use_case(WRITERS, "steps", name=About.CAMPAIGN_NAME, shows=Shows.RECORDED)
    async def withdraw(
        self,
        steps: Steps,
        name: str,
        organization: str | None = None,
        phones: Sequence[str] = (),
        *,
        everybody: bool = False,
        job: Job | None = None,
    ) -> EnrollmentResult:
        """Withdraw the recipients with these numbers, or everybody of the organization(s).

        Raises as ``enroll``.
        """
        return await self._change(
            steps, "campaign.withdraw", name, organization, phones, everybody, job
        )

    async def _change(
        self,
        steps: Steps,
        action: str,
        name: str,
        organization: str | None,
        numbers: Sequence[str],
        everybody: bool,
        job: Job | None,
    ) -> EnrollmentResult:
        if bool(numbers) == everybody:
            raise InvalidInput(_("Say whom: either numbers or everybody."), field="phones")
        enrolls = action == "campaign.enroll"
        async with steps.reading() as (session, actor):
            campaign = await lookup.by_name(session, actor, name, organization)
            if reason := why_not_change_participants(campaign.state):
                raise ActionBlocked(reason)
            which = [visible_recipients(actor)]
            choose = _organization_for if enrolls else _organization_to_leave
            of = await choose(session, actor, campaign, organization)
            if of is not None:
                which.append(Recipient.organization_id == of)
            found = phones.Lookup((), ())
            if numbers:
                await reveals.require_left(session, actor, self._settings)
                found = await phones.find(session, numbers, self._settings.region, which)
                which = [Recipient.id.in_(found.ids)]
            wanted = sa.select(sa.func.count()).select_from(Recipient).where(*which)
            meant = len(found.ids) if numbers else (await session.scalar(wanted) or 0)
            there = enrolling.in_campaign(campaign.id)
            select = sa.select(Recipient.id).where(*which, ~there if enrolls else there)
            ids = await ids_of(session, select.order_by(Recipient.id))
        await reveals.tell(steps, self._settings, found.ids)

        async def part(session: AsyncSession, actor: Actor, ids: Sequence[int]) -> int:
            current = await lookup.one(session, actor, campaign.id)
            if reason := why_not_change_participants(current.state):
                raise ActionBlocked(reason)
            change = enrolling.enroll if enrolls else enrolling.withdraw
            of_them = among(session, Recipient.id, ids)
            ids = await change(session, current.id, visible_recipients(actor), of_them)
            await trail.record_many(
                session, actor, action, "recipient", ids, {"campaign": current.id}
            )
            return len(ids)

        done = await steps.in_parts(ids, part, job)
        left = 0 if done.is_whole else done.total - done.done
        return EnrollmentResult(
            done.done, meant - done.done - left, found.refused, left, done.stopped
        )


async def _organization_to_leave(
    session: AsyncSession, actor: Actor, _campaign: CampaignRow, wanted: str | None
) -> int | None:
    return await lookup.organization_of(session, actor, wanted)


async def _organization_for(
    session: AsyncSession, actor: Actor, campaign: CampaignRow, wanted: str | None
) -> int | None:
    chosen = await lookup.organization_of(session, actor, wanted)
    if campaign.organization_id is None:
        return chosen
    if chosen not in (None, campaign.organization_id):
        raise InvalidInput(
            _("The campaign {name} is only for {organization}.").format(
                name=campaign.name, organization=campaign.organization
            ),
            field="organization",
        )
    return campaign.organization_id
