"""What keys do on every screen."""

from operator import methodcaller

from msgspec.structs import replace

from core.values.i18n import N_
from tui.action import Need, Scope

ALWAYS = Scope("always", N_("Whatever is shown"), types=True, no_command="of the console itself")
ALWAYS.declare(
    "interrupt", "ctrl+c", N_("Leave"), methodcaller("leave"), needs=Need.NOTHING, priority=True
)

EVERYWHERE = Scope("console", N_("Everywhere"), no_command="of the console itself")
HELP = EVERYWHERE.declare(
    "help",
    "question_mark,f1",
    N_("Help"),
    methodcaller("show_help"),
    footer=90,
    needs=Need.NOTHING,
    looks=True,
    also=N_("keys, shortcuts, manual"),
)
MORE = EVERYWHERE.declare(
    "palette",
    "colon,ctrl+p",
    N_("More"),
    methodcaller("show_palette"),
    footer=91,
    looks=True,
    also=N_("commands, menu, actions"),
)
BACK = EVERYWHERE.declare(
    "back",
    "escape",
    N_("Back"),
    methodcaller("go_back"),
    footer=89,
    needs=Need.NOTHING,
    also=N_("close, cancel, return"),
)
REFRESH = EVERYWHERE.declare(
    "refresh",
    "ctrl+r",
    N_("Refresh"),
    methodcaller("read_again"),
    needs=Need.NOTHING,
    also=N_("reload, update, redraw"),
)
EVERYWHERE.declare(
    "emergency",
    "exclamation_mark",
    N_("Next emergency"),
    methodcaller("next_emergency"),
    use_case="tasks.next_unseen",
    command="task list",
    also=N_("alarm, urgent, alert"),
)
EVERYWHERE.declare(
    "leave",
    "q",
    N_("Leave"),
    methodcaller("leave"),
    footer=92,
    needs=Need.NOTHING,
    also=N_("quit, exit, close, log out"),
)

# what of it works in a dialog; the first key of each works where letters type, too
IN_DIALOGS = EVERYWHERE.of(
    replace(HELP, keys="f1,question_mark"),
    replace(MORE, keys="ctrl+p,colon"),
    replace(BACK, footer=0),
    REFRESH,
)


def offer_search(scope: Scope) -> None:
    """Search what was said from this place; back from there, all is as it was."""
    scope.declare(
        "search_conversations",
        "F",
        N_("Search conversations"),
        do=lambda view: view.console.search_conversations(view),
        use_case="conversations.search",
        command="search",
        also=N_("what was said, transcripts, full text"),
    )
