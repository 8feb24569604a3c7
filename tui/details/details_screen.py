"""The details of one recipient with their keys."""

from tui.details.actions import CALLS, DETAILS, MEMORY, NOTES, TABS
from tui.details.details_view import DetailsView


class DetailsScreen(DetailsView):
    """Information, calls, memory details, follow-up actions and memos of one recipient."""

    binds = (DETAILS, CALLS, MEMORY, NOTES)
    tabs = TABS
    scopes = TABS["calls"]
