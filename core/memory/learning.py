"""What a call brings up becomes memory details, within the caller's transaction.

The same topic and content is the same detail. See ``docs/adr/0020-memory.md`` for edits and resets. However much a
call brings up, it is read, compared and stored in a handful of statements, since everybody else who writes waits.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from msgspec import Struct, field
from sqlalchemy.ext.asyncio import AsyncSession

from core.conversations import index
from core.db.models import Call, MemoryDetail, MemoryVersion
from core.db.rows import columns_of
from core.memory.dto import BroughtUp
from core.memory.rules import MemoryChange
from core.values.text import search_key

_BY_MACHINE = (MemoryChange.LEARNED.value, MemoryChange.LEARNED_AGAIN.value)


class _Detail(Struct):
    """A detail as it will stand after the call, and the versions that it gets; without an ID where it is new."""

    topic: str
    topic_key: str
    content: str
    content_key: str
    call_id: int | None
    learned_at: datetime
    changed_at: datetime
    id: int = 0
    admin_id: int | None = None
    newer_content: str | None = None
    newer_call_id: int | None = None
    newer_at: datetime | None = None
    reset_at: datetime | None = None
    said: set[str] = field(default_factory=set)
    last_number: int = 0
    changed: bool = False
    versions: list[tuple[MemoryChange, str]] = field(default_factory=list)

    @property
    def is_edited(self) -> bool:
        """Whether an admin's word stands."""
        return self.admin_id is not None and self.reset_at is None


async def learn(
    session: AsyncSession,
    recipient_id: int,
    call_id: int,
    at: datetime,
    brought_up: Sequence[BroughtUp],
) -> int:
    """Take in what the call that started ``at`` brought up; gives how many of it changed something."""
    if not brought_up:
        return 0
    known = await _known(session, recipient_id, brought_up)
    learned = _Learning(call_id, at, known)
    changed = sum(learned.take(one) for one in dict.fromkeys(brought_up))
    await _store(session, recipient_id, call_id, at, learned.all())
    return changed


async def _known(
    session: AsyncSession, recipient_id: int, brought_up: Iterable[BroughtUp]
) -> list[_Detail]:
    """The details of these topics that say the same, and those that were ever changed: what they said before."""
    topics, contents = ({one[at] for one in brought_up} for at in (1, 3))
    which = sa.and_(
        MemoryDetail.recipient_id == recipient_id,
        MemoryDetail.topic_key.in_(topics),
        sa.or_(MemoryDetail.content_key.in_(contents), MemoryDetail.version > 1),
    )
    own = ("said", "last_number", "changed", "versions")
    columns = columns_of(_Detail, MemoryDetail, without=own, newer_at=Call.started_at)
    select = sa.select(*columns).outerjoin(Call, Call.id == MemoryDetail.newer_call_id).where(which)
    found = {
        row["id"]: _Detail(**row, said={row["content_key"]})
        for row in (await session.execute(select)).mappings()
    }
    if not found:
        return []
    versions = sa.select(
        MemoryVersion.memory_id, MemoryVersion.number, MemoryVersion.change, MemoryVersion.content
    ).where(MemoryVersion.memory_id.in_(sa.select(MemoryDetail.id).where(which)))
    for memory_id, number, change, content in (await session.execute(versions)).all():
        detail = found[memory_id]
        detail.last_number = max(detail.last_number, number)
        if change in _BY_MACHINE:
            detail.said.add(search_key(content))
    return list(found.values())


