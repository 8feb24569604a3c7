"""What the details show of one recipient, read together so that a neighbour can be read ahead."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from core.app.actor import Actor
from core.calls.dto import CallDetails, CallRow
from core.campaigns.dto import ParticipationRow
from core.contacts.dto import ContactRow
from core.followups.dto import FollowupRow
from core.memory.dto import MemoryRow
from core.memos.dto import MemoRow
from core.recipients.dto import RecipientRow
from core.recipients.listing.pager import Pager
from core.tasks.dto import TaskRow
from core.values.errors import NotFound

if TYPE_CHECKING:
    from core.app.services import Services

PAGE = 64


class Loaded(Struct, frozen=True):
    """A recipient; of the calls the first page, and the conversation of the one it opens at."""

    recipient: RecipientRow
    participations: Sequence[ParticipationRow]
    call_count: int
    first_calls: Sequence[CallRow]
    open_call: CallDetails | None
    memory: Sequence[MemoryRow]
    followups: Sequence[FollowupRow]
    memos: Sequence[MemoRow]
    contacts: Sequence[ContactRow]
    tasks: Sequence[TaskRow]
    pager: Pager[int, CallRow]
    at: int = 0  # the index of the call it opens at
    task: TaskRow | None = None  # that it was opened from

    async def calls(self, start: int, stop: int) -> Sequence[CallRow]:
        """The calls by index, newest first; the first page without asking again."""
        if stop <= len(self.first_calls) or self.call_count <= len(self.first_calls):
            return self.first_calls[start:stop]
        return await self.pager.rows(start, stop)


async def load(
    services: "Services", actor: Actor, recipient_id: int, call_id: int | None = None
) -> Loaded:
    """Read all of it, with the conversation of this call, else of the newest. Raises NotFound."""
    recipient = await services.recipients.get(actor, recipient_id)
    pager = Pager(services.calls.window, actor, recipient_id)
    pager.total = await services.calls.count(actor, recipient_id)
    first = await pager.rows(0, PAGE)
    at = await _index_of(services, actor, call_id)
    if not at:
        call_id = first[0].id if first else None
    return Loaded(
        recipient,
        await services.participations.of_recipient(actor, recipient_id),
        pager.total,
        first,
        await services.calls.get(actor, call_id) if call_id is not None else None,
        await services.memory.list(actor, recipient_id),
        await services.followups.list(actor, recipient_id),
        await services.memos.list(actor, recipient_id),
        await services.contacts.list(actor, recipient_id),
        await services.tasks.of_recipient(actor, recipient_id),
        pager,
        at,
    )


async def _index_of(services: "Services", actor: Actor, call_id: int | None) -> int:
    """Where a call is among its recipient's; the first place where it is there no more."""
    if call_id is None:
        return 0
    try:
        return await services.calls.index_of(actor, call_id)
    except NotFound:
        return 0
