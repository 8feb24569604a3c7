"""Going on with the text of a hand-over that a console left behind."""

from core.io.drafts import DraftFile
from core.values.i18n import _
from tui.forms.drafts import number
from tui.handovers.sign_form import SignForm
from tui.shell import View


async def reopen(view: View, file: DraftFile) -> None:
    """Open the form again with what was kept. Raises NotFound where it can never be saved."""
    if file.draft is None:
        return
    organization_id = number(file.draft.values, "subject")
    found = await view.look(view.services.handovers.unsigned(view.actor, organization_id))
    if await view.ask(SignForm(found.row, found.before, file)) is not None:
        view.tell(_("You have signed it. Whoever takes over confirms it."), "success")
