"""The use cases of memory details: list, edit, reset, history."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from core.app.actor import Actor
from core.app.permissions import READERS, WRITERS, About
from core.app.use_case import Service, use_case
from core.conversations import index
from core.db.models import MemoryDetail
from core.db.rows import one_or, save_over
from core.memory import queries
from core.memory.dto import MemoryRow, MemoryVersionRow
from core.memory.history import keep
from core.memory.rules import MemoryChange, clean_content, why_not_edit, why_not_reset
from core.recipients.lookup import record_of
from core.recipients.masking import as_typed
from core.values.errors import ActionBlocked, Conflict, NotFound
from core.values.i18n import _
from core.values.text import search_key
from core.values.times import now


class MemoryService(Service, name="memory"):
    """Memory details, as far as the actor may see their recipients."""

    @use_case(READERS, "read")
    async def list(
        self, session: AsyncSession, actor: Actor, recipient_id: int
    ) -> Sequence[MemoryRow]:
        """A recipient's memory details: what stands now, the last changed first; then those that were reset."""
        select = queries.details(actor, MemoryDetail.recipient_id == recipient_id)
        rows = (await session.execute(select)).all()
        return [queries.to_row(row) for row in rows]

    @use_case(READERS, "read", memory_id=About.MEMORY)
    async def get(self, session: AsyncSession, actor: Actor, memory_id: int) -> MemoryRow:
        """One memory detail. Raises NotFound."""
        return await _one(session, actor, memory_id)

    @use_case(READERS, "read", memory_id=About.MEMORY)
    async def history(
        self, session: AsyncSession, actor: Actor, memory_id: int
    ) -> Sequence[MemoryVersionRow]:
        """All versions of a memory detail, the latest first. Raises NotFound."""
        await _one(session, actor, memory_id)
        rows = (await session.execute(queries.versions(memory_id))).all()
        return [queries.to_version(row) for row in rows]

    @use_case(WRITERS, "write", memory_id=About.MEMORY)
    async def edit(
        self, session: AsyncSession, actor: Actor, memory_id: int, content: str, version: int
    ) -> MemoryRow:
        """Put the admin's words in the place of what stands, over the version that was read.

        What a later call brought up beside it counts as seen; the history keeps it. Raises Conflict with the
        present row.
        """
        current = await _one(session, actor, memory_id)
        content = as_typed(content, actor, self._settings, current.content, current.newer_content)
        cleaned = clean_content(content)
        if current.version != version:
            raise _changed_meanwhile(current)
        if reason := why_not_edit(is_reset=current.is_reset):
            raise ActionBlocked(reason)
        if cleaned == current.content and current.newer_content is None:
            return current
        new = {
            "content": cleaned,
            "content_key": search_key(cleaned),
            "newer_content": None,
            "newer_call_id": None,
        }
        return await self._save(session, actor, current, MemoryChange.EDITED, cleaned, new)

    @use_case(WRITERS, "write", memory_id=About.MEMORY)
    async def reset(
        self, session: AsyncSession, actor: Actor, memory_id: int, version: int
    ) -> MemoryRow:
        """Make the machine forget it; its history stays. A call that starts later may bring it up anew.

        Raises NotFound, ActionBlocked where it is forgotten already, and Conflict with the present row.
        """
        current = await _one(session, actor, memory_id)
        if current.version != version:
            raise _changed_meanwhile(current)
        if reason := why_not_reset(is_reset=current.is_reset):
            raise ActionBlocked(reason)
        new = {"reset_at": now(), "newer_content": None, "newer_call_id": None}
        change = MemoryChange.RESET
        return await self._save(session, actor, current, change, current.content, new)

    async def _save(
        self,
        session: AsyncSession,
        actor: Actor,
        current: MemoryRow,
        change: MemoryChange,
        content: str,
        new: dict[str, Any],
    ) -> MemoryRow:
        moment = now()
        await index.forget_memories(session, [current.id])
        new = {**new, "admin_id": actor.admin_id, "changed_at": moment}
        if not await save_over(session, MemoryDetail, current.id, current.version, **new):
            raise _changed_meanwhile(await _one(session, actor, current.id))
        await index.keep_memories(session, [current.id])
        await keep(session, current.id, change, content, moment, admin_id=actor.admin_id)
        action = "memory.edit" if change is MemoryChange.EDITED else "memory.reset"
        await record_of(session, actor, action, current)
        return await _one(session, actor, current.id)


async def _one(session: AsyncSession, actor: Actor, memory_id: int) -> MemoryRow:
    missing = NotFound(_("This memory does not exist (any more)."))
    select = queries.details(actor, MemoryDetail.id == memory_id)
    return queries.to_row(await one_or(session, select, missing))


def _changed_meanwhile(current: MemoryRow) -> Conflict:
    return Conflict(
        _("This memory was changed since it was opened; nothing was overwritten."),
        _("Compare both and choose."),
        current=current,
    )
