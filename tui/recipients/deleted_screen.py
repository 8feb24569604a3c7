"""What was deleted and can be restored until its time is over: by whom, when, how many days are left."""

from collections.abc import Sequence
from datetime import datetime

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Input, Static

from core.app.actor import why_not_write
from core.recipients.dto import DeletedQuery, DeletedRow, DeletedSelection, RecipientRow, Restored
from core.recipients.fields import LISTED
from core.recipients.paging import Pager
from core.recipients.texts import text_of
from core.values.i18n import N_, _, ngettext
from core.values.times import now
from tui.base import ConsoleScreen
from tui.forms.actions import RESTORE
from tui.recipients.asked_for import people
from tui.recipients.columns import CellFormat
from tui.recipients.deleted_actions import DELETED, DELETED_PLACE
from tui.recipients.restoring import AnotherNumberDialog, RestoreActions
from tui.text import shown
from tui.widgets.confirm_dialog import ConfirmDialog
from tui.widgets.key_bar import KeyBar
from tui.widgets.line_input import LineInput
from tui.widgets.paged_table import Column, PagedTable, TableRow

_COLUMNS = (
    ("name", N_("Recipient name"), 14, "left"),
    ("phone", N_("Phone number"), 13, "left"),
    ("organization", N_("Organization"), 12, "left"),
    ("who", N_("By whom"), 8, "left"),
    ("left", N_("Days left"), 9, "right"),
    ("when", N_("Deleted at"), 16, "left"),
)


def days_left(expires_at: datetime | None, moment: datetime) -> str:
    """Whole days until it is gone for good; a dash where that never comes."""
    if expires_at is None:
        return "-"
    days = (expires_at - moment).total_seconds() / 86_400
    return f"{int(days)}" if days >= 1 else "<1"


