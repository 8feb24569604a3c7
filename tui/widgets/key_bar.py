"""The footer: the most used keys of the screen on one line, dimmed where their action is not possible now."""

from typing import cast

from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from core.values.i18n import _
from tui.action import Action
from tui.everywhere import EVERYWHERE
from tui.shell import View


class KeyBar(Widget):
    """Made from the scopes of its screen, which has it refreshed whenever something was done.

    ``refresh_keys`` writes nothing where nothing changed.
    """

    COMPONENT_CLASSES = {"key-bar--key", "key-bar--label", "key-bar--dim"}
    can_focus = False

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[tuple[str, str, bool]] = []
        self._is_shown = True
        self._actions: list[Action] = []
        self._actions_for: object = None
        self._fitted: object = None

    def on_mount(self) -> None:
        """Draw once the screen is there."""
        self.refresh_keys()

    def on_resize(self) -> None:
        """Fit the line to the new width."""
        self.refresh_keys()

    def show_keys(self, shown: bool) -> None:
        """Show no key while none of them works, behind a dialog."""
        self._is_shown = shown
        self.refresh_keys()

    def refresh_keys(self) -> None:
        """Ask the screen again which actions are possible."""
        screen = cast("View", self.screen)
        actions = self._known_actions(screen) if self._is_shown else []
        dimmed = [screen.why_not(one) is not None for one in actions]
        if self._fitted != (fitted := (actions, dimmed, self.size.width)):
            self._fitted = fitted
            self._parts = self._fitting(screen, actions, dimmed)
            self.refresh()

    def _known_actions(self, screen: View) -> list[Action]:
        """Those of the screen in their order, found again only for another role or place."""
        role = screen.actor.role if screen.console.is_open else None
        if self._actions_for != (asked := (screen.scopes, role, self._leads_back)):
            self._actions_for = asked
            self._actions = sorted(
                (
                    one
                    for scope in screen.scopes
                    for one in scope.actions
                    if one.footer and (one.name != "back" or self._leads_back)
                ),
                key=lambda one: (self._is_others(one), one.footer),
            )
        return self._actions

    def _fitting(
        self, screen: View, actions: list[Action], dimmed: list[bool]
    ) -> list[tuple[str, str, bool]]:
        own = screen.console.own_keys
        parts = [
            (own.first_shown(one), _(one.label), is_dim)
            for one, is_dim in zip(actions, dimmed, strict=True)
        ]
        # where the line is too short, the last before those of every screen is left out first
        left_out = [at for at, one in enumerate(actions) if one not in EVERYWHERE.actions]
        while parts and _width(parts) > self.size.width:
            parts.pop(left_out.pop() if left_out else -1)
        return parts

    def _is_others(self, action: Action) -> bool:
        """Whether the role of who looks never has this key; those of every screen stand last all the same."""
        screen = cast("View", self.screen)
        if action in EVERYWHERE.actions:
            return True
        asked = action.use_case if screen.console.is_open else ""
        return bool(asked and screen.services.why_not(asked, screen.actor))

    @property
    def _leads_back(self) -> bool:
        """Whether there is a screen below; under the list is only Textual's own, empty one."""
        return len(self.app.screen_stack) > 2

    def render_line(self, y: int) -> Strip:
        """The keys, each with its label."""
        key_style = self.get_component_rich_style("key-bar--key")
        label_style = self.get_component_rich_style("key-bar--label")
        dim_style = self.get_component_rich_style("key-bar--dim")
        segments: list[Segment] = []
        for key, label, dim in self._parts:
            segments.append(Segment(key, dim_style if dim else key_style))
            words = f"{_before(key)}({label}) " if dim else f" {label} "
            segments.append(Segment(words, dim_style if dim else label_style))
        return Strip(segments).adjust_cell_length(self.size.width, label_style)


def _width(parts: list[tuple[str, str, bool]]) -> int:
    return (
        sum(
            cell_len(key) + cell_len(label) + (3 + len(_before(key)) if dim else 2)
            for key, label, dim in parts
        )
        - 1
    )


def _before(key: str) -> str:
    """What stands between a sign and a parenthesis: ``[(`` would read as one."""
    return "" if key[-1].isalnum() else " "
