"""Which of the panes is shown and active, and the ways from one to the other."""

from typing import TYPE_CHECKING

from textual import events
from textual.geometry import Size
from textual.widget import Widget

from core.recipients.dto import RecipientRow
from tui.action import named
from tui.base import ConsoleActions
from tui.details.actions import TABS
from tui.details.columns import memo_columns
from tui.details.list_pane import ListPane

if TYPE_CHECKING:
    from tui.details.calls_pane import CallsPane
    from tui.details.panes import FollowupPane, MemoPane, MemoryPane
    from tui.recipients.columns import CellFormat

WIDE = 120  # columns from which on the memos stand beside


class PaneActions(ConsoleActions):
    """The tabs. ``beside_memo`` is the pane that stands beside the memos, or comes back after them."""

    active: str
    beside_memo: str

    if TYPE_CHECKING:  # the screen's own
        recipient: RecipientRow
        form: CellFormat
        calls: CallsPane
        memory: MemoryPane
        followups: FollowupPane
        memos: MemoPane
        size: Size

        def show_tabs(self) -> None: ...
        def action_edit(self) -> None: ...

    @property
    def is_wide(self) -> bool:
        """Whether the memos stand beside the other panes."""
        return self.size.width >= WIDE

    def arrange_panes(self) -> None:
        """Put the panes where there is room for them."""
        self.set_class(self.is_wide, "-wide")  # type: ignore[attr-defined]
        memo = self.active == "memo"
        self.query_one("#main").display = self.is_wide or not memo  # type: ignore[attr-defined]
        self.memos.display = self.is_wide or memo
        self.memos.table.columns = memo_columns(narrow=self.is_wide)
        for name, pane in self._panes().items():
            if name != "memo":
                pane.display = name == self.beside_memo

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A key of another tab is answered (with the reason) only where this tab has no use for it."""
        if action != "act":
            return True
        here = [one for scope in self.scopes for one in scope.actions]
        asked = named(str(parameters[0]))
        if asked in here:
            return True
        pressed = self.console.own_keys.pressed
        return not pressed(asked) & {key for one in here for key in pressed(one)}

    def _panes(self) -> "dict[str, CallsPane | ListPane]":
        return {
            "calls": self.calls,
            "memory": self.memory,
            "followup": self.followups,
            "memo": self.memos,
        }

    def on_resize(self, _event: events.Resize) -> None:
        """The memos go beside, or into a tab."""
        self.arrange_panes()

    def _open(self, name: str) -> None:
        self._activate(name)
        self.arrange_panes()
        self._panes()[name].table.focus()

    def _activate(self, name: str) -> None:
        self.active = name
        if name != "memo":
            self.beside_memo = name
        self.scopes = TABS[name]
        self.show_tabs()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """The pane with the focus is the active one."""
        for name, pane in self._panes().items():
            if name != self.active and _is_in(event.widget, pane):
                self._activate(name)

    def action_tab_calls(self) -> None:
        """Show the calls."""
        self._open("calls")

    def action_tab_memory(self) -> None:
        """Show the memory details."""
        self._open("memory")

    def action_tab_followup(self) -> None:
        """Show the follow-up actions."""
        self._open("followup")

    def action_tab_memo(self) -> None:
        """Show the memos."""
        self._open("memo")

    def on_list_pane_opened(self, event: ListPane.Opened) -> None:
        """Enter: the history of a memory, the call of a follow-up action, one's own memo."""
        if event.pane is self.memory:
            self._open_history()
        elif event.pane is self.followups:
            self.go_to_call(event.data.call_id)
        else:
            self.action_edit()

    def _open_history(self) -> None:
        from tui.details.history_dialog import HistoryDialog

        memory = self.memory.current
        timezone = self.recipient.timezone
        self.read(
            self.services.memory.history(self.actor, memory.id),
            lambda versions: self.ask(
                HistoryDialog(memory, versions, self.form, timezone), self.go_to_call
            ),
            group="open",
        )

    def go_to_call(self, call_id: int) -> None:
        """Put the cursor on this call."""

        def found(index: int) -> None:
            self._open("calls")
            self.calls.table.move_cursor(index)

        self.read(self.services.calls.index_of(self.actor, call_id), found, group="open")


def _is_in(widget: Widget, pane: Widget) -> bool:
    return pane in widget.ancestors_with_self
