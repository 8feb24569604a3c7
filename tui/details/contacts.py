"""What is done with contacts: add, edit, delete, put in order; a number is copied or shown with a record."""

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from core.contacts.rules import RELATION_WORDS
from core.recipients.masking import is_masked
from core.values import phone
from core.values.i18n import _
from tui.details.notes import ask, confirm
from tui.forms.actions import DELETE
from tui.recipients import reveal as revealing
from tui.shell import View

if TYPE_CHECKING:
    from core.contacts.dto import ContactRow
    from tui.details.details_view import DetailsView


def who(one: "ContactRow") -> str:
    """Who it is in one line: ``guardian 김미영``."""
    return f"{_(RELATION_WORDS[one.relation])} {one.name}".strip()


async def add(view: "DetailsView") -> None:
    """Add one, as the last."""
    from tui.details.contact_form import ContactForm

    recipient = view.recipient
    await ask(view, ContactForm(recipient.id, recipient.name), _("The contact was added."))


async def edit(view: "DetailsView", contact_id: int) -> None:
    """Edit it as it is now."""
    from tui.details.contact_form import ContactForm

    one = await view.look(view.services.contacts.get(view.actor, contact_id))
    form = ContactForm(one.recipient_id, view.recipient.name, one)
    await ask(view, form, _("The contact was saved."))


async def delete(view: "DetailsView", one: "ContactRow") -> None:
    """Ask, and delete it."""
    about = f"{who(one)} · {phone.show(one.phone, view.console.settings.region)}"
    question = _("It cannot be brought back.")
    await confirm(
        view,
        _("Delete contact"),
        f"{about}\n\n{question}",
        DELETE,
        lambda: view.services.contacts.delete(view.actor, one.id, one.version),
        _("The contact was deleted."),
    )


async def move(view: "DetailsView", one: "ContactRow", by: int) -> None:
    """Have it phoned earlier (-1) or later (1)."""
    moving = view.services.contacts.move(view.actor, one.id, one.place + by)
    view.show_note(await view.write(moving))


async def copy(view: View, one: "ContactRow") -> None:
    """Copy the number; it is shown as well, since not every terminal takes it. The core records it."""
    from tui.recipients.reason_form import CopyForm

    def copying(reason: str = "") -> Coroutine[Any, Any, str]:
        return view.services.contacts.copied(view.actor, one.id, reason)

    number: str | None
    if is_masked(view.actor, view.console.settings) and not phone.is_service(one.phone):
        number = await view.ask(CopyForm(_("Copy number"), who(one), copying))
    else:
        number = await view.write(copying())
    if number is None:
        return
    written = phone.show(number, view.console.settings.region)
    view.console.copy_to_clipboard(written)
    words = _("Copied, and recorded: {number}, {who}.").format(number=written, who=who(one))
    view.tell_for(words, revealing.REVEAL_SECONDS)


async def reveal(view: View, one: "ContactRow") -> None:
    """Ask why, and show the whole number for a while to a role that sees none; the core records it."""
    from tui.recipients.reason_form import ReasonForm

    if phone.is_service(one.phone):
        view.tell(_("The number is shown whole already."))
        return

    def showing(reason: str) -> Coroutine[Any, Any, str]:
        return view.services.contacts.reveal(view.actor, one.id, reason)

    form = ReasonForm(_("Show the number"), who(one), showing)
    if (number := await view.ask(form)) is not None:
        revealing.show_for_a_while(view, who(one), number)
