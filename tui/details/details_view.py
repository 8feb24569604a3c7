"""The details of one recipient: information on top, its calls, memory details, follow-up actions, memos
and contacts.

Here is what is shown of them, and what their actions ask and tell.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from msgspec.structs import replace
from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from core.calls.dto import CallDetails
from core.history.dto import HistoryQuery
from core.history.rules import EntryKind
from core.recipients.deletion_dto import Deletion
from core.recipients.dto import RecipientRow, Selection
from core.trends.dto import Trend
from core.values.errors import CoreError, NotFound
from core.values.i18n import _
from core.values.times import now
from tui.action import Action, Need, Scope, named
from tui.base import ConsoleScreen
from tui.details import elsewhere, emergencies, info
from tui.details.body import Body, Note
from tui.details.conversation import Conversation
from tui.details.gone import why_gone
from tui.details.loaded import Loaded, load
from tui.details.neighbours import Left, ListPager, Neighbours, Stop, of_recipient
from tui.details.tab_bar import TabBar
from tui.recipients.targets import Target
from tui.text import clean, shown
from tui.widgets.paged_table import PagedTable

if TYPE_CHECKING:
    from core.app.audit.access_log import Ahead

WIDE = 120  # columns from which on the memos stand beside


class DetailsView(ConsoleScreen[Left]):
    """Dismissed with what the list has to know.

    ``stop`` says at which call it opens, ``plays`` whether that is played at once; ``stop_of`` what a row of the
    list is that it was opened from.
    """

    AUTO_FOCUS = "#table-calls"
    tabs: ClassVar[Mapping[str, tuple[Scope, ...]]]  # the keys of each

    def __init__(
        self,
        row: RecipientRow,
        index: int,
        pager: ListPager | None,
        stop: Stop | None = None,
        *,
        stop_of: Callable[[Any], Stop] = of_recipient,
        plays: bool = False,
        follows: bool = True,
    ) -> None:
        super().__init__()
        self._plays = plays
        self.loaded: Loaded | None = None
        self.gone = ""  # what became of the recipient, where it is not there any more
        self.recipient = row
        stop = stop or of_recipient(row)
        self._neighbours = Neighbours(
            pager, index, stop, self._load, self._load_ahead, stop_of, follows=follows
        )
        self._is_reading = False
        self._shown_key: int | None = None  # whose calls are shown, with the cursor on one of them
        body = self.body = Body(self.form)
        self.calls, self.memory, self.followups = body.calls, body.memory, body.followups
        self.memos, self.contacts, self.history = body.memos, body.contacts, body.history

    def content(self) -> ComposeResult:
        """Information, tabs, panes."""
        with Horizontal(id="heading"):
            yield Static(shown(_("Recipient details")), id="title")
            yield Static("", id="count")
            yield Static("", id="narrowed")
        yield Static("", id="information")
        yield TabBar()
        yield self.body

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
            index, stop = self._neighbours.index, self._neighbours.stop
            self._neighbours = Neighbours(pager, index, stop, self._load, self._load_ahead)
            self._begin()

    @property
    def is_replacing(self) -> bool:
        """Whether other rows are being read in the active pane."""
        tables = self.body.panes[self.active].query(PagedTable)
        return any(table.is_replacing and table.busy for table in tables)

    @property
    def awaits_rows(self) -> bool:
        """The same; and whether what the panes show is being read for the first time."""
        reading = (one for one in self.workers if one.node is self and one.group == "read")
        is_first = self.loaded is None and not all(one.is_finished for one in reading)
        return is_first or super().awaits_rows

    def _begin(self) -> None:
        self._is_reading = True
        self._read(keep=False)

    async def _load(self, stop: Stop) -> Loaded:
        # what is recorded of all of it is waited for once
        return await (await self._load_ahead(stop)).shown()

    async def _load_ahead(self, stop: Stop) -> "Ahead[Loaded]":
        reading = load(self.services, self.actor, stop.recipient_id, stop.call_id)
        return await self.services.read_ahead(reading)

    def _read(self, *, keep: bool) -> None:
        recipient_id, stop = self.recipient.id, self._neighbours.stop

        async def read() -> Loaded | str:
            try:
                return await self._load(stop)
            except NotFound as error:
                return await why_gone(self, recipient_id, error)

        def show(read: Loaded | str) -> None:
            if stop.key != self._neighbours.stop.key:
                return  # another one is shown by now
            if isinstance(read, str):
                self._show_gone(read)
            else:
                self._show(read, keep=keep and self._shown_key == stop.key)

        self.read(read, show)

    def _show_gone(self, why: str) -> None:
        """What was read stays to be seen, and nothing can be done with it; "": it is back."""
        self.gone = why
        self.stand("gone", why)
        for notice in self.notices:
            notice.clear_warning()

    def reload(self) -> None:
        """Read again what is shown; the cursors stay."""
        self._read(keep=True)

    def data_changed(self) -> None:
        """Somebody changed the data: read it again, the neighbours too."""
        if self._is_reading:
            self.reload()

    def _show(self, loaded: Loaded, *, keep: bool) -> None:
        self.loaded = loaded
        self.recipient = loaded.recipient
        self._shown_key = self._neighbours.stop.key
        if self.gone:
            self._show_gone("")
        self._show_information()
        self.body.show(loaded, keep=keep)
        if self.active == "history":
            self.read_history()
        if keep:
            self._read_call()
        emergencies.show_unseen(self)
        if not keep:
            self._point(self._neighbours.stop)
        if self._plays:
            self._plays = False
            self._play()
        self.show_tabs()
        self.in_background(self._look_around, "neighbours")

    def _point(self, stop: Stop) -> None:
        """Go to the utterance or the memory detail that it was opened for."""
        loaded = self.loaded
        if loaded is None:
            return
        if stop.memory_id is not None:
            self.open_tab("memory")
            self.memory.go_to(stop.memory_id)
        elif (
            stop.position is not None
            and loaded.open_call is not None
            and loaded.open_call.call.id == stop.call_id
        ):
            if self.active != "calls":  # the line before was a memory detail
                self.open_tab("calls")
            self.calls.conversation.point_at(stop.position)

    def _play(self) -> None:
        """Play the call that it opens at, from the line where that is known; or say why not."""
        play = named("calls.play")
        reason = self.services.why_not(play.use_case, self.actor) or self.calls.voice.why_not(
            play.name
        )
        if reason:
            self.tell(reason, "warning")
            return
        at_ms = self.calls.conversation.at_ms(self._neighbours.stop.position)
        if at_ms is None:
            self.calls.voice.do(play.name)
        else:
            self.calls.voice.play_from(at_ms)

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
        self.query_one("#narrowed", Static).update(shown(self.place_words()))

    def place_words(self) -> str:
        """Where it is in the list."""
        total = self._neighbours.total
        if total is None or self._neighbours.index >= total:  # the last one has been done
            return ""
        return _("{place} of {total}").format(
            place=f"{self._neighbours.index + 1:,}", total=f"{total:,}"
        )

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
                "contacts": len(loaded.contacts),
            }
        self.query_one(TabBar).show(self.active, counts)

    # the history is read when it is looked at

    def read_history(self, kind: EntryKind | None = None, *, changed: bool = False) -> None:
        """Read the history of the recipient that is shown; ``changed``: of another kind than before."""
        history = self.services.history
        if changed:
            self.history.kind = kind
        query = HistoryQuery(self.recipient.id, self.history.kind)

        def show(count: int) -> None:
            if query == HistoryQuery(self.recipient.id, self.history.kind):
                timezone = self.recipient.timezone
                self.history.show_of(history.window, self.actor, query, count, timezone)
                self.show_tabs()

        self.read(partial(history.count, self.actor, query), show, group="history")
        if not changed:
            self._read_trend()

    def _read_trend(self) -> None:
        recipient_id = self.recipient.id

        def show(trend: Trend) -> None:
            if self.recipient.id == recipient_id:
                self.history.show_trend(trend)

        self.read(
            partial(self.services.trends.of_recipient, self.actor, recipient_id),
            show,
            group="trend",
        )

    # the conversation follows the cursor

    def on_calls_pane_moved(self) -> None:
        """Another call is under the cursor."""
        emergencies.show_unseen(self)
        call, seen = self.calls.current, self.calls.conversation.details
        if call is not None and (seen is None or seen.call.id != call.id):
            self._read_call()

    def _read_call(self) -> None:
        if self.calls.current is None:
            return
        reading = partial(self.services.calls.get, self.actor, self.calls.current.id)
        self.read(reading, self._show_call, group="conversation")

    def _show_call(self, details: CallDetails) -> None:
        if self.calls.current is not None and self.calls.current.id == details.call.id:
            self.calls.show_call(details)

    def on_paged_table_fetch_failed(self, event: PagedTable.FetchFailed) -> None:
        """Rows could not be read."""
        self.tell_error(event.error)

    # tabs

    @property
    def active(self) -> str:
        """The tab that has the keys."""
        return self.body.active

    @property
    def is_wide(self) -> bool:
        """Whether the memos stand beside the other panes."""
        return self.size.width >= WIDE

    def arrange_panes(self) -> None:
        """Put the panes where there is room for them."""
        self.set_class(self.is_wide, "-wide")
        self.body.arrange_panes(wide=self.is_wide)

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

    def on_resize(self, _event: events.Resize) -> None:
        """The memos go beside, or into a tab."""
        self.arrange_panes()

    def open_tab(self, name: str) -> None:
        """Show this tab, with the focus in it."""
        self._activate(name)
        self.arrange_panes()
        self.body.panes[name].table.focus()
        if name == "history" and self._is_reading:
            self.read_history()

    def _activate(self, name: str) -> None:
        self.body.activate(name)
        self.scopes = self.tabs[name]
        self.show_tabs()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """The pane with the focus is the active one."""
        name = self.body.tab_of(event.widget)
        if name not in ("", self.active):
            self._activate(name)

    async def go_to_call(self, call_id: int) -> None:
        """Put the cursor on this call."""
        index = await self.look(self.services.calls.index_of(self.actor, call_id))
        self.open_tab("calls")
        self.calls.table.move_cursor(index)

    async def next_emergency(self) -> None:
        """Acknowledge the emergency that is shown; where there is none, go to the next one."""
        await emergencies.acknowledge_or_go_on(self)

    async def open_other(self, stop: Stop) -> None:
        """Show another recipient, from wherever it is, at its call."""
        self.workers.cancel_group(self, "neighbours")
        loaded = await self.look(self._neighbours.go(stop))
        self.open_tab("calls")
        self._show(loaded, keep=False)

    async def on_conversation_play_from(self, event: Conversation.PlayFrom) -> None:
        """Enter on a line of the conversation."""
        if not self.blocked(named("calls.play")):
            self.calls.voice.play_from(event.at_ms)

    # neighbours

    def why_no_neighbour(self, by: int) -> str | None:
        """The reason why there is nobody before (-1) or after (1) this one in the list, or None."""
        if self._neighbours.has(by):
            return None
        if by > 0:
            return _("This is the last recipient of the list.")
        return _("This is the first recipient of the list.")

    def step(self, by: int) -> None:
        """To the recipient before (-1) or after (1) this one in the list."""
        self.workers.cancel_group(self, "neighbours")
        self.tell("")

        def arrived(loaded: Loaded | None) -> None:
            if loaded is None:
                self.tell(self.why_no_neighbour(by) or "", "warning")
            else:
                self._show(loaded, keep=False)

        # by itself: no change of the data that is read meanwhile takes its place
        self.read(partial(self._neighbours.step, by), arrived, group="step")

    # what its actions ask and tell

    def why_not_here(self, action: Action) -> str | None:
        """A key of another tab does nothing in this one; which one it is for is told."""
        if self.gone and (action.use_case or action.needs is Need.ROW):
            return self.gone
        if any(action in scope.actions for scope in self.scopes):
            return None
        return elsewhere.why_not(action.name, self.active, self.console.own_keys)

    def why_no_row(self, _need: Need) -> str | None:
        """The reason why nothing is under the cursor of the active pane, or None."""
        return self.body.why_no_row()

    @property
    def current(self) -> RecipientRow:
        """The recipient that is shown."""
        return self.recipient

    @property
    def only_current(self) -> RecipientRow:
        """The recipient that is shown."""
        return self.recipient

    @property
    def target(self) -> Target:
        """The recipient that is shown."""
        return Target(Selection(frozenset({self.recipient.id})), self.recipient.name)

    @property
    def listed(self) -> None:
        """What is done is for the one that is shown."""
        return

    def time(self, moment: datetime | None) -> str:
        """A time as it is read."""
        return self.form.time(moment, self.recipient.timezone)

    def show_saved(self, row: RecipientRow) -> None:
        """Show what was saved."""
        self.reload()

    def show_changed(self) -> None:
        """Read it again."""
        self.reload()

    def show_note(self, row: Note | None) -> None:
        """Read again, with the cursor on this one."""
        if row is not None:
            self.body.follow(row)
        self.reload()

    def show_deleted(self, deletion: Deletion, selection: Selection, name: str) -> None:
        """Back to the list, where it can be undone."""
        self.dismiss(replace(self._left, deletion=deletion, deleted=selection, name=name))

    def go_back(self) -> None:
        """Back to the list, at this recipient."""
        self.dismiss(self._left)

    @property
    def _left(self) -> Left:
        near = self._neighbours
        return Left(near.index, near.stop.key, near.next.key if near.next else None)
