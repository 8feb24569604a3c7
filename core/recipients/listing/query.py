"""Pages of the list, each by the quickest way there is. Why these ways: see ``docs/adr/0004-list.md``."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncSession

from core.app.actor import Actor
from core.db.models import Campaign, Organization, Recipient
from core.db.rows import count_rows, is_sqlite
from core.recipients.dto import Anchor, Page, RecipientQuery, RecipientRow
from core.recipients.listing import postgresql, sqlite
from core.recipients.listing.keyset import KeysetPage
from core.recipients.listing.search import conditions_of, matching, narrowings
from core.recipients.masking import as_seen, is_masked
from core.recipients.queries import to_row
from core.tags.queries import of_each
from core.values.settings import Settings


async def page(
    session: AsyncSession, actor: Actor, query: RecipientQuery, settings: Settings, wanted: Page
) -> list[tuple[RecipientRow, Anchor]]:
    """A page of what the query lists, each row with its own anchor. Numbers are as the actor sees them."""
    masked = is_masked(actor, settings)
    rows = await kept(session, actor, query, settings, wanted)
    tags = await of_each(session, [row.id for row in rows])
    return [
        (as_seen(to_row(row, tags), masked=masked), Anchor(row.sort_value, row.id)) for row in rows
    ]


async def kept(
    session: AsyncSession, actor: Actor, query: RecipientQuery, settings: Settings, wanted: Page
) -> list[Any]:
    """The same rows as the database keeps them: ``ROW_COLUMNS``, and ``sort_value``; numbers whole."""
    masked = is_masked(actor, settings)
    skip, limit = wanted.skip, wanted.limit
    keyset = KeysetPage(query, wanted.anchor, wanted.backward, skip, limit, masked)
    rows: list[Any] = []
    for stretch in keyset.stretches():
        rest = replace(stretch, skip=skip, limit=limit - len(rows))
        found = await _of_stretch(session, actor, rest, settings)
        rows += found
        if len(rows) == limit:
            break
        if not found and skip:
            skip -= await _length(session, rest, await matching(session, actor, query, settings))
        else:
            skip = 0
    return rows


async def _of_stretch(
    session: AsyncSession, actor: Actor, keyset: KeysetPage, settings: Settings
) -> Sequence[Any]:
    query = keyset.query
    narrowed = await narrowings(session, actor, query, settings)
    conditions = conditions_of(actor, narrowed)
    if not is_sqlite(session):
        return await postgresql.page(session, keyset, conditions, narrowed)
    return await sqlite.page(session, keyset, conditions, narrowed)


async def count(
    session: AsyncSession, actor: Actor, query: RecipientQuery, settings: Settings
) -> int:
    """How many recipients the query finds."""
    narrowed = await narrowings(session, actor, query, settings)
    select = sa.select(sa.func.count()).select_from(Recipient)
    select = select.where(*conditions_of(actor, narrowed))
    if is_sqlite(session):
        found = await sqlite.narrowest(session, narrowed)
        if found is not None:
            select = sqlite.led(select, found)
    return await session.scalar(select) or 0


async def count_up_to(
    session: AsyncSession, actor: Actor, query: RecipientQuery, settings: Settings, most: int
) -> int:
    """How many the query finds; no more than so many are looked for."""
    narrowed = await narrowings(session, actor, query, settings)
    found = sa.select(Recipient.id).where(*conditions_of(actor, narrowed))
    if is_sqlite(session):
        few = await sqlite.narrowest(session, narrowed, most)
        if few is not None:
            found = sqlite.led(found, few)
    return await count_rows(session, found.limit(most).subquery())


async def index_of(
    session: AsyncSession,
    actor: Actor,
    query: RecipientQuery,
    settings: Settings,
    recipient_id: int,
) -> int | None:
    """How many recipients come before this one in the query; None where it does not find this one."""
    conditions = await matching(session, actor, query, settings)
    start = KeysetPage(
        query, None, backward=True, skip=0, limit=1, masked=is_masked(actor, settings)
    )
    own = start.select([*conditions, Recipient.id == recipient_id])
    found = (await session.execute(own)).one_or_none()
    if found is None:
        return None
    keyset = replace(start, anchor=Anchor(found.sort_value, recipient_id))
    return sum([await _length(session, stretch, conditions) for stretch in keyset.stretches()])


async def _length(
    session: AsyncSession, keyset: KeysetPage, conditions: Sequence[sa.ColumnElement[bool]]
) -> int:
    """How many the keyset comes by from its anchor on, whatever its limit."""
    found = sa.select(sa.func.count()).select_from(Recipient)
    if keyset.is_grouped:
        found = found.outerjoin(Organization, Organization.id == Recipient.organization_id)
        found = found.outerjoin(Campaign, Campaign.id == Recipient.campaign_id)
    counts = [
        found.where(*conditions, *part).scalar_subquery() for part in keyset.parts(keyset.key)
    ]
    return sum((await session.execute(sa.select(*counts))).one())
