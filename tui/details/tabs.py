"""Which keys work in which tab of the details."""

from tui.action import place
from tui.details.actions import DETAILS
from tui.details.call_actions import CALLS
from tui.details.contact_actions import CONTACTS
from tui.details.history_actions import HISTORY
from tui.details.note_actions import MEMORY, NOTES
from tui.everywhere import EVERYWHERE
from tui.widgets.paged_table_actions import LIST

TABS = {
    "calls": place(CALLS, DETAILS, LIST, EVERYWHERE),
    "memory": place(MEMORY, DETAILS, LIST, EVERYWHERE),
    "followup": place(NOTES, DETAILS, LIST, EVERYWHERE),
    "contacts": place(CONTACTS, DETAILS, LIST, EVERYWHERE),
    "history": place(HISTORY, DETAILS, LIST, EVERYWHERE),
}
TABS["memo"] = TABS["followup"]
