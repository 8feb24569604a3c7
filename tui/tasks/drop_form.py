"""Dropping a task: why is required."""

from collections.abc import Coroutine
from typing import Any

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from core.tasks.dto import TaskRow
from core.values.i18n import N_, _
from core.values.text import clean_reason
from tui.forms.form_field import FormField
from tui.tasks.task_form import TaskForm
from tui.text import shown


class DropForm(TaskForm):
    """Closes it undone; why is required."""

    title_words = N_("Drop the task")
    verb = N_("Drop")

    def content(self) -> ComposeResult:
        """Which, and why."""
        what = _("It is closed without anything having been done; the reason is kept.")
        yield Static(shown(f"{self._about}\n{what}"), classes="question")
        with Vertical(classes="fields"):
            yield FormField("reason", _("Reason"), "", clean_reason, _("Required."), length=40)

    def saving(self, version: int) -> Coroutine[Any, Any, TaskRow]:
        """Drop it."""
        reason = self.query_one(FormField).value
        return self.services.tasks.drop(self.actor, self._row.id, reason)
