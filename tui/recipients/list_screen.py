"""The list of recipients with its keys: the first screen, from which everything else is reached."""

from tui.recipients.actions import RECIPIENTS, RECIPIENTS_PLACE
from tui.recipients.list_view import ListView


class RecipientsScreen(ListView):
    """Manage recipients."""

    binds = (RECIPIENTS,)
    scopes = RECIPIENTS_PLACE
