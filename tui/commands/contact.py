"""``carecall contact list|add|edit|move|reveal|delete``: whom to turn to about a recipient."""

from functools import partial

from core.contacts.dto import ContactRow
from core.contacts.rules import MOST, ContactDraft, Relation
from core.values.i18n import _
from tui.commands import given as arguments
from tui.commands import notes
from tui.commands.context import DONE, CommandContext
from tui.commands.parsing import Parser, add_command, change_as_json, number, object_as_json
from tui.commands.printing import Shown, print_change, print_number

_RELATIONS = [one.value for one in Relation]


def add_arguments(parser: Parser) -> None:
    """The six actions."""
    actions = parser.add_subparsers(dest="action", metavar=_("ACTION"), required=True)
    notes.add_list(actions, _("list the contacts of a recipient, in their order"), ContactRow)
    add = add_command(actions, "add", _("add a contact, to be phoned last"), over_ssh=True)
    arguments.add_recipient(add)
    add.add_argument("--relation", required=True, choices=_RELATIONS, help=_("who it is"))
    add.add_argument(
        "--phone", required=True, metavar=_("NUMBER"), help=_("any that can be phoned")
    )
    add.add_argument("--name", metavar=_("NAME"), default="", help=_("what it is called"))
    change_as_json(add, ContactRow)
    one = (ContactRow, "contact", _("CONTACT"))
    edit = notes.add_change(actions, "edit", _("change a contact"), *one)
    edit.add_argument("--relation", choices=_RELATIONS, help=_("who it is"))
    edit.add_argument("--phone", metavar=_("NUMBER"), help=_("any that can be phoned"))
    edit.add_argument("--name", metavar=_("NAME"), help=_("what it is called"))
    move = add_command(actions, "move", _("have a contact phoned earlier or later"), over_ssh=True)
    arguments.add_id(move, "contact", _("CONTACT"))
    move.add_argument(
        "place", metavar=_("PLACE"), type=number(1, MOST), help=_("1 is phoned first")
    )
    change_as_json(move, ContactRow)
    reveal = add_command(
        actions,
        "reveal",
        _("print the whole number, for a role that does not see numbers"),
        over_ssh=True,
    )
    arguments.add_id(reveal, "contact", _("CONTACT"))
    arguments.add_reason(reveal)
    object_as_json(reveal, Shown, _("as one JSON object"))
    notes.add_change(actions, "delete", _("delete a contact"), *one)


async def run(context: CommandContext) -> int:
    """Do the action."""
    from tui.details import columns

    given = context.arguments
    async with context.signed_in() as (services, actor):
        contacts = services.contacts
        if given.action in ("list", "add"):
            recipient = await arguments.recipient(services, actor, given)
        if given.action == "list":
            rows = await contacts.list(actor, recipient.id)
            empty = _("There are no contacts.")
            notes.print_list(context, recipient, rows, columns.CONTACTS, columns.contact_row, empty)
        elif given.action == "add":
            draft = ContactDraft(given.relation, given.name, given.phone)
            row = await contacts.add(actor, recipient.id, draft)
            print_change(context, row, _("Added the contact {id}.").format(id=row.id))
        elif given.action == "reveal":
            number = await contacts.reveal(actor, given.contact, given.reason)
            print_number(context, given.contact, number)
        elif given.action == "move":
            row = await contacts.move(actor, given.contact, given.place)
            print_change(context, row, _("Saved."))
        else:
            before = await contacts.get(actor, given.contact)
            if given.action == "edit":
                draft = ContactDraft(
                    given.relation or before.relation.value,
                    before.name if given.name is None else given.name,
                    given.phone or before.phone,
                )
                saving = partial(contacts.edit, actor, given.contact, draft)
                await notes.change(context, before, saving, _("Saved."))
            else:
                deleting = partial(contacts.delete, actor, given.contact)
                await notes.change(context, before, deleting, _("Deleted."))
    return DONE
