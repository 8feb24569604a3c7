"""A question with two buttons; the safe one has the focus first."""

from typing import TypeVar

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Button, Static

from core.i18n import _
from tui.base import ConsoleDialog
from tui.keys import DIALOG
from tui.text import shown

Answer = TypeVar("Answer")


class QuestionDialog(ConsoleDialog[Answer]):
    """Dismissed with the answer of a subclass where it was confirmed, else with None."""

    BINDINGS = [*DIALOG.bindings(), ("left,right", "switch")]
    AUTO_FOCUS = "#no"
    scopes = (DIALOG,)

    def __init__(self, title: str, question: str, yes: str, no: str = "") -> None:
        super().__init__()
        self._title = title
        self._question = question
        self._yes = yes
        self._no = no or _("Cancel")

    def title_text(self) -> object:
        """The title."""
        return shown(self._title)

    def content(self) -> ComposeResult:
        """The question and its buttons."""
        yield Static(shown(self._question), classes="question")
        yield from self.extra()
        with Horizontal(classes="buttons"):
            yield Button(shown(f"[ {self._no} ]"), id="no", compact=True)
            yield Button(shown(f"[ {self._yes} ]"), id="yes", compact=True)

    def extra(self) -> ComposeResult:
        """What a dialog asks for besides."""
        yield from ()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Enter on a button."""
        if event.button.id == "yes":
            self.action_yes()
        else:
            self.action_no()

    def action_switch(self) -> None:
        """Go to the other button."""
        self.focus_next("Button")

    def action_yes(self) -> None:
        """Confirm."""

    def action_no(self) -> None:
        """Cancel."""
        self.dismiss(None)


class ConfirmDialog(QuestionDialog[bool]):
    """Dismissed with True where it was confirmed, else with None."""

    def action_yes(self) -> None:
        """Confirm."""
        self.dismiss(True)
