"""A page of the list on SQLite: along an index, from what a condition finds, or sorted; whichever is quickest.

Its planner does not know how many recipients a condition leaves, so they are counted first, as far as it matters.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.db.models import Recipient
from core.recipients.dto import Anchor
from core.recipients.listing.keyset import KeysetPage, fetched, index_serves, with_index
from core.recipients.listing.search import Narrowing

FEW = 2_000  # matches that are sorted at once
MANY = 20_000  # matches that are rather sorted than looked for through the whole list
COUNTED = 60_000  # matches that are rather counted one by one than looked for in the whole table
NEAR = 8_000  # rows of the list that are looked through before matches are sorted

_PRESENT = Recipient.deleted_at.is_(None)


@dataclass(frozen=True, slots=True)
class _Selective:
    """The narrowing that leaves the fewest, and how many, as far as they were counted."""

    narrowing: Narrowing
    count: int


async def page(
    session: AsyncSession,
    keyset: KeysetPage,
    conditions: Sequence[sa.ColumnElement[bool]],
    narrowed: Sequence[Narrowing],
) -> Sequence[Any]:
    """The rows of the page."""
    index = keyset.index(within_organization=_organization_in(narrowed))
    others = [
        narrowing for narrowing in narrowed if not index or not index_serves(index, narrowing)
    ]
    if not others:
        return await _in_order(session, keyset, conditions, index)
    lead = await _most_selective(session, others, MANY)
    if lead is None:
        return await _in_order(session, keyset, conditions, index)
    if lead.count > FEW and index:
        within = [narrowing.condition for narrowing in narrowed if index_serves(index, narrowing)]
        near = await _near(session, keyset, conditions, within, index)
        if near is not None:
            return near
    if lead.count < MANY or (lead.narrowing.found is not None and not keyset.is_grouped):
        return await _sorted(session, keyset, conditions, lead.narrowing)
    return await _in_order(session, keyset, conditions, index)


async def narrowest(
    session: AsyncSession, narrowed: Sequence[Narrowing], most: int = COUNTED
) -> Narrowing | None:
    """What finds so few recipients that they are rather counted one by one; None where nothing does."""
    lead = await _most_selective(session, narrowed, most)
    return lead.narrowing if lead is not None and lead.count < most else None


def _organization_in(narrowed: Sequence[Narrowing]) -> bool:
    return any(narrowing.index == "ix_recipients_organization" for narrowing in narrowed)


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
) -> Sequence[Any] | None:
    """The page, where it is full within the next rows of the list (or the list ends there); else None."""
    boundary = keyset.boundary(index, [_PRESENT, *within], NEAR)
    found = (await session.execute(boundary)).one_or_none()
    end = None if found is None else Anchor(found.sort_value, found.id)
    rows = await fetched(session, keyset.by_index(index, conditions, end))
    return rows if end is None or len(rows) == keyset.limit else None


async def _most_selective(
    session: AsyncSession, narrowed: Sequence[Narrowing], most: int
) -> _Selective | None:
    candidates = [one for one in narrowed if one.index or one.found is not None]
    if not candidates:
        return None
    counts = sa.select(*(_number(one, most) for one in candidates))
    found = zip((await session.execute(counts)).one(), candidates, strict=True)
    number, narrowing = min(found, key=lambda pair: pair[0])
    return _Selective(narrowing, number)


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
