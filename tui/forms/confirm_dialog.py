"""Dialogs without fields: a question, and a button with a key of its own for each answer."""

from typing import TypeVar

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Button, Static

from core.values.i18n import _
from tui.action import Action, named
from tui.base import ConsoleDialog
from tui.everywhere import IN_DIALOGS
from tui.forms.actions import BUTTONS, CANCEL, TO_BUTTONS, back
from tui.text import shown

Answer = TypeVar("Answer")


class QuestionDialog(ConsoleDialog[Answer]):
    """Dismissed with the answer that was chosen, None for the one that changes nothing.

    The first answer is the safe one and has the focus. Each key is named after its button's verb and shown on it,
    so that no reflex answers a question that was not read.
    """

    binds = (BUTTONS, TO_BUTTONS)
    AUTO_FOCUS = "Button"
    is_question = True

    def __init__(self, title: str, question: str, *answers: tuple[Action, Answer | None]) -> None:
        super().__init__(title)
        self._question = question
        self._answers = {action.name: answer for action, answer in answers}
        self.buttons = [action for action, _answer in answers]
        self.scopes = (BUTTONS.of(*self.buttons), IN_DIALOGS)

    def content(self) -> ComposeResult:
        """The question and its buttons."""
        yield Static(shown(self._question), classes="question")
        yield from self.extra()
        with Horizontal(classes="buttons"):
            for action in self.buttons:
                pressed = self.console.own_keys.first_shown(action)
                words = shown(f"[{pressed} {_(action.label)}]")
                yield Button(words, name=action.name, compact=True)

    def extra(self) -> ComposeResult:
        """What a dialog shows besides."""
        yield from ()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only the keys of its own buttons answer it."""
        if action == "act" and named(str(parameters[0])) in BUTTONS.actions:
            return str(parameters[0]).partition(".")[2] in self._answers
        return super().check_action(action, parameters)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Enter on a button."""
        self.answer(event.button.name or CANCEL.name)

    def answer(self, name: str) -> None:
        """Answer with the button of this name."""
        self.dismiss(self._answers.get(name))


class ConfirmDialog(QuestionDialog[bool]):
    """Dismissed with True where it was confirmed, else with None. ``no`` names the safe way out."""

    def __init__(self, title: str, question: str, yes: Action, no: str = CANCEL.label) -> None:
        super().__init__(title, question, (back(no), None), (yes, True))
