"""The use cases of trends: of one recipient, and of an organization."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.app.actor import Actor
from core.app.audit.access import note_access
from core.app.permissions import READERS, About
from core.app.use_case import Service, use_case
from core.db.models import Call, Organization, Recipient, Task
from core.db.rows import one_or
from core.organizations.queries import one_organization
from core.recipients.queries import visible_recipients
from core.recipients.reading import not_found
from core.trends import queries
from core.trends.dto import Trend, Week
from core.trends.rules import Sums, weeks
from core.values.times import midnight, now, zone_of


class TrendService(Service, name="trends"):
    """Numbers by week, from the calls that are there."""

    @use_case(READERS, "read", recipient_id=About.RECIPIENT)
    async def of_recipient(self, session: AsyncSession, actor: Actor, recipient_id: int) -> Trend:
        """The weeks of one recipient; that is recorded. Raises NotFound."""
        select = sa.select(Organization.id, Organization.timezone).join(
            Recipient, Recipient.organization_id == Organization.id
        )
        theirs = select.where(visible_recipients(actor), Recipient.id == recipient_id)
        whose = await one_or(session, theirs, not_found())
        note_access(
            session, actor, "look.trend", "recipient", recipient_id, organization_id=whose.id
        )
        return await self._trend(session, whose.timezone, Call.recipient_id == recipient_id)

    @use_case(READERS, "read", organization_id=About.ORGANIZATION)
    async def of_organization(
        self, session: AsyncSession, actor: Actor, organization_id: int | None
    ) -> Trend:
        """The weeks of an organization, with its open tasks; None: of all that the actor may see.

        They are numbers of calls made for it, whoever was called and has been deleted since. Raises NotFound.
        """
        whose = actor.organization_id if organization_id is None else organization_id
        calls: list[sa.ColumnElement[bool]] = []
        tasks: list[sa.ColumnElement[bool]] = []
        timezone = None
        if whose is not None:
            timezone = (await one_organization(session, actor, whose)).timezone
            calls, tasks = [Call.organization_id == whose], [Task.organization_id == whose]
        trend = await self._trend(session, timezone, *calls)
        zone = zone_of(timezone, self._settings.zone)
        moment = now()
        ends = [midnight(week.first + timedelta(days=7), zone) for week in trend.weeks]
        ends[-1] = moment
        counted = (await session.execute(queries.open_tasks(ends, *tasks))).one()
        return Trend(
            [
                Week(week.first, week.sums, int(count or 0))
                for week, count in zip(trend.weeks, counted, strict=True)
            ]
        )

    async def _trend(
        self, session: AsyncSession, timezone: str | None, *which: sa.ColumnElement[bool]
    ) -> Trend:
        zone = zone_of(timezone, self._settings.zone)
        days = weeks(now(), zone)
        starts = [midnight(day, zone) for day in days]
        sums: dict[int, Any] = {
            part: Sums.of(values)
            for part, *values in await session.execute(queries.by_part(starts, *which))
        }
        return Trend([Week(day, sums.get(at, Sums())) for at, day in enumerate(days)])
