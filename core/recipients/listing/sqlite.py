"""A page of the list on SQLite: along an index, from what a condition finds, or sorted; whichever is quickest.

Its planner does not know how many recipients a condition leaves, so they are counted first, as far as it matters.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncSession

from core.db.bulk import one_of
from core.db.models import Recipient
from core.recipients.dto import Anchor
from core.recipients.fields import FieldName
from core.recipients.listing.keyset import KeysetPage, fetched, with_index
from core.recipients.listing.search import Narrowing, is_of_one_organization
from core.recipients.listing.words import Beginning

FEW = 2_000  # matches that are sorted at once
MANY = 20_000  # matches that are rather sorted than looked for through the whole list
COUNTED = 60_000  # matches that are rather counted one by one than looked for in the whole table
NEAR = 8_000  # rows of the list that are looked through before matches are sorted
FARTHER = 2  # times as many, where there are more matches than are sorted
ELSEWHERE = 8_000  # who have a word elsewhere than where names begin, and are read and sorted
VAST = 400_000  # matches that are met soon, wherever the list is begun
FEWER = 200_000  # matches that are rather told by their IDs than by reading them

_PRESENT = Recipient.deleted_at.is_(None)


class _Selective(Struct, frozen=True):
    """A narrowing, and how many it leaves, as far as they were counted."""

    narrowing: Narrowing
    count: int


async def page(
    session: AsyncSession,
    keyset: KeysetPage,
    conditions: Sequence[sa.ColumnElement[bool]],
    narrowed: Sequence[Narrowing],
) -> Sequence[Any]:
    """The rows of the page."""
    index = keyset.index(within_organization=is_of_one_organization(narrowed))
    others = [narrowing for narrowing in narrowed if not index or narrowing.index != index]
    if not others:
        return await _in_order(session, keyset, conditions, index)
    leads = await _selective(session, others, MANY)
    if not leads:
        return await _in_order(session, keyset, conditions, index)
    lead = leads[0]
    if lead.count > FEW and keyset.query.sort is FieldName.NAME:
        named = await _by_beginning(session, keyset, conditions, others, index)
        if named is not None:
            return named
    if lead.count > FEW and index:
        within = [narrowing.condition for narrowing in narrowed if narrowing.index == index]
        distance = NEAR if lead.count < MANY else NEAR * FARTHER
        near = await _near(session, keyset, conditions, within, index, distance)
        if near is not None:
            return near
    if lead.count < MANY or not (index or keyset.is_grouped):
        return await _sorted(session, keyset, conditions, lead.narrowing)
    among = await _among(session, keyset, others)
    return await _in_order(session, keyset, [*among, *conditions], index)


async def _by_beginning(
    session: AsyncSession,
    keyset: KeysetPage,
    conditions: Sequence[sa.ColumnElement[bool]],
    narrowed: Sequence[Narrowing],
    index: str,
) -> Sequence[Any] | None:
    """The page in the order of names: of a word most are where names begin with it, and few elsewhere; else None.

    The others of the list, who may be hundreds of thousands before the first of them, are not looked at.
    """
    wanted = keyset.skip + keyset.limit
    if wanted > ELSEWHERE:
        return None
    fewest: tuple[Sequence[int], Beginning] | None = None
    for begins in [one.beginning for one in narrowed if one.beginning is not None]:
        found = sa.union_all(*begins.elsewhere).limit(ELSEWHERE)
        ids = (await session.scalars(found)).all()
        if len(ids) < (len(fewest[0]) if fewest else ELSEWHERE):
            fewest = ids, begins
    if fewest is None:
        return None
    elsewhere, begins = fewest
    whole = replace(keyset, skip=0, limit=wanted)
    rows: list[Any] = []
    for stretch, end in whole.within(begins.ranges):
        some = replace(stretch, limit=wanted - len(rows))
        far = (await session.execute(some.boundary(index, [_PRESENT], NEAR, end))).one_or_none()
        until = end if far is None else Anchor(far.sort_value, far.id)
        rows += await fetched(session, some.by_index(index, conditions, until))
        if len(rows) == wanted:
            break
        if far is not None:
            return None
    among = one_of(session, Recipient.id, sorted(set(elsewhere)), sa.Integer())
    others = await fetched(session, with_index(whole.select([*conditions, among]), ""))
    page = {row.id: row for row in (*rows, *others)}.values()
    return sorted(page, key=lambda row: (row.sort_value, row.id), reverse=keyset.down)[
        keyset.skip : wanted
    ]


async def _among(
    session: AsyncSession, keyset: KeysetPage, narrowed: Sequence[Narrowing]
) -> list[sa.ColumnElement[bool]]:
    """That the ID is among those that the search index finds; not where these are too many to be of use.

    It is asked of an index before anything else, so that few others are read. The index that is sorted by
    organization tells of which one somebody is, too.
    """
    if keyset.query.sort is FieldName.ORGANIZATION:
        narrowed = [
            replace(one, found=one.besides) if one.organizations else one for one in narrowed
        ]
    found = [one for one in narrowed if one.found is not None]
    leads = [lead for lead in await _selective(session, found, VAST) if lead.count < VAST]
    return [
        _is_among(lead.narrowing, keyset)
        for at, lead in enumerate(leads[:2])
        if not at or lead.count < FEWER
    ]


def _is_among(narrowing: Narrowing, keyset: KeysetPage) -> sa.ColumnElement[bool]:
    own: Any = sa.literal_column("+recipients.id", sa.Integer())
    is_found: sa.ColumnElement[bool] = own.in_(narrowing.found)
    if narrowing.organizations and keyset.query.sort is FieldName.ORGANIZATION:
        return is_found | Recipient.organization_id.in_(narrowing.organizations)
    return is_found


async def narrowest(
    session: AsyncSession, narrowed: Sequence[Narrowing], most: int = COUNTED
) -> Narrowing | None:
    """What finds so few recipients that they are rather counted one by one; None where nothing does."""
    leads = await _selective(session, narrowed, most)
    return leads[0].narrowing if leads and leads[0].count < most else None


async def _in_order(
    session: AsyncSession,
    keyset: KeysetPage,
    conditions: Sequence[sa.ColumnElement[bool]],
    index: str,
) -> Sequence[Any]:
    if keyset.is_grouped:
        return await fetched(session, keyset.by_group(conditions))
    return await fetched(
        session, keyset.by_index(index, conditions) if index else keyset.select(conditions)
    )


async def _near(
    session: AsyncSession,
    keyset: KeysetPage,
    conditions: Sequence[sa.ColumnElement[bool]],
    within: Sequence[sa.ColumnElement[bool]],
    index: str,
    distance: int,
) -> Sequence[Any] | None:
    """The page, where it is full within the next rows of the list (or the list ends there); else None."""
    boundary = keyset.boundary(index, [_PRESENT, *within], distance)
    found = (await session.execute(boundary)).one_or_none()
    end = None if found is None else Anchor(found.sort_value, found.id)
    rows = await fetched(session, keyset.by_index(index, conditions, end))
    return rows if end is None or len(rows) == keyset.limit else None


async def _selective(
    session: AsyncSession, narrowed: Sequence[Narrowing], most: int
) -> list[_Selective]:
    """The narrowings that something leads to, those that find the fewest first."""
    candidates = [one for one in narrowed if one.index or one.found is not None]
    if not candidates:
        return []
    counts = sa.select(*(_number(one, most) for one in candidates))
    found = zip(candidates, (await session.execute(counts)).one(), strict=True)
    return sorted((_Selective(*one) for one in found), key=lambda one: one.count)


def _number(narrowing: Narrowing, most: int) -> sa.ScalarSelect[int]:
    ids = narrowing.found
    if ids is None:
        ids = with_index(
            sa.select(Recipient.id).where(_PRESENT, narrowing.condition), narrowing.index
        )
    return sa.select(sa.func.count()).select_from(ids.limit(most).subquery()).scalar_subquery()


async def _sorted(
    session: AsyncSession,
    keyset: KeysetPage,
    conditions: Sequence[sa.ColumnElement[bool]],
    narrowing: Narrowing,
) -> Sequence[Any]:
    return await fetched(session, led(keyset.select(conditions), narrowing))


def led(select: sa.Select[Any], narrowing: Narrowing) -> sa.Select[Any]:
    """The select, starting from what the narrowing finds."""
    if narrowing.found is None:
        return with_index(select, narrowing.index)
    return with_index(select.where(Recipient.id.in_(narrowing.found)), "")
