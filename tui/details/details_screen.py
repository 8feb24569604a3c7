"""The details of one recipient: information on top, its calls, memory details, follow-up actions and memos."""

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from core.app.actor import why_not_write
from core.calls.dto import CallDetails
from core.recipients.dto import Deletion, RecipientRow, Selection
from core.recipients.rules import why_not_pause, why_not_resume
from core.values.errors import CoreError
from core.values.i18n import _
from core.values.times import now
from tui.base import ConsoleScreen
from tui.details import info
from tui.details.actions import CALLS, DETAILS, MEMORY, NOTES, TABS
from tui.details.call_actions import CALL_ACTIONS, CallActions
from tui.details.calls_pane import CallsPane
from tui.details.loaded import Loaded, load
from tui.details.neighbours import ListPager, Neighbours
from tui.details.note_actions import NoteActions
from tui.details.pane_actions import PaneActions
from tui.details.panes import FollowupPane, MemoPane, MemoryPane
from tui.details.tab_bar import TabBar
from tui.recipients.asked_for import AskedFor
from tui.recipients.changes import RecipientChanges
from tui.recipients.columns import CellFormat
from tui.reveal import RevealActions
from tui.text import clean, shown
from tui.widgets.paged_table import PagedTable

_NOTE_ACTIONS = {"add", "edit", "delete", "reset"}
_RECIPIENT_ACTIONS = {"edit_recipient", "delete_recipient", "pause", "resume"}


@dataclass(frozen=True, slots=True)
class Left:
    """Where in the list the recipient was that was seen last, and its delete, if it was deleted."""

    index: int
    deletion: Deletion | None = None
    name: str = ""


