"""What the keys of the list do: each opens a dialog or form, and shows its outcome in the list."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from core.errors import Conflict, NotFound
from core.i18n import _, ngettext
from core.jobs import Done, Job
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
    SelectionCounts,
    SortColumn,
)
from core.recipients.paging import Pager
from core.times import now
from tui.keys import DELETE, RESUME
from tui.recipients.asked_for import AskedFor, named
from tui.recipients.list_state import ListState
from tui.recipients.restoring import RestoreActions
from tui.uploads.list_uploads import UploadActions
from tui.widgets.confirm_dialog import ConfirmDialog

if TYPE_CHECKING:
    from core.organizations.dto import OrganizationRow
    from tui.details.details_screen import DetailsScreen
    from tui.recipients.columns import CellFormat
    from tui.recipients.pause_dialog import Pause
    from tui.widgets.paged_table import PagedTable


class RecipientActions(UploadActions, RestoreActions):
    """The key-bound actions of the list."""

    undoable: DeletionRow | None
    undo_known: bool
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
        from tui.recipients.form_screen import RecipientForm

        self.ask(RecipientForm(), self.added)

    def added(self, row: RecipientRow) -> None:
        """A recipient was added."""
        self.go_to(row.id)
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
        self.go_to(row.id)
        self.tell(_("{name} was saved.").format(name=row.name), "success")

    # delete and undo

    def _with_counts(self, then: Callable[[AskedFor, SelectionCounts], None]) -> None:
        # taken now: while it is counted, a change made elsewhere may move the cursor
        name = self.current.name if self.current and not self.has_selection else ""
        asked = AskedFor(self.selection, name)

        def counted(counts: SelectionCounts) -> None:
            then(asked, counts)

        self.read(
            self.services.recipients.counts(self.actor, asked.selection, self.state.query),
            counted,
            group="open",
        )

    def action_delete(self) -> None:
        """Delete the recipient under the cursor, or the selection."""
        if not self.blocked("delete"):
            self._with_counts(self._confirm_delete)

    def _confirm_delete(self, asked: AskedFor, counts: SelectionCounts) -> None:
        days = self.console.settings.retention.deleted_recipients
        question = "\n\n".join(
            (
                asked.whom(counts),
                _(
                    "They leave the list and the call list at once. For {days} days this can be undone; then"
                    " the personal data, voice files included, are gone for good."
                ).format(days=days),
            )
        )

        def delete(_yes: bool) -> None:
            self.work(
                _("Delete recipient"),
                counts.total,
                lambda job: self.services.recipients.delete(
                    self.actor, asked.selection, counts.total, job
                ),
                partial(self._deleted, name=asked.only(counts)),
                self._refused,
            )

        self.ask(ConfirmDialog(_("Delete recipient"), question, DELETE), delete)

    def _refused(self, error: Exception) -> None:
        if isinstance(error, Conflict):
            self.data_changed()
        self.tell_error(error)

    def _deleted(self, deletion: Deletion, *, name: str) -> None:
        if deletion.count:
            self.undoable = DeletionRow(deletion.id, now(), deletion.count)
        self._changed_selection()
        self.tell_done(
            deletion.done,
            named(_("{name} was deleted. Press z to undo."), name)
            or ngettext(
                "{count} recipient was deleted. Press z to undo.",
                "{count} recipients were deleted. Press z to undo.",
                deletion.count,
            ),
            _("{done} of {total} were deleted; z undoes.")
            if deletion.count
            else _("{done} of {total} were deleted."),
        )

    def _changed_selection(self) -> None:
        self.table.clear_selection()
        self.data_changed()

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
            self._undone(restored, first[0][0].id if first else None)

        self.work(_("Undo the last delete"), count, undo, undone)

    def _undone(self, restored: Restored, first: int | None) -> None:
        self.undoable, self.undo_known = None, False
        self.data_changed()
        if restored.count and first is not None:
            self.go_to(first)
        self.tell_restored(restored)

    def action_deleted(self) -> None:
        """Show what was deleted and can be restored."""
        if self.blocked("deleted"):
            return
        from tui.recipients.deleted_screen import DeletedScreen

        self.console.push_screen(DeletedScreen(), lambda _none: self.data_changed())

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
            self.work(
                _("Pause participation"),
                counts.pausable,
                lambda job: self.services.participations.pause(
                    self.actor,
                    asked.selection,
                    counts.total,
                    reason=chosen.reason,
                    resumes_at=chosen.resumes_at,
                    job=job,
                ),
                partial(self._paused, name=asked.only(counts)),
                self._refused,
            )

        whom = asked.those(
            counts.pausable,
            counts,
            _("the others have no campaign in progress and stay as they are"),
        )
        self.ask(PauseDialog(whom, self.console.settings.zone), pause)

    def _paused(self, done: Done, *, name: str) -> None:
        self._changed_selection()
        self.tell_done(
            done,
            named(_("{name} was paused."), name)
            or ngettext(
                "{count} recipient was paused.", "{count} recipients were paused.", done.done
            ),
            _("{done} of {total} were paused."),
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
                    counts,
                    _("the others are not paused and stay as they are"),
                ),
                _("They are back in the call list at once."),
            )
        )

        def resume(_yes: bool) -> None:
            self.work(
                _("Resume participation"),
                counts.resumable,
                lambda job: self.services.participations.resume(
                    self.actor, asked.selection, counts.total, job
                ),
                partial(self._resumed, name=asked.only(counts)),
                self._refused,
            )

        self.ask(ConfirmDialog(_("Resume participation"), question, RESUME), resume)

    def _resumed(self, done: Done, *, name: str) -> None:
        self._changed_selection()
        self.tell_done(
            done,
            named(_("{name} was resumed."), name)
            or ngettext(
                "{count} recipient was resumed.", "{count} recipients were resumed.", done.done
            ),
            _("{done} of {total} were resumed."),
        )

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
