"""Putting a task off."""

from collections.abc import Coroutine
from typing import Any

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from core.tasks.dto import TaskRow
from core.values.i18n import N_, _
from tui.tasks.moment_field import MomentField
from tui.tasks.task_form import TaskForm
from tui.text import shown


class LaterForm(TaskForm):
    """Says until when."""

    title_words = N_("Put the task off")
    verb = N_("Put off")

    def content(self) -> ComposeResult:
        """Which, and until when."""
        yield Static(shown(self._about), classes="question")
        with Vertical(classes="fields"):
            yield MomentField("until", _("Until"), self.form, self._row.timezone, required=True)

    def saving(self, version: int) -> Coroutine[Any, Any, TaskRow]:
        """Put it off."""
        until = self.query_one(MomentField).required_moment()
        return self.services.tasks.later(self.actor, self._row.id, until)
