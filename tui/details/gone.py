"""What became of a recipient whose details are not there any more."""

from core.recipients.deletion_dto import DeletedQuery
from core.recipients.dto import Page
from core.values.errors import NotFound
from core.values.i18n import _
from tui.shell import View


async def why_gone(view: View, recipient_id: int, error: NotFound) -> str:
    """What became of the recipient, as far as the role may know it, and the way out."""
    services, actor, keys = view.services, view.actor, view.console.own_keys
    if services.why_not("deletions.window", actor) is None:
        query = DeletedQuery(recipient_id=recipient_id)
        for row, _place in await services.deletions.window(actor, query, Page(limit=1)):
            return _(
                "{name} was deleted by {admin}; {keys[console.back]} {keys[recipients.deleted]} restores."
            ).format(name=row.name, admin=row.deleted_by, keys=keys)
    return f"{error} " + _("{keys[console.back]} goes back to the list.").format(keys=keys)
