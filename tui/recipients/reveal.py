"""The key that shows the whole number of one recipient for a while, to roles that otherwise do not see numbers."""

from typing import TYPE_CHECKING, Protocol

from core.recipients.masking import is_masked
from core.values import phone
from core.values.i18n import _
from tui.shell import View

if TYPE_CHECKING:
    from core.recipients.dto import RecipientRow

REVEAL_SECONDS = 30.0


class ShowsOne(View, Protocol):
    """A screen with one recipient that is meant."""

    @property
    def current(self) -> "RecipientRow | None":
        """The recipient whose number is meant."""


def why_not_reveal(view: ShowsOne) -> str | None:
    """The reason why there is nothing to show, or None."""
    if is_masked(view.actor, view.console.settings):
        return None
    return _("The number is shown whole already.")


async def reveal(view: ShowsOne) -> None:
    """Show the number in the notice line, which leaves the rows masked as they are; the core records it."""
    row = view.current
    if row is None:
        return
    number = await view.write(view.services.recipients.reveal(view.actor, row.id))
    shown = phone.show(number, view.console.settings.region)
    view.tell_for(f"{row.name}: {shown}", REVEAL_SECONDS)
