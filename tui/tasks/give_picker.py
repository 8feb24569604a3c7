"""Whom a task is given to."""

from collections.abc import Sequence

from core.tasks.dto import Assignee
from core.values.i18n import _
from tui.forms.picker import Picker

NOBODY = "nobody"


class GivePicker(Picker[str]):
    """Dismissed with the ID of an admin, or ``NOBODY``. ``assignee_id`` has it now, and is not offered."""

    def __init__(self, title: str, assignees: Sequence[Assignee], assignee_id: int | None) -> None:
        super().__init__(_("Give: {task}").format(task=title))
        self._assignees = [(str(one.id), one.name) for one in assignees if one.id != assignee_id]
        if assignee_id is not None:
            self._assignees.append((NOBODY, _("(nobody)")))

    def options(self) -> list[tuple[str, str]]:
        """Those who may work on it."""
        return self._assignees

    def none_found(self) -> str:
        """Nobody of them is called so."""
        return _("Nobody who may work on it has this name.")
