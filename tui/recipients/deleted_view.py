"""What was deleted and can be restored until its time is over: by whom, when, how many days are left."""

from collections.abc import Sequence
from functools import partial

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Input, Static

from core.recipients.deletion_dto import DeletedQuery, DeletedRow, DeletedSelection
from core.recipients.listing.pager import Pager
from core.values.i18n import N_, _, ngettext
from core.values.times import now
from tui.format import days_left
from tui.list_screen import ListScreen
from tui.recipients.targets import how_many
from tui.text import shown
from tui.widgets.line_input import LineInput
from tui.widgets.paged_table import Column, PagedTable, TableRow

_COLUMNS = (
    Column("name", N_("Recipient name"), 14, frozen=True),
    Column("phone", N_("Phone number"), 13),
    Column("organization", N_("Organization"), 12),
    Column("who", N_("By whom"), 8),
    Column("left", N_("Days left"), 9, "right"),
    Column("when", N_("Deleted at"), 16),
)


class DeletedView(ListScreen[DeletedRow, int]):
    """Deleted recipients, the latest first; enter shows what one was. Dismissed with whom it restored last."""

    no_row = N_("There is no recipient under the cursor.")

    def __init__(self) -> None:
        super().__init__()
        self._query = DeletedQuery()
        self._pager: Pager[DeletedQuery, DeletedRow] | None = None
        self._last_back: int | None = None

    def content(self) -> ComposeResult:
        """Title and count, the search, the rows."""
        with Horizontal(id="heading"):
            yield Static(shown(_("Deleted recipients")), id="title")
            yield Static("", id="count")
        hint = _("Name, phone number or other information")
        search = LineInput(id="search", placeholder=hint, compact=True)
        search.display = False
        yield search
        table = PagedTable(self._fetch, id="deleted", empty="")
        table.columns = _COLUMNS
        yield table

    def on_mount(self) -> None:
        """Show them."""
        self._show()

    async def _fetch(self, start: int, stop: int) -> Sequence[TableRow]:
        if self._pager is None:
            return []
        form, moment = self.form, now()
        return [
            TableRow(
                row.id,
                (
                    row.name,
                    form.phone(row.phone),
                    row.organization,
                    row.deleted_by,
                    days_left(row.expires_at, moment),
                    form.time(row.deleted_at, row.timezone),
                ),
                (),
                row,
            )
            for row in await self._pager.rows(start, stop)
        ]

    def _show(self, *, keep_key: bool = False) -> None:
        self._pager = Pager(self.services.deletions.window, self.actor, self._query)
        self.table.total = None
        self.table.reload(keep_key) if keep_key else self.table.reload(False, cursor=0)
        count = partial(self.services.deletions.count, self.actor, self._query)
        self.read(count, self._counted, group="count")

    def _counted(self, count: int) -> None:
        if self._pager is not None:
            self._pager.total = count
        self.table.total = count
        self.table.empty = (
            _("No deleted recipient matches. {keys[console.back]} clears the search.").format(
                keys=self.console.own_keys
            )
            if self._query.search
            else _("Nothing that was deleted can be restored now.")
        )
        self.query_one("#count", Static).update(shown(how_many(count)))

    def data_changed(self) -> None:
        """Somebody changed the data: read again."""
        self._show(keep_key=True)

    def on_paged_table_selection_changed(self) -> None:
        """Say how many are selected."""
        count = self.table.selected_count
        told = ngettext("{count} recipient selected.", "{count} recipients selected.", count)
        self.stand("selected", told.format(count=f"{count:,}") if count else "")

    # whom

    @property
    def selection(self) -> DeletedSelection:
        """Whom an action is for: the selected rows, else the one under the cursor."""
        table = self.table
        if table.all_selected:
            return DeletedSelection(query=self._query, excluded=table.excluded)
        if table.selected:
            return DeletedSelection(ids=table.selected)
        return DeletedSelection(ids=frozenset({self.current.id} if self.current else ()))

    def show_restored(self, recipient_id: int | None) -> None:
        """Read again; who is back last is where the list goes."""
        self.table.clear_selection()
        self.data_changed()
        self._last_back = recipient_id or self._last_back

    # search

    def open_search(self) -> None:
        """Type to search."""
        search = self.query_one("#search", Input)
        search.display = True
        search.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """List what matches."""
        self._query = DeletedQuery(search=event.value)
        if self.table.all_selected:
            self.table.clear_selection()
        self._show()

    def on_input_submitted(self) -> None:
        """Keep the search, and go to the list."""
        self.table.focus()
        self.query_one("#search").display = bool(self._query.search)

    def go_back(self) -> None:
        """Clear the search, then the selection; without either, close the screen."""
        search = self.query_one("#search", Input)
        if search.display or self._query.search:
            self.table.focus()
            search.display = False
            search.value = ""
        elif self.table.has_selection:
            self.table.clear_selection()
        else:
            self.dismiss(self._last_back)
