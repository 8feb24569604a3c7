"""The conversation of the call under the cursor: speaker by speaker, with its times, searchable."""

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input, Static

from core.calls.dto import CallDetails
from core.values.i18n import _
from core.values.stored import unreadable_word
from tui.action import Acting
from tui.details import conversation_lines as lines
from tui.details.search_actions import SEARCHING
from tui.text import shown
from tui.widgets.line_input import LineInput
from tui.widgets.paged_table import PagedTable, TableRow


class SearchInput(Acting, LineInput):
    """What is searched in the conversation; enter goes to the next place, esc closes."""

    binds = (SEARCHING,)

    @property
    def searched(self) -> "Conversation":
        """What is searched."""
        return self.query_ancestor(Conversation)


class Conversation(Vertical):
    """Facts of the call, then what was said. ``mark`` shows the line that is being spoken."""

    class PlayFrom(Message):
        """Enter was pressed on a line."""

        def __init__(self, at_ms: int) -> None:
            super().__init__()
            self.at_ms = at_ms

    def __init__(self) -> None:
        super().__init__(id="conversation")
        self.details: CallDetails | None = None
        self._lines: list[lines.SaidLine] = []
        self._found: frozenset[int] = frozenset()
        self._spoken: int | None = None
        self._facts = Static("", id="facts")
        self._search = SearchInput(id="conversation-search", compact=True)
        self._places = Static("", id="places")
        self.table = PagedTable(self._fetch, selectable=False, id="table-said")

    def compose(self) -> ComposeResult:
        """Facts, the search while it is open, the lines."""
        yield self._facts
        with Horizontal(id="conversation-search-line"):
            yield Static(shown("/"), classes="slash")
            yield self._search
            yield self._places
        yield self.table

    async def _fetch(self, start: int, stop: int) -> Sequence[TableRow]:
        return [self._row(at) for at in range(start, min(stop, len(self._lines)))]

    def _row(self, at: int) -> TableRow:
        return lines.table_row(at, self._lines[at], found=self._found, spoken=self._spoken)

    def show(self, details: CallDetails | None, facts: str) -> None:
        """Show a call and what is known of it; the same call again keeps cursor and search."""
        same = self.details is not None and details is not None
        same = same and self.details.call.id == details.call.id  # type: ignore[union-attr]
        self.details = details
        self._facts.update(shown(facts))
        self.table.empty = self._why_empty()
        if not same:
            self._spoken, self._found = None, frozenset()
            self.close_search(focus=False)
        self._lay_out(keep=same)

    def _why_empty(self) -> str:
        if self.details is None:
            return ""
        if self.details.call.result == "unanswered":
            return _("Nobody answered.")
        return _("There is no text of this call.")

    def _lay_out(self, *, keep: bool) -> None:
        said = self.details.utterances if self.details else ()
        width = self.table.size.width or self.size.width
        before = self.table.cursor_index
        position = self._lines[before].utterance.position if before < len(self._lines) else 0
        summary = self.details.summary if self.details else ""
        self._lines = lines.said_lines(said, width, summary)
        self.table.columns = lines.columns(width)
        self.table.total = len(self._lines)
        self.table.reload(cursor=self._line_of(position) if keep else 0)

    def on_resize(self, _event: events.Resize) -> None:
        """Wrap the lines anew; the cursor stays on its utterance."""
        self.call_after_refresh(self._lay_out, keep=True)

    def _line_of(self, position: int) -> int:
        return next(
            (at for at, line in enumerate(self._lines) if line.utterance.position == position), 0
        )

    def point_at(self, position: int) -> None:
        """Go to this utterance, marked as one that was found, with the focus there."""
        self._found = frozenset({position})
        self.table.reload(cursor=self._line_of(position))
        self.table.focus()

    def at_ms(self, position: int | None) -> int | None:
        """When this utterance begins; None where that is not known."""
        said = self.details.utterances if self.details else ()
        found = next((one.at_ms for one in said if one.position == position), None)
        return None if found is None or unreadable_word(found) else found

    # playing

    def mark(self, at_ms: int | None) -> None:
        """Mark the utterance that is spoken at this moment; None marks nothing."""
        said = self.details.utterances if self.details else ()
        spoken = None
        if at_ms is not None:
            spoken = next((one.position for one in reversed(said) if one.at_ms <= at_ms), None)
        if spoken == self._spoken:
            return
        follows = not self.table.has_focus or self._is_at(self._spoken) or self._is_at(spoken)
        before, self._spoken = self._spoken, spoken
        for at, line in enumerate(self._lines):
            if line.utterance.position in (before, spoken):
                self.table.replace_row(self._row(at))
        if spoken is not None and follows:
            self.table.move_cursor(self._line_of(spoken))

    def _is_at(self, position: int | None) -> bool:
        """Whether the cursor is on this utterance: it goes along until it is moved away."""
        at = self.table.cursor_index
        return at < len(self._lines) and self._lines[at].utterance.position == position

    def on_paged_table_cursor_moved(self, event: PagedTable.CursorMoved) -> None:
        """The lines are no rows that others care about."""
        event.stop()

    def on_paged_table_row_opened(self, event: PagedTable.RowOpened) -> None:
        """Play from this line on."""
        event.stop()
        line = event.row.data
        if isinstance(line, lines.SaidLine) and not unreadable_word(line.utterance.at_ms):
            self.post_message(self.PlayFrom(line.utterance.at_ms))

    # searching

    def search(self) -> None:
        """Open the search."""
        self.query_one("#conversation-search-line").display = True
        self._search.focus()

    def close_search(self, *, focus: bool = True) -> None:
        """Close the search; the cursor stays where it was found."""
        self.query_one("#conversation-search-line").display = False
        self._search.value = ""
        self._find("")
        if focus:
            self.table.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Find as it is typed."""
        event.stop()
        self._find(event.value)
        if self._found:
            self.table.move_cursor(self._line_of(min(self._found)))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter goes to the next place."""
        event.stop()
        self.next_found(1)

    def next_found(self, step: int) -> None:
        """Go to the next (or previous) place that was found, round and round."""
        at = self.table.cursor_index
        if not self._found or at >= len(self._lines):
            return
        here, places = self._lines[at].utterance.position, sorted(self._found)
        beyond = [one for one in places if (one - here) * step > 0]
        wanted = (beyond or places)[0 if step > 0 else -1]
        self.table.move_cursor(self._line_of(wanted))
        self._tell_places()

    def _find(self, typed: str) -> None:
        said = self.details.utterances if self.details else ()
        self._found = lines.matching(said, typed)
        for at in range(len(self._lines)):
            self.table.replace_row(self._row(at))
        self._tell_places()

    def _tell_places(self) -> None:
        typed = self._search.value.strip()
        text = _("{count} found").format(count=len(self._found)) if typed else ""
        self._places.update(shown(text))
