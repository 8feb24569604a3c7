"""What keys do on every screen."""

from typing import Protocol

from core.values.i18n import N_
from tui.action import Doing, Need, Scope


class Screenful(Protocol):
    """What each screen does in its own way."""

    def show_help(self) -> Doing:
        """Show the keys of this screen."""

    def show_palette(self) -> Doing:
        """Offer all actions of this screen by name."""

    def go_back(self) -> Doing:
        """Take back one step, or close this screen."""

    def read_again(self) -> Doing:
        """Read again what is shown, and paint the screen anew."""

    def leave(self) -> Doing:
        """Leave the console."""


def _help(view: Screenful) -> Doing:
    return view.show_help()


def _palette(view: Screenful) -> Doing:
    return view.show_palette()


def _back(view: Screenful) -> Doing:
    return view.go_back()


def _refresh(view: Screenful) -> Doing:
    return view.read_again()


def _leave(view: Screenful) -> Doing:
    return view.leave()


ALWAYS = Scope("always", N_("Whatever is shown"), types=True)
ALWAYS.declare("interrupt", "ctrl+c", N_("Leave"), do=_leave, needs=Need.NOTHING, priority=True)

EVERYWHERE = Scope("console", N_("Everywhere"))
EVERYWHERE.declare(
    "help", "question_mark,f1", N_("Help"), do=_help, footer=90, needs=Need.NOTHING, looks=True
)
EVERYWHERE.declare("palette", "colon,ctrl+p", N_("More"), do=_palette, footer=91, looks=True)
EVERYWHERE.declare("back", "escape", N_("Back"), do=_back, footer=89, needs=Need.NOTHING)
EVERYWHERE.declare("refresh", "ctrl+r", N_("Refresh"), do=_refresh, needs=Need.NOTHING)
LEAVE = EVERYWHERE.declare("leave", "q", N_("Leave"), do=_leave, footer=92, needs=Need.NOTHING)

# what of it works in a dialog; the first key of each works where letters type, too
IN_DIALOGS = Scope(EVERYWHERE.name, EVERYWHERE.title, listed=False)
IN_DIALOGS.declare(
    "help", "f1,question_mark", N_("Help"), do=_help, footer=90, needs=Need.NOTHING, looks=True
)
IN_DIALOGS.declare("palette", "ctrl+p,colon", N_("More"), do=_palette, footer=91, looks=True)
IN_DIALOGS.declare("back", "escape", N_("Back"), do=_back, needs=Need.NOTHING)
IN_DIALOGS.declare("refresh", "ctrl+r", N_("Refresh"), do=_refresh, needs=Need.NOTHING)
