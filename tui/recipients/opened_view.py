"""What has to be known of a view before it is listed, and what is told of it."""

from typing import TYPE_CHECKING

from msgspec import Struct

from core.values.errors import NotFound
from core.values.i18n import _

if TYPE_CHECKING:
    from core.app.actor import Actor
    from core.app.services import Services
    from core.views.dto import View


class Ready(Struct, frozen=True):
    """A view that can be listed, the name of the organization that it lists, and what of it is gone."""

    view: "View"
    organization: str = ""
    gone: tuple[str, ...] = ()


async def ready(services: "Services", actor: "Actor", view: "View") -> Ready:
    """The view as it is now. Raises NotFound, and InvalidInput for one of a newer version."""
    if view.id is None:
        return Ready(view)
    opened = await services.views.open(actor, view.id)
    name, asked = opened.view.organization, opened.view.query
    if asked is None or asked.organization_id is None:
        name = ""
    elif not name:
        try:
            name = (await services.organizations.get(actor, asked.organization_id)).name
        except NotFound:
            name = "?"
    return Ready(opened.view, name, opened.gone)


def not_understood(view: "View") -> str:
    """What is told of a view that asks for more than this version knows, for as long as it is listed."""
    if not view.unknown:
        return ""
    return _(
        "This view asks for more than this version understands: {names}. Others may be listed, too."
    ).format(names=", ".join(view.unknown))
