"""The command palette: the actions of the screen below by name, made from the same declarations as the keys."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from core.values.i18n import _
from core.values.text import search_key
from tui.action import Action, Scope, scopes_around
from tui.everywhere import EVERYWHERE
from tui.text import fit
from tui.widgets.pick_dialog import PickDialog

if TYPE_CHECKING:
    from tui.app import ConsoleApp
    from tui.base import ConsoleActions


class Palette(PickDialog[Action]):
    """Type a part of the name, enter runs it. Dismissed with the action."""

    def __init__(self, actions: Sequence[tuple[Action, str]]) -> None:
        super().__init__()
        self._actions = {
            one.full_name: (one, pressed) for one, pressed in actions
        }  # each as it is shown

    def title_text(self) -> str:
        """The title."""
        return _("More")

    def narrow(self, typed: str) -> None:
        """Offer the actions that have this in their name, or are on this key."""
        wanted = search_key(typed)
        self.choices.offer(
            (name, f"{fit(pressed, 8)}{_(action.label)}")
            for name, (action, pressed) in self._actions.items()
            if wanted in search_key(_(action.label)) or wanted == pressed
        )

    def action_take(self) -> None:
        """Run the action."""
        if self.choices.chosen is not None:
            self.dismiss(self._actions[self.choices.chosen][0])

    def action_palette(self) -> None:
        """It is open already."""


def open_palette(app: "ConsoleApp", scopes: Sequence[Scope]) -> None:
    """Offer the actions of the scopes on the present screen, and run the one that is chosen."""
    below = cast("ConsoleActions", app.screen)
    nearest: dict[str, Action] = {}  # which names it
    for scope in scopes_around(scopes, EVERYWHERE):
        for action in scope.actions:
            nearest.setdefault(action.name, action)
    del nearest["palette"]
    actions = [(action, app.own_keys.first_shown(action)) for action in nearest.values()]

    async def run(action: Action | None) -> None:
        if action:
            await below.perform(action)

    app.push_screen(Palette(actions), run)
