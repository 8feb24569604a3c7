"""The use cases of memos: list, add, edit, delete; the last two only by the author."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.app.actor import Actor
from core.app.permissions import READERS, WRITERS, About
from core.app.use_case import Service, use_case
from core.calls.queries import ADMIN_NAME
from core.db.models import Admin, Memo, Recipient
from core.db.rows import columns_of, delete_over, made_of, one_or, save_over
from core.memos.dto import MemoRow
from core.memos.rules import clean_text, why_not_change
from core.recipients.lookup import organization_of, record_of
from core.recipients.masking import as_typed
from core.recipients.queries import visible_recipients
from core.values.errors import ActionBlocked, Conflict, NotFound
from core.values.i18n import _
from core.values.times import now


class MemoService(Service, name="memos"):
    """Memos, as far as the actor may see their recipients."""

    @use_case(READERS, "read")
    async def list(
        self, session: AsyncSession, actor: Actor, recipient_id: int
    ) -> Sequence[MemoRow]:
        """A recipient's memos, newest first."""
        rows = (await session.execute(_rows(actor, Memo.recipient_id == recipient_id))).all()
        return [made_of(MemoRow, row) for row in rows]

    @use_case(READERS, "read", memo_id=About.MEMO)
    async def get(self, session: AsyncSession, actor: Actor, memo_id: int) -> MemoRow:
        """One memo. Raises NotFound."""
        return await _one(session, actor, memo_id)

    @use_case(WRITERS, "write", recipient_id=About.RECIPIENT)
    async def add(
        self, session: AsyncSession, actor: Actor, recipient_id: int, text: str
    ) -> MemoRow:
        """Add a memo in the actor's name. Raises NotFound, and InvalidInput for the text."""
        await organization_of(session, actor, recipient_id)
        moment = now()
        made = Memo(
            recipient_id=recipient_id,
            admin_id=actor.admin_id,
            text=clean_text(text),
            created_at=moment,
            updated_at=moment,
        )
        session.add(made)
        await session.flush()
        row = await _one(session, actor, made.id)
        await record_of(session, actor, "memo.add", row)
        return row

    @use_case(WRITERS, "write", memo_id=About.MEMO)
    async def edit(
        self, session: AsyncSession, actor: Actor, memo_id: int, text: str, version: int
    ) -> MemoRow:
        """Save over the version that was read. Raises ActionBlocked for another's memo, or Conflict."""
        current = await _own(session, actor, memo_id, version)
        cleaned = clean_text(as_typed(text, actor, self._settings, current.text))
        if cleaned == current.text:
            return current
        if not await save_over(session, Memo, memo_id, version, text=cleaned, updated_at=now()):
            raise _changed_meanwhile(await _one(session, actor, memo_id))
        await record_of(session, actor, "memo.edit", current)
        return await _one(session, actor, memo_id)

    @use_case(WRITERS, "write", memo_id=About.MEMO)
    async def delete(self, session: AsyncSession, actor: Actor, memo_id: int, version: int) -> None:
        """Delete the version that was read. Raises ActionBlocked for another's memo, or Conflict."""
        current = await _own(session, actor, memo_id, version)
        if not await delete_over(session, Memo, memo_id, version):
            raise _changed_meanwhile(await _one(session, actor, memo_id))
        await record_of(session, actor, "memo.delete", current)


async def _own(session: AsyncSession, actor: Actor, memo_id: int, version: int) -> MemoRow:
    """The actor's own memo, as it was read. Raises ActionBlocked or Conflict."""
    current = await _one(session, actor, memo_id)
    if reason := why_not_change(current.author_id, actor.admin_id):
        raise ActionBlocked(reason)
    if current.version != version:
        raise _changed_meanwhile(current)
    return current


def _rows(actor: Actor, *which: sa.ColumnElement[bool]) -> sa.Select[Any]:
    return (
        sa.select(*columns_of(MemoRow, Memo, author_id=Memo.admin_id, author=ADMIN_NAME))
        .select_from(Memo)
        .join(Recipient, Recipient.id == Memo.recipient_id)
        .join(Admin, Admin.id == Memo.admin_id)
        .where(visible_recipients(actor), *which)
        .order_by(Memo.created_at.desc(), Memo.id.desc())
    )


async def _one(session: AsyncSession, actor: Actor, memo_id: int) -> MemoRow:
    missing = NotFound(_("This memo does not exist (any more)."))
    return made_of(MemoRow, await one_or(session, _rows(actor, Memo.id == memo_id), missing))


def _changed_meanwhile(current: MemoRow) -> Conflict:
    return Conflict(
        _("This memo was changed since it was opened; nothing was overwritten."),
        _("Compare both and choose."),
        current=current,
    )
