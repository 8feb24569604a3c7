"""Dialogs without fields: a question, and a button with a key of its own for each answer."""

from dataclasses import replace
from typing import TypeVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.widgets import Button, Static

from core.values.i18n import _
from tui.base import ConsoleDialog
from tui.keys import BUTTONS, CANCEL, IN_DIALOGS, Key, back
from tui.text import shown

Answer = TypeVar("Answer")


class QuestionDialog(ConsoleDialog[Answer]):
    """Dismissed with the answer that was chosen, None for the one that changes nothing.

    The first answer is the safe one and has the focus. Each key is named after its button's verb and shown on it,
    so that no reflex answers a question that was not read.
    """

    BINDINGS = [
        *BUTTONS.bindings(call="answer('{action}')"),
        Binding("left", "focus_button(-1)", show=False),
        Binding("right", "focus_button(1)", show=False),
    ]
    AUTO_FOCUS = "Button"
    is_question = True

    def __init__(self, title: str, question: str, *answers: tuple[Key, Answer | None]) -> None:
        super().__init__()
        self._title = title
        self._question = question
        self._answers = {key.action: answer for key, answer in answers}
        self._buttons = replace(BUTTONS, keys=tuple(key for key, _answer in answers))
        self.scopes = (self._buttons, IN_DIALOGS)

    def title_text(self) -> str:
        """The title."""
        return self._title

    def content(self) -> ComposeResult:
        """The question and its buttons."""
        yield Static(shown(self._question), classes="question")
        yield from self.extra()
        with Horizontal(classes="buttons"):
            for key in self._buttons.keys:
                pressed = self.console.own_keys.first_shown(BUTTONS, key)
                words = shown(f"[{pressed} {_(key.label)}]")
                yield Button(words, name=key.action, compact=True)

    def extra(self) -> ComposeResult:
        """What a dialog shows besides."""
        yield from ()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only the keys of its own buttons answer it."""
        if action == "answer":
            return parameters[0] in self._answers
        return super().check_action(action, parameters)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Enter on a button."""
        self.action_answer(event.button.name or CANCEL.action)

    def action_focus_button(self, step: int) -> None:
        """Go to another button."""
        self.focus_next("Button") if step > 0 else self.focus_previous("Button")

    def action_answer(self, name: str) -> None:
        """Answer with the button of this name."""
        self.dismiss(self._answers.get(name))

    async def perform(self, action: str) -> None:
        """A button that was chosen in the palette."""
        if action in self._answers:
            self.action_answer(action)
        else:
            await super().perform(action)


class ConfirmDialog(QuestionDialog[bool]):
    """Dismissed with True where it was confirmed, else with None. ``no`` names the safe way out."""

    def __init__(self, title: str, question: str, yes: Key, no: str = CANCEL.label) -> None:
        super().__init__(title, question, (back(no), None), (yes, True))
