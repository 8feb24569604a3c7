"""The key that shows the whole number of one recipient for a while, to roles that otherwise do not see numbers."""

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, Protocol

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
    from core.recipients.masking import is_masked

    if is_masked(view.actor, view.console.settings):
        return None
    return _("The number is shown whole already.")


async def reveal(view: ShowsOne) -> None:
    """Ask why, and show the number in the notice line, which leaves the rows masked as they are."""
    from tui.recipients.reason_form import ReasonForm

    row = view.current
    if row is None:
        return

    def revealing(reason: str) -> Coroutine[Any, Any, str]:
        return view.services.recipients.reveal(view.actor, row.id, reason)

    form = ReasonForm(_("Show the number"), row.name, revealing)
    if (number := await view.ask(form)) is not None:
        show_for_a_while(view, row.name, number)


def show_for_a_while(view: View, whose: str, number: str) -> None:
    """The number in the notice line."""
    written = phone.show(number, view.console.settings.region)
    view.tell_for(f"{whose}: {written}", REVEAL_SECONDS)
