"""Going on with a memo, a memory detail, a follow-up action or a contact that a console left behind."""

from typing import Any

from core.io.drafts import Draft, DraftFile
from core.values.i18n import _
from tui.details.contact_form import ContactForm
from tui.details.forms import FollowupForm, MemoForm, MemoryForm
from tui.forms.drafts import number
from tui.forms.edit_form import EditForm
from tui.shell import View


async def reopen(view: View, file: DraftFile) -> None:
    """Open the form again with what was kept. Raises NotFound where it can never be saved."""
    if file.draft is None:
        return
    form = await view.look(_form(view, file, file.draft))
    if await view.ask(form) is not None:
        form.tell_saved(view, _("What you typed was saved."))


async def _form(view: View, file: DraftFile, draft: Draft) -> EditForm[Any]:
    services, actor = view.services, view.actor
    recipient = await services.recipients.get(actor, draft.recipient_id or 0)
    subject = number(draft.values, "subject")
    if draft.form == "memo.add":
        return MemoForm(recipient.id, recipient.name, draft=file)
    if draft.form == "memo.edit":
        memo = await services.memos.get(actor, subject)
        return MemoForm(recipient.id, recipient.name, memo, file)
    if draft.form == "contact.add":
        return ContactForm(recipient.id, recipient.name, draft=file)
    if draft.form == "contact.edit":
        contact = await services.contacts.get(actor, subject)
        return ContactForm(recipient.id, recipient.name, contact, file)
    if draft.form == "memory.edit":
        memory = await services.memory.get(actor, subject)
        about = f"{recipient.name}\n" + _("Topic: {topic}").format(topic=memory.topic)
        return MemoryForm(memory, about, file)
    if draft.form == "followup.edit":
        followup = await services.followups.get(actor, subject)
        return FollowupForm(recipient.id, followup.call_id, recipient.name, followup, file)
    call = (await services.calls.get(actor, subject)).call
    return FollowupForm(recipient.id, call.id, recipient.name, draft=file)
