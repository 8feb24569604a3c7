"""What the keys of the deleted recipients do."""

from core.values.i18n import N_
from tui.action import Scope, place
from tui.everywhere import EVERYWHERE
from tui.recipients.actions import select
from tui.widgets.paged_table_actions import LIST

DELETED = Scope("deleted", N_("Deleted recipients"))
DELETED.declare("restore", "r", N_("Restore"), footer=1)
DELETED.declare("restore_delete", "R", N_("Whole delete"), footer=2)
DELETED.declare("toggle_select", "space", N_("Select"), do=select, footer=3)
DELETED.declare("select_all", "A", N_("Select all"), footer=4)
DELETED.declare("search", "slash", N_("Search"), footer=5)
DELETED_PLACE = place(DELETED, LIST, EVERYWHERE)
