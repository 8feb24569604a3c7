"""The use cases of campaigns: add, start, end, enroll, withdraw, and the call list."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.app.actor import Actor
from core.app.audit import trail
from core.app.permissions import CALLERS, READERS, WRITERS, About, Shows
from core.app.use_case import Service, Steps, use_case
from core.campaigns import enrolling, phones, queries
from core.campaigns.dto import CallListEntry, CampaignRow, EnrollmentResult
from core.campaigns.participations import resume_due
from core.campaigns.rules import (
    CampaignState,
    clean_name,
    why_not_change_participants,
    why_not_end,
    why_not_start,
)
from core.db.bulk import among, ids_of
from core.db.models import Campaign, Organization, Recipient
from core.organizations.service import find_by_name
from core.recipients import reveals
from core.recipients.masking import is_masked
from core.recipients.queries import visible_recipients
from core.values.errors import ActionBlocked, Conflict, InvalidInput, NotFound, NotPermitted
from core.values.i18n import _
from core.values.jobs import Job
from core.values.text import replace_forbidden, search_key
from core.values.times import now

_NAMED = 5  # of several organizations
PAGE = 2_000  # entries of the call list in one read


class CampaignService(Service, name="campaigns"):
    """Campaigns: system admins may change all, the others those of their own organization."""

    @use_case(WRITERS, "write", organization=About.ORGANIZATION_NAME)
    async def add(
        self, session: AsyncSession, actor: Actor, name: str, organization: str | None = None
    ) -> CampaignRow:
        """Add a campaign of an organization; without one, a system admin's is open to every one."""
        name = clean_name(name)
        organization_id = await _organization_of(session, actor, organization)
        await _refuse_taken(session, name, organization_id)
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
        return await _one(session, actor, made.id)

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
        """From scheduled to in progress: its active participants are on the call list at once."""
        return await _move(session, actor, name, organization, CampaignState.IN_PROGRESS)

    @use_case(WRITERS, "write", name=About.CAMPAIGN_NAME)
    async def end(
        self, session: AsyncSession, actor: Actor, name: str, organization: str | None = None
    ) -> CampaignRow:
        """From in progress to ended, for good: nobody is phoned for it any more."""
        return await _move(session, actor, name, organization, CampaignState.ENDED)

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

        Numbers that cannot be taken are told in the result; the others are enrolled.
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
        """Withdraw the recipients with these numbers, or everybody of the organization(s)."""
        return await self._change(
            steps, "campaign.withdraw", name, organization, phones, everybody, job
        )

    @use_case(CALLERS, "steps", campaign=About.CAMPAIGN_NAME, shows=Shows.RECORDED)
    async def call_list(
        self, steps: Steps, campaign: str | None = None, organization: str | None = None
    ) -> AsyncIterator[CallListEntry]:
        """Whom to phone now, by campaign and recipient.

        Read page by page, so that a slow reader never holds the database; what changes meanwhile
        counts from the next page on.
        """
        await resume_due(self._database)
        async with steps.reading() as (session, actor):
            if is_masked(actor, self._settings):
                raise NotPermitted(
                    _("The call list holds numbers, which your role does not see."),
                    _("Ask an admin with another role."),
                )
            chosen = None
            if campaign is not None:
                chosen = await _by_name(session, actor, campaign, organization)
            campaign_id = chosen.id if chosen else None
            everybody = queries.call_list(actor, campaign_id, now(), (0, 0), None).subquery()
            count = await session.scalar(sa.select(sa.func.count(everybody.c.recipient.distinct())))
        async with steps.writing() as (session, actor):
            await _record(
                session, actor, "call_list.read", campaign_id, actor.organization_id, count=count
            )
        place = (0, 0)
        while True:
            async with steps.reading() as (session, actor):
                select = queries.call_list(actor, campaign_id, now(), place, PAGE)
                rows = (await session.execute(select)).all()
            for row in rows:
                yield queries.to_entry(row)
            if len(rows) < PAGE:
                return
            place = (rows[-1].campaign_id, rows[-1].recipient)

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
            campaign = await _by_name(session, actor, name, organization)
            if reason := why_not_change_participants(campaign.state):
                raise ActionBlocked(reason)
            which = [visible_recipients(actor)]
            choose = _organization_for if enrolls else _organization_to_leave
            of = await choose(session, actor, campaign, organization)
            if of is not None:
                which.append(Recipient.organization_id == of)
            found = phones.Found((), ())
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
            current = await _one(session, actor, campaign.id)
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


