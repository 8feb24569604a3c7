"""What is shown in a terminal that is too small."""

from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Static

from core.values.i18n import _
from tui.text import shown


class SmallScreen(Screen[None]):
    """Says which size the console needs; it goes away when the terminal has it."""

    def compose(self) -> ComposeResult:
        """The sentence."""
        yield Static(
            shown(_("The terminal is too small: the console needs 80 columns and 24 rows."))
        )
