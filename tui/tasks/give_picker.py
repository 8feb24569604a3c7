"""Whom a task is given to."""

from collections.abc import Sequence

from core.tasks.dto import Assignee
from core.values.i18n import _
from core.values.text import search_key
from tui.forms.picker import Picker

NOBODY = "nobody"


class GivePicker(Picker[str]):
    """Dismissed with the ID of an admin, or ``NOBODY``. ``assignee_id`` has it now, and is not offered."""

    def __init__(self, title: str, assignees: Sequence[Assignee], assignee_id: int | None) -> None:
        super().__init__(_("Give: {task}").format(task=title))
        self._assignees = [(str(one.id), one.name) for one in assignees if one.id != assignee_id]
        if assignee_id is not None:
            self._assignees.append((NOBODY, _("(nobody)")))

    def narrow(self, typed: str) -> None:
        """Offer those who have this in their names."""
        wanted = search_key(typed)
        found = [one for one in self._assignees if wanted in search_key(one[1])]
        self.choices.offer(found)
        self.tell("" if found else _("Nobody who may work on it has this name."), "warning")

    async def take(self) -> None:
        """Take who is chosen."""
        if self.choices.chosen is not None:
            self.dismiss(self.choices.chosen)
