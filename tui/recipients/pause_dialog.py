"""Pausing: why, and until when."""

from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec import Struct
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from core.recipients.rules import clean_pause_reason, resumes_on
from core.values.days import parse_day
from core.values.i18n import N_, _
from core.values.times import now
from tui.forms.form_dialog import FormDialog
from tui.forms.form_field import FormField
from tui.text import shown


class Pause(Struct, frozen=True):
    """What was chosen; ``resumes_at`` in UTC."""

    reason: str
    resumes_at: datetime | None


class PauseDialog(FormDialog[Pause]):
    """Dismissed with a ``Pause``."""

    title_words = N_("Pause participation")
    verb = N_("Pause")

    def __init__(self, whom: str, zone: ZoneInfo) -> None:
        super().__init__()
        self._whom = whom
        self._zone = zone

    def content(self) -> ComposeResult:
        """Who, then the optional fields."""
        what = _("They leave the call list at once, until they are resumed.")
        yield Static(shown(f"{self._whom}\n{what}"), classes="question")
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
        return None if day is None else resumes_on(day, self._zone, now())

    async def save(self) -> None:
        """Pause, unless a field breaks a rule."""
        reason = self.query_one("#field-reason", FormField)
        until = self.query_one("#field-until", FormField)
        if reason.check() and until.check():
            self.dismiss(Pause(reason.value, self._moment(until.value)))
