"""Going on with a form of a recipient that a console left behind."""

from typing import TYPE_CHECKING

from core.drafts import DraftFile
from core.recipients.dto import RecipientRow
from core.values.errors import NotFound
from tui.recipients.form_screen import RecipientForm

if TYPE_CHECKING:
    from tui.recipients.list_screen import RecipientsScreen


def reopen(screen: "RecipientsScreen", file: DraftFile) -> None:
    """Open the form again with what was kept, above the list."""
    recipient_id = file.draft.recipient_id if file.draft else None
    if recipient_id is None:
        screen.ask(RecipientForm(draft=file), screen.added)
        return

    def open_form(row: RecipientRow) -> None:
        screen.ask(RecipientForm(row, file), screen.edited)

    async def find() -> RecipientRow:
        try:
            return await screen.services.recipients.get(screen.actor, recipient_id)
        except NotFound:
            file.remove()  # it can never be saved
            raise

    screen.read(find(), open_form, group="open")
