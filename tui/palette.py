"""The command palette: the actions of the screen below by name, made from the same declarations as the keys."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from core.values.i18n import _
from core.values.text import search_key
from tui.keys import Key, Scope, with_everywhere
from tui.text import fit
from tui.widgets.pick_dialog import PickDialog

if TYPE_CHECKING:
    from tui.app import ConsoleApp
    from tui.base import ConsoleActions


class Palette(PickDialog[str]):
    """Type a part of the name, enter runs it. Dismissed with the name of the action."""

    def __init__(self, keys: Sequence[tuple[Key, str]]) -> None:
        super().__init__()
        self._keys = keys  # each as it is shown

    def title_text(self) -> str:
        """The title."""
        return _("More")

    def narrow(self, typed: str) -> None:
        """Offer the actions that have this in their name, or are on this key."""
        wanted = search_key(typed)
        self.choices.offer(
            (key.action, f"{fit(pressed, 8)}{_(key.label)}")
            for key, pressed in self._keys
            if wanted in search_key(_(key.label)) or wanted == pressed
        )

    def action_take(self) -> None:
        """Run the action."""
        if self.choices.chosen is not None:
            self.dismiss(self.choices.chosen)

    def action_palette(self) -> None:
        """It is open already."""


def open_palette(app: "ConsoleApp", scopes: Sequence[Scope]) -> None:
    """Offer the actions of the scopes on the present screen, and run the one that is chosen."""
    below = cast("ConsoleActions", app.screen)
    nearest: dict[str, tuple[Key, str]] = {}  # which names it
    for scope in with_everywhere(scopes):
        for key in scope.keys:
            nearest.setdefault(key.action, (key, app.own_keys.first_shown(scope, key)))
    keys = [(key, pressed) for key, pressed in nearest.values() if key.action != "palette"]

    async def run(action: str | None) -> None:
        if action:
            await below.perform(action)

    app.push_screen(Palette(keys), run)