class DeletedScreen(RestoreActions, ConsoleScreen[int]):
    """Deleted recipients, the latest first; enter shows what one was. Dismissed with whom it restored last."""

    binds = (DELETED,)
    scopes = DELETED_PLACE

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
        table.columns = [
            Column(key, _(label), width, align, frozen=key == "name")  # type: ignore[arg-type]
            for key, label, width, align in _COLUMNS
        ]
        yield table

    def on_mount(self) -> None:
        """Show them."""
        self._show()

    @property
    def table(self) -> PagedTable:
        """The rows."""
        return self.query_one("#deleted", PagedTable)

    @property
    def current(self) -> DeletedRow | None:
        """The row under the cursor."""
        row = self.table.cursor_row
        return row.data if row is not None and isinstance(row.data, DeletedRow) else None

    @property
    def _form(self) -> CellFormat:
        return CellFormat.of(self.console.settings)

    async def _fetch(self, start: int, stop: int) -> Sequence[TableRow]:
        if self._pager is None:
            return []
        form, moment = self._form, now()
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
        query = self._query
        self.read(self.services.deletions.count(self.actor, query), self._counted, group="count")

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
        words = ngettext("{count} recipient", "{count} recipients", count)
        self.query_one("#count", Static).update(shown(words.format(count=f"{count:,}")))
        self.query_one(KeyBar).refresh_keys()

    def data_changed(self) -> None:
        """Somebody changed the data: read again."""
        self._show(keep_key=True)

    def on_paged_table_fetch_failed(self, event: PagedTable.FetchFailed) -> None:
        """Rows could not be read."""
        self.tell_error(event.error)

    def on_paged_table_cursor_moved(self) -> None:
        """Other actions may be possible on this row."""
        self.query_one(KeyBar).refresh_keys()

    def on_paged_table_selection_changed(self) -> None:
        """Say how many are selected."""
        count = self._count
        told = ngettext("{count} recipient selected.", "{count} recipients selected.", count)
        for notice in self.notices:
            notice.stand("selected", told.format(count=f"{count:,}") if self._has_selection else "")
        self.query_one(KeyBar).refresh_keys()

    def why_not_named(self, action: str) -> str | None:
        """The reason why an action is not possible now."""
        if action in {"restore", "restore_delete"}:
            if reason := why_not_write(self.actor):
                return reason
            if self.current is None and not (action == "restore" and self._has_selection):
                return _("There is no recipient under the cursor.")
        return None

    # whom

    @property
    def _has_selection(self) -> bool:
        return self.table.all_selected or bool(self.table.selected)

    @property
    def _count(self) -> int:
        table = self.table
        if table.all_selected:
            return (table.total or 0) - len(table.excluded)
        return len(table.selected) or 1

    @property
    def _selection(self) -> DeletedSelection:
        table = self.table
        if table.all_selected:
            return DeletedSelection(query=self._query, excluded=table.excluded)
        if table.selected:
            return DeletedSelection(ids=table.selected)
        return DeletedSelection(ids=frozenset({self.current.id} if self.current else ()))

    # what the keys do

    def on_paged_table_row_opened(self, event: PagedTable.RowOpened) -> None:
        """Show what it was."""
        row = event.row.data
        if not isinstance(row, DeletedRow):
            return
        form = self._form
        told = [
            *(
                (field.label, text_of(field, row, form.region, form.zone) or "-")
                for field in LISTED
                if field.typed
            ),
            (_("Registered at"), form.time(row.registered_at, row.timezone)),
            (_("Deleted at"), form.time(row.deleted_at, row.timezone)),
            (_("Deleted by"), row.deleted_by or "-"),
            (_("Gone for good at"), form.time(row.expires_at, row.timezone) or "-"),
        ]
        text = "\n".join(f"{label}: {value}" for label, value in told)
        selection = DeletedSelection(ids=frozenset({row.id}))
        dialog = ConfirmDialog(_("Deleted recipient"), text, RESTORE, N_("Close"))
        self.ask(dialog, lambda _yes: self._restore(selection, 1, row))

    def action_restore(self) -> None:
        """Restore the recipient under the cursor, or the selection."""
        if self.blocked("restore"):
            return
        selection, count = self._selection, self._count
        if not self._has_selection:
            self._restore(selection, 1, self.current)
            return
        self._ask(people_words(count), selection, count)

    def action_restore_delete(self) -> None:
        """Restore all that was deleted together with the recipient under the cursor."""
        row = self.current
        if self.blocked("restore_delete") or row is None:
            return
        query = DeletedQuery(deletion_id=row.deletion_id)

        def counted(found: tuple[int, list[str]]) -> None:
            count, names = found
            words = _("The delete of {when} by {who}.").format(
                when=self._form.time(row.deleted_at, row.timezone), who=row.deleted_by or "-"
            )
            told = f"{words}\n{people(people_words(count), names, count)}"
            self._ask(told, DeletedSelection(query=query), count)

        async def look() -> tuple[int, list[str]]:
            deletions = self.services.deletions
            first = await deletions.window(self.actor, query, None, limit=3)
            return await deletions.count(self.actor, query), [one.name for one, _at in first]

        self.read(look(), counted, group="open")

    def _ask(self, whom: str, selection: DeletedSelection, count: int) -> None:
        question = (
            whom + "\n\n" + _("They are back in the list as they were, in their campaigns too.")
        )
        dialog = ConfirmDialog(_("Restore recipients"), question, RESTORE)
        self.ask(dialog, lambda _yes: self._restore(selection, count))

    def _restore(
        self, selection: DeletedSelection, count: int, row: DeletedRow | None = None
    ) -> None:
        self.work(
            _("Restore recipients"),
            count,
            lambda job: self.services.deletions.restore(self.actor, selection, job),
            lambda restored: self._restored(restored, row),
        )

    def _restored(self, restored: Restored, row: DeletedRow | None) -> None:
        self.table.clear_selection()
        self._show(keep_key=True)
        self.tell_restored(restored, row.name if row else "")
        if row is not None and restored.count:
            self._last_back = row.id
        if restored.done.total == 1 and restored.kept:
            self.ask(AnotherNumberDialog(restored.kept[0]), self._back)

    def _back(self, row: RecipientRow) -> None:
        self._last_back = row.id
        self._show(keep_key=True)
        self.tell(_("{name} is back, with another number.").format(name=row.name), "success")

    def action_select_all(self) -> None:
        """Select all that are listed, or none."""
        if self.table.all_selected:
            self.table.clear_selection()
        else:
            self.table.select_all()

    # search

    def action_search(self) -> None:
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

    def action_back(self) -> None:
        """Clear the search, then the selection; without either, close the screen."""
        search = self.query_one("#search", Input)
        if search.display or self._query.search:
            self.table.focus()
            search.display = False
            search.value = ""
        elif self._has_selection:
            self.table.clear_selection()
        else:
            self.dismiss(self._last_back)


def people_words(count: int) -> str:
    """``3 recipients``."""
    words = ngettext("{count} recipient", "{count} recipients", count)
    return words.format(count=f"{count:,}")
