"""``carecall memo list|add|edit|delete``: free notes on a recipient."""

from functools import partial

from core.memos.dto import MemoRow
from core.values.i18n import _
from tui.commands import given as arguments
from tui.commands import notes
from tui.commands.context import DONE, CommandContext
from tui.commands.parsing import Parser, add_command, change_as_json
from tui.commands.printing import print_change


def add_arguments(parser: Parser) -> None:
    """The four actions."""
    actions = parser.add_subparsers(dest="action", metavar=_("ACTION"), required=True)
    notes.add_list(actions, _("list the memos on a recipient"), MemoRow)
    add = add_command(actions, "add", _("add a memo"), over_ssh=True)
    arguments.add_recipient(add)
    arguments.add_text(add, _("the memo; - reads standard input"))
    change_as_json(add, MemoRow)
    one = (MemoRow, "memo", _("MEMO"))
    edit = notes.add_change(actions, "edit", _("change a memo of your own"), *one)
    arguments.add_text(edit, _("the memo; - reads standard input"))
    notes.add_change(actions, "delete", _("delete a memo of your own"), *one)


async def run(context: CommandContext) -> int:
    """Do the action."""
    from tui.details import columns

    given = context.arguments
    async with context.signed_in() as (services, actor):
        memos = services.memos
        if given.action in ("list", "add"):
            recipient = await arguments.recipient(services, actor, given)
        if given.action == "list":
            rows = await memos.list(actor, recipient.id)
            empty = _("There are no memos.")
            notes.print_list(context, recipient, rows, columns.MEMOS, columns.memo_row, empty)
        elif given.action == "add":
            row = await memos.add(actor, recipient.id, await arguments.text(context, given.text))
            print_change(context, row, _("Added the memo {id}.").format(id=row.id))
        else:
            before = await memos.get(actor, given.memo)
            if given.action == "edit":
                text = await arguments.text(context, given.text)
                saving = partial(memos.edit, actor, given.memo, text)
                await notes.change(context, before, saving, _("Saved."))
            else:
                deleting = partial(memos.delete, actor, given.memo)
                await notes.change(context, before, deleting, _("Deleted."))
    return DONE
