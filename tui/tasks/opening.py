"""Going to the next emergency that nobody has acknowledged, from any screen."""

from core.values.i18n import _
from tui.details.details_screen import DetailsScreen
from tui.details.neighbours import Stop
from tui.recipients.changes import tell_deleted
from tui.shell import View


async def open_next(view: View) -> None:
    """Open the recipient at the call of the emergency that is due first; back from there, all is as it was."""
    services, actor = view.services, view.actor
    found = await view.look(services.tasks.next_unseen(actor))
    if found is None:
        view.tell(_("There is no emergency that nobody has acknowledged."))
        return
    recipient = await view.look(services.recipients.get(actor, found.recipient_id))
    stop = Stop(recipient.id, recipient.id, found.call_id)
    left = await view.ask(DetailsScreen(recipient, 0, None, stop))
    if left is not None and left.deletion is not None:
        view.data_changed()
        tell_deleted(view, left.deletion, left.name)
