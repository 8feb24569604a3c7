"""Both versions where somebody else has saved meanwhile; the admin chooses."""

from collections.abc import Sequence

from msgspec import Struct
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from core.values.i18n import N_, _
from tui.forms.actions import SAVE_MINE, TAKE_THEIRS, back
from tui.forms.confirm_dialog import QuestionDialog
from tui.text import fit, shown


class Compared(Struct, frozen=True):
    """One value in both versions."""

    label: str
    mine: str
    theirs: str


class ConflictDialog(QuestionDialog[bool]):
    """Dismissed with True for one's own version, False for theirs, None to go on typing."""

    def __init__(self, title: str, words: str, compared: Sequence[Compared]) -> None:
        super().__init__(
            title,
            words,
            (back(N_("Back to the form")), None),
            (SAVE_MINE, True),
            (TAKE_THEIRS, False),
        )
        self._compared = compared
        self.set_class(len(compared) == 1, "-text")

    def extra(self) -> ComposeResult:
        """Several values on a line each, a sign before those that differ; a single text one below the other."""
        if len(self._compared) == 1:
            yield from _texts(self._compared[0])
            return
        mine, theirs = _("Yours"), _("Theirs")
        lines = [f"  {fit('', 20)} {fit(mine, 22)} {fit(theirs, 22)}"]
        for one in self._compared:
            sign = "≠" if one.mine != one.theirs else " "
            lines.append(f"{sign} {fit(one.label, 20)} {fit(one.mine, 22)} {fit(one.theirs, 22)}")
        yield Static(shown("\n".join(lines)), classes="comparison")


def _texts(compared: Compared) -> ComposeResult:
    for label, text in ((_("Yours:"), compared.mine), (_("Theirs:"), compared.theirs)):
        yield Static(shown(label), classes="whose")
        with VerticalScroll(classes="one-text"):
            yield Static(shown(text or "-"))
