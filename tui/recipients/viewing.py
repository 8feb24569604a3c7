"""Listing what a view asks for, by the view or by its number."""

from typing import TYPE_CHECKING

from core.values.i18n import _
from core.views.dto import View
from tui.recipients.opened_view import ready

if TYPE_CHECKING:
    from tui.recipients.list_view import ListView


async def show(view: "ListView", chosen: View) -> None:
    """List it, and tell what of it is gone."""
    found = await view.look(ready(view.services, view.actor, chosen))
    view.show_view(found)


async def show_number(view: "ListView", number: int) -> None:
    """List the view that has this key."""
    views = (await view.look(view.services.views.list(view.actor))).views
    if number > len(views):
        words = _(
            "There is no view with this number. {keys[recipients.views]} shows which there are."
        )
        view.tell(words.format(keys=view.console.own_keys), "warning")
    else:
        await show(view, views[number - 1])
