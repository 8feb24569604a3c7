"""The index of what is said: kept with each call and memory detail, within the caller's transaction.

A document is what is said in one call, or one memory detail. Its number begins with the hour of it, so that those
with a gram come in the order of time out of the index, the newest first, as many as a page needs; the rest of it
is which call or memory detail it is. Beside its grams it has marks of its organization and of its analysis.

On SQLite the index has no text, and takes a document out only when it is told its grams again: so calls are
forgotten before they change, and kept after it. Whatever has an ID up to that of ``ConversationFill`` is not in it
yet: that is left to ``core.conversations.filling``. On PostgreSQL documents are rows, their grams an array.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from msgspec import Struct, field
from sqlalchemy.ext.asyncio import AsyncSession

from core.conversations.rules import SaidBy
from core.conversations.words import grams_of, hashed, of_analysis, of_organization
from core.db.bulk import among, pieces
from core.db.models import (
    Call,
    ConversationFill,
    ConversationGrams,
    MemoryDetail,
    Recipient,
    Utterance,
)
from core.db.rows import delete_rows, is_sqlite

_HOUR = 3_600
_WITHIN = 33  # bits within an hour: the ID, and whether it is a memory detail
_FILLED = "conversations filled"  # read once in a transaction: nobody else changes it meanwhile
NEWEST = 2**63 - 1

_ADD = sa.text("INSERT INTO conversation_search(rowid, grams) VALUES (:id, :grams)")
_TAKE_OUT = sa.text(
    "INSERT INTO conversation_search(conversation_search, rowid, grams) VALUES ('delete', :id, :grams)"
)


class Subject(Struct, frozen=True):
    """What a document is of."""

    id: int
    is_memory: bool


def number_of(at: datetime, subject_id: int, *, is_memory: bool) -> int:
    """The number of a document."""
    return first_of(at) | (subject_id << 1 | is_memory) & ((1 << _WITHIN) - 1)


def first_of(at: datetime) -> int:
    """The least number in the hour of this moment."""
    return max(0, int(at.timestamp()) // _HOUR) << _WITHIN


def first_with(number: int) -> int:
    """The least number in the hour of this document."""
    return number >> _WITHIN << _WITHIN


def last_with(number: int) -> int:
    """The largest number in the hour of this document."""
    return min(NEWEST, first_with(number) + (1 << _WITHIN) - 1)


def subject_of(number: int) -> Subject:
    """What a document is of."""
    within = number & ((1 << _WITHIN) - 1)
    return Subject(within >> 1, bool(within & 1))


class _Document(Struct):
    number: int
    organization_id: int
    recipient_id: int
    marks: set[str] = field(default_factory=set)

    @property
    def grams(self) -> set[str]:
        return self.marks | {of_organization(self.organization_id)}


async def keep_calls(session: AsyncSession, ids: Iterable[int]) -> None:
    """Let these calls be found by what is said in them now; none of them may be in the index."""
    for part in pieces(await _filled(session, ConversationFill.call_id, ids)):
        await _add(session, await _calls(session, part))


async def keep_call(
    session: AsyncSession, call: Call, organization_id: int, said: Sequence[tuple[str, str]]
) -> None:
    """The same of a call that has just been stored, with who said what; it may be none that is to be filled in."""
    if not (said or call.summary):
        return
    marks = _marks_of(said, call.summary)
    if call.analysis:
        marks.add(of_analysis(call.analysis))
    number = number_of(call.started_at, call.id, is_memory=False)
    await _add(session, [_Document(number, organization_id, call.recipient_id, marks)])


async def is_filled(session: AsyncSession, call_id: int) -> bool:
    """Whether this call is none of those that are still to be filled in."""
    return bool(await _filled(session, ConversationFill.call_id, [call_id]))


async def forget_calls(session: AsyncSession, ids: Iterable[int]) -> None:
    """Take these calls out of the index, as they still are."""
    for part in pieces(await _filled(session, ConversationFill.call_id, ids)):
        await _take_out(session, await _calls(session, part))


async def keep_memories(session: AsyncSession, ids: Iterable[int]) -> None:
    """Let these memory details be found by what they say now; none of them may be in the index."""
    for part in pieces(await _filled(session, ConversationFill.memory_id, ids)):
        await _add(session, await _memories(session, part))


async def forget_memories(session: AsyncSession, ids: Iterable[int]) -> None:
    """Take these memory details out of the index, as they still are."""
    for part in pieces(await _filled(session, ConversationFill.memory_id, ids)):
        await _take_out(session, await _memories(session, part))


async def give(
    session: AsyncSession, table: str, ids: Iterable[int], before: int, after: int
) -> None:
    """Let calls or memory details (``table``) that are another recipient's now be found in its organization.

    On PostgreSQL ``carecall_move`` has done so with the rows.
    """
    if before == after or not is_sqlite(session):
        return
    is_memory = table == MemoryDetail.__tablename__
    fill = ConversationFill.memory_id if is_memory else ConversationFill.call_id
    for part in pieces(await _filled(session, fill, ids)):
        select = _memories_with_words() if is_memory else _calls_with_words()
        own = MemoryDetail.id if is_memory else Call.id
        rows = await session.execute(select.where(own.in_(part)))
        await _mark(
            session, [number_of(at, one, is_memory=is_memory) for one, at in rows], before, after
        )


async def move(session: AsyncSession, ids: Sequence[int], before: int, after: int) -> None:
    """Let what was said with these recipients belong to another organization; only its mark changes."""
    if not is_sqlite(session):
        await session.execute(
            sa.update(ConversationGrams)
            .where(among(session, ConversationGrams.recipient_id, ids))
            .values(organization_id=after)
        )
        return
    calls_from, memories_from = [
        await session.scalar(sa.select(fill)) or 0
        for fill in (ConversationFill.call_id, ConversationFill.memory_id)
    ]
    calls = _calls_with_words().where(among(session, Call.recipient_id, ids), Call.id > calls_from)
    memories = _memories_with_words().where(
        among(session, MemoryDetail.recipient_id, ids), MemoryDetail.id > memories_from
    )
    numbers = [number_of(at, one, is_memory=False) for one, at in await session.execute(calls)]
    numbers += [number_of(at, one, is_memory=True) for one, at in await session.execute(memories)]
    await _mark(session, numbers, before, after)


def _calls_with_words() -> sa.Select[Any]:
    """ID and time of the calls that have a document."""
    said = sa.or_(Call.summary != "", sa.exists().where(Utterance.call_id == Call.id))
    columns: tuple[Any, ...] = (Call.id, Call.started_at)
    return sa.select(*columns).where(said)


def _memories_with_words() -> sa.Select[Any]:
    """The same of memory details."""
    columns: tuple[Any, ...] = (MemoryDetail.id, MemoryDetail.changed_at)
    return sa.select(*columns).where(MemoryDetail.reset_at.is_(None))


async def _mark(session: AsyncSession, numbers: list[int], before: int, after: int) -> None:
    """Let these documents have the mark of another organization."""
    numbers.sort()
    for statement, organization_id in ((_TAKE_OUT, before), (_ADD, after)):
        mark = of_organization(organization_id)
        for part in pieces(numbers):
            await session.execute(statement, [{"id": one, "grams": mark} for one in part])


async def _calls(session: AsyncSession, ids: Sequence[int]) -> list[_Document]:
    """The calls in which something is said, or that have a summary."""
    columns: tuple[Any, ...] = (
        Call.id,
        Call.started_at,
        Call.analysis,
        Call.summary,
        Recipient.organization_id,
        Recipient.id,
    )
    select = sa.select(*columns).join(Recipient, Recipient.id == Call.recipient_id)
    known = (await session.execute(select.where(Call.id.in_(ids)))).all()
    said: dict[int, list[tuple[str, str]]] = defaultdict(list)
    utterances = sa.select(Utterance.call_id, Utterance.speaker, Utterance.text)
    for call_id, speaker, text in await session.execute(
        utterances.where(Utterance.call_id.in_(ids))
    ):
        said[call_id].append((speaker, text))
    documents = []
    for call_id, at, analysis, summary, organization_id, recipient_id in known:
        if not (call_id in said or summary):
            continue
        marks = _marks_of(said[call_id], summary)
        if analysis:
            marks.add(of_analysis(analysis))
        number = number_of(at, call_id, is_memory=False)
        documents.append(_Document(number, organization_id, recipient_id, marks))
    return documents


def _marks_of(said: Iterable[tuple[str, str]], summary: str) -> set[str]:
    """What the index has of who said what, and of the calling system's summary of it."""
    marks = grams_of(SaidBy.SUMMARY, summary)
    for speaker, text in said:
        marks |= grams_of(SaidBy.AI if speaker == SaidBy.AI else SaidBy.RECIPIENT, text)
    return marks


