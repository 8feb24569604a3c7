"""The help: every key that works on the screen below, made from their declarations."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from core.values.i18n import _
from tui.base import ConsoleDialog
from tui.keys import EVERYWHERE, Scope, with_everywhere
from tui.text import fit, shown


class HelpScreen(ConsoleDialog[None]):
    """A list of keys by place."""

    BINDINGS = [*EVERYWHERE.bindings()]
    AUTO_FOCUS = "VerticalScroll"

    def __init__(self, scopes: Sequence[Scope]) -> None:
        super().__init__()
        self._about = with_everywhere(scopes)

    def title_text(self) -> str:
        """The title."""
        return _("Help")

    def content(self) -> ComposeResult:
        """A line for each key."""
        lines: list[str] = []
        for scope in self._about:
            lines.append(_(scope.title))
            lines += [
                f"  {fit(self.console.own_keys.shown(scope, key), 16)}{_(key.label)}"
                for key in scope.keys
            ]
            lines.append("")
        lines.append(_("A letter key works in Hangul mode too: a = ㅁ, j = ㅓ."))
        with VerticalScroll(classes="help-text"):
            yield Static(shown("\n".join(lines)))

    def answers_before_core(self, key: str) -> bool:
        """Nothing here needs the core."""
        return True

    def action_help(self) -> None:
        """Help on help is the help."""
