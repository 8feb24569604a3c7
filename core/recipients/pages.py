"""Pages of the list, each by the quickest way there is. Why these ways: see ``docs/adr/0004-list.md``."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.actor import Actor
from core.models import Recipient
from core.recipients.dto import Anchor, RecipientQuery
from core.recipients.masking import is_masked
from core.recipients.queries import Narrowing, matching, narrowings
from core.recipients.walks import Walk, serves, using
from core.settings import Settings

FEW = 2_000  # matches that are sorted at once
MANY = 20_000  # matches that are rather sorted than looked for through the whole list
NEAR = 8_000  # rows of the list that are looked through before matches are sorted

_PRESENT = Recipient.deleted_at.is_(None)


@dataclass(frozen=True, slots=True)
class _Lead:
    """The narrowing that leaves the fewest, and how many, up to ``MANY``."""

    narrowing: Narrowing
    count: int


async def page(
    session: AsyncSession,
    actor: Actor,
    query: RecipientQuery,
    settings: Settings,
    anchor: Anchor | None,
    *,
    backward: bool,
    skip: int,
    limit: int,
) -> Sequence[Any]:
    """Rows after the anchor (before it, nearest first, if ``backward``), the sort value as last column.

    Without an anchor it starts at the first row (``backward``: at the last).
    """
    masked = is_masked(actor, settings)
    walk = Walk(query, anchor, backward, skip, limit, masked)
    conditions = matching(actor, query, settings)
    if session.get_bind().dialect.name != "sqlite":
        return await _all(session, walk.select(conditions))
    narrowed = narrowings(actor, query, settings)
    index = walk.index(within_organization=_organization_in(narrowed))
    others = [narrowing for narrowing in narrowed if not index or not serves(index, narrowing)]
    if not others:
        return await _walk(session, walk, conditions, index)
    lead = await _lead(session, others)
    if lead is None:
        return await _walk(session, walk, conditions, index)
    if lead.count > FEW and index:
        within = [narrowing.condition for narrowing in narrowed if serves(index, narrowing)]
        near = await _near(session, walk, conditions, within, index)
        if near is not None:
            return near
    if lead.count < MANY or (lead.narrowing.found is not None and not walk.is_grouped):
        return await _sorted(session, walk, conditions, lead.narrowing)
    return await _walk(session, walk, conditions, index)


async def count(
    session: AsyncSession, actor: Actor, query: RecipientQuery, settings: Settings
) -> int:
    """How many recipients the query finds."""
    select = sa.select(sa.func.count()).select_from(Recipient)
    select = select.where(*matching(actor, query, settings))
    if session.get_bind().dialect.name == "sqlite":
        lead = await _lead(session, narrowings(actor, query, settings))
        if lead is not None and lead.count < MANY:
            select = _led(select, lead.narrowing)
    return await session.scalar(select) or 0


async def _all(session: AsyncSession, select: sa.Executable) -> Sequence[Any]:
    found: Sequence[Any] = (await session.execute(select)).all()
    return found


def _organization_in(narrowed: Sequence[Narrowing]) -> bool:
    return any(narrowing.index == "ix_recipients_organization" for narrowing in narrowed)


async def _walk(
    session: AsyncSession, walk: Walk, conditions: Sequence[sa.ColumnElement[bool]], index: str
) -> Sequence[Any]:
    if walk.is_grouped:
        return await _all(session, walk.select_grouped(conditions))
    return await _all(session, walk.select(conditions, index or None))


async def _near(
    session: AsyncSession,
    walk: Walk,
    conditions: Sequence[sa.ColumnElement[bool]],
    within: Sequence[sa.ColumnElement[bool]],
    index: str,
) -> Sequence[Any] | None:
    """The page, where it is full within the next rows of the list (or the list ends there); else None."""
    boundary = walk.boundary([_PRESENT, *within], index, NEAR)
    end = (await session.execute(boundary)).one_or_none()
    until = () if end is None else walk.up_to(Anchor(*end))
    rows = await _all(session, walk.select([*conditions, *until], index))
    return rows if end is None or len(rows) == walk.limit else None


async def _lead(session: AsyncSession, narrowed: Sequence[Narrowing]) -> _Lead | None:
    candidates = [one for one in narrowed if one.index or one.found is not None]
    if not candidates:
        return None
    counts = sa.select(*(_up_to_many(one) for one in candidates))
    found = zip((await session.execute(counts)).one(), candidates, strict=True)
    number, narrowing = min(found, key=lambda pair: pair[0])
    return _Lead(narrowing, number)


def _up_to_many(narrowing: Narrowing) -> sa.ScalarSelect[int]:
    ids = narrowing.found
    if ids is None:
        ids = using(sa.select(Recipient.id).where(_PRESENT, narrowing.condition), narrowing.index)
    return sa.select(sa.func.count()).select_from(ids.limit(MANY).subquery()).scalar_subquery()


async def _sorted(
    session: AsyncSession,
    walk: Walk,
    conditions: Sequence[sa.ColumnElement[bool]],
    narrowing: Narrowing,
) -> Sequence[Any]:
    return await _all(session, _led(walk.select(conditions), narrowing))


def _led(select: sa.Select[Any], narrowing: Narrowing) -> sa.Select[Any]:
    """The select, starting from what the narrowing finds."""
    if narrowing.found is None:
        return using(select, narrowing.index)
    return using(select.where(Recipient.id.in_(narrowing.found)), "")
