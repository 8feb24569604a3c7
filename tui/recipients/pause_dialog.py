"""Pausing: why, and until when."""

from dataclasses import dataclass
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from textual.app import ComposeResult
from textual.containers import Vertical

from core.days import parse_day
from core.errors import InvalidInput
from core.i18n import _
from core.recipients.rules import clean_pause_reason
from core.times import now
from tui.keys import FORM
from tui.widgets.confirm_dialog import QuestionDialog
from tui.widgets.form_field import FormField


@dataclass(frozen=True, slots=True)
class Pause:
    """What was chosen; ``resumes_at`` in UTC."""

    reason: str
    resumes_at: datetime | None


class PauseDialog(QuestionDialog[Pause]):
    """Dismissed with a ``Pause``."""

    AUTO_FOCUS = "#no"
    BINDINGS = [("ctrl+s", "save")]
    scopes = (FORM,)

    def __init__(self, whom: str, zone: ZoneInfo) -> None:
        super().__init__(
            _("Pause participation"),
            whom + "\n" + _("They leave the call list at once, until they are resumed."),
            _("Pause"),
        )
        self._zone = zone

    def extra(self) -> ComposeResult:
        """The optional fields."""
        with Vertical(classes="fields"):
            yield FormField("reason", _("Reason"), "", clean_pause_reason, _("Optional."))
            yield FormField(
                "until",
                _("Resumes on"),
                "",
                self._moment,
                _("Optional: 2026-12-01, or +7 for in a week. Then it resumes by itself."),
            )

    def _moment(self, typed: str) -> datetime | None:
        day = parse_day(typed, now().astimezone(self._zone).date())
        if day is None:
            return None
        moment = datetime.combine(day, time(), self._zone).astimezone(UTC)
        if moment <= now():
            raise InvalidInput(_("The date to resume must be in the future."))
        return moment

    def on_input_submitted(self) -> None:
        """Enter goes on to the next field or button."""
        self.focus_next()

    def action_yes(self) -> None:
        """Pause, unless a field breaks a rule."""
        reason = self.query_one("#field-reason", FormField)
        until = self.query_one("#field-until", FormField)
        if reason.check() and until.check():
            self.dismiss(Pause(reason.value, self._moment(until.value)))

    def action_save(self) -> None:
        """ctrl+s as in any form."""
        self.action_yes()
