"""``carecall followup list|add|edit|delete``: what staff did about calls."""

from functools import partial

from core.followups.dto import FollowupRow
from core.followups.rules import ActionType
from core.values.i18n import _
from tui.commands import given as arguments
from tui.commands import notes
from tui.commands.context import DONE, CommandContext
from tui.commands.parsing import Parser, add_command, change_as_json
from tui.commands.printing import print_change

_TYPES = [one.value for one in ActionType]


def add_arguments(parser: Parser) -> None:
    """The four actions."""
    actions = parser.add_subparsers(dest="action", metavar=_("ACTION"), required=True)
    notes.add_list(actions, _("list the follow-up actions on a recipient's calls"), FollowupRow)
    add = add_command(
        actions, "add", _("add the follow-up action of a call, which ends its task"), over_ssh=True
    )
    arguments.add_call(add)
    add.add_argument("--type", required=True, choices=_TYPES, help=_("what was done"))
    add.add_argument("--details", metavar=_("TEXT"), default="", help=_("- reads standard input"))
    change_as_json(add, FollowupRow)
    one = (FollowupRow, "followup", _("FOLLOWUP"))
    edit = notes.add_change(actions, "edit", _("change a follow-up action"), *one)
    edit.add_argument("--type", choices=_TYPES, help=_("what was done"))
    edit.add_argument("--details", metavar=_("TEXT"), help=_("- reads standard input"))
    notes.add_change(actions, "delete", _("delete a follow-up action"), *one)


async def run(context: CommandContext) -> int:
    """Do the action."""
    from tui.details import columns

    given = context.arguments
    async with context.signed_in() as (services, actor):
        followups = services.followups
        if given.action == "list":
            recipient = await arguments.recipient(services, actor, given)
            rows = await followups.list(actor, recipient.id)
            empty = _("There are no follow-up actions.")
            notes.print_list(
                context, recipient, rows, columns.FOLLOWUPS, columns.followup_row, empty
            )
        elif given.action == "add":
            call = await arguments.call(services, actor, given)
            details = await arguments.text(context, given.details)
            row = await followups.add(actor, call.id, given.type, details)
            print_change(context, row, _("Added the follow-up action {id}.").format(id=row.id))
        else:
            before = await followups.get(actor, given.followup)
            if given.action == "edit":
                details = before.details
                if given.details is not None:
                    details = await arguments.text(context, given.details)
                kind = given.type or before.action_type.value
                saving = partial(followups.edit, actor, given.followup, kind, details)
                await notes.change(context, before, saving, _("Saved."))
            else:
                deleting = partial(followups.delete, actor, given.followup)
                await notes.change(context, before, deleting, _("Deleted."))
    return DONE
