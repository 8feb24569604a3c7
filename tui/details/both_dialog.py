"""Both texts where somebody else saved meanwhile; the admin chooses."""

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from core.i18n import _
from tui.text import shown
from tui.widgets.confirm_dialog import ConfirmDialog


class BothDialog(ConfirmDialog):
    """Dismissed with True for one's own text, False for theirs, None to go on typing."""

    def __init__(self, title: str, mine: str, theirs: str) -> None:
        super().__init__(
            title,
            _("It was changed since it was opened. Nothing was overwritten."),
            _("Save mine"),
            _("Take theirs"),
        )
        self._mine = mine
        self._theirs = theirs

    def extra(self) -> ComposeResult:
        """Mine, then theirs."""
        for label, text in ((_("Yours:"), self._mine), (_("Theirs:"), self._theirs)):
            yield Static(shown(label), classes="whose")
            with VerticalScroll(classes="one-text"):
                yield Static(shown(text or "-"))
        yield Static(shown(_("esc goes back to what you typed.")))

    def action_no(self) -> None:
        """Take theirs."""
        self.dismiss(False)
