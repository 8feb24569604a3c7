"""Whom a next step is for: oneself, or somebody who is chosen in a dialog."""

from typing import cast

from core.values.i18n import _
from tui.forms.choice_field import ChoiceField
from tui.shell import View
from tui.tasks.give_picker import NOBODY, GivePicker


class AssigneeField(ChoiceField):
    """``chosen`` is the ID of the admin; None for oneself."""

    def __init__(self, task_id: int) -> None:
        super().__init__("assignee", _("Assignee"), _("you"), _("Enter to choose"))
        self.chosen: int | None = None
        self._task_id = task_id

    def choose(self, admin_id: int | None, name: str) -> None:
        """Choose this one."""
        self.chosen = admin_id
        self.show(name if admin_id is not None and name else _("you"))

    async def on_choice_field_asked(self) -> None:
        """Choose in the dialog."""
        await cast("View", self.screen).start(self._ask())

    async def _ask(self) -> None:
        view = cast("View", self.screen)
        whom = await view.look(view.services.tasks.assignees(view.actor, self._task_id))
        chosen = await view.ask(GivePicker(_("Next step"), whom, None))
        if chosen is not None and chosen != NOBODY:
            names = {str(one.id): one.name for one in whom}
            self.choose(int(chosen), names[chosen])
