"""What forms about one task share."""

from typing import ClassVar

from core.tasks.dto import TaskRow
from core.values.i18n import N_
from tui.forms.edit_form import EditForm


class TaskForm(EditForm[TaskRow]):
    """Dismissed with the task as it is then. ``about``: whose it is and what for."""

    gone: ClassVar[str] = N_("This task does not exist (any more).")

    def __init__(self, row: TaskRow, about: str) -> None:
        super().__init__()
        self._row = row
        self._about = about
