"""Selects on organizations. Each is limited to what the actor may see."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.app.actor import Actor
from core.db.models import Organization
from core.db.rows import columns_of, one_or
from core.organizations.dto import OrganizationRow
from core.values.errors import NotFound
from core.values.i18n import _
from core.values.text import replace_forbidden, search_key

ROW = columns_of(OrganizationRow, Organization)


def visible_organizations(actor: Actor) -> sa.ColumnElement[bool]:
    """The organizations that exist for the actor."""
    return sa.true() if actor.delivers_for_all else Organization.id == actor.organization_id


async def find_by_name(session: AsyncSession, actor: Actor, name: str) -> OrganizationRow:
    """The organization of this name, if the actor may see it. Raises NotFound with the way out."""
    select = sa.select(*ROW).where(
        visible_organizations(actor), Organization.name_key == search_key(name)
    )
    if (row := (await session.execute(select)).one_or_none()) is not None:
        return OrganizationRow(*row)
    if await session.scalar(sa.select(Organization.id).limit(1)) is None:
        raise NotFound(
            _("There is no organization yet."), _("Add one with: carecall organization add NAME")
        )
    near = await _nearly(session, actor, name)
    raise NotFound(
        _("There is no organization {name}.").format(name=replace_forbidden(name)),
        _("Did you mean {name}?").format(name=near)
        if near
        else _("carecall organization list shows their names."),
    )


async def _nearly(session: AsyncSession, actor: Actor, name: str) -> str | None:
    """One that the actor sees and that differs in blanks only."""
    without = sa.func.replace(Organization.name_key, " ", "")
    return await session.scalar(
        sa.select(Organization.name)
        .where(visible_organizations(actor), without == search_key(name).replace(" ", ""))
        .order_by(Organization.name_key)
        .limit(1)
    )


async def one_organization(
    session: AsyncSession, actor: Actor, organization_id: int
) -> OrganizationRow:
    """The organization of this ID, if the actor may see it. Raises NotFound."""
    select = sa.select(*ROW).where(visible_organizations(actor), Organization.id == organization_id)
    missing = NotFound(_("This organization does not exist (any more)."))
    return OrganizationRow(*await one_or(session, select, missing))
