"""What the keys of the list of recipients do."""

from typing import Any

from core.values.i18n import N_
from tui.action import Scope, place
from tui.everywhere import EVERYWHERE
from tui.widgets.paged_table_actions import LIST


def select(view: Any) -> None:
    """Select the row under the cursor, or take it out, and go on to the next one."""
    view.table.select_and_go_on()


RECIPIENTS = Scope("recipients", N_("Recipients"))
RECIPIENTS.declare("add", "a", N_("Add"), footer=1)
RECIPIENTS.declare("edit", "e", N_("Edit"), footer=2)
RECIPIENTS.declare("delete", "d", N_("Delete"), footer=3)
RECIPIENTS.declare("pause", "p", N_("Pause"), footer=4)
RECIPIENTS.declare("resume", "r", N_("Resume"), footer=5)
RECIPIENTS.declare("upload", "u", N_("Upload"), footer=7)
RECIPIENTS.declare("uploads", "U", N_("Uploads made so far"))
RECIPIENTS.declare("download", "w", N_("Download"))
RECIPIENTS.declare("search", "slash", N_("Search"), footer=6)
RECIPIENTS.declare("detailed_search", "f", N_("Detailed search"))
RECIPIENTS.declare("organization", "o", N_("Select organization"))
RECIPIENTS.declare("view_options", "v", N_("View options"))
RECIPIENTS.declare("sort", "s", N_("Sort"))
RECIPIENTS.declare("toggle_select", "space", N_("Select"), do=select)
RECIPIENTS.declare("select_all", "A", N_("Select all matching"))
RECIPIENTS.declare("undo", "z", N_("Undo the last delete"))
RECIPIENTS.declare("deleted", "Z", N_("Deleted recipients"))
RECIPIENTS.declare("reveal", "n", N_("Show the number for 30 s"))
RECIPIENTS_PLACE = place(RECIPIENTS, LIST, EVERYWHERE)
