"""The panes of the details: one for each tab, the memos beside the others where there is room."""

from typing import Any

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from core.contacts.dto import ContactRow
from core.followups.dto import FollowupRow
from core.memory.dto import MemoryRow
from core.memos.dto import MemoRow
from core.values.i18n import _
from tui.details.calls_pane import CallsPane
from tui.details.columns import memo_columns
from tui.details.history_pane import HistoryPane
from tui.details.list_pane import ListPane
from tui.details.loaded import Loaded
from tui.details.panes import ContactPane, FollowupPane, MemoPane, MemoryPane
from tui.format import CellFormat

Note = MemoryRow | FollowupRow | MemoRow | ContactRow


class Body(Horizontal):
    """``active`` is the tab that has the keys. The pane beside the memos comes back after them."""

    def __init__(self, form: CellFormat) -> None:
        super().__init__(id="body")
        self.active = "calls"
        self._beside_memo = "calls"
        self.calls = CallsPane(form)
        self.memory = MemoryPane(form)
        self.followups = FollowupPane(form)
        self.memos = MemoPane(form)
        self.contacts = ContactPane(form)
        self.history = HistoryPane(form)
        self.panes: dict[str, CallsPane | ListPane] = {
            "calls": self.calls,
            "memory": self.memory,
            "followup": self.followups,
            "memo": self.memos,
            "contacts": self.contacts,
            "history": self.history,
        }

    def compose(self) -> ComposeResult:
        """All of them; those that are not looked at are not shown."""
        with Vertical(id="main"):
            yield from (pane for name, pane in self.panes.items() if name != "memo")
        yield self.memos

    def show(self, loaded: Loaded, *, keep: bool) -> None:
        """Show what was read; ``keep``: the cursors stay."""
        timezone = loaded.recipient.timezone
        self.calls.show(loaded, keep=keep)
        self.memory.show_all(loaded.memory, timezone, keep=keep)
        self.followups.show_all(loaded.followups, timezone, keep=keep)
        self.memos.show_all(loaded.memos, timezone, keep=keep)
        self.contacts.show_all(loaded.contacts, timezone, keep=keep)

    def activate(self, name: str) -> None:
        """Give this tab the keys."""
        self.active = name
        if name != "memo":
            self._beside_memo = name

    def arrange_panes(self, *, wide: bool) -> None:
        """Put the panes where there is room for them."""
        memo = self.active == "memo"
        self.query_one("#main").display = wide or not memo
        self.memos.display = wide or memo
        self.memos.table.columns = memo_columns(narrow=wide)
        for name, pane in self.panes.items():
            if name != "memo":
                pane.display = name == self._beside_memo

    def tab_of(self, widget: Widget) -> str:
        """In which tab the widget is; "" for what is in none."""
        around = widget.ancestors_with_self
        return next((name for name, pane in self.panes.items() if pane in around), "")

    def follow(self, row: Note) -> None:
        """Put the cursor on this one when it is shown."""
        panes: dict[type, ListPane] = {
            MemoryRow: self.memory,
            FollowupRow: self.followups,
            MemoRow: self.memos,
            ContactRow: self.contacts,
        }
        panes[type(row)].follow(row.id)

    @property
    def current(self) -> Any:
        """What is under the cursor of the active pane."""
        return self.panes[self.active].current

    def why_no_row(self) -> str | None:
        """The reason why nothing is under the cursor of the active pane, or None."""
        if self.current is not None:
            return None
        return {
            "calls": _("There is no call under the cursor."),
            "memory": _("There is no memory under the cursor."),
            "followup": _("There is no follow-up action under the cursor."),
            "memo": _("There is no memo under the cursor."),
            "contacts": _("There is no contact under the cursor."),
            "history": _("There is no entry under the cursor."),
        }[self.active]
