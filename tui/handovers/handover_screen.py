"""Hand-overs with their keys."""

from tui.handovers.actions import HANDOVER, HANDOVER_PLACE
from tui.handovers.handover_view import HandoverView


class HandoverScreen(HandoverView):
    """What a shift leaves: read, signed, confirmed."""

    binds = (HANDOVER,)
    scopes = HANDOVER_PLACE
