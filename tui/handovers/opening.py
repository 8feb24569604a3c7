"""Opening the hand-over of an organization, from the list."""

from core.values.i18n import _
from tui.shell import View


async def open_handover(view: View, listed: int | None) -> None:
    """Show what there is to hand over; whose that is, is asked where neither the actor nor the list says it."""
    from tui.handovers.handover_screen import HandoverScreen

    organization_id = view.actor.organization_id or listed
    if organization_id is None:
        waiting = await view.look(view.services.handovers.waiting(view.actor))
        organization_id = waiting[0].organization_id if len(waiting) == 1 else None
    if organization_id is None:
        from tui.forms.organization_field import OrganizationDialog

        chosen = await view.ask(OrganizationDialog(_("Hand-over")))
        if chosen is None or isinstance(chosen, str):
            return
        organization_id = chosen.id
    await view.ask(HandoverScreen(organization_id))