async def _move(
    session: AsyncSession, actor: Actor, name: str, organization: str | None, to: CampaignState
) -> CampaignRow:
    starts = to is CampaignState.IN_PROGRESS
    why_not = why_not_start if starts else why_not_end
    moment = {"started_at": now()} if starts else {"ended_at": now()}
    current = await _by_name(session, actor, name, organization)
    _require_own(actor, current)
    if reason := why_not(current.state):
        raise ActionBlocked(reason)
    result: Any = await session.execute(
        sa.update(Campaign)
        .where(Campaign.id == current.id, Campaign.version == current.version)
        .values(state=to.value, version=current.version + 1, **moment)
    )
    if result.rowcount != 1:
        raise Conflict(_("Somebody else changed this campaign at this moment."))
    await enrolling.refresh_participants(session, current.id)
    action = "campaign.start" if starts else "campaign.end"
    await _record(session, actor, action, current.id, current.organization_id)
    return await _one(session, actor, current.id)


async def _refuse_taken(session: AsyncSession, name: str, organization_id: int | None) -> None:
    """Raise InvalidInput where whoever sees the new campaign would see another one of its name.

    Who adds one that is open to every organization sees all of them, and is told whose they are; of other
    organizations' campaigns nobody else is told anything.
    """
    seen = sa.or_(Campaign.organization_id.is_(None), Campaign.organization_id == organization_id)
    select = (
        sa.select(Campaign.name, sa.func.coalesce(Organization.name, ""))
        .outerjoin(Organization, Organization.id == Campaign.organization_id)
        .where(queries.named(name), sa.true() if organization_id is None else seen)
        .order_by(Campaign.organization_id.is_not(None), Organization.name_key)
        .limit(_NAMED)
    )
    taken = (await session.execute(select)).all()
    if not taken:
        return
    of = ", ".join(filter(None, (row[1] for row in taken)))
    if of and organization_id is None:
        raise InvalidInput(
            _("There is a campaign {name} already, of {organizations}.").format(
                name=taken[0][0], organizations=of
            ),
            _("Choose another name."),
            field="name",
        )
    raise InvalidInput(
        _("There is a campaign {name} already.").format(name=taken[0][0]), field="name"
    )


async def _one(session: AsyncSession, actor: Actor, campaign_id: int) -> CampaignRow:
    select = queries.campaigns(actor).where(Campaign.id == campaign_id)
    return queries.to_row((await session.execute(select)).one())


async def _by_name(
    session: AsyncSession, actor: Actor, name: str, organization: str | None
) -> CampaignRow:
    """The campaign of this name; where several organizations have one, that of the one that is named.

    Raises NotFound, and InvalidInput that names the organizations.
    """
    rows = (await session.execute(queries.campaigns(actor).where(queries.named(name)))).all()
    found = [queries.to_row(row) for row in rows]
    if len(found) > 1 and organization is not None:
        of = (await find_by_name(session, actor, organization)).id
        found = [one for one in found if one.organization_id == of]
    if not found:
        raise NotFound(
            _("There is no campaign {name}.").format(name=replace_forbidden(name)),
            _("carecall campaign list shows their names."),
        )
    if len(found) > 1:
        organizations = sorted(one.organization for one in found)
        raise InvalidInput(
            _("Several organizations have a campaign {name}: {organizations}.").format(
                name=found[0].name, organizations=", ".join(organizations[:_NAMED])
            ),
            _("Name one of them with --organization NAME."),
            field="organization",
        )
    return found[0]


async def _organization_of(session: AsyncSession, actor: Actor, wanted: str | None) -> int | None:
    if wanted is not None:
        return (await find_by_name(session, actor, wanted)).id
    return None if actor.sees_all else actor.organization_id


async def _organization_to_leave(
    session: AsyncSession, actor: Actor, _campaign: CampaignRow, wanted: str | None
) -> int | None:
    return await _organization_of(session, actor, wanted)


async def _organization_for(
    session: AsyncSession, actor: Actor, campaign: CampaignRow, wanted: str | None
) -> int | None:
    chosen = await _organization_of(session, actor, wanted)
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
    subject_id: int | None,
    of: int | None,
    **details: Any,
) -> None:
    await trail.record(
        session, actor, action, "campaign", subject_id, organization_id=of, details=details
    )
