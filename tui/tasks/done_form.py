"""What was done about a task, and what comes next: saved in one."""

from collections.abc import Coroutine, Mapping
from typing import Any

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from core.followups.rules import ACTION_WORDS, DETAILS_MAXIMUM, ActionType, clean_details
from core.io.drafts import DraftFile
from core.tasks.dto import NextStep, TaskRow
from core.tasks.rules import TEXT_LENGTH, clean_note, clean_text
from core.values.i18n import N_, _
from tui.details.note_form import NoteForm
from tui.forms.drafts import number
from tui.forms.form_field import FormField
from tui.forms.note_field import NoteField
from tui.forms.radio_list import RadioList
from tui.tasks.assignee_field import AssigneeField
from tui.tasks.moment_field import MomentField
from tui.text import shown


class DoneForm(NoteForm[TaskRow]):
    """Dismissed with the task as it is then.

    ``has_followup``: there is no call that could get a follow-up action.
    """

    verb = N_("Done")
    gone = N_("This task does not exist (any more); what you typed cannot be saved.")

    def __init__(
        self,
        row: TaskRow,
        about: str,
        *,
        has_followup: bool,
        draft: DraftFile | None = None,
    ) -> None:
        super().__init__("task.done", _("Done"), about, row.recipient_id, row.id, 0, draft)
        self._row = row
        self._has_followup = has_followup

    def above(self) -> ComposeResult:
        """What was done, where the call can get a follow-up action."""
        if not self._has_followup:
            options = [(one.value, _(ACTION_WORDS[one])) for one in ActionType]
            yield RadioList(options, "")  # what nobody has chosen is not recorded as done

    def field(self) -> NoteField:
        """The details."""
        label = _("Details (optional)")
        if self._has_followup:
            return NoteField("details", label, "", clean_note, TEXT_LENGTH)
        return NoteField("details", label, "", clean_details, DETAILS_MAXIMUM)

    def content(self) -> ComposeResult:
        """What was done; below it, what comes next."""
        yield from super().content()
        yield Static(shown(_("Next step (optional)")), classes="next-step")
        with Vertical(classes="fields"):
            yield FormField("text", _("Task"), "", self._check_what, length=40)
            yield MomentField("until", _("Due"), self.form, self._row.timezone, required=False)
            yield AssigneeField(self._row.id)

    @property
    def _what(self) -> FormField:
        return self.query_one("#field-text", FormField)

    @property
    def _when(self) -> MomentField:
        return self.query_one("#field-until", MomentField)

    def _check_what(self, typed: str) -> None:
        if typed.strip() or self._when.value.strip():
            clean_text(typed)

    def are_right(self) -> bool:
        """What was done is chosen, and a next step has a time."""
        if not super().are_right():
            return False
        if not (self._has_followup or self._action_type()):
            self.tell(_("Choose what was done."), "warning")
            self.query_one(RadioList).focus()
            return False
        if self._what.value.strip() and not self._when.value.strip():
            self._when.show_reason(_("Say until when."))
            self._when.go_to()
            return False
        return True

    def _action_type(self) -> str:
        return "" if self._has_followup else self.query_one(RadioList).value

    def draft_values(self) -> dict[str, str]:
        """All fields."""
        whom = self.query_one(AssigneeField)
        return {
            **super().draft_values(),
            "type": self._action_type(),
            "what": self._what.value,
            "when": self._when.value,
            "whom": str(whom.chosen or ""),
            "whose name": whom.value if whom.chosen else "",
        }

    def restore(self, values: Mapping[str, str]) -> None:
        """All fields."""
        super().restore(values)
        for radio in self.query(RadioList):
            radio.choose(values.get("type", ""))
        self._what.put_back(values.get("what", ""))
        self._when.put_back(values.get("when", ""))
        self.query_one(AssigneeField).choose(
            number(values, "whom") or None, values.get("whose name", "")
        )

    def saving(self, version: int) -> Coroutine[Any, Any, TaskRow]:
        """Follow-up action, next step and the end of the task in one."""
        until = self._when.moment()
        step = None
        if until is not None:
            step = NextStep(self._what.value, until, self.query_one(AssigneeField).chosen)
        return self.services.tasks.done(
            self.actor,
            self._row.id,
            action_type=self._action_type(),
            details=self.note.value,
            next_step=step,
        )
