"""Keeps the change that the list shows in step with the calls, within the caller's transaction."""

from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.db.models import Call, Organization, Recipient
from core.recipients.fields import NO_CHANGE
from core.trends.queries import SUMS
from core.trends.rules import Sums, change, holds_until, periods
from core.values.settings import Settings
from core.values.times import now, zone_of


async def refresh_changes(
    session: AsyncSession, settings: Settings, *which: sa.ColumnElement[bool]
) -> None:
    """Compare the last weeks anew, of the recipients that meet the conditions; write what is another one."""
    zones = sa.select(Organization.timezone).join(
        Recipient, Recipient.organization_id == Organization.id
    )
    for timezone in set(await session.scalars(zones.where(*which).distinct())):
        await _of_zone(session, settings, timezone, *which)


async def _of_zone(
    session: AsyncSession,
    settings: Settings,
    timezone: str | None,
    *which: sa.ColumnElement[bool],
) -> None:
    zone = zone_of(timezone, settings.zone)
    begins_before, begins = periods(now(), zone)
    is_recent = Call.started_at >= begins
    select = (
        sa.select(
            Recipient.id, Recipient.change, Recipient.change_until, is_recent.label("is_recent"),
            sa.func.min(Call.started_at).label("oldest"), *SUMS,
        )
        .join(Organization, Organization.id == Recipient.organization_id)
        .outerjoin(
            Call, sa.and_(Call.recipient_id == Recipient.id, Call.started_at >= begins_before)
        )
        .where(Organization.timezone.is_not_distinct_from(timezone), *which)
        .group_by(Recipient.id, Recipient.change, Recipient.change_until, is_recent)
    )  # fmt: skip
    kept: dict[int, tuple[Any, Any]] = {}
    sums: dict[tuple[int, bool], Sums] = {}
    oldest: dict[tuple[int, bool], Any] = {}
    for key, before, until, recent, first, *values in await session.execute(select):
        kept[key] = (before, until)
        if recent is not None:
            sums[key, bool(recent)] = Sums.of(values)
            oldest[key, bool(recent)] = first
    changed = []
    for key, stored in kept.items():
        found = change(sums.get((key, True), Sums()), sums.get((key, False), Sums()))
        until = holds_until(oldest.get((key, False)), oldest.get((key, True)), zone)
        value = NO_CHANGE if found is None else found.kept
        if (value, until) != stored:
            changed.append({"of": key, "change": value, "change_until": until})
    if changed:
        update = (
            sa.update(cast("sa.Table", Recipient.__table__))
            .where(Recipient.id == sa.bindparam("of"))
            .values(change=sa.bindparam("change"), change_until=sa.bindparam("change_until"))
        )
        await session.execute(update, changed)
