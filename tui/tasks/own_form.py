"""A task of one's own on a recipient: what, and until when."""

from collections.abc import Coroutine
from typing import Any

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from core.io.drafts import DraftFile
from core.recipients.dto import RecipientRow
from core.tasks.dto import TaskRow
from core.tasks.rules import clean_text
from core.values.i18n import N_, _
from tui.forms.drafts import KeptForm
from tui.forms.form_field import FormField
from tui.tasks.moment_field import MomentField
from tui.text import shown


class OwnForm(KeptForm[TaskRow]):
    """Dismissed with the task that was added."""

    title_words = N_("Add a task of your own")
    verb = N_("Add")
    draft_name = "task.add"
    gone = N_("The recipient was deleted meanwhile; what you typed cannot be saved.")

    def __init__(self, recipient: RecipientRow, draft: DraftFile | None = None) -> None:
        super().__init__()
        self._recipient = recipient
        self.draft_recipient = recipient.id
        self.draft_file = draft

    def content(self) -> ComposeResult:
        """Whom it is about, what and until when."""
        yield Static(shown(self._recipient.name), classes="question")
        zone = self._recipient.timezone
        with Vertical(classes="fields"):
            yield FormField("text", _("Task"), "", clean_text, length=40)
            yield MomentField("until", _("Due"), self.form, zone, required=True)

    def saving(self, version: int) -> Coroutine[Any, Any, TaskRow]:
        """Add it."""
        until = self.query_one(MomentField).required_moment()
        text = self.query_one("#field-text", FormField).value
        return self.services.tasks.add(self.actor, self._recipient.id, text, until)
