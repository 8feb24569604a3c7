"""A page of the list on PostgreSQL: the first rows of each stretch of an index, then merged.

Left alone, PostgreSQL sorts the whole list for the names of organizations, and takes thousands of rows that share
the anchor's value for one. So each stretch gives no more than a page can take, found in the recipients alone,
along their index; of these few the page is the first. SQLite needs the same said otherwise: see ``KeysetPage``.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.db.models import Campaign, Organization, Recipient
from core.recipients import queries
from core.recipients.dto import Anchor
from core.recipients.fields import FieldName
from core.recipients.listing.keyset import (
    IN_NO_CAMPAIGN,
    Conditions,
    KeysetPage,
    Pages,
    fetched,
)
from core.recipients.listing.search import Narrowing

NEAR = 8_000  # rows of the list that are looked through before an index that leads to too many is asked
_ALONG_THE_LIST = sa.text("SET LOCAL enable_bitmapscan = off")
_ANY_WAY = sa.text("SET LOCAL enable_bitmapscan TO DEFAULT")


async def near(
    session: AsyncSession, keyset: KeysetPage, conditions: Conditions, narrowed: Sequence[Narrowing]
) -> Sequence[Any] | None:
    """The page of a vague search, where it is full within the next rows of the list; else, and of others, None.

    The planner takes what such a search leads to for few, and would read and sort all of them.
    """
    index = keyset.index(within_organization=False)
    if not index or not any(one.is_vague for one in narrowed):
        return None
    not_deleted = Recipient.deleted_at.is_(None)
    within = [one.condition for one in narrowed if one.index == index]
    far = keyset.boundary(index, [not_deleted, *within], NEAR)
    await session.execute(_ALONG_THE_LIST)
    end = (await session.execute(far)).one_or_none()
    rows: Sequence[Any] = ()
    if end is not None:
        until = Anchor(end.sort_value, end.id)
        rows = await fetched(session, keyset.by_index(index, conditions, until))
    await session.execute(_ANY_WAY)
    return rows if rows and len(rows) == keyset.limit else None


def by_index(keyset: KeysetPage, conditions: Conditions) -> Pages:
    """The page, in the order of a column of the recipients' own."""
    branches = (
        queries.rows(keyset.key.label("sort_value")).where(
            Recipient.id.in_(_first(keyset, keyset.key, Recipient.id).where(*conditions, *part))
        )
        for part in keyset.parts(keyset.key)
    )
    return keyset.cut(keyset.merged(branches))


def by_group(keyset: KeysetPage, conditions: Conditions) -> Pages:
    """The page, group by group."""
    if keyset.query.sort is FieldName.ORGANIZATION:
        own: Any = Recipient.organization_id
        return keyset.cut(keyset.merged(_of_groups(keyset, Organization, own, conditions)))
    return keyset.cut(keyset.merged(_of_campaigns(keyset, conditions)))


def _of_groups(
    keyset: KeysetPage, group: Any, own: Any, conditions: Conditions
) -> Iterator[sa.Select[Any]]:
    other: Any = Campaign if group is Organization else Organization
    others: Any = Recipient.campaign_id if group is Organization else Recipient.organization_id
    key = group.name_key if group is Organization else group.list_key
    for part in keyset.parts(key):
        ids = _first(keyset, Recipient.id).where(own == group.id, *conditions, *part)
        found = ids.correlate(None).correlate(group).lateral()
        yield (
            sa.select(*queries.COLUMNS, key.label("sort_value"))
            .select_from(group)
            .join(found, sa.true())
            .join(Recipient, Recipient.id == found.c.id)
            .outerjoin(other, other.id == others)
        )


def _of_campaigns(keyset: KeysetPage, conditions: Conditions) -> Iterator[sa.Select[Any]]:
    if not keyset.without_value:
        yield from _of_groups(keyset, Campaign, Recipient.campaign_id, conditions)
        return
    own, none = Recipient.id, Recipient.campaign_id.is_(None)
    ids = _first(keyset, Recipient.campaign_id, own).where(none, *conditions, *keyset.beyond())
    value = sa.literal(IN_NO_CAMPAIGN, sa.String()).label("sort_value")
    yield queries.rows(value).where(own.in_(ids))


def _first(keyset: KeysetPage, *order: Any) -> sa.Select[Any]:
    select = sa.select(Recipient.id).order_by(*keyset.order(*order))
    return select.limit(keyset.skip + keyset.limit).correlate(None)
