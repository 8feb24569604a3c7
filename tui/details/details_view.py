"""The details of one recipient: information on top, its calls, memory details, follow-up actions, memos
and contacts.

Here is what is shown of them, and what their actions ask and tell.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from core.calls.dto import CallDetails
from core.contacts.dto import ContactRow
from core.followups.dto import FollowupRow
from core.history.dto import HistoryQuery
from core.history.rules import EntryKind
from core.memory.dto import MemoryRow
from core.memos.dto import MemoRow
from core.recipients.dto import DeletedQuery, Deletion, RecipientRow, Selection
from core.tasks.dto import TaskRow
from core.tasks.rules import is_unseen
from core.trends.dto import Trend
from core.values.errors import CoreError, NotFound
from core.values.i18n import _
from core.values.times import now
from tui.action import Action, Need, Scope, named
from tui.base import ConsoleScreen
from tui.details import info
from tui.details.calls_pane import CallsPane
from tui.details.columns import memo_columns
from tui.details.conversation import Conversation
from tui.details.history_pane import HistoryPane
from tui.details.list_pane import ListPane
from tui.details.loaded import Loaded, load
from tui.details.neighbours import ListPager, Neighbours, Stop, of_recipient
from tui.details.panes import ContactPane, FollowupPane, MemoPane, MemoryPane
from tui.details.tab_bar import TabBar
from tui.format import CellFormat
from tui.recipients.targets import Target
from tui.text import clean, shown
from tui.widgets.paged_table import PagedTable

WIDE = 120  # columns from which on the memos stand beside


@dataclass(frozen=True, slots=True)
class Left:
    """Where in the list the recipient was that was seen last, and its delete, if it was deleted.

    ``key`` is that of its row there, ``next_key`` that of the row after it.
    """

    index: int
    key: int
    next_key: int | None = None
    deletion: Deletion | None = None
    deleted: Selection = field(default_factory=Selection)
    name: str = ""


class DetailsView(ConsoleScreen[Left]):
    """Dismissed with what the list has to know.

    ``beside_memo`` is the pane that stands beside the memos, or comes back after them. ``stop`` says at which call
    it opens, ``plays`` whether that is played at once; ``stop_of`` what a row of the list is that it was opened
    from.
    """

    AUTO_FOCUS = "#table-calls"
    tabs: ClassVar[Mapping[str, tuple[Scope, ...]]]  # the keys of each

    def __init__(
        self,
        row: RecipientRow,
        index: int,
        pager: ListPager | None,
        form: CellFormat,
        stop: Stop | None = None,
        *,
        stop_of: Callable[[Any], Stop] = of_recipient,
        plays: bool = False,
        follows: bool = True,
    ) -> None:
        super().__init__()
        self._plays = plays
        self.active = "calls"
        self.form = form
        self.loaded: Loaded | None = None
        self.gone = ""  # what became of the recipient, where it is not there any more
        self.recipient = row
        self.beside_memo = "calls"
        stop = stop or of_recipient(row)
        self._neighbours = Neighbours(pager, index, stop, self._load, stop_of, follows=follows)
        self._is_reading = False
        self._shown_key: int | None = None  # whose calls are shown, with the cursor on one of them
        self.calls = CallsPane(form)
        self.memory = MemoryPane(form)
        self.followups = FollowupPane(form)
        self.memos = MemoPane(form)
        self.contacts = ContactPane(form)
        self.history = HistoryPane(form)

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
                yield self.contacts
                yield self.history
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
            index, stop = self._neighbours.index, self._neighbours.stop
            self._neighbours = Neighbours(pager, index, stop, self._load)
            self._begin()

    def _begin(self) -> None:
        self._is_reading = True
        self._read(keep=False)

    async def _load(self, stop: Stop) -> Loaded:
        return await load(self.services, self.actor, stop.recipient_id, stop.call_id)

    def _read(self, *, keep: bool) -> None:
        recipient_id, stop = self.recipient.id, self._neighbours.stop

        async def read() -> Loaded | str:
            try:
                return await self._load(stop)
            except NotFound as error:
                return await self._why_gone(recipient_id, error)

        def show(read: Loaded | str) -> None:
            if stop.key != self._neighbours.stop.key:
                return  # another one is shown by now
            if isinstance(read, str):
                self._show_gone(read)
            else:
                self._show(read, keep=keep and self._shown_key == stop.key)

        self.read(read, show)

    async def _why_gone(self, recipient_id: int, error: NotFound) -> str:
        """What became of a recipient that is not there any more, and the way out."""
        query = DeletedQuery(recipient_id=recipient_id)
        deletions, keys = self.services.deletions, self.console.own_keys
        if not self.may("deletions.window"):
            return f"{error} " + _("{keys[console.back]} goes back to the list.").format(keys=keys)
        found = await deletions.window(self.actor, query, None, limit=1)
        for row, _place in found:
            return _(
                "{name} was deleted by {admin}; {keys[console.back]} {keys[recipients.deleted]} restores."
            ).format(name=row.name, admin=row.deleted_by, keys=keys)
        return f"{error} " + _("{keys[console.back]} goes back to the list.").format(keys=keys)

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

    def read_again(self) -> None:
        """Read it again."""
        super().read_again()
        if self._is_reading:
            self.reload()
            self.tell(_("Read again."))

    def _show(self, loaded: Loaded, *, keep: bool) -> None:
        self.loaded = loaded
        self.recipient = loaded.recipient
        self._shown_key = self._neighbours.stop.key
        if self.gone:
            self._show_gone("")
        timezone = loaded.recipient.timezone
        self._show_information()
        self.calls.show(loaded, keep=keep)
        self.memory.show_all(loaded.memory, timezone, keep=keep)
        self.followups.show_all(loaded.followups, timezone, keep=keep)
        self.memos.show_all(loaded.memos, timezone, keep=keep)
        self.contacts.show_all(loaded.contacts, timezone, keep=keep)
        if self.active == "history":
            self.read_history()
        if keep:
            self._read_call()
        self._show_unseen()
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
        self._show_unseen()
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
    def is_wide(self) -> bool:
        """Whether the memos stand beside the other panes."""
        return self.size.width >= WIDE

    def arrange_panes(self) -> None:
        """Put the panes where there is room for them."""
        self.set_class(self.is_wide, "-wide")
        memo = self.active == "memo"
        self.query_one("#main").display = self.is_wide or not memo
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
            "contacts": self.contacts,
            "history": self.history,
        }

    def on_resize(self, _event: events.Resize) -> None:
        """The memos go beside, or into a tab."""
        self.arrange_panes()

    def open_tab(self, name: str) -> None:
        """Show this tab, with the focus in it."""
        self._activate(name)
        self.arrange_panes()
        self._panes()[name].table.focus()
        if name == "history" and self._is_reading:
            self.read_history()

    def _activate(self, name: str) -> None:
        self.active = name
        if name != "memo":
            self.beside_memo = name
        self.scopes = self.tabs[name]
        self.show_tabs()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """The pane with the focus is the active one."""
        for name, pane in self._panes().items():
            if name != self.active and _is_in(event.widget, pane):
                self._activate(name)

    async def go_to_call(self, call_id: int) -> None:
        """Put the cursor on this call."""
        index = await self.look(self.services.calls.index_of(self.actor, call_id))
        self.open_tab("calls")
        self.calls.table.move_cursor(index)

    # emergencies

    @property
    def unseen(self) -> TaskRow | None:
        """The recipient's emergency, where nobody has acknowledged it."""
        tasks = self.loaded.tasks if self.loaded else ()
        return next((one for one in tasks if is_unseen(one)), None)

    @property
    def _unseen_here(self) -> TaskRow | None:
        """The same where its call is the one under the cursor."""
        task, call = self.unseen, self.calls.current
        return task if task and call and task.call_id == call.id else None

    def _show_unseen(self) -> None:
        """Say of an emergency that nobody has acknowledged it, and how that is done."""
        words = ""
        if self._unseen_here is not None:
            words = _("Nobody has acknowledged this emergency yet.")
            if self.may("tasks.acknowledge"):
                words = _(
                    "Nobody has acknowledged this emergency yet; {keys[console.emergency]} does."
                ).format(keys=self.console.own_keys)
        self.stand("unseen", words)

    async def next_emergency(self) -> None:
        """Acknowledge the emergency that is shown; where there is none, go to the next one."""
        here = self._unseen_here if self.active == "calls" else None
        if here is not None and self.may("tasks.acknowledge"):
            seen = await self.write(self.services.tasks.acknowledge(self.actor, here.id))
            if self.loaded is not None:  # the next key does not acknowledge it again
                tasks = [seen if one.id == seen.id else one for one in self.loaded.tasks]
                self.loaded = replace(self.loaded, tasks=tasks)
            self.reload()
            words = _("You have acknowledged it; {keys[console.emergency]} goes to the next one.")
            self.tell(words.format(keys=self.console.own_keys), "success")
            return
        found = None if here else self.unseen
        found = found or await self.look(self.services.tasks.next_unseen(self.actor, here))
        if found is None or found == here:
            await self._next_emergency_call()
        elif found.recipient_id == self.recipient.id and found.call_id is not None:
            await self.go_to_call(found.call_id)
        else:
            self.workers.cancel_group(self, "neighbours")
            stop = Stop(found.recipient_id, found.recipient_id, found.call_id)
            loaded = await self.look(self._neighbours.go(stop))
            self.open_tab("calls")
            self._show(loaded, keep=False)

    async def _next_emergency_call(self) -> None:
        """Go to the recipient's next emergency call back in time, then round to the latest."""
        call = self.calls.current
        calls = self.services.calls
        found = call and await self.look(calls.next_emergency(self.actor, self.recipient.id, call))
        if call is None or found is None:
            self.tell(_("There is no emergency that nobody has acknowledged."))
        elif found.id == call.id:
            self.tell(_("This is the only emergency call of this recipient."))
        else:
            await self.go_to_call(found.id)

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
        if action.name == "reset":
            words = _(
                "Only memory details can be reset; press {keys[details.tab_memory]} for them."
            )
        elif self.active == "memory" and action.name in ("add", "delete", "delete_recipient"):
            words = _(
                "Memory details come from calls; they can be edited ({keys[memory.edit]}) and reset"
                " ({keys[memory.reset]})."
            )
        elif self.active == "calls":
            words = _(
                "Press {keys[details.tab_memory]} for memory details, {keys[details.tab_followup]} for"
                " follow-up actions, {keys[details.tab_memo]} for memos, {keys[details.tab_contacts]} for"
                " contacts."
            )
        else:
            words = _("Press {keys[details.tab_calls]} for the calls first.")
        return words.format(keys=self.console.own_keys)

    def why_no_row(self, _need: Need) -> str | None:
        """The reason why nothing is under the cursor of the active pane, or None."""
        if self._panes()[self.active].current is not None:
            return None
        return {
            "calls": _("There is no call under the cursor."),
            "memory": _("There is no memory under the cursor."),
            "followup": _("There is no follow-up action under the cursor."),
            "memo": _("There is no memo under the cursor."),
            "contacts": _("There is no contact under the cursor."),
            "history": _("There is no entry under the cursor."),
        }[self.active]

    @property
    def current(self) -> RecipientRow:
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

    def show_note(self, row: MemoryRow | FollowupRow | MemoRow | ContactRow | None) -> None:
        """Read again, with the cursor on this one."""
        panes: dict[type, ListPane] = {
            MemoryRow: self.memory,
            FollowupRow: self.followups,
            MemoRow: self.memos,
            ContactRow: self.contacts,
        }
        if row is not None:
            panes[type(row)].follow(row.id)
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


def _is_in(widget: Widget, pane: Widget) -> bool:
    return pane in widget.ancestors_with_self
