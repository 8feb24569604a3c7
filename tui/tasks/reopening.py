"""Going on with what was said of a task, or with a task of one's own, that a console left behind."""

from core.io.drafts import DraftFile
from core.values.errors import NotFound
from core.values.i18n import _
from core.values.times import now
from tui.forms.drafts import number
from tui.shell import View
from tui.tasks.changes import has_followup
from tui.tasks.columns import about
from tui.tasks.done_form import DoneForm
from tui.tasks.own_form import OwnForm


async def reopen(view: View, file: DraftFile) -> None:
    """Open the form again with what was kept. Raises NotFound where it can never be saved."""
    if file.draft is None:
        return
    form = await view.look(_form(view, file))
    if await view.ask(form) is not None:
        form.tell_saved(view, _("What you typed was saved."))


async def _form(view: View, file: DraftFile) -> DoneForm | OwnForm:
    draft = file.draft
    if draft is None:
        raise NotFound("")
    if draft.form == "task.add":
        recipient = await view.services.recipients.get(view.actor, draft.recipient_id or 0)
        return OwnForm(recipient, file)
    row = await view.services.tasks.get(view.actor, number(draft.values, "subject"))
    said = await has_followup(view, row)
    return DoneForm(row, about(row, view.form, now()), has_followup=said, draft=file)
