"""Views of the list: listed by a choice or by their number, saved of what is listed."""

from typing import TYPE_CHECKING

from core.values.i18n import _
from tui.recipients.opened_view import ready

if TYPE_CHECKING:
    from core.views.dto import View
    from tui.recipients.list_view import ListView


async def show(view: "ListView", chosen: "View") -> None:
    """List it, and tell what of it is gone."""
    found = await view.look(ready(view.services, view.actor, chosen))
    view.show_view(found)


async def show_number(number: int, view: "ListView") -> None:
    """List the view that has this key."""
    views = (await view.look(view.services.views.list(view.actor))).views
    if number > len(views):
        words = _(
            "There is no view with this number. {keys[recipients.views]} shows which there are."
        )
        view.tell(words.format(keys=view.console.own_keys), "warning")
    else:
        await show(view, views[number - 1])


async def choose(view: "ListView") -> None:
    """Choose one to list, and keep their order."""
    from tui.recipients.views_dialog import ViewsDialog

    on = view.state.view.key if view.state.view else ""
    dialog = ViewsDialog(
        await view.look(view.services.views.list(view.actor)), on, view.deleted_view
    )
    chosen = await view.ask(dialog)
    view.deleted_view = dialog.deleted
    if chosen is not None:
        await show(view, chosen)


async def save(view: "ListView") -> None:
    """Save what is listed, with its search, filter and order."""
    from tui.recipients.view_forms import SaveViewForm

    organization_id, name = view.state.query.organization_id, view.state.organization_name
    if not view.may("views.share"):
        organization_id = None
    elif not view.actor.sees_all:
        organization_id, name = view.actor.organization_id, ""
    form = SaveViewForm(view.state.query, view.state.view, organization_id, name)
    saved = await view.ask(form)
    if saved is not None:
        view.show_saved_view(saved)
        words = _("Saved as the view {name}; {keys[recipients.views]} lists all of them.")
        form.tell_saved(view, words.format(name=saved.name, keys=view.console.own_keys))
