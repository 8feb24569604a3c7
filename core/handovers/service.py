"""The use cases of hand-overs: look at what there is to hand over, sign it, take it over, read earlier ones.

One for each organization and shift. A shift ends when somebody signs; the next begins there.
"""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.app.actor import Actor
from core.app.audit import trail
from core.app.permissions import READERS, WRITERS, About, Shows
from core.app.use_case import Service, Steps, use_case
from core.db.errors import taken_means
from core.db.models import Handover as Stored
from core.db.rows import one_or
from core.handovers import queries
from core.handovers.dto import Handover, HandoverRow
from core.handovers.rules import FIRST_SHIFT, clean_text, why_not_confirm, why_not_sign
from core.organizations.queries import one_organization
from core.values.errors import ActionBlocked, Conflict, NotFound
from core.values.i18n import _
from core.values.times import now

_PAGE = 200


class HandoverService(Service, name="handovers"):
    """Hand-overs of the organizations that the actor may see."""

    @use_case(READERS, "read", organization_id=About.ORGANIZATION)
    async def unsigned(self, session: AsyncSession, actor: Actor, organization_id: int) -> Handover:
        """What there is to hand over at this moment; it is not signed yet. Raises NotFound."""
        last = await _last(session, actor, organization_id)
        organization = await one_organization(session, actor, organization_id)
        moment = now()
        since = _since(last, moment)
        row = HandoverRow(
            0, organization_id, organization.name, organization.timezone, since, moment,
            actor.admin_id, "", "", None, None,
        )  # fmt: skip
        found = await queries.report(session, actor, organization_id, since, moment)
        parts = await queries.parts(session, actor, found)
        return Handover(row, parts, last.id if last else None)

    @use_case(READERS, "read", handover_id=About.HANDOVER)
    async def get(self, session: AsyncSession, actor: Actor, handover_id: int) -> Handover:
        """A signed one, as it was. Raises NotFound."""
        return await _one(session, actor, handover_id)

    @use_case(READERS, "read", organization_id=About.ORGANIZATION, shows=Shows.NOBODY)
    async def last_id(
        self, session: AsyncSession, actor: Actor, organization_id: int
    ) -> int | None:
        """The last one that was signed; None where nothing was handed over yet. Raises NotFound."""
        await one_organization(session, actor, organization_id)
        last = await _last(session, actor, organization_id)
        return last.id if last else None

    @use_case(READERS, "read")
    async def list(
        self, session: AsyncSession, actor: Actor, organization_id: int | None = None
    ) -> Sequence[HandoverRow]:
        """The last ones (of an organization), the newest first."""
        which = () if organization_id is None else (Stored.organization_id == organization_id,)
        found = await session.execute(queries.rows(actor, *which).limit(_PAGE))
        return [queries.to_row(row) for row in found]

    @use_case(READERS, "read")
    async def waiting(self, session: AsyncSession, actor: Actor) -> Sequence[HandoverRow]:
        """Of each organization the last one, where somebody else has signed it and nobody has confirmed it."""
        return [queries.to_row(row) for row in await session.execute(queries.not_taken_over(actor))]

    @use_case(WRITERS, "steps", organization_id=About.ORGANIZATION, shows=Shows.RECORDED)
    async def sign(
        self, steps: Steps, organization_id: int, text: str, before: int | None
    ) -> Handover:
        """End the shift with a text. ``before``: the last one that was there when the report was read.

        Raises Conflict where somebody has signed one since then, ActionBlocked where the last is too young.
        """
        cleaned = clean_text(text)
        async with steps.reading() as (session, actor):
            await one_organization(session, actor, organization_id)
            last = await _last(session, actor, organization_id)
            moment = now()
            since = _since(last, moment)
            found = await queries.report(session, actor, organization_id, since, moment)
        async with steps.writing() as (session, actor):
            await one_organization(session, actor, organization_id)
            last = await _last(session, actor, organization_id)
            if last is not None and last.id != before:
                raise _signed_meanwhile(last)
            if last is not None and (reason := why_not_sign(last, moment)):
                raise ActionBlocked(reason, _("Whoever takes over confirms it first."))
            of_organization = Stored.organization_id == organization_id
            count = sa.select(sa.func.max(Stored.number)).where(of_organization)
            made = Stored(
                organization_id=organization_id,
                number=(await session.scalar(count) or 0) + 1,
                since=since,
                signed_at=moment,
                signed_by=actor.admin_id,
                text=cleaned,
                report=found,
            )
            session.add(made)
            with taken_means(_signed_meanwhile(None)):
                await session.flush()
            await _record(session, actor, "handover.sign", made.id, organization_id)
            return await _one(session, actor, made.id)

    @use_case(WRITERS, "write", handover_id=About.HANDOVER)
    async def confirm(self, session: AsyncSession, actor: Actor, handover_id: int) -> Handover:
        """Take it over. Raises ActionBlocked for whoever has signed it, and where somebody has confirmed it."""
        _check_confirm(await _one(session, actor, handover_id), actor)
        kept = await session.scalar(
            sa.select(Stored).where(Stored.id == handover_id).with_for_update()
        )
        if kept is None:
            raise _not_found()
        if kept.confirmed_at is not None:  # while this waited for whoever did
            _check_confirm(await _one(session, actor, handover_id), actor)
        kept.confirmed_at, kept.confirmed_by = now(), actor.admin_id
        await session.flush()
        await _record(session, actor, "handover.confirm", handover_id, kept.organization_id)
        return await _one(session, actor, handover_id)


def _check_confirm(found: Handover, actor: Actor) -> None:
    if reason := why_not_confirm(found.row, actor.admin_id):
        raise ActionBlocked(reason)


def _since(last: HandoverRow | None, moment: datetime) -> datetime:
    """When the shift began that ends now; a clock that went back makes none of less than no time."""
    return min(last.signed_at, moment) if last else moment - FIRST_SHIFT


async def _last(session: AsyncSession, actor: Actor, organization_id: int) -> HandoverRow | None:
    select = queries.rows(actor, Stored.organization_id == organization_id).limit(1)
    row = (await session.execute(select)).one_or_none()
    return None if row is None else queries.to_row(row)


async def _one(session: AsyncSession, actor: Actor, handover_id: int) -> Handover:
    row = await one_or(session, queries.rows(actor, Stored.id == handover_id), _not_found())
    before = await session.scalar(
        sa.select(sa.func.max(Stored.id)).where(
            Stored.organization_id == row.organization_id, Stored.number < row.number
        )
    )
    return Handover(queries.to_row(row), await queries.parts(session, actor, row.report), before)


async def _record(
    session: AsyncSession, actor: Actor, action: str, handover_id: int, organization_id: int
) -> None:
    await trail.record(
        session, actor, action, "handover", handover_id, organization_id=organization_id
    )


def _signed_meanwhile(last: HandoverRow | None) -> Conflict:
    return Conflict(
        _("{name} has signed a hand-over meanwhile; yours was not saved.").format(
            name=last.signed_by
        )
        if last
        else _("Somebody else has signed a hand-over meanwhile; yours was not saved."),
        _("Read what is left since then, and sign again if there is more to say."),
    )


def _not_found() -> NotFound:
    return NotFound(_("This hand-over does not exist (any more)."))
