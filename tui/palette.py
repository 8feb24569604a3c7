"""The command palette: the actions of the screen below by name, made from the same declarations as the keys."""

from collections.abc import Sequence

from core.values.i18n import N_, _
from tui.action import Action, Doing, scopes_around
from tui.everywhere import EVERYWHERE
from tui.finding import find
from tui.forms.picker import Picker
from tui.shell import View
from tui.text import fit


class Palette(Picker[Action]):
    """Type a part of the name, enter runs it. Dismissed with the action."""

    title_words = N_("Find a command")

    def __init__(self, actions: Sequence[tuple[Action, str]]) -> None:
        super().__init__()
        self._actions = {
            one.full_name: (one, pressed) for one, pressed in actions
        }  # each as it is shown

    def narrow(self, typed: str) -> None:
        """Offer the actions that have this in their name or mean it, or are on this key; the nearest first."""
        own = self.console.own_keys
        found = [
            (hit, name, action, pressed)
            for name, (action, pressed) in self._actions.items()
            if (hit := find(action, typed, own))
        ]
        self.choices.offer(
            (name, f"{fit(pressed, 8)}{_(action.label)}" + (f"  ({hit.also})" if hit.also else ""))
            for hit, name, action, pressed in sorted(found, key=lambda one: one[0].rank)
        )

    async def take(self) -> None:
        """Run the action."""
        if self.choices.chosen is not None:
            self.dismiss(self._actions[self.choices.chosen][0])

    def show_palette(self) -> Doing:
        """It is open already."""
        return None


async def choose_action(below: View) -> None:
    """Offer the actions of the screen, and run the one that is chosen."""
    nearest: dict[str, Action] = {}  # which names it
    for scope in scopes_around(below.scopes, EVERYWHERE):
        for action in scope.actions:
            nearest.setdefault(action.name, action)
    nearest.pop("palette", None)  # some dialogs do not say that it works in them
    own = below.console.own_keys
    chosen = await below.ask(Palette([(one, own.first_shown(one)) for one in nearest.values()]))
    if chosen is not None:
        await below.perform(chosen)
