"""The calls of a recipient and the conversation of the one under the cursor."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message

from core.calls.dto import CallDetails, CallRow
from core.calls.rules import RESULT_WORDS, VERDICT_WORDS
from core.values.i18n import _
from tui.details import columns
from tui.details.conversation import Conversation
from tui.details.loaded import Loaded
from tui.format import CellFormat, duration
from tui.voice.voice_pane import VoicePane
from tui.widgets.paged_table import PagedTable, TableRow


class CallsPane(Vertical):
    """The calls, newest first, and the conversation of the one under the cursor."""

    class Moved(Message):
        """The cursor is on another call, or its call was read anew."""

    def __init__(self, form: CellFormat) -> None:
        super().__init__(id="pane-calls", classes="pane")
        self._form = form
        self._loaded: Loaded | None = None
        self.table = PagedTable(self._fetch, selectable=False, id="table-calls")
        self.table.columns = columns.CALLS
        self.conversation = Conversation()
        self.voice = VoicePane()

    def compose(self) -> ComposeResult:
        """The calls, the voice, the conversation."""
        yield self.table
        yield self.voice
        yield self.conversation

    async def _fetch(self, start: int, stop: int) -> Sequence[TableRow]:
        if self._loaded is None:
            return ()
        timezone = self._loaded.recipient.timezone
        calls = await self._loaded.calls(start, stop)
        return [columns.call_row(call, self._form, timezone) for call in calls]

    def show(self, loaded: Loaded, *, keep: bool) -> None:
        """Show a recipient's calls; ``keep`` leaves the cursor on its call."""
        self._loaded = loaded
        self.table.empty = _("No call has been made yet.")
        self.table.total = loaded.call_count
        if keep:
            self.table.reload()
        else:
            self.table.reload(cursor=loaded.at)
            self.show_call(loaded.open_call)

    @property
    def current(self) -> CallRow | None:
        """The call under the cursor."""
        row = self.table.cursor_row
        return row.data if row is not None and isinstance(row.data, CallRow) else None

    def show_call(self, details: CallDetails | None) -> None:
        """Show the conversation of a call."""
        self.conversation.show(details, self._facts(details) if details else "")
        self.voice.show(details.call if details else None)

    def _facts(self, details: CallDetails) -> str:
        call = details.call
        timezone = self._loaded.recipient.timezone if self._loaded else None
        said = [_(RESULT_WORDS[call.result]), duration(call.duration_ms / 1000), call.campaign]
        thought = ", ".join(
            f"{one.admin} {_(VERDICT_WORDS[one.verdict])}" for one in details.feedback
        )
        first = " · ".join((self._form.time(call.started_at, timezone), *said))
        if not thought:
            return first
        return first + "\n" + _("Feedback: {verdicts}").format(verdicts=thought)

    def on_voice_pane_spoken(self, event: VoicePane.Spoken) -> None:
        """Mark what is heard."""
        event.stop()
        self.conversation.mark(event.at_ms)

    def on_paged_table_cursor_moved(self, event: PagedTable.CursorMoved) -> None:
        """Another conversation is wanted."""
        event.stop()
        self.post_message(self.Moved())

    def on_paged_table_row_opened(self, event: PagedTable.RowOpened) -> None:
        """Enter goes into the conversation."""
        event.stop()
        self.conversation.table.focus()
