"""Contacts and their keys: add, edit, delete, put in order; a number is copied or shown with a record."""

from collections.abc import Coroutine
from functools import partial
from typing import TYPE_CHECKING, Any

from core.contacts.rules import RELATION_WORDS, why_not_add, why_not_move
from core.recipients.masking import is_masked
from core.values import phone
from core.values.i18n import N_, _
from tui.action import Need, Scope
from tui.details.note_actions import ask, confirm
from tui.forms.actions import DELETE
from tui.recipients import reveal as revealing
from tui.shell import View

if TYPE_CHECKING:
    from core.contacts.dto import ContactRow
    from tui.details.details_view import DetailsView

CONTACTS = Scope("contacts", N_("Recipient details, contacts"))


def who(one: "ContactRow") -> str:
    """Who it is in one line: ``guardian 김미영``."""
    return f"{_(RELATION_WORDS[one.relation])} {one.name}".strip()


@CONTACTS.action(
    "a",
    N_("Add"),
    footer=10,
    use_case="contacts.add",
    why_not=lambda view: why_not_add(len(view.loaded.contacts)) if view.loaded else None,
    command="contact add",
    also=N_("new, guardian, family, neighbour"),
)
async def add(view: "DetailsView") -> None:
    """Add one, as the last."""
    from tui.details.contact_form import ContactForm

    recipient = view.recipient
    await ask(view, ContactForm(recipient.id, recipient.name), _("The contact was added."))


@CONTACTS.action(
    "e",
    N_("Edit"),
    footer=11,
    needs=Need.ROW,
    use_case="contacts.edit",
    command="contact edit",
    also=N_("change, correct, modify"),
)
async def edit(view: "DetailsView") -> None:
    """Edit the one under the cursor, as it is now."""
    from tui.details.contact_form import ContactForm

    one = await view.look(view.services.contacts.get(view.actor, view.contacts.current.id))
    form = ContactForm(one.recipient_id, view.recipient.name, one)
    await ask(view, form, _("The contact was saved."))


@CONTACTS.action(
    "d",
    N_("Delete"),
    footer=12,
    needs=Need.ROW,
    use_case="contacts.delete",
    command="contact delete",
    also=N_("remove, erase"),
)
async def delete(view: "DetailsView") -> None:
    """Ask, and delete the one under the cursor."""
    one: ContactRow = view.contacts.current
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


CONTACTS.declare(
    "copy",
    "y",
    N_("Copy number"),
    do=lambda view: copy(view, view.contacts.current),
    footer=13,
    needs=Need.ROW,
    use_case="contacts.copied",
    command="contact reveal",
)


def _why_not_move(by: int, view: "DetailsView") -> str | None:
    one, count = view.contacts.current, view.contacts.table.total or 0
    return why_not_move(one.place, one.place + by, count)


async def _move(by: int, view: "DetailsView") -> None:
    """Have the one under the cursor phoned earlier (-1) or later (1)."""
    one = view.contacts.current
    moving = view.services.contacts.move(view.actor, one.id, one.place + by)
    view.show_note(await view.write(moving))


for _name, _key, _label, _footer, _by in (
    ("earlier", "less_than_sign", N_("Move up"), 14, -1),
    ("later", "greater_than_sign", N_("Move down"), 15, 1),
):
    CONTACTS.declare(
        _name,
        _key,
        _label,
        do=partial(_move, _by),
        footer=_footer,
        needs=Need.ROW,
        use_case="contacts.move",
        why_not=partial(_why_not_move, _by),
        command="contact move",
    )


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
