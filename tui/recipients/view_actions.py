"""What the keys do where views are chosen; letters type there, so these are others."""

from typing import TYPE_CHECKING, Protocol

from core.values.i18n import N_, _
from core.views.rules import why_not_change
from tui.action import Scope, place
from tui.everywhere import IN_DIALOGS
from tui.forms.actions import PICK

if TYPE_CHECKING:
    from core.app.actor import Actor
    from core.views.dto import View


class Chooser(Protocol):
    """The dialog with the views."""

    deleted: "View | None"

    @property
    def chosen(self) -> "View | None":
        """The view under the cursor."""

    @property
    def actor(self) -> "Actor":
        """Who chooses."""

    async def rename(self) -> None: ...
    async def delete(self) -> None: ...
    async def undo(self) -> None: ...
    async def place_up(self) -> None: ...
    async def start_with(self) -> None: ...


VIEWS = Scope("views", N_("Views"), types=True)
VIEWS_PLACE = place(VIEWS, PICK, IN_DIALOGS)


def _why_not_change(dialog: Chooser) -> str | None:
    view = dialog.chosen
    if view is None:
        return _("There is no view under the cursor.")
    if view.is_ready_made:
        return _("The ready-made views stay as they are; save your own with the keys of the list.")
    return why_not_change(view.organization_id, dialog.actor.role)


@VIEWS.action(
    "ctrl+n",
    N_("Rename"),
    footer=3,
    use_case="views.rename",
    why_not=_why_not_change,
    command="view rename",
    priority=True,
)
async def rename(dialog: Chooser) -> None:
    """Call the view under the cursor something else."""
    await dialog.rename()


@VIEWS.action(
    "ctrl+d",
    N_("Delete"),
    footer=4,
    use_case="views.delete",
    why_not=_why_not_change,
    command="view delete",
    priority=True,
    also=N_("remove, erase"),
)
async def delete(dialog: Chooser) -> None:
    """Delete the view under the cursor."""
    await dialog.delete()


def _why_not_undo(dialog: Chooser) -> str | None:
    return None if dialog.deleted else _("There is no delete to undo.")


@VIEWS.action(
    "ctrl+u",
    N_("Undo the delete"),
    use_case="views.restore",
    why_not=_why_not_undo,
    command="view restore",
    priority=True,
    also=N_("take back, revert"),
)
async def undo(dialog: Chooser) -> None:
    """Take the last delete of a view back."""
    await dialog.undo()


def _why_not_place(dialog: Chooser) -> str | None:
    return None if dialog.chosen else _("There is no view under the cursor.")


@VIEWS.action(
    "ctrl+o",
    N_("One place up"),
    use_case="views.arrange",
    why_not=_why_not_place,
    command="view move",
    priority=True,
)
async def place_up(dialog: Chooser) -> None:
    """Put the view under the cursor one place further up; from the top, to the end."""
    await dialog.place_up()


@VIEWS.action(
    "ctrl+t",
    N_("Start with it"),
    use_case="views.arrange",
    why_not=_why_not_place,
    command="view start",
    priority=True,
)
async def start_with(dialog: Chooser) -> None:
    """Let the console start with the view under the cursor, or with none."""
    await dialog.start_with()
