"""Selects on the index of conversations and on what it leads to, limited to what the actor may see."""

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import array

from core.app.actor import Actor
from core.conversations.dto import ConversationQuery
from core.conversations.rules import SaidBy
from core.conversations.words import asked_grams, hashed, of_analysis, of_organization
from core.db.models import (
    Call,
    ConversationGrams,
    MemoryDetail,
    Organization,
    Recipient,
    Utterance,
)
from core.recipients.queries import visible_recipients


def speakers(query: ConversationQuery) -> Sequence[SaidBy]:
    """Whose lines are searched: memory details have no analysis."""
    wanted = query.said_by or frozenset(SaidBy)
    return [
        one for one in SaidBy if one in wanted and not (query.analyses and one is SaidBy.MEMORY)
    ]


def documents(
    actor: Actor,
    query: ConversationQuery,
    words: Sequence[str],
    newest: int,
    oldest: int,
    *,
    sqlite: bool,
    near: int = 0,
) -> sa.Select[Any]:
    """The numbers of the documents in which these words may be, from the newest down; of one organization only,
    where the actor sees or asks for one. ``near``: on PostgreSQL, only among so many of the newest.
    """
    organization_id = query.organization_id if actor.sees_all else actor.organization_id
    if sqlite:
        return _in_fts(query, words, newest, oldest, organization_id)
    own = ConversationGrams
    within: list[sa.ColumnElement[bool]] = [own.id.between(oldest, newest)]
    if organization_id is not None:
        within.append(own.organization_id == organization_id)
    if not near:
        # an expression has no index in its order: those that the grams lead to are sorted, never all walked along
        by_grams = sa.select(own.id).where(*within, *_said(own.grams, query, words))
        return by_grams.order_by((own.id + 0).desc())
    newest_ones = sa.select(own.id, own.grams).where(*within).order_by(own.id.desc()).limit(near)
    few = newest_ones.subquery()
    select = sa.select(few.c.id).where(*_said(few.c.grams, query, words))
    return select.order_by(few.c.id.desc())


def _said(
    grams: Any, query: ConversationQuery, words: Sequence[str]
) -> list[sa.ColumnElement[bool]]:
    said = [sa.or_(*(_has(grams, asked_grams(one, words)) for one in speakers(query)))]
    if query.analyses:
        said.append(sa.or_(*(_has(grams, [of_analysis(one)]) for one in query.analyses)))
    return said


def _has(grams: Any, wanted: Iterable[str]) -> sa.ColumnElement[bool]:
    numbers = array([hashed(one) for one in wanted], type_=sa.Integer())
    found: sa.ColumnElement[bool] = grams.op("@>", is_comparison=True)(numbers)
    return found


def _in_fts(
    query: ConversationQuery,
    words: Sequence[str],
    newest: int,
    oldest: int,
    organization_id: int | None,
) -> sa.Select[Any]:
    said = [_all(asked_grams(one, words)) for one in speakers(query)]
    asked = [f"({' OR '.join(said)})"]
    if organization_id is not None:
        asked.append(_quoted(of_organization(organization_id)))
    if query.analyses:
        either = (_quoted(of_analysis(one)) for one in sorted(query.analyses))
        asked.append(f"({' OR '.join(either)})")
    match = sa.text("conversation_search MATCH :match").bindparams(match=" AND ".join(asked))
    number: sa.ColumnElement[int] = sa.column("rowid", sa.Integer())
    return (
        sa.select(number.label("id"))
        .select_from(sa.table("conversation_search"))
        .where(match, number.between(oldest, newest))
        .order_by(number.desc())
    )


def _all(grams: Iterable[str]) -> str:
    return f"({' AND '.join(map(_quoted, grams))})"


def _quoted(gram: str) -> str:
    # letters, digits and signs only: see words.folded
    return f'"{gram}"'


_WHOSE: tuple[Any, ...] = (
    Recipient.id.label("recipient_id"),
    Recipient.name.label("recipient"),
    Organization.name.label("organization"),
    Organization.timezone.label("timezone"),
)


def calls(actor: Actor, ids: Sequence[int]) -> sa.Select[Any]:
    """The calls with these IDs that exist for the actor, and whose they are."""
    columns: tuple[Any, ...] = (
        Call.id,
        Call.started_at.label("at"),
        Call.external_id,
        Call.analysis,
        Call.summary,
        *_WHOSE,
    )
    return (
        sa.select(*columns)
        .join(Recipient, Recipient.id == Call.recipient_id)
        .join(Organization, Organization.id == Recipient.organization_id)
        .where(visible_recipients(actor), Call.id.in_(ids))
    )


def memories(actor: Actor, ids: Sequence[int]) -> sa.Select[Any]:
    """The memory details with these IDs that stand and exist for the actor, and whose they are."""
    columns: tuple[Any, ...] = (
        MemoryDetail.id,
        MemoryDetail.changed_at.label("at"),
        MemoryDetail.call_id,
        MemoryDetail.topic,
        MemoryDetail.content,
        MemoryDetail.newer_content,
        *_WHOSE,
    )
    return (
        sa.select(*columns)
        .join(Recipient, Recipient.id == MemoryDetail.recipient_id)
        .join(Organization, Organization.id == Recipient.organization_id)
        .where(visible_recipients(actor), MemoryDetail.reset_at.is_(None), MemoryDetail.id.in_(ids))
    )


def utterances(calls: Sequence[int], said_by: Sequence[SaidBy]) -> sa.Select[Any]:
    """What these speakers said in the calls, in order."""
    columns: tuple[Any, ...] = (
        Utterance.call_id,
        Utterance.position,
        Utterance.at_ms,
        Utterance.speaker,
        Utterance.text,
    )
    return (
        sa.select(*columns)
        .where(Utterance.call_id.in_(calls), Utterance.speaker.in_([str(one) for one in said_by]))
        .order_by(Utterance.call_id, Utterance.position)
    )
