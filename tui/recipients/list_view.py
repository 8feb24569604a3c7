"""The list of recipients: what is shown of it, and what its actions ask and tell it."""

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Input, Static

from core.recipients.dto import RecipientFilter, RecipientQuery, RecipientRow, Selection
from core.recipients.fields import Field
from core.recipients.first_look import FirstLook, starts_with_view
from core.recipients.listing.pager import Pager
from core.values.errors import CoreError
from core.values.i18n import N_, _, ngettext
from core.values.times import now
from tui.action import Need
from tui.list_screen import ListScreen
from tui.recipients.changes import tell_deleted
from tui.recipients.columns import listed, table_columns, table_row
from tui.recipients.heading import Narrowed
from tui.recipients.held_deliveries import HeldDeliveries
from tui.recipients.list_state import SCREEN, ListState
from tui.recipients.list_words import count_text, why_empty
from tui.recipients.opened_view import Ready, not_understood, ready
from tui.recipients.targets import Target
from tui.text import shown
from tui.widgets.line_input import LineInput
from tui.widgets.paged_table import PagedTable, TableRow

if TYPE_CHECKING:
    from core.handovers.dto import HandoverRow
    from core.recipients.deletion_dto import Deletion, DeletionRow
    from core.views.dto import View
    from tui.details.details_screen import DetailsScreen

WELCOME = "welcome"  # of the preferences: the keys to try were said
TYPING_PAUSE = 0.08  # seconds without a key before the search is asked


