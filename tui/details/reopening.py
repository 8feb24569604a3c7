"""Going on with a memo, a memory detail or a follow-up action that a console left behind."""

from typing import TYPE_CHECKING, Any

from core.drafts import Draft, DraftFile
from core.values.errors import NotFound
from core.values.i18n import _
from tui.details.forms import FollowupForm, MemoForm, MemoryForm
from tui.details.note_form import NoteForm
from tui.drafts import number

if TYPE_CHECKING:
    from tui.recipients.list_screen import RecipientsScreen


def reopen(screen: "RecipientsScreen", file: DraftFile) -> None:
    """Open the form again with what was kept, above the list."""
    draft = file.draft
    if draft is None:
        return

    async def find() -> NoteForm[Any]:
        try:
            return await _form(screen, file, draft)
        except NotFound:
            file.remove()  # it can never be saved
            raise

    def saved(_row: Any) -> None:
        screen.tell(_("What you typed was saved."), "success")

    screen.read(find(), lambda form: screen.ask(form, saved), group="open")


async def _form(screen: "RecipientsScreen", file: DraftFile, draft: Draft) -> NoteForm[Any]:
    services, actor = screen.services, screen.actor
    recipient = await services.recipients.get(actor, draft.recipient_id or 0)
    subject = number(draft.values, "subject")
    if draft.form == "memo.add":
        return MemoForm(recipient.id, recipient.name, draft=file)
    if draft.form == "memo.edit":
        memo = await services.memos.get(actor, subject)
        return MemoForm(recipient.id, recipient.name, memo, file)
    if draft.form == "memory.edit":
        memory = await services.memory.get(actor, subject)
        about = f"{recipient.name}\n" + _("Topic: {topic}").format(topic=memory.topic)
        return MemoryForm(memory, about, file)
    if draft.form == "followup.edit":
        followup = await services.followups.get(actor, subject)
        return FollowupForm(recipient.id, followup.call_id, recipient.name, followup, file)
    call = (await services.calls.get(actor, subject)).call
    return FollowupForm(recipient.id, call.id, recipient.name, draft=file)
