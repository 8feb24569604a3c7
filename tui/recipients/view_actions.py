"""What the keys do where views are chosen; letters type there, so these are others."""

from operator import methodcaller
from typing import TYPE_CHECKING, Any, Protocol

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


VIEWS = Scope("views", N_("Views"), types=True)
VIEWS_PLACE = place(VIEWS, PICK, IN_DIALOGS)


def _why_not_change(dialog: Chooser) -> str | None:
    view = dialog.chosen
    if view is None:
        return _("There is no view under the cursor.")
    if view.is_ready_made:
        return _("The ready-made views stay as they are; save your own with the keys of the list.")
    return why_not_change(view.organization_id, dialog.actor.role)


def _why_not_undo(dialog: Chooser) -> str | None:
    return None if dialog.deleted else _("There is no delete to undo.")


def _why_not_place(dialog: Chooser) -> str | None:
    return None if dialog.chosen else _("There is no view under the cursor.")


def _declare(name: str, keys: str, label: str, **more: Any) -> None:
    """The dialog has a method of this name."""
    VIEWS.declare(name, keys, label, do=methodcaller(name), priority=True, **more)


_declare(
    "rename",
    "ctrl+n",
    N_("Rename"),
    footer=3,
    use_case="views.rename",
    why_not=_why_not_change,
    command="view rename",
)
_declare(
    "delete",
    "ctrl+d",
    N_("Delete"),
    footer=4,
    use_case="views.delete",
    why_not=_why_not_change,
    command="view delete",
    also=N_("remove, erase"),
)
_declare(
    "undo",
    "ctrl+u",
    N_("Undo the delete"),
    use_case="views.restore",
    why_not=_why_not_undo,
    command="view restore",
    also=N_("take back, revert"),
)
_declare(
    "place_up",
    "ctrl+o",
    N_("One place up"),
    use_case="views.arrange",
    why_not=_why_not_place,
    command="view move",
)
_declare(
    "start_with",
    "ctrl+t",
    N_("Start with it"),
    use_case="views.arrange",
    why_not=_why_not_place,
    command="view start",
)
