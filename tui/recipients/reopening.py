"""Going on with a form of a recipient that a console left behind."""

from core.io.drafts import DraftFile
from tui.recipients import changes
from tui.recipients.form_screen import RecipientForm


async def reopen(view: changes.AddsRecipients, file: DraftFile) -> None:
    """Open the form again with what was kept. Raises NotFound where it can never be saved."""
    recipient_id = file.draft.recipient_id if file.draft else None
    if recipient_id is None:
        added = await view.ask(RecipientForm(draft=file))
        if added is not None:
            changes.tell_added(view, added)
        return
    row = await view.look(view.services.recipients.get(view.actor, recipient_id))
    await changes.save_with(view, RecipientForm(row, file))
