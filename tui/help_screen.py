"""The help: every key that works on the screen below, made from their declarations."""

from dataclasses import replace
from typing import cast

from textual.app import App, ComposeResult
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import Static

from core.values.i18n import N_, _
from tui.action import Acting, Doing, Scope, scopes_around
from tui.base import ConsoleActions, ConsoleDialog
from tui.everywhere import BACK, EVERYWHERE
from tui.shell import View
from tui.text import fit, shown


class HelpScreen(ConsoleDialog[None]):
    """A list of keys by place."""

    binds = (EVERYWHERE,)
    scopes = (EVERYWHERE.of(replace(BACK, label=N_("Close"))),)
    AUTO_FOCUS = "VerticalScroll"

    def __init__(self, below: View) -> None:
        super().__init__()
        self._about = scopes_on(below)

    def title_text(self) -> str:
        """The title."""
        return _("Help")

    def content(self) -> ComposeResult:
        """A line for each key."""
        lines: list[str] = []
        for scope in self._about:
            lines.append(_(scope.title))
            lines += [
                f"  {fit(self.console.own_keys.shown(action), 16)}{_(action.label)}"
                for action in scope.actions
            ]
            lines.append("")
        lines.append(_("A letter key works in Hangul mode too: a = ㅁ, j = ㅓ."))
        with VerticalScroll(classes="help-text"):
            yield Static(shown("\n".join(lines)))

    def answers_before_core(self, key: str) -> bool:
        """Nothing here needs the core."""
        return True

    def show_help(self) -> Doing:
        """Help on help is the help."""
        return None


def scopes_on(below: View) -> list[Scope]:
    """Those of the screen and of what can have the focus on it; last what works everywhere."""
    found = {scope.name: scope for scope in scopes_around(below.scopes, EVERYWHERE)}
    everywhere = found.pop(EVERYWHERE.name)
    for widget in cast("Screen[None]", below).focus_chain:
        for node in widget.ancestors_with_self:
            if isinstance(node, Acting) and not isinstance(node, ConsoleActions | App):
                found |= {scope.name: scope for scope in node.bound() if scope.name not in found}
    return [*found.values(), everywhere]
