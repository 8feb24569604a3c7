"""Dialogs in which one of many is picked: typing narrows what is offered, enter takes it."""

from collections.abc import Iterable
from typing import TypeVar

from textual.app import ComposeResult
from textual.widgets import Input

from core.values.i18n import _
from core.values.text import search_key
from tui.action import Scope, named
from tui.base import ConsoleDialog
from tui.everywhere import IN_DIALOGS
from tui.forms.actions import PICK
from tui.forms.choices import Choices
from tui.widgets.line_input import LineInput

Picked = TypeVar("Picked")


class Picker(ConsoleDialog[Picked]):
    """Dismissed with the ID of what is taken. A subclass says what there is in ``options`` (IDs and words)."""

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

    def options(self) -> Iterable[tuple[str, str]]:
        """All that can be picked."""
        return ()

    def narrow(self, typed: str) -> None:
        """Offer what has this in its name."""
        wanted = search_key(typed)
        found = [one for one in self.options() if wanted in search_key(one[1])]
        self.choices.offer(found)
        self.tell("" if found else self.none_found(), "warning")

    def none_found(self) -> str:
        """What is told where nothing has in its name what is typed."""
        return ""

    async def on_input_submitted(self) -> None:
        """Take what is chosen."""
        await self.act(named("pick.take"))

    async def take(self) -> None:
        """Take what is chosen."""
        if self.choices.chosen is not None:
            self.dismiss(self.choices.chosen)