class ListView(ListScreen[RecipientRow, None]):
    """What is listed, where the cursor is, what is selected."""

    no_row = N_("There is no recipient under the cursor.")
    lists_before_core = True  # opened, too: the details begin with what the list knows

    def __init__(self, first: FirstLook | None = None) -> None:
        super().__init__()
        self._first = first
        self.state = ListState.of_preferences(first.preferences if first else {})
        self.pager: Pager[RecipientQuery, RecipientRow] | None = None
        self.undoable: DeletionRow | None = None
        self.undo_known = False
        self.lacks_organization = False
        self.deleted_view: View | None = None
        self._ready = False
        self._details: DetailsScreen | None = None  # opened before the core was
        self._changed = False  # since the rows were read

    def content(self) -> ComposeResult:
        """Title and counts, the search, the table."""
        with Horizontal(id="heading"):
            yield Static(shown(_("Manage recipients")), id="title")
            yield Static("", id="count")
            yield HeldDeliveries()
            yield Narrowed()
        with Horizontal(id="search-line"):
            yield Static(shown("/"))
            hint = _("Name, number, other information, organization or tag")
            search = LineInput(id="search", placeholder=hint, compact=True)
            yield search
        table = PagedTable(self._fetch, id="recipients", empty=_("Opening…"))
        table.columns = table_columns(self._fields)
        yield table

    # opening and showing

    async def opened(self) -> None:
        """The core is there: show the rows, then count."""
        preferences = await self.services.admins.preferences(self.actor)
        if not await self.is_there():
            return
        self.state = ListState.of_preferences(preferences.get(SCREEN, {}))
        start = await self._start_with(preferences)
        if not await self.is_there():
            return
        self._ready = True
        if start is not None:
            self.show_view(start)
        else:
            self._show_query(keep_key=True)
        if self._details is not None:
            self._details.opened(self.pager)
        self._look_for_undo()
        self.look_for_handovers()
        if WELCOME not in preferences:
            await self._welcome()

    async def _welcome(self) -> None:
        """At the first start on the sample, say the keys to try; once for each admin."""
        from core.demo.place import is_sample

        if not is_sample(self.console.settings):
            return
        words = _(
            "Three keys to try: {keys[list.open]} opens a recipient, {keys[recipients.todo]} shows what "
            "there is to do, {keys[console.help]} what every key does."
        )
        self.tell(words.format(keys=self.console.own_keys))
        self.begin(
            self.write(self.services.admins.set_preferences(self.actor, WELCOME, {"told": True}))
        )

    async def _start_with(self, preferences: Mapping[str, Any]) -> Ready | None:
        """The view that the admin starts with, where there is one that can be listed."""
        if not starts_with_view(preferences):
            return None
        views = await self.services.views.list(self.actor)
        start = views.of(views.start)
        try:
            return await ready(self.services, self.actor, start) if start else None
        except CoreError as error:
            self.tell_error(error)
            return None

    def _show_query(self, *, keep_key: bool = False, at: int | None = None) -> None:
        """Show what the state asks for; the cursor goes to the recipient with the ID ``at``."""
        self.pager = Pager(self.services.recipients.window, self.actor, self.state.query)
        table = self.table
        table.columns = table_columns(self._fields)
        table.page_rows = self.state.page_size
        table.sort = (self.state.query.sort, self.state.query.descending)
        table.total = None
        table.empty = ""
        if at is not None:
            table.reload(False, find=partial(self._index_of, at))
        elif keep_key:
            table.reload()
        else:
            table.reload(False, cursor=0)
        self._count()
        self._show_heading()

    async def _index_of(self, recipient_id: int) -> int | None:
        return await self.services.recipients.index_of(self.actor, self.state.query, recipient_id)

    def go_to(self, recipient_id: int) -> None:
        """Read the list again with the cursor on this recipient; it stays where the list leaves it out."""
        self._show_query(at=recipient_id)

    @property
    def _fields(self) -> tuple[Field, ...]:
        """The columns, in their order."""
        return listed(self.state.columns, self.state.query.sort)

    async def _fetch(self, start: int, stop: int) -> Sequence[TableRow]:
        columns, form = self._fields, self.form
        if self.pager is None:
            rows = self._first.rows[start:stop] if self._first else []
        else:
            rows = await self.pager.rows(start, stop)
        return [table_row(row, columns, form) for row in rows]

    def _count(self) -> None:
        query = self.state.query

        async def count() -> tuple[int, int]:
            everything = matching = await self.services.recipients.count(self.actor, query)
            if query.is_filtered:
                everything = await self.services.recipients.count(self.actor, query.unfiltered())
            if not everything and self.actor.sees_all:
                found = await self.services.organizations.list(self.actor, limit=1)
                self.lacks_organization = not found
            return matching, everything

        self.read(count, self._counted, group="count")
        if self.may("ingest.held_summary"):
            held = partial(self.services.ingest.held_summary, self.actor)
            self.read(held, self.query_one(HeldDeliveries).show_summary, group="held")

    def look_for_handovers(self) -> None:
        """Say that somebody has handed over, for as long as it waits to be confirmed."""
        from tui.handovers.report import waiting_words

        def found(waiting: "Sequence[HandoverRow]") -> None:
            words = waiting_words(waiting, self.form)
            self.stand("handover", words.format(keys=self.console.own_keys))

        if self.may("handovers.confirm"):
            waiting = partial(self.services.handovers.waiting, self.actor)
            self.read(waiting, found, group="handover")

    def _look_for_undo(self) -> None:
        """Which delete ``z`` would undo now: the admin's own last one, from an earlier session too."""

        def found(last: "DeletionRow | None") -> None:
            self.undoable, self.undo_known = last, True

        if self.may("deletions.latest"):
            latest = partial(self.services.deletions.latest, self.actor)
            self.read(latest, found, group="undo")

    def _counted(self, counts: tuple[int, int]) -> None:
        matching, everything = counts
        if self.pager is not None:
            self.pager.total = matching
            if self._changed:
                self._changed = False
                self.pager.forget()
                self.table.reload()
        self.table.total = matching
        self.table.empty = why_empty(
            is_view=self.state.view is not None,
            everything=everything,
            may_add=self.may("recipients.add"),
            lacks_organization=self.lacks_organization,
        ).format(keys=self.console.own_keys)
        self.query_one("#count", Static).update(
            shown(count_text(matching, everything, self.state.query))
        )

    def _show_heading(self) -> None:
        self.stand("view", self.state.of_view)
        keys = self.console.own_keys
        self.query_one(Narrowed).show(self.state, keys, is_searching=self.is_searching)

    def data_changed(self) -> None:
        """Somebody changed the data: count, then read again what is shown, keeping cursor and selection."""
        if self._ready and self.pager is not None:
            self._changed = True
            self._count()
            self._look_for_undo()
            self.look_for_handovers()

    def on_paged_table_selection_changed(self) -> None:
        """Say how many are selected."""
        count = self.table.selected_count
        told = ngettext("{count} recipient selected.", "{count} recipients selected.", count)
        self.stand("selected", told.format(count=f"{count:,}") if count else "")

    async def on_paged_table_row_opened(self, event: PagedTable.RowOpened) -> None:
        """Open the details."""
        if isinstance(event.row.data, RecipientRow):
            await self.start(self._open_details(event.row.data, event.table.cursor_index))

    async def _open_details(self, row: RecipientRow, index: int) -> None:
        """Open the details of a recipient; back from there, the cursor is on the one seen last."""
        from tui.details.details_screen import DetailsScreen

        details = DetailsScreen(row, index, self.pager)
        self._details = None if self._ready else details
        left = await self.ask(details)
        if left is None:
            return
        self.table.move_cursor(left.index)
        if left.deletion is not None:
            self.show_deleted(left.deletion, left.deleted, left.name)

    # what may be done, and with whom

    @property
    def is_changing(self) -> bool:
        """While other rows are read in place of these, what can be done with them is not known."""
        return self.table.is_replacing

    @property
    def knows_keys(self) -> bool:
        """Whether the list has been read through the core."""
        return self._ready

    def why_no_row(self, need: Need) -> str | None:
        """The reason why there is no row under the cursor, or None."""
        reason = super().why_no_row(need)
        if reason and self.table.is_replacing:
            return _("The list is not read yet; {keys[console.refresh]} reads it again.").format(
                keys=self.console.own_keys
            )
        return reason

    @property
    def only_current(self) -> RecipientRow | None:
        """The recipient under the cursor, where nothing is selected."""
        return None if self.table.has_selection else self.current

    @property
    def selection(self) -> Selection:
        """What an action is for: the selected rows, else the row under the cursor."""
        table = self.table
        if table.all_selected:
            return Selection(query=self.state.query, excluded=table.excluded)
        if table.selected:
            return Selection(ids=table.selected)
        return Selection(ids=frozenset({self.current.id} if self.current else ()))

    @property
    def target(self) -> Target:
        """The selection, else the recipient under the cursor."""
        return Target(self.selection, self.only_current.name if self.only_current else "")

    @property
    def listed(self) -> RecipientQuery:
        """What the list shows."""
        return self.state.query

    # what came of it

    def show_added(self, row: RecipientRow) -> None:
        """Go to who was added."""
        self.go_to(row.id)

    def show_saved(self, row: RecipientRow) -> None:
        """Show who was saved, and go there."""
        self.replace_row(row)
        self.go_to(row.id)

    def show_changed(self) -> None:
        """Read the list again; what was selected for the change is no longer."""
        self.table.clear_selection()
        self.data_changed()

    def show_deleted(self, deletion: "Deletion", selection: Selection, name: str) -> None:
        """Delete was confirmed, here or in the details: they leave the list at once, and ``z`` undoes it."""
        from core.recipients.deletion_dto import DeletionRow

        if deletion.done.is_whole:
            self._take_out(selection)
        if deletion.count:
            self.undoable = DeletionRow(deletion.id, now(), deletion.count)
        self.show_changed()
        tell_deleted(self, deletion, name)

    def _take_out(self, selection: Selection) -> None:
        """Show these no longer, before anything is read again."""
        if selection.query == self.state.query:
            self.table.take_out(lambda key: key not in selection.excluded)
        elif selection.query is None:
            self.table.take_out(lambda key: key in selection.ids)

    def show_restored(self, recipient_id: int | None) -> None:
        """Somebody may be back: read again, and go there."""
        self.data_changed()
        if recipient_id is not None:
            self.go_to(recipient_id)

    # search and view

    def open_search(self) -> None:
        """Type to search."""
        search = self.query_one("#search", Input)
        self.query_one("#search-line").display = True
        search.focus()
        self._show_heading()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Ask for what is typed, once typing pauses; typing never waits."""
        if event.input.id == "search" and event.value != self.state.query.search:
            self.in_background(partial(self._search_soon, event.value), "search")

    async def _search_soon(self, typed: str) -> None:
        await asyncio.sleep(TYPING_PAUSE)
        self.show_query(replace(self.state.query, search=typed))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter keeps the search and goes to the list."""
        if event.input.id == "search":
            self.workers.cancel_group(self, "search")
            if event.value != self.state.query.search:
                self.show_query(replace(self.state.query, search=event.value))
            self._close_search()

    @property
    def is_searching(self) -> bool:
        """Whether the search is being typed."""
        return bool(self.query_one("#search-line").display)

    def _close_search(self) -> None:
        self.table.focus()
        self.query_one("#search-line").display = False
        self._show_heading()

    def go_back(self) -> None:
        """Clear the search, then the selection, then leave the view, or clear the filter."""
        search, at = self.query_one("#search", Input), self.current.id if self.current else None
        view = self.state.view
        of_view = view.query.search if view is not None and view.query is not None else ""
        if self.is_searching or self.state.query.search != of_view:
            self.workers.cancel_group(self, "search")
            with search.prevent(Input.Changed):
                search.value = of_view
            self._close_search()
            if self.state.query.search != of_view:
                self.show_query(replace(self.state.query, search=of_view), at=at)
        elif self.table.has_selection:
            self.table.clear_selection()
        elif view is not None:
            self._take_state(self.state.without_view(), at=at)
        elif self.state.query.filter:
            self.show_query(replace(self.state.query, filter=RecipientFilter()), at=at)

    def show_query(self, query: RecipientQuery, *, at: int | None = None) -> None:
        """List what this query finds, from its first row or at a recipient.

        A selection of all matching does not outlive it.
        """
        self._take_state(replace(self.state, query=query), at=at)

    def show_view(self, found: Ready) -> None:
        """List what a view asks for, and tell what of it is gone."""
        view = found.view
        if view.query is None:
            return
        told = " ".join((not_understood(view), *found.gone)).strip()
        self._take_state(self.state.with_view(view, view.query, found.organization, told))

    def show_saved_view(self, view: "View") -> None:
        """What is listed is a view from now on."""
        self.state = self.state.with_view(view, self.state.query, self.state.organization_name)
        self._show_heading()

    def _take_state(self, state: ListState, *, at: int | None = None) -> None:
        """List what the state asks for; what is selected as all matching is so no longer."""
        if self.table.all_selected:
            self.table.clear_selection()
        self.state = state
        search = self.query_one("#search", Input)
        if not self.is_searching and search.value != state.query.search:
            with search.prevent(Input.Changed):
                search.value = state.query.search
        self._show_query(at=at)

    def show_organization(self, organization_id: int | None, name: str) -> None:
        """List one organization, or all."""
        self.state = replace(self.state, organization_name=name)
        self.show_query(replace(self.state.query, organization_id=organization_id))

    async def show_state(self, state: ListState) -> None:
        """List with these view options, and remember them."""
        self.state = state
        self._show_query()
        await self.write(
            self.services.admins.set_preferences(self.actor, SCREEN, state.to_preferences())
        )

    def replace_row(self, row: RecipientRow) -> None:
        """Show a recipient as it is now, in its place."""
        self.table.replace_row(table_row(row, self._fields, self.form))
