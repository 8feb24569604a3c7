"""Editing, deleting, pausing and resuming, from list and details alike: the dialogs, and what came of it."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from core.recipients.dto import Deletion, RecipientQuery, RecipientRow, SelectionCounts
from core.values.errors import Conflict
from core.values.i18n import _, ngettext
from core.values.jobs import Done
from tui.forms.actions import DELETE, RESUME
from tui.recipients.asked_for import AskedFor, named
from tui.widgets.confirm_dialog import ConfirmDialog
from tui.work import WorkActions

if TYPE_CHECKING:
    from tui.recipients.pause_dialog import Pause


class RecipientChanges(WorkActions):
    """The screen says for whom, and shows what has changed."""

    if TYPE_CHECKING:  # the screen's own

        @property
        def asked_for(self) -> AskedFor: ...
        @property
        def listed(self) -> RecipientQuery | None: ...
        def changed_recipients(self) -> None: ...
        def data_changed(self) -> None: ...
        def deleted(self, deletion: Deletion, name: str) -> None: ...

    # edit

    def edit_recipient(self, recipient_id: int) -> None:
        """Open the form with the recipient as it is now."""
        from tui.recipients.form_screen import RecipientForm

        def open_form(row: RecipientRow) -> None:
            self.ask(RecipientForm(row), self.edited)

        self.read(self.services.recipients.get(self.actor, recipient_id), open_form, group="open")

    def edited(self, row: RecipientRow) -> None:
        """A recipient was saved."""
        self.tell(_("{name} was saved.").format(name=row.name), "success")

    # delete

    def _with_counts(self, then: Callable[[AskedFor, SelectionCounts], None]) -> None:
        # taken now: while it is counted, a change made elsewhere may move the cursor
        asked = self.asked_for

        def counted(counts: SelectionCounts) -> None:
            then(asked, counts)

        self.read(
            self.services.recipients.counts(self.actor, asked.selection, self.listed),
            counted,
            group="open",
        )

    def delete_recipients(self) -> None:
        """Ask, and delete them."""
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
                lambda deletion: self.deleted(deletion, asked.only(counts)),
                self._refused,
            )

        self.ask(ConfirmDialog(_("Delete recipient"), question, DELETE), delete)

    def _refused(self, error: Exception) -> None:
        if isinstance(error, Conflict):
            self.data_changed()
        self.tell_error(error)

    def tell_deleted(self, deletion: Deletion, name: str) -> None:
        """How many were deleted, and how to undo it."""
        self.tell_done(
            deletion.done,
            named(
                _("{name} was deleted. Press {keys[recipients.undo]} to undo."),
                name,
                keys=self.console.own_keys,
            )
            or ngettext(
                "{count} recipient was deleted. Press {keys[recipients.undo]} to undo.",
                "{count} recipients were deleted. Press {keys[recipients.undo]} to undo.",
                deletion.count,
            ),
            _("{done} of {total} were deleted; {keys[recipients.undo]} undoes.")
            if deletion.count
            else _("{done} of {total} were deleted."),
        )

    # pause and resume

    def pause_recipients(self) -> None:
        """Ask why and until when, and pause those for whom it is possible."""
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
        self.changed_recipients()
        self.tell_done(
            done,
            named(_("{name} was paused."), name)
            or ngettext(
                "{count} recipient was paused.", "{count} recipients were paused.", done.done
            ),
            _("{done} of {total} were paused."),
        )

    def resume_recipients(self) -> None:
        """Ask, and resume those for whom it is possible."""
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
        self.changed_recipients()
        self.tell_done(
            done,
            named(_("{name} was resumed."), name)
            or ngettext(
                "{count} recipient was resumed.", "{count} recipients were resumed.", done.done
            ),
            _("{done} of {total} were resumed."),
        )
