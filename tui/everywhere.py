"""What keys do on every screen."""

from core.values.i18n import N_
from tui.action import Need, Scope

ALWAYS = Scope("always", N_("Whatever is shown"), types=True)
ALWAYS.declare("interrupt", "ctrl+c", N_("Leave"), needs=Need.NOTHING, priority=True)

EVERYWHERE = Scope("console", N_("Everywhere"))
EVERYWHERE.declare(
    "help", "question_mark,f1", N_("Help"), footer=90, needs=Need.NOTHING, looks=True
)
EVERYWHERE.declare("palette", "colon,ctrl+p", N_("More"), footer=91, looks=True)
EVERYWHERE.declare("back", "escape", N_("Back"), footer=89, needs=Need.NOTHING)
EVERYWHERE.declare("refresh", "ctrl+r", N_("Refresh"), needs=Need.NOTHING)
EVERYWHERE.declare("leave", "q", N_("Leave"), footer=92, needs=Need.NOTHING)

# what of it works in a dialog; the first key of each works where letters type, too
IN_DIALOGS = Scope(EVERYWHERE.name, EVERYWHERE.title, listed=False)
IN_DIALOGS.declare(
    "help", "f1,question_mark", N_("Help"), footer=90, needs=Need.NOTHING, looks=True
)
IN_DIALOGS.declare("palette", "ctrl+p,colon", N_("More"), footer=91, looks=True)
IN_DIALOGS.declare("back", "escape", N_("Back"), needs=Need.NOTHING)
IN_DIALOGS.declare("refresh", "ctrl+r", N_("Refresh"), needs=Need.NOTHING)
