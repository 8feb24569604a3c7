"""Dialogs in which one of many is picked: typing narrows what is offered, enter takes it."""

from typing import TypeVar

from textual.app import ComposeResult
from textual.widgets import Input

from core.values.i18n import _
from tui.action import Scope, named
from tui.base import ConsoleDialog
from tui.everywhere import IN_DIALOGS
from tui.forms.actions import PICK
from tui.forms.choices import Choices
from tui.widgets.line_input import LineInput

Picked = TypeVar("Picked")


class Picker(ConsoleDialog[Picked]):
    """A subclass offers what fits in ``narrow`` and dismisses with what is taken in ``take``."""

    binds = (PICK,)
    AUTO_FOCUS = "Input"
    scopes: tuple[Scope, ...] = (PICK, IN_DIALOGS)

    def content(self) -> ComposeResult:
        """What is typed, and what has it in its name."""
        field = LineInput(placeholder=_("Type a part of the name"))
        yield field
        choices = Choices()
        choices.can_focus = False
        yield choices

    @property
    def choices(self) -> Choices:
        """What is offered."""
        return self.query_one(Choices)

    def on_mount(self) -> None:
        """Begin with all of them."""
        self.narrow("")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow what is offered."""
        self.narrow(event.value)

    def narrow(self, typed: str) -> None:
        """Offer what has this in its name."""
        raise NotImplementedError

    async def on_input_submitted(self) -> None:
        """Take what is chosen."""
        await self.act(named("pick.take"))

    async def take(self) -> None:
        """Take what is chosen."""
        raise NotImplementedError
