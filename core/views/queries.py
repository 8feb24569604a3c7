"""Selects on views. Each is limited to what the actor may see: one's own, and those of the organization."""

from typing import Any

import sqlalchemy as sa
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncSession

from core.app.actor import Actor
from core.db.models import Admin, Organization
from core.db.models import View as Stored
from core.db.names import name_of
from core.recipients.dto import RecipientQuery
from core.recipients.fields import TEXT_NAMES
from core.recipients.kept_query import Read, read
from core.recipients.masking import is_masked, without_numbers
from core.values.errors import InvalidInput
from core.values.settings import Settings
from core.values.text import displayed_line
from core.views.dto import View


def rows(actor: Actor, *which: sa.ColumnElement[bool], deleted: bool = False) -> sa.Select[Any]:
    """What ``to_view`` wants: the actor's own first, then by organization and name."""
    own = Stored.organization_id.is_(None) & (Stored.admin_id == actor.admin_id)
    shared: sa.ColumnElement[bool] = Stored.organization_id.is_not(None)
    if not actor.sees_all:
        shared &= Stored.organization_id == actor.organization_id
    columns: tuple[Any, ...] = (
        Stored.id,
        Stored.version,
        Stored.name,
        Stored.query,
        Stored.admin_id,
        Stored.organization_id,
        sa.func.coalesce(Organization.name, "").label("organization"),
        sa.func.coalesce(name_of(), "").label("author"),
    )
    there = Stored.deleted_at.is_not(None) if deleted else Stored.deleted_at.is_(None)
    return (
        sa.select(*columns)
        .select_from(Stored)
        .outerjoin(Organization, Organization.id == Stored.organization_id)
        .outerjoin(Admin, Admin.id == Stored.admin_id)
        .where(own | shared, there, *which)
        .order_by(
            Stored.organization_id.is_not(None), Organization.name_key, Stored.name_key, Stored.id
        )
    )


def to_view(row: Any, actor: Actor, settings: Settings) -> View:
    """The DTO of a row of ``rows``. An organization's view lists that organization only.

    Somebody else's may hold a number that the actor is not to see.
    """
    try:
        found: Read | None = read(row.query)
    except InvalidInput:
        found = None
    query = found.query if found else None
    if query is not None and row.organization_id is not None:
        query = replace(query, organization_id=row.organization_id if actor.sees_all else None)
    name = displayed_line(row.name)
    if row.admin_id != actor.admin_id and is_masked(actor, settings):
        name = without_numbers(name)
        query = query and _without_numbers(query)
    return View(
        str(row.id),
        name,
        query,
        row.id,
        row.version,
        row.organization_id,
        row.organization,
        row.author,
        found.unknown if found else (),
    )


def _without_numbers(query: RecipientQuery) -> RecipientQuery:
    texts: dict[str, Any] = {
        name: without_numbers(getattr(query.filter, name)) for name in TEXT_NAMES
    }
    return replace(
        query, search=without_numbers(query.search), filter=replace(query.filter, **texts)
    )


async def all_of(session: AsyncSession, actor: Actor, settings: Settings) -> list[View]:
    """Those that the actor has; the ready-made ones are not among them."""
    return [to_view(row, actor, settings) for row in await session.execute(rows(actor))]
