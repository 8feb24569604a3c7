"""The use case of the call list: whom the calling system is to phone now."""

from collections.abc import AsyncIterator

import sqlalchemy as sa

from core.app.audit import trail
from core.app.permissions import CALLERS, About, Shows
from core.app.use_case import Service, Steps, use_case
from core.campaigns import lookup, queries
from core.campaigns.dto import CallListEntry
from core.campaigns.participations import resume_due
from core.recipients.masking import is_masked
from core.values.errors import NotPermitted
from core.values.i18n import _
from core.values.times import now

PAGE = 2_000  # entries in one read


class CallList(Service):
    """The part of the campaign service that the calling system asks."""

    @use_case(CALLERS, "steps", campaign=About.CAMPAIGN_NAME, shows=Shows.RECORDED)
    async def call_list(
        self, steps: Steps, campaign: str | None = None, organization: str | None = None
    ) -> AsyncIterator[CallListEntry]:
        """Whom to phone now, by campaign and recipient.

        Read page by page, so that a slow reader never holds the database; what changes meanwhile counts from the
        next page on. Raises NotFound for the campaign, NotPermitted for a role that does not see numbers.
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
                chosen = await lookup.by_name(session, actor, campaign, organization)
            campaign_id = chosen.id if chosen else None
            everybody = queries.call_list(actor, campaign_id, now(), (0, 0), None).subquery()
            count = await session.scalar(sa.select(sa.func.count(everybody.c.recipient.distinct())))
        async with steps.writing() as (session, actor):
            await trail.record(
                session, actor, "call_list.read", "campaign", campaign_id,
                organization_id=actor.organization_id, details={"count": count},
            )  # fmt: skip
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