class _Learning:
    """Compares what one call brings up with what is known; pure."""

    def __init__(self, call_id: int, at: datetime, known: Iterable[_Detail]) -> None:
        self._call_id = call_id
        self._at = at
        self._topics: dict[str, list[_Detail]] = defaultdict(list)
        for detail in known:
            self._topics[detail.topic_key].append(detail)
        for details in self._topics.values():
            details.sort(key=lambda one: (one.changed_at, one.id), reverse=True)

    def all(self) -> list[_Detail]:
        """The details as they will stand."""
        return [detail for details in self._topics.values() for detail in details]

    def take(self, one: BroughtUp) -> bool:
        """Whether it changed something."""
        details = self._topics[one.topic_key]
        for detail in details:
            if one.content_key in detail.said:
                return self._brought_up_again(detail, one)
        for detail in details:
            if (
                detail.is_edited
                and detail.changed_at < self._at
                and detail.newer_call_id != self._call_id
            ):
                return self._show_beside(detail, one)
        made = _Detail(*one, self._call_id, self._at, self._at, said={one.content_key})
        made.versions.append((MemoryChange.LEARNED, one.content))
        details.append(made)
        return True

    def _brought_up_again(self, detail: _Detail, one: BroughtUp) -> bool:
        if detail.reset_at is not None:
            if self._at <= detail.reset_at:
                return False
            detail.content, detail.content_key = one.content, one.content_key
            detail.call_id, detail.learned_at, detail.changed_at = (
                self._call_id,
                self._at,
                self._at,
            )
            detail.admin_id = detail.reset_at = None
            return self._keep(detail, MemoryChange.LEARNED_AGAIN, one.content, changed=True)
        if one.content_key == detail.content_key or detail.admin_id is None:
            return False
        if self._at <= detail.changed_at:
            return False
        return self._show_beside(detail, one)

    def _show_beside(self, detail: _Detail, one: BroughtUp) -> bool:
        beside = detail.newer_content
        if beside is not None and search_key(beside) == one.content_key:
            return False
        shown = detail.newer_at is None or detail.newer_at <= self._at
        if shown:
            detail.newer_content, detail.newer_call_id = one.content, self._call_id
            detail.newer_at = self._at
        detail.said.add(one.content_key)
        return self._keep(detail, MemoryChange.LEARNED, one.content, changed=shown)

    @staticmethod
    def _keep(detail: _Detail, change: MemoryChange, content: str, *, changed: bool) -> bool:
        detail.changed = detail.changed or changed
        detail.versions.append((change, content))
        return True


_KEPT = (
    "content", "content_key", "call_id", "learned_at", "changed_at", "admin_id", "newer_content",
    "newer_call_id", "reset_at",
)  # fmt: skip


async def _store(
    session: AsyncSession, recipient_id: int, call_id: int, at: datetime, details: list[_Detail]
) -> None:
    made = [one for one in details if not one.id]
    changed = [one for one in details if one.changed]
    await index.forget_memories(session, [one.id for one in changed])
    if made:
        rows = [
            {"recipient_id": recipient_id, "topic": one.topic, "topic_key": one.topic_key}
            | {name: getattr(one, name) for name in _KEPT}
            for one in made
        ]
        # not in their order, which SQLite would give one by one only
        insert = sa.insert(MemoryDetail).returning(
            MemoryDetail.id, MemoryDetail.topic_key, MemoryDetail.content_key
        )
        stored = (await session.execute(insert, rows)).all()
        ids = {(topic, content): memory_id for memory_id, topic, content in stored}
        for one in made:
            one.id = ids[one.topic_key, one.content_key]
    table: Any = MemoryDetail.__table__
    if changed:
        update = (
            sa.update(table)
            .where(table.c.id == sa.bindparam("of_id"))
            .values({name: sa.bindparam(name) for name in _KEPT} | {"version": table.c.version + 1})
        )
        rows = [{"of_id": one.id} | {name: getattr(one, name) for name in _KEPT} for one in changed]
        await (await session.connection()).execute(update, rows)
    await index.keep_memories(session, [one.id for one in (*made, *changed)])
    versions = [
        {
            "memory_id": one.id,
            "number": one.last_number + number,
            "change": change.value,
            "content": content,
            "call_id": call_id,
            "changed_at": at,
        }
        for one in details
        for number, (change, content) in enumerate(one.versions, 1)
    ]
    if versions:
        await session.execute(sa.insert(MemoryVersion), versions)
