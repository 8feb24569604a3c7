"""Offering again what was typed into a form that a console left behind."""

import importlib
from collections.abc import Awaitable, Callable
from typing import Any

from core.io.drafts import DraftFile
from core.values.errors import NotFound
from core.values.i18n import N_, _
from core.values.times import show as show_time
from tui.forms.actions import DISCARD, GO_ON, back
from tui.forms.confirm_dialog import QuestionDialog
from tui.shell import View
from tui.text import clean

Reopen = Callable[[Any, DraftFile], Awaitable[None]]
_EXCERPT = 40

# name of the form: (module with ``reopen(view, file)``, what its admin was doing)
FORMS: dict[str, tuple[str, str]] = {
    "recipient.add": ("tui.recipients.reopening", N_("You were adding a recipient.")),
    "recipient.edit": ("tui.recipients.reopening", N_("You were editing a recipient.")),
    "memo.add": ("tui.details.reopening", N_("You were adding a memo.")),
    "memo.edit": ("tui.details.reopening", N_("You were editing a memo.")),
    "memory.edit": ("tui.details.reopening", N_("You were editing a memory.")),
    "contact.add": ("tui.details.reopening", N_("You were adding a contact.")),
    "contact.edit": ("tui.details.reopening", N_("You were editing a contact.")),
    "followup.add": ("tui.details.reopening", N_("You were adding a follow-up action.")),
    "followup.edit": ("tui.details.reopening", N_("You were editing a follow-up action.")),
    "task.done": ("tui.tasks.reopening", N_("You were saying what was done about a task.")),
    "handover.sign": ("tui.handovers.reopening", N_("You were signing a hand-over.")),
    "task.add": ("tui.tasks.reopening", N_("You were adding a task of your own.")),
}


class DraftDialog(QuestionDialog[bool]):
    """Dismissed with True to discard the draft, False to go on with it, None to be asked again next time."""

    def __init__(self, what: str, about: str) -> None:
        question = "\n".join(
            part
            for part in (
                what,
                about,
                _("What you typed was kept. Discard it, and it is gone for good."),
            )
            if part
        )
        super().__init__(
            _("Not saved yet"),
            question,
            (GO_ON, False),
            (back(N_("Ask me later")), None),
            (DISCARD, True),
        )


async def offer(view: View) -> None:
    """Offer what the admin's last consoles left behind, one after the other, above the list."""
    waiting = view.console.drafts.left_behind()
    while waiting:
        file = waiting.pop(0)
        draft = file.draft
        if draft is None or draft.form not in FORMS:
            file.remove()
            continue
        module, what = FORMS[draft.form]
        excerpt = clean(draft.values.get("name") or draft.values.get("text") or "")[:_EXCERPT]
        about = f"{show_time(draft.saved_at, view.console.settings.zone)}  {excerpt}"
        discard = await view.ask(DraftDialog(_(what), about.strip()))
        if discard is False:
            for later in waiting:
                later.release()
            await _go_on(view, importlib.import_module(module).reopen, file)
            return
        file.remove() if discard else file.release()


async def _go_on(view: View, reopen: Reopen, file: DraftFile) -> None:
    """Open the form again with what was kept."""
    try:
        await reopen(view, file)
    except NotFound:
        file.remove()  # it can never be saved
        raise
