"""The list sorted by the names of organizations or campaigns, on PostgreSQL: the first of each group, then merged.

PostgreSQL would sort the whole list for it. So each group gives, along its own index, no more than a page can take
of it; of these few the page is the first. Why SQLite needs it said otherwise: ``Walk.by_group``.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from core.models import Campaign, Organization, Recipient
from core.recipients import queries
from core.recipients.dto import SortColumn
from core.recipients.walks import IN_NO_CAMPAIGN, Conditions, Pages, Walk


def by_group(walk: Walk, conditions: Conditions) -> Pages:
    """The page."""
    if walk.query.sort is SortColumn.ORGANIZATION:
        own: Any = Recipient.organization_id
        return walk.cut(walk.merged(_of_groups(walk, Organization, own, conditions)))
    return walk.cut(walk.merged(_of_campaigns(walk, conditions)))


def _of_groups(
    walk: Walk, group: Any, own: Any, conditions: Conditions
) -> Iterator[sa.Select[Any]]:
    other: Any = Campaign if group is Organization else Organization
    others: Any = Recipient.campaign_id if group is Organization else Recipient.organization_id
    for part in walk.parts(group.name_key):
        ids = _first(walk, Recipient.id).where(own == group.id, *conditions, *part)
        found = ids.correlate(group).lateral()
        yield (
            sa.select(*queries.COLUMNS, group.name_key.label("sort_value"))
            .select_from(group)
            .join(found, sa.true())
            .join(Recipient, Recipient.id == found.c.id)
            .outerjoin(other, other.id == others)
        )


def _of_campaigns(walk: Walk, conditions: Conditions) -> Iterator[sa.Select[Any]]:
    """Those in no campaign come before all names."""
    anchor, own = walk.anchor, Recipient.id
    of_none = anchor is not None and not anchor.value
    if not (of_none and walk.down):
        named = replace(walk, anchor=None) if of_none else walk
        yield from _of_groups(named, Campaign, Recipient.campaign_id, conditions)
    if anchor is None or of_none or walk.down:
        ids = _first(walk, Recipient.campaign_id, own).where(
            Recipient.campaign_id.is_(None), *conditions
        )
        if anchor is not None and of_none:
            ids = ids.where(own < anchor.id if walk.down else own > anchor.id)
        value = sa.literal(IN_NO_CAMPAIGN, sa.String()).label("sort_value")
        yield queries.rows(value).where(own.in_(ids))


def _first(walk: Walk, *order: Any) -> sa.Select[Any]:
    return sa.select(Recipient.id).order_by(*walk.order(*order)).limit(walk.skip + walk.limit)
