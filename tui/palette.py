"""The command palette: the actions of the screen below by name, made from the same declarations as the keys."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from core.i18n import _
from core.text import search_key
from tui.base import ConsoleDialog
from tui.keys import EVERYWHERE, Key, Scope
from tui.text import fit, shown
from tui.widgets.line_input import LineInput

if TYPE_CHECKING:
    from tui.app import ConsoleApp
    from tui.base import ConsoleActions


class Palette(ConsoleDialog[str]):
    """Type a part of the name, enter runs it. Dismissed with the name of the action."""

    BINDINGS = [("escape", "back"), ("down", "list(1)"), ("up", "list(-1)")]
    AUTO_FOCUS = "Input"

    def __init__(self, keys: Sequence[tuple[Key, str]]) -> None:
        super().__init__()
        self._keys = keys  # each as it is shown

    def title_text(self) -> str:
        """The title."""
        return _("More")

    def content(self) -> ComposeResult:
        """What is typed, and the actions that have it in their name."""
        field = LineInput(placeholder=_("Type a part of the name"))
        field.cursor_blink = False
        yield field
        options = OptionList()
        options.can_focus = False
        yield options

    def on_mount(self) -> None:
        """Begin with all of them."""
        self._offer("")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow what is offered."""
        self._offer(event.value)

    def _offer(self, typed: str) -> None:
        wanted = search_key(typed)
        options = self.query_one(OptionList)
        options.clear_options()
        for key, pressed in self._keys:
            if wanted in search_key(_(key.label)) or wanted == pressed:
                options.add_option(Option(shown(f"{fit(pressed, 8)}{_(key.label)}"), id=key.action))
        options.highlighted = 0 if options.option_count else None

    def action_list(self, step: int) -> None:
        """Move in the list while the focus stays with what is typed."""
        options = self.query_one(OptionList)
        if options.highlighted is not None:
            options.highlighted = (options.highlighted + step) % options.option_count

    def on_input_submitted(self) -> None:
        """Run the action under the cursor."""
        options = self.query_one(OptionList)
        if options.highlighted is not None:
            self.dismiss(options.get_option_at_index(options.highlighted).id)


def open_palette(app: "ConsoleApp", scopes: Sequence[Scope]) -> None:
    """Offer the actions of the scopes on the present screen, and run the one that is chosen."""
    below = cast("ConsoleActions", app.screen)
    unique = {
        key.action: (key, app.own_keys.first_shown(scope, key))
        for scope in (*scopes, EVERYWHERE)
        for key in scope.keys
        if key.action != "palette"
    }
    keys = list(unique.values())

    async def run(action: str | None) -> None:
        if action:
            await below.perform(action)

    app.push_screen(Palette(keys), run)
