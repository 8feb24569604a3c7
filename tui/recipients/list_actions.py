"""What the keys of the list do: each opens a dialog or form, and shows its outcome in the list."""

from dataclasses import replace
from typing import TYPE_CHECKING

from core.recipients.dto import (
    Anchor,
    DeletedQuery,
    DeletedRow,
    Deletion,
    DeletionRow,
    RecipientFilter,
    RecipientQuery,
    RecipientRow,
    Restored,
    Selection,
    SortColumn,
)
from core.recipients.paging import Pager
from core.values.errors import NotFound
from core.values.i18n import _
from core.values.jobs import Job
from core.values.times import now
from tui.recipients.asked_for import AskedFor
from tui.recipients.changes import RecipientChanges
from tui.recipients.list_state import ListState
from tui.recipients.restoring import RestoreActions
from tui.uploads.list_uploads import UploadActions

if TYPE_CHECKING:
    from core.organizations.dto import OrganizationRow
    from tui.details.details_screen import DetailsScreen, Left
    from tui.recipients.columns import CellFormat
    from tui.widgets.paged_table import PagedTable


class RecipientActions(UploadActions, RestoreActions, RecipientChanges):
    """The key-bound actions of the list."""

    undoable: DeletionRow | None
    undo_known: bool
    lacks_organization: bool
    pager: Pager[RecipientQuery, RecipientRow] | None

    if TYPE_CHECKING:  # the screen's own

        @property
        def selection(self) -> Selection: ...
        @property
        def has_selection(self) -> bool: ...
        @property
        def table(self) -> PagedTable: ...
        @property
        def current(self) -> RecipientRow | None: ...
        @property
        def cell_format(self) -> CellFormat: ...
        def show_query(self, query: RecipientQuery) -> None: ...
        def show_state(self, state: ListState) -> None: ...
        def replace_row(self, row: RecipientRow) -> None: ...
        def data_changed(self) -> None: ...
        def go_to(self, recipient_id: int) -> None: ...

    # add and edit

    def action_add(self) -> None:
        """Add a recipient."""
        if self.blocked("add"):
            return
        if self.lacks_organization:
            from tui.recipients.organization_form import OrganizationForm

            self.ask(OrganizationForm(), self._add_to)
        else:
            self._add_to(None)

    def _add_to(self, organization: "OrganizationRow | None") -> None:
        from tui.recipients.form_screen import RecipientForm

        self.lacks_organization = False
        self.ask(RecipientForm(organization=organization), self.added)

    def added(self, row: RecipientRow) -> None:
        """A recipient was added."""
        self.go_to(row.id)
        self.tell(_("{name} was added.").format(name=row.name), "success")

    def action_edit(self) -> None:
        """Edit the recipient under the cursor, as it is now."""
        if not self.blocked("edit") and self.current is not None:
            self.edit_recipient(self.current.id)

    def edited(self, row: RecipientRow) -> None:
        """A recipient was saved."""
        self.replace_row(row)
        self.go_to(row.id)
        super().edited(row)

    # delete, pause, resume, and undo

    @property
    def asked_for(self) -> AskedFor:
        """The selection, else the recipient under the cursor."""
        name = self.current.name if self.current and not self.has_selection else ""
        return AskedFor(self.selection, name)

    @property
    def listed(self) -> RecipientQuery:
        """What the list shows."""
        return self.state.query

    def changed_recipients(self) -> None:
        """Read the list again; what was selected for the change is no longer."""
        self.table.clear_selection()
        self.data_changed()

    def deleted(self, deletion: Deletion, name: str) -> None:
        """Delete was confirmed, here or in the details: ``z`` undoes it."""
        if deletion.count:
            self.undoable = DeletionRow(deletion.id, now(), deletion.count)
        self.changed_recipients()
        self.tell_deleted(deletion, name)

    def action_delete(self) -> None:
        """Delete the recipient under the cursor, or the selection."""
        if not self.blocked("delete"):
            self.delete_recipients()

    def action_pause(self) -> None:
        """Pause the participation of the recipient under the cursor, or of the selection."""
        if not self.blocked("pause"):
            self.pause_recipients()

    def action_resume(self) -> None:
        """Resume the participation of the recipient under the cursor, or of the selection."""
        if not self.blocked("resume"):
            self.resume_recipients()

    def action_undo(self) -> None:
        """Undo the admin's last delete that is not undone, in whichever session it was."""
        if self.blocked("undo"):
            return
        deletions, count = self.services.deletions, self.undoable.count if self.undoable else 0
        first: list[tuple[DeletedRow, Anchor]] = []

        async def undo(job: Job) -> Restored:
            last = await deletions.latest(self.actor)
            if last is None:
                raise NotFound(_("There is no delete to undo."))
            query = DeletedQuery(deletion_id=last.id)
            first.extend(await deletions.window(self.actor, query, None, limit=1))
            return await deletions.undo(self.actor, last.id, job)

        def undone(restored: Restored) -> None:
            self._undone(restored, first[0][0] if first else None)

        self.work(_("Undo the last delete"), count, undo, undone)

    def _undone(self, restored: Restored, first: DeletedRow | None) -> None:
        self.undoable, self.undo_known = None, False
        self._show_restored(first.id if first and restored.count else None)
        self.tell_restored(restored, first.name if first and restored.done.total == 1 else "")

    def _show_restored(self, recipient_id: int | None) -> None:
        self.data_changed()
        if recipient_id is not None:
            self.go_to(recipient_id)

    def action_deleted(self) -> None:
        """Show what was deleted and can be restored."""
        if self.blocked("deleted"):
            return
        from tui.recipients.deleted_screen import DeletedScreen

        self.console.push_screen(DeletedScreen(), self._show_restored)

    # what is listed

    def action_select_all(self) -> None:
        """Select all that match, or none."""
        if self.table.all_selected:
            self.table.clear_selection()
        elif not self.blocked("select_all"):
            self.table.select_all()

    def action_detailed_search(self) -> None:
        """Filter by each field."""
        if self.blocked("detailed_search"):
            return
        from tui.recipients.filter_dialog import FilterDialog

        def show(chosen: RecipientFilter) -> None:
            self.show_query(replace(self.state.query, filter=chosen))

        self.ask(FilterDialog(self.state.query.filter), show)

    def action_organization(self) -> None:
        """List one organization only, or all."""
        if self.blocked("organization"):
            return
        from tui.recipients.organization_dialog import OrganizationDialog

        def show(chosen: "OrganizationRow | str") -> None:
            if isinstance(chosen, str):
                self.state = replace(self.state, organization_name="")
                self.show_query(replace(self.state.query, organization_id=None))
            else:
                self.state = replace(self.state, organization_name=chosen.name)
                self.show_query(replace(self.state.query, organization_id=chosen.id))

        self.ask(OrganizationDialog(_("Select organization"), offer_all=True), show)

    def action_view_options(self) -> None:
        """Choose columns and rows a page."""
        if self.blocked("view_options"):
            return
        from tui.recipients.view_dialog import ViewDialog

        self.ask(ViewDialog(self.state), self.show_state)

    def action_sort(self) -> None:
        """Choose the column to sort by."""
        if self.blocked("sort"):
            return
        from tui.recipients.sort_dialog import SortDialog

        def show(chosen: tuple[SortColumn, bool]) -> None:
            sort, descending = chosen
            self.show_state(
                replace(
                    self.state, query=replace(self.state.query, sort=sort, descending=descending)
                )
            )

        self.ask(SortDialog(self.state.query.sort, descending=self.state.query.descending), show)

    # elsewhere

    def open_details(self, row: RecipientRow, index: int) -> "DetailsScreen":
        """Open the details of a recipient; back from there, the cursor is on the one seen last."""
        from tui.details.details_screen import DetailsScreen

        details = DetailsScreen(row, index, self.pager, self.cell_format)
        self.ask(details, self._back_from_details)
        return details

    def _back_from_details(self, left: "Left") -> None:
        self.table.move_cursor(left.index)
        if left.deletion is not None:
            self.deleted(left.deletion, left.name)
