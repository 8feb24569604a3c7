"""What the keys of the list do: each opens a dialog or form, and shows its outcome in the list."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from core.errors import Conflict
from core.i18n import _, ngettext
from core.recipients.dto import (
    Deletion,
    RecipientFilter,
    RecipientQuery,
    RecipientRow,
    Selection,
    SelectionCounts,
    SortColumn,
)
from core.recipients.paging import Pager
from tui.keys import DELETE, RESUME
from tui.recipients.asked_for import AskedFor
from tui.recipients.list_state import ListState
from tui.uploads.list_uploads import UploadActions
from tui.widgets.confirm_dialog import ConfirmDialog

if TYPE_CHECKING:
    from core.organizations.dto import OrganizationRow
    from tui.details.details_screen import DetailsScreen
    from tui.recipients.columns import CellFormat
    from tui.recipients.pause_dialog import Pause
    from tui.widgets.paged_table import PagedTable


class RecipientActions(UploadActions):
    """The key-bound actions of the list."""

    last_deletion: Deletion | None
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

    # add and edit

    def action_add(self) -> None:
        """Add a recipient."""
        if self.blocked("add"):
            return
        from tui.recipients.form_screen import RecipientForm

        self.ask(RecipientForm(), self.added)

    def added(self, row: RecipientRow) -> None:
        """A recipient was added."""
        self.data_changed()
        self.tell(_("{name} was added.").format(name=row.name), "success")

    def action_edit(self) -> None:
        """Edit the recipient under the cursor, as it is now."""
        if self.blocked("edit") or self.current is None:
            return
        from tui.recipients.form_screen import RecipientForm

        def open_form(row: RecipientRow) -> None:
            self.ask(RecipientForm(row), self.edited)

        self.read(
            self.services.recipients.get(self.actor, self.current.id), open_form, group="open"
        )

    def edited(self, row: RecipientRow) -> None:
        """A recipient was saved."""
        self.replace_row(row)
        self.tell(_("{name} was saved.").format(name=row.name), "success")

    # delete and undo

    def _with_counts(self, then: Callable[[AskedFor, SelectionCounts], None]) -> None:
        # taken now: while it is counted, a change made elsewhere may move the cursor
        name = self.current.name if self.current and not self.has_selection else ""
        asked = AskedFor(self.selection, name)

        def counted(counts: SelectionCounts) -> None:
            then(asked, counts)

        self.read(
            self.services.recipients.counts(self.actor, asked.selection), counted, group="open"
        )

    def action_delete(self) -> None:
        """Delete the recipient under the cursor, or the selection."""
        if not self.blocked("delete"):
            self._with_counts(self._confirm_delete)

    def _confirm_delete(self, asked: AskedFor, counts: SelectionCounts) -> None:
        days = self.console.settings.retention.deleted_recipients
        question = "\n\n".join(
            (
                asked.whom(counts.total),
                _(
                    "They leave the list and the call list at once. For {days} days this can be undone; then"
                    " the personal data, voice files included, are gone for good."
                ).format(days=days),
            )
        )

        def delete(_yes: bool) -> None:
            self.write(
                self.services.recipients.delete(self.actor, asked.selection, counts.total),
                self._deleted,
                self._refused,
            )

        self.ask(ConfirmDialog(_("Delete recipient"), question, DELETE), delete)

    def _refused(self, error: Exception) -> None:
        if isinstance(error, Conflict):
            self.data_changed()
        self.tell_error(error)

    def _deleted(self, deletion: Deletion) -> None:
        self.last_deletion = deletion
        self.table.clear_selection()
        self.data_changed()
        self.tell(
            ngettext(
                "{count} recipient was deleted. Press z to undo.",
                "{count} recipients were deleted. Press z to undo.",
                deletion.count,
            ).format(count=f"{deletion.count:,}"),
            "success",
        )

    def action_undo(self) -> None:
        """Undo the last delete."""
        if self.blocked("undo") or self.last_deletion is None:
            return
        self.write(
            self.services.recipients.undo_delete(self.actor, self.last_deletion.id), self._undone
        )

    def _undone(self, count: int) -> None:
        self.last_deletion = None
        self.data_changed()
        self.tell(
            ngettext("{count} recipient is back.", "{count} recipients are back.", count).format(
                count=f"{count:,}"
            ),
            "success",
        )

    # pause and resume

    def action_pause(self) -> None:
        """Pause the participation of the recipient under the cursor, or of the selection."""
        if not self.blocked("pause"):
            self._with_counts(self._confirm_pause)

    def _confirm_pause(self, asked: AskedFor, counts: SelectionCounts) -> None:
        from tui.recipients.pause_dialog import PauseDialog

        if not counts.pausable:
            self.tell(_("None of the selected recipients has a campaign in progress."), "warning")
            return

        def pause(chosen: "Pause") -> None:
            self.write(
                self.services.participations.pause(
                    self.actor,
                    asked.selection,
                    counts.total,
                    reason=chosen.reason,
                    resumes_at=chosen.resumes_at,
                ),
                lambda count: self._paused(count, chosen.resumes_at),
                self._refused,
            )

        whom = asked.those(
            counts.pausable,
            counts.total,
            _("the others have no campaign in progress and stay as they are"),
        )
        self.ask(PauseDialog(whom, self.console.settings.zone), pause)

    def _paused(self, count: int, resumes_at: datetime | None) -> None:
        self._changed_participation(
            ngettext(
                "{count} recipient was paused.", "{count} recipients were paused.", count
            ).format(count=f"{count:,}")
        )

    def action_resume(self) -> None:
        """Resume the participation of the recipient under the cursor, or of the selection."""
        if not self.blocked("resume"):
            self._with_counts(self._confirm_resume)

    def _confirm_resume(self, asked: AskedFor, counts: SelectionCounts) -> None:
        if not counts.resumable:
            self.tell(_("None of the selected recipients is paused."), "warning")
            return
        question = "\n\n".join(
            (
                asked.those(
                    counts.resumable,
                    counts.total,
                    _("the others are not paused and stay as they are"),
                ),
                _("They are back in the call list at once."),
            )
        )

        def resume(_yes: bool) -> None:
            self.write(
                self.services.participations.resume(self.actor, asked.selection, counts.total),
                lambda count: self._changed_participation(
                    ngettext(
                        "{count} recipient was resumed.", "{count} recipients were resumed.", count
                    ).format(count=f"{count:,}")
                ),
                self._refused,
            )

        self.ask(ConfirmDialog(_("Resume participation"), question, RESUME), resume)

    def _changed_participation(self, told: str) -> None:
        self.table.clear_selection()
        self.data_changed()
        self.tell(told, "success")

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
        self.ask(details, self.table.move_cursor)
        return details
