"""What the keys of the upload results do."""

from core.values.i18n import N_
from tui.action import Scope, place
from tui.everywhere import EVERYWHERE
from tui.widgets.paged_table_actions import LIST

RESULTS = Scope("results", N_("Upload results"))
RESULTS.declare("failed_only", "f", N_("Failed only"), footer=1)
RESULTS.declare("edit", "e", N_("Edit"), footer=2)
RESULTS.declare("write_failed", "w", N_("Write failed"), footer=3)
RESULTS.declare("undo", "z", N_("Undo"), footer=4)
RESULTS.declare("search", "slash", N_("Search"), footer=5)
RESULTS_PLACE = place(RESULTS, LIST, EVERYWHERE)
UPLOADS_PLACE = place(LIST, EVERYWHERE)
