"""What a view asks for and what is not there any more: the list opens all the same, and says why it is empty."""

from collections.abc import AsyncIterator

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.app.actor import Actor
from core.db.models import Campaign, Organization, Tag
from core.organizations.queries import visible_organizations
from core.recipients.dto import RecipientQuery
from core.values.hangul import sought
from core.values.i18n import _
from core.values.text import search_key
from core.views.dto import View


async def told(session: AsyncSession, actor: Actor, view: View) -> tuple[str, ...]:
    """A sentence for each thing that is gone."""
    if view.query is None:
        return ()
    return tuple([sentence async for sentence in _gone(session, actor, view.query)])


async def _gone(session: AsyncSession, actor: Actor, query: RecipientQuery) -> AsyncIterator[str]:
    if query.organization_id is not None:
        which = sa.select(Organization.id).where(
            visible_organizations(actor), Organization.id == query.organization_id
        )
        if await session.scalar(which) is None:
            yield _("The organization of this view is not there for you (any more).")
    if (typed := query.filter.organization).strip():
        key = Organization.name_key.contains(search_key(typed), autoescape=True)
        if (
            await session.scalar(
                sa.select(Organization.id).where(visible_organizations(actor), key).limit(1)
            )
            is None
        ):
            yield _("No organization has {text} in its name (any more).").format(text=typed)
    for name in query.filter.tags:
        of_actor = sa.true() if actor.sees_all else Tag.organization_id == actor.organization_id
        if (
            await session.scalar(
                sa.select(Tag.id).where(of_actor, Tag.name_key == sought(name)).limit(1)
            )
            is None
        ):
            yield _("There is no tag {name} (any more).").format(name=name)
    if (typed := query.filter.campaign).strip():
        key = Campaign.name_key.contains(search_key(typed), autoescape=True)
        open_to = sa.or_(
            Campaign.organization_id.is_(None), Campaign.organization_id == actor.organization_id
        )
        which = sa.select(Campaign.id).where(sa.true() if actor.sees_all else open_to, key)
        if await session.scalar(which.limit(1)) is None:
            yield _("No campaign has {text} in its name (any more).").format(text=typed)
