"""Why somebody asks for a number; what was written last in this session is offered."""

from collections.abc import Callable, Coroutine
from typing import Any

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from core.values.i18n import N_, _
from core.values.text import clean_reason
from tui.forms.edit_form import EditForm
from tui.forms.form_field import FormField
from tui.text import shown

Revealing = Callable[[str], Coroutine[Any, Any, str]]


class ReasonForm(EditForm[str]):
    """Dismissed with the number. ``revealing`` gets it for a reason."""

    verb = N_("Show")

    def __init__(self, title: str, about: str, revealing: Revealing) -> None:
        super().__init__(title)
        self._about = about
        self._revealing = revealing

    def content(self) -> ComposeResult:
        """Whose number, and why."""
        hint = _("Why you need it; it is recorded. Name nobody in it.")
        yield Static(shown(self._about), classes="question")
        with Vertical(classes="fields"):
            yield FormField(
                "reason", _("Reason"), self.console.last_reason, clean_reason, hint, length=40
            )

    async def saving(self, version: int) -> str:
        """Get the number."""
        reason = self.query_one(FormField).value
        number = await self._revealing(reason)
        self.console.last_reason = reason
        return number


class CopyForm(ReasonForm):
    """The same, where the number is copied."""

    verb = N_("Copy")
