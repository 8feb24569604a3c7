"""What the keys of a recipient's details do."""

from core.values.i18n import N_
from tui.action import Scope, place
from tui.everywhere import EVERYWHERE
from tui.widgets.paged_table_actions import LIST

DETAILS = Scope("details", N_("Recipient details"))
DETAILS.declare("tab_calls", "1", N_("Calls"))
DETAILS.declare("tab_memory", "2", N_("Memory details"))
DETAILS.declare("tab_followup", "3", N_("Follow-up action"))
DETAILS.declare("tab_memo", "4", N_("Memo"))
DETAILS.declare("previous", "left_square_bracket", N_("Previous"), footer=30)
DETAILS.declare("next", "right_square_bracket", N_("Next"), footer=31)
DETAILS.declare("reveal", "n", N_("Show the number for 30 s"))

CALLS = Scope("calls", N_("Recipient details, calls"))
CALLS.declare("play", "space", N_("Play"), footer=10)
CALLS.declare("stop", "x", N_("Stop"))
CALLS.declare("seek_back", "comma", N_("5 s back"))
CALLS.declare("seek_forward", "full_stop", N_("5 s forward"))
CALLS.declare("slower", "less_than_sign", N_("Slower"))
CALLS.declare("faster", "greater_than_sign", N_("Faster"))
CALLS.declare("edit_recipient", "e", N_("Edit"), footer=12)
CALLS.declare("pause", "p", N_("Pause"), footer=13)
CALLS.declare("delete_recipient", "d", N_("Delete"), footer=14)
CALLS.declare("resume", "r", N_("Resume"), footer=15)
CALLS.declare("positive", "plus", N_("Positive"), footer=16)
CALLS.declare("negative", "minus", N_("Negative"), footer=17)
CALLS.declare("copy_listen", "y", N_("Copy the listen command"))
CALLS.declare("emergency", "exclamation_mark", N_("Next emergency call"))
CALLS.declare("followup", "f", N_("Follow up"), footer=11)
CALLS.declare("search", "slash", N_("Search"), footer=18)

MEMORY = Scope("memory", N_("Recipient details, memory"))
MEMORY.declare("edit", "e", N_("Edit"), footer=10)
MEMORY.declare("reset", "r", N_("Reset"), footer=11)

NOTES = Scope("notes", N_("Recipient details, follow-up and memo"))
NOTES.declare("add", "a", N_("Add"), footer=10)
NOTES.declare("edit", "e", N_("Edit"), footer=11)
NOTES.declare("delete", "d", N_("Delete"), footer=12)

TABS = {
    "calls": place(CALLS, DETAILS, LIST, EVERYWHERE),
    "memory": place(MEMORY, DETAILS, LIST, EVERYWHERE),
    "followup": place(NOTES, DETAILS, LIST, EVERYWHERE),
}
TABS["memo"] = TABS["followup"]