async def _memories(session: AsyncSession, ids: Sequence[int]) -> list[_Document]:
    """The memory details that were not reset."""
    columns: tuple[Any, ...] = (
        MemoryDetail.id,
        MemoryDetail.changed_at,
        Recipient.organization_id,
        Recipient.id,
        MemoryDetail.topic,
        MemoryDetail.content,
        MemoryDetail.newer_content,
    )
    select = (
        sa.select(*columns)
        .join(Recipient, Recipient.id == MemoryDetail.recipient_id)
        .where(MemoryDetail.id.in_(ids), MemoryDetail.reset_at.is_(None))
    )
    return [
        _Document(
            number_of(at, memory_id, is_memory=True),
            organization_id,
            recipient_id,
            grams_of(SaidBy.MEMORY, remembered(*texts)),
        )
        for memory_id, at, organization_id, recipient_id, *texts in await session.execute(select)
    ]


def remembered(topic: str, content: str, newer: str | None) -> str:
    """A memory detail as the line that is searched."""
    line = f"{topic}: {content}"
    return f"{line} / {newer}" if newer else line


async def _add(session: AsyncSession, documents: list[_Document]) -> None:
    if not documents:
        return
    documents.sort(key=lambda one: one.number)
    if is_sqlite(session):
        await session.execute(_ADD, [_row(one) for one in documents])
        return
    rows = [
        {
            "id": one.number,
            "organization_id": one.organization_id,
            "recipient_id": one.recipient_id,
            "grams": sorted(map(hashed, one.marks)),
        }
        for one in documents
    ]
    await session.execute(sa.insert(ConversationGrams), rows)


async def _take_out(session: AsyncSession, documents: list[_Document]) -> None:
    if not documents:
        return
    if is_sqlite(session):
        documents.sort(key=lambda one: one.number)
        await session.execute(_TAKE_OUT, [_row(one) for one in documents])
        return
    numbers = [one.number for one in documents]
    await delete_rows(session, ConversationGrams, ConversationGrams.id.in_(numbers))


def _row(document: _Document) -> dict[str, Any]:
    return {"id": document.number, "grams": " ".join(sorted(document.grams))}


async def _filled(session: AsyncSession, fill: Any, ids: Iterable[int]) -> list[int]:
    """Those of the IDs that are in the index, or go into it now."""
    ids = list(ids)
    if not ids:
        return []
    if _FILLED not in session.info:
        select = sa.select(ConversationFill.call_id, ConversationFill.memory_id)
        session.info[_FILLED] = (await session.execute(select)).one_or_none() or (0, 0)
    up_to = session.info[_FILLED][fill.key == ConversationFill.memory_id.key]
    return [one for one in ids if one > up_to]
