"""Campaigns by their names, as far as the actor may see them, within a transaction."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.app.actor import Actor
from core.campaigns import queries
from core.campaigns.dto import CampaignRow
from core.db.models import Campaign, Organization
from core.organizations.queries import find_by_name
from core.values.errors import InvalidInput, NotFound
from core.values.i18n import _
from core.values.text import replace_forbidden

_NAMED = 5  # of several organizations


async def one(session: AsyncSession, actor: Actor, campaign_id: int) -> CampaignRow:
    """The campaign of this ID."""
    select = queries.campaigns(actor).where(Campaign.id == campaign_id)
    return queries.to_row((await session.execute(select)).one())


async def by_name(
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


async def refuse_taken(session: AsyncSession, name: str, organization_id: int | None) -> None:
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


async def organization_of(session: AsyncSession, actor: Actor, wanted: str | None) -> int | None:
    """The organization of this name, else the actor's; None for a system admin's: every one."""
    if wanted is not None:
        return (await find_by_name(session, actor, wanted)).id
    return None if actor.sees_all else actor.organization_id