class DetailsScreen(
    RevealActions, RecipientChanges, PaneActions, CallActions, NoteActions, ConsoleScreen[Left]
):
    """Dismissed with what the list has to know."""

    binds = (DETAILS, CALLS, MEMORY, NOTES)
    AUTO_FOCUS = "#table-calls"

    def __init__(
        self, row: RecipientRow, index: int, pager: ListPager | None, form: CellFormat
    ) -> None:
        super().__init__()
        self.active = "calls"
        self.scopes = TABS["calls"]
        self.form = form
        self.loaded: Loaded | None = None
        self.recipient = row
        self.beside_memo = "calls"  # which pane stands beside the memos, or comes back after them
        self._neighbours = Neighbours(pager, index, row.id, self._load)
        self._is_reading = False
        self.calls = CallsPane(form)
        self.memory = MemoryPane(form)
        self.followups = FollowupPane(form)
        self.memos = MemoPane(form)

    def content(self) -> ComposeResult:
        """Information, tabs, panes."""
        with Horizontal(id="heading"):
            yield Static(shown(_("Recipient details")), id="title")
            yield Static("", id="count")
            yield Static("", id="narrowed")
        yield Static("", id="information")
        yield TabBar()
        with Horizontal(id="body"):
            with Vertical(id="main"):
                yield self.calls
                yield self.memory
                yield self.followups
            yield self.memos

    # reading and showing

    def on_mount(self) -> None:
        """Show what the list knows, then read the rest."""
        self._show_information()
        self.arrange_panes()
        if self.console.is_open:
            self._begin()

    def opened(self, pager: ListPager | None) -> None:
        """The core is there: read the rest, where that has not begun."""
        if self.is_mounted and not self._is_reading:
            index, recipient_id = self._neighbours.index, self.recipient.id
            self._neighbours = Neighbours(pager, index, recipient_id, self._load)
            self._begin()

    def _begin(self) -> None:
        self._is_reading = True
        self._read(keep=False)

    async def _load(self, recipient_id: int) -> Loaded:
        return await load(self.services, self.actor, recipient_id)

    def _read(self, *, keep: bool) -> None:
        self.read(self._load(self.recipient.id), lambda loaded: self._show(loaded, keep=keep))

    def reload(self) -> None:
        """Read again what is shown; the cursors stay."""
        self._read(keep=True)

    def data_changed(self) -> None:
        """Somebody changed the data: read it again, the neighbours too."""
        if self._is_reading:
            self.reload()

    def action_refresh(self) -> None:
        """Read it again."""
        super().action_refresh()
        if self._is_reading:
            self.reload()
            self.tell(_("Read again."))

    def _show(self, loaded: Loaded, *, keep: bool) -> None:
        self.loaded = loaded
        self.recipient = loaded.recipient
        timezone = loaded.recipient.timezone
        self._show_information()
        self.calls.show(loaded, keep=keep)
        self.memory.show_all(loaded.memory, timezone, keep=keep)
        self.followups.show_all(loaded.followups, timezone, keep=keep)
        self.memos.show_all(loaded.memos, timezone, keep=keep)
        if keep:
            self._read_call()
        self.show_tabs()
        self.in_background(self._look_around(), "neighbours")

    async def _look_around(self) -> None:
        failure: CoreError | None = None
        try:
            await self._neighbours.look()
        except CoreError as error:
            failure = error
        if not self.still_stands:
            return
        if failure is not None:
            self.tell_error(failure)
        self._show_place()

    def _show_information(self) -> None:
        row, loaded = self.recipient, self.loaded
        taking_part = loaded.participations if loaded else ()
        lines: list[str | tuple[str, str]] = [
            (clean(row.name), "bold"),
            f"  {clean(info.who(row, self.form))}\n",
            f"{clean(info.standing(row, taking_part, self.form, now()))}\n",
            clean(info.metrics(row)),
        ]
        alarm = info.alarm(row)
        self.query_one("#count", Static).update(Content.styled(alarm, "bold reverse"))
        self.query_one("#information", Static).update(Content.assemble(*lines))
        self._show_place()

    def _show_place(self) -> None:
        total = self._neighbours.total
        text = ""
        if total is not None:
            text = _("{place} of {total}").format(
                place=f"{self._neighbours.index + 1:,}", total=f"{total:,}"
            )
        self.query_one("#narrowed", Static).update(Content(text))

    def show_tabs(self) -> None:
        """Show the tabs with their counts, and which keys are possible now."""
        loaded = self.loaded
        counts = {}
        if loaded is not None:
            counts = {
                "calls": loaded.call_count,
                "memory": sum(not one.is_reset for one in loaded.memory),
                "followup": len(loaded.followups),
                "memo": len(loaded.memos),
            }
        self.query_one(TabBar).show(self.active, counts)

    # the conversation follows the cursor

    def on_calls_pane_moved(self) -> None:
        """Another call is under the cursor."""
        call, seen = self.calls.current, self.calls.conversation.details
        if call is not None and (seen is None or seen.call.id != call.id):
            self._read_call()

    def _read_call(self) -> None:
        if self.calls.current is None:
            return
        reading = self.services.calls.get(self.actor, self.calls.current.id)
        self.read(reading, self._show_call, group="conversation")

    def _show_call(self, details: CallDetails) -> None:
        if self.calls.current is not None and self.calls.current.id == details.call.id:
            self.calls.show_call(details)

    def on_paged_table_fetch_failed(self, event: PagedTable.FetchFailed) -> None:
        """Rows could not be read."""
        self.tell_error(event.error)

    # neighbours, leaving, what is possible

    def recipient_to_reveal(self) -> RecipientRow | None:
        """The recipient that is shown."""
        return self.recipient

    def action_previous(self) -> None:
        """To the recipient before this one in the list."""
        self._step("previous", -1)

    def action_next(self) -> None:
        """To the recipient after this one in the list."""
        self._step("next", 1)

    def _step(self, action: str, by: int) -> None:
        if self.blocked(action):
            return
        self.workers.cancel_group(self, "neighbours")
        self.tell("")

        def arrived(loaded: Loaded | None) -> None:
            if loaded is None:
                self.tell(self._at_end(by), "warning")
            else:
                self._show(loaded, keep=False)

        self.read(self._neighbours.step(by), arrived)

    def _at_end(self, by: int) -> str:
        if by > 0:
            return _("This is the last recipient of the list.")
        return _("This is the first recipient of the list.")

    def why_not_named(self, action: str) -> str | None:
        """The reason why an action is not possible here and now, or None."""
        if not self.console.is_open:
            return None  # the key is kept until it is known
        if action in ("previous", "next"):
            by = 1 if action == "next" else -1
            return None if self._neighbours.has(by) else self._at_end(by)
        if action == "reveal":
            return self.why_not_reveal()
        if action in CALL_ACTIONS:
            return self.why_not_call(action)
        if action in _RECIPIENT_ACTIONS:
            return self._why_not_recipient(action)
        if action in _NOTE_ACTIONS:
            return self.why_not_note(action)
        return None

    # the recipient itself

    listed = None  # what is done is for the one that is shown

    @property
    def asked_for(self) -> AskedFor:
        """The recipient that is shown."""
        return AskedFor(Selection(frozenset({self.recipient.id})), self.recipient.name)

    def changed_recipients(self) -> None:
        """Read it again."""
        self.reload()

    def edited(self, row: RecipientRow) -> None:
        """Show what was saved."""
        self.reload()
        super().edited(row)

    def deleted(self, deletion: Deletion, name: str) -> None:
        """Back to the list, where it can be undone."""
        self.dismiss(Left(self._neighbours.index, deletion, name))

    def _why_not_recipient(self, action: str) -> str | None:
        if self.active == "memory" and action == "delete_recipient":
            return self.why_not_note("delete")
        if self.active != "calls":
            return _("Press {keys[details.tab_calls]} for the calls first.").format(
                keys=self.console.own_keys
            )
        if reason := why_not_write(self.actor):
            return reason
        if action == "pause":
            return why_not_pause(self.recipient.status)
        return why_not_resume(self.recipient.status) if action == "resume" else None

    def action_edit_recipient(self) -> None:
        """Edit the recipient that is shown."""
        if not self.blocked("edit_recipient"):
            self.edit_recipient(self.recipient.id)

    def action_delete_recipient(self) -> None:
        """Delete the recipient that is shown."""
        if not self.blocked("delete_recipient"):
            self.delete_recipients()

    def action_pause(self) -> None:
        """Pause the participation of the recipient that is shown."""
        if not self.blocked("pause"):
            self.pause_recipients()

    def action_resume(self) -> None:
        """Resume the participation of the recipient that is shown."""
        if not self.blocked("resume"):
            self.resume_recipients()

    def action_back(self) -> None:
        """Back to the list, at this recipient."""
        self.dismiss(Left(self._neighbours.index))
