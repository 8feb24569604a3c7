"""Both texts where somebody else saved meanwhile; the admin chooses."""

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from core.values.i18n import N_, _
from tui.forms.actions import SAVE_MINE, TAKE_THEIRS, back
from tui.text import shown
from tui.widgets.confirm_dialog import QuestionDialog


class BothDialog(QuestionDialog[bool]):
    """Dismissed with True for one's own text, False for theirs, None to go on typing."""

    def __init__(self, title: str, mine: str, theirs: str) -> None:
        super().__init__(
            title,
            _("It was changed since it was opened. Nothing was overwritten."),
            (back(N_("Back to the form")), None),
            (SAVE_MINE, True),
            (TAKE_THEIRS, False),
        )
        self._mine = mine
        self._theirs = theirs

    def extra(self) -> ComposeResult:
        """Mine, then theirs."""
        for label, text in ((_("Yours:"), self._mine), (_("Theirs:"), self._theirs)):
            yield Static(shown(label), classes="whose")
            with VerticalScroll(classes="one-text"):
                yield Static(shown(text or "-"))
