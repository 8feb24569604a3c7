"""The weeks of a recipient, and those of an organization, to be read."""

from collections.abc import Callable, Coroutine
from typing import Any

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from core.trends.dto import Trend
from core.values.i18n import _
from tui.base import ConsoleDialog
from tui.everywhere import EVERYWHERE
from tui.text import shown
from tui.trends import tables


class WeeksDialog(ConsoleDialog[None]):
    """A line for each week, read when it is opened and again when somebody changes the data."""

    binds = (EVERYWHERE,)
    scopes = (EVERYWHERE,)
    AUTO_FOCUS = "VerticalScroll"

    def __init__(
        self,
        title: str,
        reading: Callable[[], Coroutine[Any, Any, Trend]],
        rows: Callable[[Trend], tables.Table],
    ) -> None:
        super().__init__(title)
        self._reading = reading
        self._rows = rows

    def content(self) -> ComposeResult:
        """What is told in a line, and the weeks."""
        with VerticalScroll(classes="weeks"):
            yield Static(shown(_("Counting the calls…")), id="weeks")

    def on_mount(self) -> None:
        """Read them."""
        self.data_changed()

    def data_changed(self) -> None:
        """Read them again."""
        self.read(self._reading, self._show)

    def _show(self, trend: Trend) -> None:
        text = f"{tables.headline(trend)}\n\n{self._rows(trend).lines()}"
        self.query_one("#weeks", Static).update(shown(text))
