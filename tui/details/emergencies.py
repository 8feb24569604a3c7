"""The emergencies of a recipient in its details: said until somebody acknowledges them, and gone through."""

from typing import Protocol

from msgspec.structs import replace

from core.recipients.dto import RecipientRow
from core.tasks.dto import TaskRow
from core.tasks.rules import is_unseen
from core.values.i18n import _
from tui.details.calls_pane import CallsPane
from tui.details.loaded import Loaded
from tui.details.neighbours import Stop
from tui.shell import View


class ShowsEmergencies(View, Protocol):
    """The details, as far as emergencies need to know them."""

    loaded: Loaded | None
    recipient: RecipientRow
    calls: CallsPane

    @property
    def active(self) -> str:
        """The tab that has the keys."""

    def may(self, use_case: str) -> bool:
        """Whether the role of who acts may do it."""

    def reload(self) -> None:
        """Read again what is shown."""

    async def go_to_call(self, call_id: int) -> None:
        """Put the cursor on this call."""

    async def open_other(self, stop: Stop) -> None:
        """Show another recipient, at its call."""


def _unseen(view: ShowsEmergencies) -> TaskRow | None:
    """The recipient's emergency, where nobody has acknowledged it."""
    tasks = view.loaded.tasks if view.loaded else ()
    return next((one for one in tasks if is_unseen(one)), None)


def _unseen_here(view: ShowsEmergencies) -> TaskRow | None:
    """The same where its call is the one under the cursor."""
    task, call = _unseen(view), view.calls.current
    return task if task and call and task.call_id == call.id else None


def show_unseen(view: ShowsEmergencies) -> None:
    """Say of an emergency that nobody has acknowledged it, and how that is done."""
    words = ""
    if _unseen_here(view) is not None:
        words = _("Nobody has acknowledged this emergency yet.")
        if view.may("tasks.acknowledge"):
            words = _(
                "Nobody has acknowledged this emergency yet; {keys[console.emergency]} does."
            ).format(keys=view.console.own_keys)
    view.stand("unseen", words)


async def acknowledge_or_go_on(view: ShowsEmergencies) -> None:
    """Acknowledge the emergency that is shown; where there is none, go to the next one."""
    here = _unseen_here(view) if view.active == "calls" else None
    if here is not None and view.may("tasks.acknowledge"):
        seen = await view.write(view.services.tasks.acknowledge(view.actor, here.id))
        if view.loaded is not None:  # the next key does not acknowledge it again
            tasks = [seen if one.id == seen.id else one for one in view.loaded.tasks]
            view.loaded = replace(view.loaded, tasks=tasks)
        view.reload()
        words = _("You have acknowledged it; {keys[console.emergency]} goes to the next one.")
        view.tell(words.format(keys=view.console.own_keys), "success")
        return
    found = None if here else _unseen(view)
    found = found or await view.look(view.services.tasks.next_unseen(view.actor, here))
    if found is None or found == here:
        await _go_to_next_call(view)
    elif found.recipient_id == view.recipient.id and found.call_id is not None:
        await view.go_to_call(found.call_id)
    else:
        await view.open_other(Stop(found.recipient_id, found.recipient_id, found.call_id))


async def _go_to_next_call(view: ShowsEmergencies) -> None:
    """Go to the recipient's next emergency call back in time, then round to the latest."""
    call = view.calls.current
    calls = view.services.calls
    found = call and await view.look(calls.next_emergency(view.actor, view.recipient.id, call))
    if call is None or found is None:
        view.tell(_("There is no emergency that nobody has acknowledged."))
    elif found.id == call.id:
        view.tell(_("This is the only emergency call of this recipient."))
    else:
        await view.go_to_call(found.id)
