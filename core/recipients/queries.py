"""Selects on recipients. Each is limited to what the actor may see."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.actor import Actor
from core.models import NEVER, Campaign, Organization, Recipient
from core.recipients.dto import (
    Anchor,
    RecipientFilter,
    RecipientQuery,
    RecipientRow,
    Selection,
    SortColumn,
)
from core.recipients.masking import is_masked, number_matches, seen_number
from core.recipients.rules import search_terms
from core.settings import Settings
from core.text import search_key

# Beyond so many matches it is faster to walk the list in its order than to sort what the index found.
DENSE = 2_000
_INDEXED_FROM = 3  # characters: the search index knows runs of three

_campaign_name = sa.func.coalesce(Campaign.name, "")

SORT_KEYS: dict[SortColumn, sa.ColumnElement[Any]] = {
    SortColumn.ORGANIZATION: Organization.name,  # type: ignore[dict-item]
    SortColumn.NAME: Recipient.name,  # type: ignore[dict-item]
    SortColumn.PHONE: Recipient.phone,  # type: ignore[dict-item]
    SortColumn.OTHER_INFORMATION: Recipient.other_information,  # type: ignore[dict-item]
    SortColumn.REGISTERED_AT: Recipient.registered_at,  # type: ignore[dict-item]
    SortColumn.LAST_CALL_AT: Recipient.last_call_at,  # type: ignore[dict-item]
    SortColumn.TOTAL_CALLS: Recipient.total_calls,  # type: ignore[dict-item]
    SortColumn.CONNECTION_RATE: Recipient.connection_rate,  # type: ignore[dict-item]
    SortColumn.COMPLETION_RATE: Recipient.completion_rate,  # type: ignore[dict-item]
    SortColumn.ANSWER_LENGTH: Recipient.answer_length,  # type: ignore[dict-item]
    SortColumn.CALL_DURATION: Recipient.call_duration,  # type: ignore[dict-item]
    SortColumn.CAMPAIGN: _campaign_name,
    SortColumn.STATUS: Recipient.status,  # type: ignore[dict-item]
}

_ROW = (
    Recipient.id,
    Recipient.version,
    Recipient.organization_id,
    Organization.name.label("organization"),
    Organization.timezone,
    Recipient.name,
    Recipient.phone,
    Recipient.other_information,
    Recipient.registered_at,
    Recipient.last_call_at,
    Recipient.total_calls,
    Recipient.connection_rate,
    Recipient.completion_rate,
    Recipient.answer_length,
    Recipient.call_duration,
    _campaign_name.label("campaign"),
    Recipient.status,
    Recipient.last_analysis,
    Recipient.unanswered_streak,
)


def to_row(row: Any) -> RecipientRow:
    """The DTO of a row of ``_ROW``; what the columns keep for "none" becomes None."""
    return RecipientRow.of_columns(dict(zip(RecipientRow.__slots__, row, strict=False)))


def visible(actor: Actor) -> sa.ColumnElement[bool]:
    """The recipients that exist for the actor."""
    present = Recipient.deleted_at.is_(None)
    return (
        present
        if actor.sees_all
        else present & (Recipient.organization_id == actor.organization_id)
    )


def _contains(term: str, actor: Actor, settings: Settings) -> sa.ColumnElement[bool]:
    if term.isdigit() and is_masked(actor, settings):
        return sa.or_(
            Recipient.name.contains(term, autoescape=True),
            Recipient.other_information.contains(term, autoescape=True),
            number_matches(term, settings.region),
        )
    return Recipient.search_text.contains(term, autoescape=True)


def in_search_index(terms: Sequence[str]) -> sa.Select[Any] | None:
    """IDs that the search index finds for the terms (SQLite), or None where the terms are too short for it."""
    indexed = [term.replace('"', '""') for term in terms if len(term) >= _INDEXED_FROM]
    if not indexed:
        return None
    match = " AND ".join(f'"{term}"' for term in indexed)
    return (
        sa.select(sa.literal_column("rowid"))
        .select_from(sa.table("recipient_search"))
        .where(sa.text("recipient_search MATCH :search_match").bindparams(search_match=match))
    )


def _of_filter(
    actor: Actor, wanted: RecipientFilter, settings: Settings
) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    for typed in (wanted.name, wanted.phone, wanted.other_information):
        terms = search_terms(typed, settings.region)
        conditions += [_contains(term, actor, settings) for term in terms]
    if wanted.name:
        conditions.append(Recipient.name.contains(wanted.name.strip(), autoescape=True))
    if wanted.other_information:
        typed = wanted.other_information.strip()
        conditions.append(Recipient.other_information.icontains(typed, autoescape=True))
    if wanted.statuses:
        conditions.append(Recipient.status.in_(sorted(wanted.statuses)))
    if typed := wanted.campaign.strip():
        named = sa.select(Campaign.id).where(
            Campaign.name_key.contains(search_key(typed), autoescape=True)
        )
        conditions.append(Recipient.campaign_id.in_(named))
    conditions += _between(
        Recipient.registered_at, wanted.registered_from, wanted.registered_to, settings.zone
    )
    conditions += _between(
        Recipient.last_call_at, wanted.last_call_from, wanted.last_call_to, settings.zone
    )
    if wanted.analyses:
        conditions.append(Recipient.last_analysis.in_(sorted(wanted.analyses)))
    if wanted.unanswered_streak:
        conditions.append(Recipient.unanswered_streak >= wanted.unanswered_streak)
    return conditions


def _between(
    column: Any, first: date | None, last: date | None, zone: ZoneInfo
) -> list[sa.ColumnElement[bool]]:
    conditions = []
    if first is not None:
        conditions.append(column >= _midnight(first, zone))
    if last is not None:
        conditions.append(column < _midnight(last + timedelta(days=1), zone))
        if first is None:
            conditions.append(column > NEVER)
    return conditions


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def matching(
    actor: Actor, query: RecipientQuery, settings: Settings, *, sparse: bool = False
) -> list[sa.ColumnElement[bool]]:
    """The conditions of the query. ``sparse``: few match, so let the search index lead."""
    conditions = [visible(actor)]
    if query.organization_id is not None:
        conditions.append(Recipient.organization_id == query.organization_id)
    terms = search_terms(query.search, settings.region)
    if sparse and (found := in_search_index(terms)) is not None:
        conditions.append(Recipient.id.in_(found))
    conditions += [_contains(term, actor, settings) for term in terms]
    return conditions + _of_filter(actor, query.filter, settings)


async def is_sparse(session: AsyncSession, query: RecipientQuery, settings: Settings) -> bool:
    """Whether so few recipients match the search that the search index should lead."""
    if session.get_bind().dialect.name != "sqlite":
        return False
    found = in_search_index(search_terms(query.search, settings.region))
    if found is None:
        return False
    counted = sa.select(sa.func.count()).select_from(found.limit(DENSE).subquery())
    return (await session.scalar(counted) or 0) < DENSE


def _joined(*columns: Any) -> sa.Select[Any]:
    return (
        sa.select(*columns)
        .select_from(Recipient)
        .join(Organization, Organization.id == Recipient.organization_id)
        .outerjoin(Campaign, Campaign.id == Recipient.campaign_id)
    )


def window(
    query: RecipientQuery,
    conditions: Sequence[sa.ColumnElement[bool]],
    anchor: Anchor | None,
    *,
    backward: bool,
    skip: int,
    limit: int,
    masked: bool = False,
) -> sa.Select[Any]:
    """Rows after the anchor (before it, nearest first, if ``backward``), the sort value as last column.

    Without an anchor it starts at the first row (``backward``: at the last). ``masked``: for a role that does not
    see numbers.
    """
    hidden = masked and query.sort is SortColumn.PHONE
    key = seen_number() if hidden else SORT_KEYS[query.sort]
    down = query.descending != backward
    order = (key.desc(), Recipient.id.desc()) if down else (key.asc(), Recipient.id.asc())
    select = _joined(*_ROW, key.label("sort_value")).where(*conditions).order_by(*order)
    if anchor is not None:
        here = sa.tuple_(key, Recipient.id)
        there = sa.tuple_(sa.literal(anchor.value, key.type), sa.literal(anchor.id))
        select = select.where(here < there if down else here > there)
    return select.offset(skip or None).limit(limit)


def by_id(actor: Actor, recipient_id: int) -> sa.Select[Any]:
    """The row of one recipient."""
    return _joined(*_ROW).where(visible(actor), Recipient.id == recipient_id)


def selected(
    actor: Actor, selection: Selection, settings: Settings
) -> list[sa.ColumnElement[bool]]:
    """The conditions of a selection."""
    if selection.query is None:
        return [visible(actor), Recipient.id.in_(sorted(selection.ids))]
    conditions = matching(actor, selection.query, settings)
    if selection.excluded:
        conditions.append(Recipient.id.not_in(sorted(selection.excluded)))
    return conditions
