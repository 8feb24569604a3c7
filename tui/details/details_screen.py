"""The details of one recipient with their keys."""

from typing import ClassVar

from tui.action import Scope, named
from tui.details.actions import DETAILS
from tui.details.call_actions import CALLS
from tui.details.contact_actions import CONTACTS
from tui.details.details_view import DetailsView
from tui.details.history_actions import HISTORY
from tui.details.list_pane import ListPane
from tui.details.note_actions import MEMORY, NOTES, show_history
from tui.details.tabs import TABS


class DetailsScreen(DetailsView):
    """Information, calls, memory details, follow-up actions, memos and contacts of one recipient."""

    binds: ClassVar[tuple[Scope, ...]] = (DETAILS, CALLS, MEMORY, NOTES, CONTACTS, HISTORY)
    tabs = TABS
    scopes = TABS["calls"]

    async def on_list_pane_opened(self, event: ListPane.Opened) -> None:
        """Enter: the history of a memory, the call of a follow-up action, one's own memo, a contact."""
        if event.pane is self.memory:
            await self.start(show_history(self, event.data))
        elif event.pane is self.history:
            return  # all of it stands below
        elif event.pane is self.followups:
            await self.start(self.go_to_call(event.data.call_id))
        else:
            edit = "contacts.edit" if event.pane is self.contacts else "notes.edit"
            await self.act(named(edit))
