"""Putting a task off."""

from collections.abc import Coroutine
from typing import Any

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from core.tasks.dto import TaskRow
from core.values.i18n import N_, _
from tui.forms.edit_form import EditForm
from tui.tasks.moment_field import MomentField
from tui.text import shown


class LaterForm(EditForm[TaskRow]):
    """Dismissed with the task as it is then."""

    title_words = N_("Put the task off")
    verb = N_("Put off")
    gone = N_("This task does not exist (any more).")

    def __init__(self, row: TaskRow, about: str) -> None:
        super().__init__()
        self._row = row
        self._about = about

    def content(self) -> ComposeResult:
        """Which, and until when."""
        yield Static(shown(self._about), classes="question")
        with Vertical(classes="fields"):
            yield MomentField("until", _("Until"), self.form, self._row.timezone, required=True)

    def saving(self, version: int) -> Coroutine[Any, Any, TaskRow]:
        """Put it off."""
        until = self.query_one(MomentField).required_moment()
        return self.services.tasks.later(self.actor, self._row.id, until)
