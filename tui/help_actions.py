"""What keys do in the help: letters only type."""

from typing import Any

from core.values.i18n import N_
from tui.action import Need, Scope, place
from tui.everywhere import IN_DIALOGS

HELP_TEXT = Scope("help", N_("Help"), types=True, no_command="of the console itself")


@HELP_TEXT.action("escape", N_("Close"), name="back", footer=1, needs=Need.NOTHING)
def close(screen: Any) -> None:
    """Close it."""
    screen.go_back()


@HELP_TEXT.action("up", N_("Up"), needs=Need.NOTHING, looks=True)
def up(screen: Any) -> None:
    """One line up, while the focus stays with what is typed."""
    screen.scroll_by(-1)


@HELP_TEXT.action("down", N_("Down"), needs=Need.NOTHING, looks=True)
def down(screen: Any) -> None:
    """One line down."""
    screen.scroll_by(1)


@HELP_TEXT.action("pageup", N_("Page up"), needs=Need.NOTHING, looks=True)
def page_up(screen: Any) -> None:
    """One page up."""
    screen.scroll_by(-screen.page)


@HELP_TEXT.action("pagedown", N_("Page down"), needs=Need.NOTHING, looks=True)
def page_down(screen: Any) -> None:
    """One page down."""
    screen.scroll_by(screen.page)


place(HELP_TEXT, IN_DIALOGS)
