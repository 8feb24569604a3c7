"""Pages of the list, each by the quickest way there is. Why these ways: see ``docs/adr/0004-list.md``."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.app.actor import Actor
from core.db.models import Campaign, Organization, Recipient
from core.recipients import heads
from core.recipients.dto import Anchor, RecipientQuery, RecipientRow
from core.recipients.masking import as_seen, is_masked
from core.recipients.queries import Narrowing, matching, narrowings, to_row
from core.recipients.walks import Walk, serves, using
from core.values.settings import Settings

FEW = 2_000  # matches that are sorted at once
MANY = 20_000  # matches that are rather sorted than looked for through the whole list
COUNTED = 60_000  # matches that are rather counted one by one than looked for in the whole table
NEAR = 8_000  # rows of the list that are looked through before matches are sorted

_PRESENT = Recipient.deleted_at.is_(None)


@dataclass(frozen=True, slots=True)
class _Lead:
    """The narrowing that leaves the fewest, and how many, as far as they were counted."""

    narrowing: Narrowing
    count: int


async def page(
    session: AsyncSession,
    actor: Actor,
    query: RecipientQuery,
    settings: Settings,
    anchor: Anchor | None,
    *,
    backward: bool = False,
    skip: int = 0,
    limit: int = 64,
) -> list[tuple[RecipientRow, Anchor]]:
    """Rows after the anchor (``backward``: before it, nearest first), each with its own anchor.

    Without an anchor it starts at the first row (``backward``: at the last). Numbers are as the actor sees them.
    """
    masked = is_masked(actor, settings)
    walk = Walk(query, anchor, backward, skip, limit, masked)
    rows: list[Any] = []
    for stretch in walk.stretches():
        rest = replace(stretch, skip=skip, limit=limit - len(rows))
        found = await _of_stretch(session, actor, rest, settings)
        rows += found
        if len(rows) == limit:
            break
        if not found and skip:
            skip -= await _length(session, rest, matching(actor, query, settings))
        else:
            skip = 0
    return [(as_seen(to_row(row), masked=masked), Anchor(row.sort_value, row.id)) for row in rows]


async def _of_stretch(
    session: AsyncSession, actor: Actor, walk: Walk, settings: Settings
) -> Sequence[Any]:
    query = walk.query
    conditions = matching(actor, query, settings)
    if session.get_bind().dialect.name != "sqlite":
        return await _all(session, _on_postgresql(walk, conditions))
    narrowed = narrowings(actor, query, settings)
    index = walk.index(within_organization=_organization_in(narrowed))
    others = [narrowing for narrowing in narrowed if not index or not serves(index, narrowing)]
    if not others:
        return await _walk(session, walk, conditions, index)
    lead = await _lead(session, others, MANY)
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


def _on_postgresql(walk: Walk, conditions: Sequence[sa.ColumnElement[bool]]) -> sa.Executable:
    """The page; what it starts from is for the planner, which knows how often each value is there."""
    if walk.is_grouped:
        narrowed = walk.query.search or walk.query.filter
        return walk.select(conditions) if narrowed else heads.by_group(walk, conditions)
    index = walk.index(within_organization=False)
    return heads.along(walk, conditions) if index else walk.select(conditions)


async def count(
    session: AsyncSession, actor: Actor, query: RecipientQuery, settings: Settings
) -> int:
    """How many recipients the query finds."""
    select = sa.select(sa.func.count()).select_from(Recipient)
    select = select.where(*matching(actor, query, settings))
    if session.get_bind().dialect.name == "sqlite":
        lead = await _lead(session, narrowings(actor, query, settings), COUNTED)
        if lead is not None and lead.count < COUNTED:
            select = _led(select, lead.narrowing)
    return await session.scalar(select) or 0


async def index_of(
    session: AsyncSession,
    actor: Actor,
    query: RecipientQuery,
    settings: Settings,
    recipient_id: int,
) -> int | None:
    """How many recipients come before this one in the query; None where it does not find this one."""
    conditions = matching(actor, query, settings)
    start = Walk(query, None, backward=True, skip=0, limit=1, masked=is_masked(actor, settings))
    own = start.select([*conditions, Recipient.id == recipient_id])
    found = (await session.execute(own)).one_or_none()
    if found is None:
        return None
    walk = replace(start, anchor=Anchor(found.sort_value, recipient_id))
    return sum([await _length(session, stretch, conditions) for stretch in walk.stretches()])


async def _length(
    session: AsyncSession, walk: Walk, conditions: Sequence[sa.ColumnElement[bool]]
) -> int:
    """How many the walk comes by from its anchor on, whatever its limit."""
    found = sa.select(sa.func.count()).select_from(Recipient)
    if walk.is_grouped:
        found = found.outerjoin(Organization, Organization.id == Recipient.organization_id)
        found = found.outerjoin(Campaign, Campaign.id == Recipient.campaign_id)
    counts = [found.where(*conditions, *part).scalar_subquery() for part in walk.parts(walk.key)]
    return sum((await session.execute(sa.select(*counts))).one())


async def _all(session: AsyncSession, select: sa.Executable) -> Sequence[Any]:
    found: Sequence[Any] = (await session.execute(select)).all()
    return found


def _organization_in(narrowed: Sequence[Narrowing]) -> bool:
    return any(narrowing.index == "ix_recipients_organization" for narrowing in narrowed)


async def _walk(
    session: AsyncSession, walk: Walk, conditions: Sequence[sa.ColumnElement[bool]], index: str
) -> Sequence[Any]:
    if walk.is_grouped:
        return await _all(session, walk.by_group(conditions))
    return await _all(session, walk.along(index, conditions) if index else walk.select(conditions))


async def _near(
    session: AsyncSession,
    walk: Walk,
    conditions: Sequence[sa.ColumnElement[bool]],
    within: Sequence[sa.ColumnElement[bool]],
    index: str,
) -> Sequence[Any] | None:
    """The page, where it is full within the next rows of the list (or the list ends there); else None."""
    boundary = walk.boundary(index, [_PRESENT, *within], NEAR)
    found = (await session.execute(boundary)).one_or_none()
    end = None if found is None else Anchor(found.sort_value, found.id)
    rows = await _all(session, walk.along(index, conditions, end))
    return rows if end is None or len(rows) == walk.limit else None


async def _lead(session: AsyncSession, narrowed: Sequence[Narrowing], most: int) -> _Lead | None:
    candidates = [one for one in narrowed if one.index or one.found is not None]
    if not candidates:
        return None
    counts = sa.select(*(_number(one, most) for one in candidates))
    found = zip((await session.execute(counts)).one(), candidates, strict=True)
    number, narrowing = min(found, key=lambda pair: pair[0])
    return _Lead(narrowing, number)


def _number(narrowing: Narrowing, most: int) -> sa.ScalarSelect[int]:
    ids = narrowing.found
    if ids is None:
        ids = using(sa.select(Recipient.id).where(_PRESENT, narrowing.condition), narrowing.index)
    return sa.select(sa.func.count()).select_from(ids.limit(most).subquery()).scalar_subquery()


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
