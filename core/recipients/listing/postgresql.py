"""A page of the list on PostgreSQL: the first rows of each stretch of an index, then merged.

Left alone, PostgreSQL sorts the whole list for the names of organizations, and takes thousands of rows that share
the anchor's value for one. So each stretch gives no more than a page can take, found in the recipients alone,
along their index; of these few the page is the first. SQLite needs the same said otherwise: see ``KeysetPage``.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from msgspec.structs import replace
from sqlalchemy.dialects.postgresql import ARRAY
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
    behind,
    fetched,
)
from core.recipients.listing.search import (
    WITHIN_ORGANIZATION,
    Narrowing,
    is_of_one_organization,
)

FEW = 2_000  # matches that are sorted at once
NEAR = 8_000  # rows of the list that are looked through before all matches are sorted
FARTHER = 4  # times as many, where these hold so large a part of the page
_IDS = ARRAY(sa.BigInteger())
_ALONG_THE_LIST = sa.text("SET LOCAL enable_bitmapscan = off")
_ANY_WAY = sa.text("SET LOCAL enable_bitmapscan TO DEFAULT")


async def page(
    session: AsyncSession, keyset: KeysetPage, conditions: Conditions, narrowed: Sequence[Narrowing]
) -> Sequence[Any]:
    """The rows of the page.

    How many a word of a search leads to, and whether they come soon in this order, the planner does not know. So a
    few are sorted; of many the first are looked for along the list; and where they are not near, all are sorted.
    """
    if not any(one.besides is not None for one in narrowed):
        return await fetched(session, _left_to_planner(keyset, conditions))
    listed = _List(session, keyset, conditions, narrowed)
    is_stored_so = (
        keyset.query.sort is FieldName.REGISTERED_AT
    )  # so that the next rows are read quickly
    rows = await listed.near(keyset) if is_stored_so else None
    if rows is not None:
        return rows
    some = await _some(session, conditions, listed.beginning)
    if some.count <= FEW:
        among: sa.ColumnElement[bool] = Recipient.id == sa.any_(sa.literal(some.ids or [], _IDS))
        return await fetched(session, keyset.select([among]))
    if listed.is_walked and not is_stored_so:
        most_begin_so = 2 * some.begin > some.count
        rows = await listed.by_beginning() if most_begin_so else None
        rows = rows if rows is not None else await listed.near(keyset)
    return await fetched(session, _sorted(keyset, conditions)) if rows is None else rows


def _left_to_planner(keyset: KeysetPage, conditions: Conditions) -> sa.Executable:
    if keyset.is_grouped:
        narrowed = keyset.query.search or keyset.query.filter
        return keyset.select(conditions) if narrowed else by_group(keyset, conditions)
    index = keyset.index(within_organization=False)
    return by_index(keyset, conditions) if index else keyset.select(conditions)


async def _some(
    session: AsyncSession, conditions: Conditions, beginning: tuple[str, str] | None
) -> Any:
    """Some whom the search finds, all where they are few: ``ids``, ``count``, and how many names ``begin`` so."""
    some = sa.select(Recipient.id, Recipient.name).where(*conditions).limit(FEW + 1).subquery()
    begins: sa.ColumnElement[bool] = sa.false()
    if beginning is not None:
        begins = sa.and_(some.c.name >= beginning[0], some.c.name < beginning[1])
    count = sa.func.count()
    told = sa.select(
        sa.func.array_agg(some.c.id).label("ids"),
        count.label("count"),
        count.filter(begins).label("begin"),
    )
    return (await session.execute(told.select_from(some))).one()


class _List:
    """The list in the order of one index, from the anchor on.

    ``is_walked``: not for the sake of one organization whose recipients are strewn over all of it.
    """

    def __init__(
        self,
        session: AsyncSession,
        keyset: KeysetPage,
        conditions: Conditions,
        narrowed: Sequence[Narrowing],
    ) -> None:
        self._session = session
        self._keyset = keyset
        self._conditions = conditions
        of_one = is_of_one_organization(narrowed)
        self.index = keyset.index(within_organization=of_one)
        self.is_walked = self.index == WITHIN_ORGANIZATION or bool(self.index and not of_one)
        present = Recipient.deleted_at.is_(None)
        within = [one.condition for one in narrowed if one.index == self.index]
        self._listed = [present, *within]
        self.beginning = self._beginning(narrowed)

    def _beginning(self, narrowed: Sequence[Narrowing]) -> tuple[str, str] | None:
        """Between what most names are that have a word of the search, if they begin with it."""
        if self._keyset.query.sort is not FieldName.NAME:
            return None
        ranges = [one.beginning.ranges for one in narrowed if one.beginning is not None]
        if not any(ranges):
            return None
        # of the shortest word, which is a surname as a rule
        first, last = min((one[0] for one in ranges if one), key=lambda one: len(one[0]))
        return first, behind(last)

    def _boundary(self, keyset: KeysetPage, distance: int) -> sa.Select[Any]:
        """Sort value and ID of the recipient so many rows further; read from the index alone."""
        select = sa.select(keyset.key.label("sort_value"), Recipient.id)
        select = select.where(*self._listed, *keyset.left)
        return select.order_by(*keyset.order(keyset.key, Recipient.id)).offset(distance).limit(1)

    async def near(self, keyset: KeysetPage) -> Sequence[Any] | None:
        """The page, where it is full within the next rows of the list; else None."""
        await self._session.execute(_ALONG_THE_LIST)
        rows: Sequence[Any] = ()
        for distance in (NEAR, NEAR * FARTHER):
            end = (await self._session.execute(self._boundary(keyset, distance))).one_or_none()
            if end is None:
                break
            until = Anchor(end.sort_value, end.id)
            rows = await fetched(self._session, by_index(keyset, self._conditions, until))
            if not keyset.limit > len(rows) >= keyset.limit / FARTHER:
                break
        await self._session.execute(_ANY_WAY)
        return rows if len(rows) == keyset.limit else None

    async def by_beginning(self) -> Sequence[Any] | None:
        """The page in the order of names, where it is full near the names that begin with a word; else None.

        Before these few have the word, elsewhere in their texts; they are sorted. What comes before is for the
        database to say, in whose order of letters names are sorted.
        """
        keyset, wanted = self._keyset, self._keyset.skip + self._keyset.limit
        if self.beginning is None or wanted > NEAR:
            return None
        start = self.beginning[1 if keyset.down else 0]
        own: Any = keyset.key
        if keyset.anchor is not None:
            here, there = sa.literal(keyset.anchor.value), sa.literal(start)
            if not await self._session.scalar(
                sa.select(here > there if keyset.down else here < there)
            ):
                return None
        whole = replace(keyset, skip=0, limit=wanted)
        rest = await self.near(replace(whole, anchor=Anchor(start, 0)))  # nobody has the ID 0
        if rest is None:
            return None
        before = own >= start if keyset.down else own < start
        rows = await fetched(self._session, _sorted(whole, [before, *self._conditions]))
        return [*rows, *rest][keyset.skip : wanted]


def _sorted(keyset: KeysetPage, conditions: Conditions) -> sa.Executable:
    """The page, sorted out of all that are found.

    Of these no more is read than they are sorted by: the planner would read all of each, or follow the list to its
    end for few whom it believes to be many. What is cheap to ask is asked first.
    """
    key = keyset.key.label("sort_value")
    found = (
        sa.select(Recipient.id, key)
        .select_from(Recipient)
        .outerjoin(Organization, Organization.id == Recipient.organization_id)
        .outerjoin(Campaign, Campaign.id == Recipient.campaign_id)
        .where(*keyset.left, *conditions)
        .offset(sa.literal_column("0"))
        .correlate(None)
        .subquery()
    )
    ids = sa.select(found.c.id).order_by(*keyset.order(found.c.sort_value, found.c.id))
    rows = queries.rows(key).where(Recipient.id.in_(keyset.cut(ids)))
    return rows.order_by(*keyset.order(keyset.key, Recipient.id))


def by_index(keyset: KeysetPage, conditions: Conditions, end: Anchor | None = None) -> Pages:
    """The page, in the order of a column of the recipients' own; not beyond ``end``, where there is one."""
    branches = (
        queries.rows(keyset.key.label("sort_value")).where(
            Recipient.id.in_(_first(keyset, keyset.key, Recipient.id).where(*conditions, *part))
        )
        for part in keyset.parts(keyset.key, end)
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
