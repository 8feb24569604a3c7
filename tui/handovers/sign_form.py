"""What a shift leaves to say, and the signature below it."""

from collections.abc import Coroutine, Mapping
from typing import Any

from textual.app import ComposeResult
from textual.widgets import Static

from core.handovers.dto import Handover, HandoverRow
from core.handovers.rules import TEXT_MAXIMUM, clean_text
from core.io.drafts import DraftFile
from core.values.i18n import N_, _
from tui.forms.drafts import KeptForm
from tui.forms.note_field import NoteField
from tui.text import shown


class SignForm(KeptForm[Handover]):
    """Dismissed with the hand-over as it was signed. ``before``: the last one when the report was read."""

    title_words = N_("Sign the hand-over")
    verb = N_("Sign")
    draft_name = "handover.sign"

    def __init__(
        self, row: HandoverRow, before: int | None, draft: DraftFile | None = None
    ) -> None:
        super().__init__()
        self._row = row
        self._before = before
        self.draft_file = draft

    def content(self) -> ComposeResult:
        """Whose it is, and the text."""
        about = _("{organization}: what the next shift has to know, beside the report.")
        yield Static(shown(about.format(organization=self._row.organization)), classes="question")
        yield NoteField("text", _("Text (optional)"), "", clean_text, TEXT_MAXIMUM)

    @property
    def note(self) -> NoteField:
        """The field with the text."""
        return self.query_one(NoteField)

    def draft_values(self) -> dict[str, str]:
        """The text, and whose hand-over it is."""
        return {"text": self.note.value, "subject": str(self._row.organization_id)}

    def restore(self, values: Mapping[str, str]) -> None:
        """Go on from what was kept."""
        self.note.put_back(values.get("text", ""))

    def saving(self, version: int) -> Coroutine[Any, Any, Handover]:
        """Sign it."""
        organization_id = self._row.organization_id
        return self.services.handovers.sign(
            self.actor, organization_id, self.note.value, self._before
        )
