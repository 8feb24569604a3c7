"""The history of a memory detail; enter on a version goes to the call that it comes from."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.widgets import Static

from core.memory.dto import MemoryRow, MemoryVersionRow
from core.values.i18n import N_, _
from tui.base import ConsoleDialog
from tui.details.columns import VERSIONS, version_row
from tui.details.list_pane import ListPane
from tui.details.panes import NotePane
from tui.everywhere import EVERYWHERE
from tui.text import shown
from tui.widgets.paged_table_actions import LIST


class _Versions(NotePane):
    """The versions, the latest first."""

    tab = "versions"
    labels = VERSIONS
    to_row = version_row
    nothing = ""

    def reading(self, data: MemoryVersionRow) -> list[tuple[str, str]]:
        """The content, and from which call."""
        if data.call_id is None:
            return [(data.content, "")]
        origin = _("From the call of {time}; {keys[list.open]} goes there.").format(
            time=self.time(data.call_at) or "-", keys=self.keys
        )
        return [(data.content, ""), (origin, "dim")]


class HistoryDialog(ConsoleDialog[int]):
    """Dismissed with the ID of the call to go to, or None."""

    title_words = N_("History of a memory")
    binds = (EVERYWHERE,)
    AUTO_FOCUS = "PagedTable"
    scopes = (LIST, EVERYWHERE)

    def __init__(
        self,
        memory: MemoryRow,
        versions: Sequence[MemoryVersionRow],
        timezone: str | None,
    ) -> None:
        super().__init__()
        self._memory = memory
        self._versions = versions
        self._timezone = timezone
        self._pane = _Versions(self.form)

    def content(self) -> ComposeResult:
        """The topic, then the versions."""
        yield Static(shown(_("Topic: {topic}").format(topic=self._memory.topic)), classes="about")
        yield self._pane

    def on_mount(self) -> None:
        """Show them."""
        self._pane.show_all(self._versions, self._timezone, keep=False)

    def on_list_pane_opened(self, event: ListPane.Opened) -> None:
        """Go to the call."""
        if event.data.call_id is None:
            self.tell(_("This change was made by an admin, not by a call."), "warning")
        else:
            self.dismiss(event.data.call_id)
