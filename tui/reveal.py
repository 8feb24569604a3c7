"""The key that shows the whole number of one recipient for a while, to roles that otherwise do not see numbers."""

from functools import partial

from core.recipients.dto import RecipientRow
from core.recipients.masking import is_masked
from core.values import phone
from core.values.i18n import _
from tui.base import ConsoleActions
from tui.widgets.notice import Notice

REVEAL_SECONDS = 30.0


class RevealActions(ConsoleActions):
    """Shows the number in the notice line, which leaves the rows masked as they are."""

    def recipient_to_reveal(self) -> RecipientRow | None:
        """The recipient whose number is meant, or None."""
        raise NotImplementedError

    def why_not_reveal(self) -> str | None:
        """The reason why there is nothing to show, or None."""
        if self.recipient_to_reveal() is None:
            return _("There is no recipient under the cursor.")
        if not is_masked(self.actor, self.console.settings):
            return _("The number is shown whole already.")
        return None

    def action_reveal(self) -> None:
        """Show the number; the core records it."""
        row = self.recipient_to_reveal()
        if row is None or self.blocked("reveal"):
            return
        reading = self.services.recipients.reveal(self.actor, row.id)
        self.write(reading, lambda number: self._show_number(row.name, number))

    def _show_number(self, name: str, number: str) -> None:
        shown = phone.show(number, self.console.settings.region)
        self.tell(f"{name}: {shown}")
        notice: Notice = self.query_one(Notice)  # type: ignore[attr-defined]
        self.set_timer(REVEAL_SECONDS, partial(notice.take_back, notice.text))  # type: ignore[attr-defined]
