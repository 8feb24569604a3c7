"""The history of a recipient: tasks, follow-up actions, memos, pauses and changes, the newest first.

Who paused or changed a recipient is kept in the audit records only, so that these entries are there for whoever
may read those: not for viewers, and for an organization's admins those of their organization.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.app.actor import Actor
from core.app.permissions import AUDITORS, READERS, Shows
from core.app.use_case import Service, use_case
from core.db.models import Admin, AuditRecord, FollowupAction, Memo, Recipient, Task
from core.db.names import name_of
from core.db.rows import count_rows
from core.history.dto import HistoryEntry, HistoryQuery
from core.history.rules import CHANGES, PAUSES, EntryKind
from core.recipients.dto import FIRST_PAGE, Anchor, Page
from core.recipients.queries import paged, visible_recipients
from core.values.stored import stored_object, stored_texts

_KINDS = tuple(EntryKind)
_MADE, _CLOSED = 0, 1


class HistoryService(Service, name="history"):
    """What happened to a recipient, as far as the actor may see it."""

    @use_case(READERS, "read")
    async def window(
        self, session: AsyncSession, actor: Actor, query: HistoryQuery, page: Page = FIRST_PAGE
    ) -> list[tuple[HistoryEntry, Anchor]]:
        """A page of the entries, the newest first, each with its own anchor."""
        entries = await _entries(session, actor, query)
        if entries is None:
            return []
        select = paged(sa.select(entries), page, entries.c.at, entries.c.key, down=True)
        found = await session.execute(select)
        return [(_entry(row), Anchor(row.at, row.key)) for row in found]

    @use_case(READERS, "read", shows=Shows.NOBODY)
    async def count(self, session: AsyncSession, actor: Actor, query: HistoryQuery) -> int:
        """How many entries there are."""
        entries = await _entries(session, actor, query)
        return 0 if entries is None else await count_rows(session, entries)


def _entry(row: Any) -> HistoryEntry:
    place = row.key % 10 // 2
    kind = _KINDS[place]
    details = stored_object(row.details)
    return HistoryEntry(
        row.key,
        row.at,
        kind,
        row.what,
        row.outcome or "",
        row.who or "",
        row.text or "",
        tuple(stored_texts(details.get("fields"))),
    )


async def _entries(session: AsyncSession, actor: Actor, query: HistoryQuery) -> Any:
    """The union of all that is wanted, each row with a key of its own; None where there is nobody to be seen."""
    recipient_id = query.recipient_id
    there = sa.select(Recipient.id).where(visible_recipients(actor), Recipient.id == recipient_id)
    if await session.scalar(there) is None:
        return None
    parts: list[Any] = []
    if query.kind in (None, EntryKind.TASK):
        of_task = Task.recipient_id == recipient_id
        parts.append(
            _part(Task.id, EntryKind.TASK, _MADE, Task.created_at, Task.kind, Task.text).where(
                of_task
            )
        )
        closed = _part(
            Task.id, EntryKind.TASK, _CLOSED, Task.closed_at, Task.kind, Task.reason, Task.outcome, Task.closed_by
        )  # fmt: skip
        parts.append(closed.where(of_task, Task.closed_at.is_not(None)))
    if query.kind in (None, EntryKind.FOLLOWUP):
        action = FollowupAction
        part = _part(
            action.id, EntryKind.FOLLOWUP, _MADE, action.created_at, action.action_type, action.details,
            who=action.admin_id,
        )  # fmt: skip
        parts.append(part.where(action.recipient_id == recipient_id))
    if query.kind in (None, EntryKind.MEMO):
        part = _part(
            Memo.id, EntryKind.MEMO, _MADE, Memo.created_at, sa.literal(""), Memo.text, who=Memo.admin_id
        )  # fmt: skip
        parts.append(part.where(Memo.recipient_id == recipient_id))
    if actor.role in AUDITORS.roles:
        for kind, actions in ((EntryKind.PAUSE, PAUSES), (EntryKind.CHANGE, CHANGES)):
            if query.kind in (None, kind):
                ids = await _records(session, actor, recipient_id, list(actions))
                record = AuditRecord
                part = _part(
                    record.id, kind, _MADE, record.at, record.action, sa.literal(""), who=record.admin_id,
                    details=record.details,
                )  # fmt: skip
                parts.append(part.where(record.id.in_(ids)))
    if not parts:
        return None
    return sa.union_all(*parts).subquery("entries")


def _part(
    number: Any,
    kind: EntryKind,
    which: int,
    at: Any,
    what: Any,
    text: Any,
    outcome: Any = None,
    who: Any = None,
    details: Any = None,
) -> sa.Select[Any]:
    """The columns of an entry. Its key is made of the row's ID and of what the row is."""
    place = _KINDS.index(kind) * 2 + which
    words = sa.Text()
    named = (
        sa.cast(sa.null(), words)
        if who is None
        else sa.select(name_of()).where(Admin.id == who).scalar_subquery()
    )
    columns: tuple[Any, ...] = (
        (number * 10 + place).label("key"),
        at.label("at"),
        sa.cast(what, words).label("what"),
        sa.cast(sa.null() if outcome is None else outcome, words).label("outcome"),
        named.label("who"),
        sa.cast(text, words).label("text"),
        (sa.cast(sa.null(), sa.JSON()) if details is None else details).label("details"),
    )
    return sa.select(*columns)


async def _records(
    session: AsyncSession, actor: Actor, recipient_id: int, actions: list[str]
) -> list[int]:
    """The audit records of these actions that are about the recipient, alone or among many."""
    own = (
        sa.true()
        if actor.sees_all
        else sa.and_(
            AuditRecord.organization_id == actor.organization_id, AuditRecord.admin_id.is_not(None)
        )
    )
    told = sa.cast(AuditRecord.details, sa.Text)
    among_many = sa.and_(
        AuditRecord.subject_id.is_(None),
        sa.or_(told.contains(str(recipient_id)), told.contains('"ranges"')),
    )
    found = await session.execute(
        sa.select(AuditRecord.id, AuditRecord.subject_id, AuditRecord.details).where(
            own,
            AuditRecord.subject == "recipient",
            AuditRecord.action.in_(actions),
            sa.or_(AuditRecord.subject_id == recipient_id, among_many),
        )
    )
    return [row.id for row in found if _is_about(row, recipient_id)]


def _is_about(row: Any, recipient_id: int) -> bool:
    details = stored_object(row.details)
    ids, ranges = details.get("ids", ()), details.get("ranges", ())
    return (
        row.subject_id == recipient_id
        or recipient_id in ids
        or any(first <= recipient_id <= last for first, last in ranges)
    )
