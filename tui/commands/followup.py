"""``carecall followup list|add|edit|delete``: what staff did about calls."""

from typing import TYPE_CHECKING

from core.followups.dto import FollowupRow
from core.followups.rules import ActionType
from core.values.i18n import _
from tui.commands import given as arguments
from tui.commands.context import DONE, CommandContext
from tui.commands.parsing import Parser, add_command, change_as_json, rows_as_json
from tui.commands.printing import print_change, print_rows, telling_both

if TYPE_CHECKING:
    from core.app.actor import Actor
    from core.app.services import Services

_TYPES = [one.value for one in ActionType]


def add_arguments(parser: Parser) -> None:
    """The four actions."""
    actions = parser.add_subparsers(dest="action", metavar=_("ACTION"), required=True)
    listing = add_command(
        actions, "list", _("list the follow-up actions on a recipient's calls"), over_ssh=True
    )
    arguments.add_recipient(listing)
    rows_as_json(listing, FollowupRow)
    add = add_command(
        actions, "add", _("add the follow-up action of a call, which ends its task"), over_ssh=True
    )
    arguments.add_call(add)
    add.add_argument("--type", required=True, choices=_TYPES, help=_("what was done"))
    add.add_argument("--details", metavar=_("TEXT"), default="", help=_("- reads standard input"))
    change_as_json(add, FollowupRow)
    edit = add_command(actions, "edit", _("change a follow-up action"), over_ssh=True)
    arguments.add_id(edit, "followup", _("FOLLOWUP"))
    edit.add_argument("--type", choices=_TYPES, help=_("what was done"))
    edit.add_argument("--details", metavar=_("TEXT"), help=_("- reads standard input"))
    arguments.add_version(edit)
    change_as_json(edit, FollowupRow)
    delete = add_command(actions, "delete", _("delete a follow-up action"), over_ssh=True)
    arguments.add_id(delete, "followup", _("FOLLOWUP"))
    arguments.add_version(delete)
    change_as_json(delete, FollowupRow)


async def run(context: CommandContext) -> int:
    """Do the action."""
    given = context.arguments
    async with context.signed_in() as (services, actor):
        followups = services.followups
        if given.action == "list":
            await _list(context, services, actor)
            return DONE
        if given.action == "add":
            call = await arguments.call(services, actor, given)
            details = await arguments.text(context, given.details)
            row = await followups.add(actor, call.id, given.type, details)
            print_change(context, row, _("Added the follow-up action {id}.").format(id=row.id))
            return DONE
        before = await followups.get(actor, given.followup)
        version = given.version or before.version
        with telling_both(context):
            if given.action == "edit":
                details = before.details
                if given.details is not None:
                    details = await arguments.text(context, given.details)
                kind = given.type or before.action_type.value
                row = await followups.edit(actor, given.followup, kind, details, version)
                print_change(context, row, _("Saved."))
            else:
                await followups.delete(actor, given.followup, version)
                print_change(context, before, _("Deleted."))
    return DONE


async def _list(context: CommandContext, services: "Services", actor: "Actor") -> None:
    from tui.details import columns
    from tui.format import CellFormat

    given = context.arguments
    recipient = await arguments.recipient(services, actor, given.recipient, given.organization)
    rows = await services.followups.list(actor, recipient.id)
    form = CellFormat.of(context.settings)
    cells = [(str(row.id), *columns.followup_row(row, form, recipient.timezone).cells) for row in rows]
    headers = [_("ID"), *(column.label for column in columns.followup_columns())]
    print_rows(context, rows, headers, cells, _("There are no follow-up actions."))
