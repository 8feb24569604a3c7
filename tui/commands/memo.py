"""``carecall memo list|add|edit|delete``: free notes on a recipient."""

from core.memos.dto import MemoRow
from core.values.i18n import _
from tui.commands import given as arguments
from tui.commands.context import DONE, CommandContext
from tui.commands.parsing import Parser, add_command, change_as_json, rows_as_json
from tui.commands.printing import print_change, print_rows, telling_both


def add_arguments(parser: Parser) -> None:
    """The four actions."""
    actions = parser.add_subparsers(dest="action", metavar=_("ACTION"), required=True)
    listing = add_command(actions, "list", _("list the memos on a recipient"), over_ssh=True)
    arguments.add_recipient(listing)
    rows_as_json(listing, MemoRow)
    add = add_command(actions, "add", _("add a memo"), over_ssh=True)
    arguments.add_recipient(add)
    arguments.add_text(add, _("the memo; - reads standard input"))
    change_as_json(add, MemoRow)
    edit = add_command(actions, "edit", _("change a memo of your own"), over_ssh=True)
    arguments.add_id(edit, "memo", _("MEMO"))
    arguments.add_text(edit, _("the memo; - reads standard input"))
    arguments.add_version(edit)
    change_as_json(edit, MemoRow)
    delete = add_command(actions, "delete", _("delete a memo of your own"), over_ssh=True)
    arguments.add_id(delete, "memo", _("MEMO"))
    arguments.add_version(delete)
    change_as_json(delete, MemoRow)


async def run(context: CommandContext) -> int:
    """Do the action."""
    from tui.details import columns
    from tui.format import CellFormat

    given = context.arguments
    async with context.signed_in() as (services, actor):
        memos = services.memos
        if given.action in ("list", "add"):
            recipient = await arguments.recipient(services, actor, given.recipient, given.organization)
        if given.action == "list":
            rows = await memos.list(actor, recipient.id)
            form = CellFormat.of(context.settings)
            cells = [
                (str(row.id), *columns.memo_row(row, form, recipient.timezone).cells) for row in rows
            ]
            headers = [_("ID"), *(column.label for column in columns.memo_columns())]
            print_rows(context, rows, headers, cells, _("There are no memos."))
        elif given.action == "add":
            row = await memos.add(actor, recipient.id, await arguments.text(context, given.text))
            print_change(context, row, _("Added the memo {id}.").format(id=row.id))
        else:
            before = await memos.get(actor, given.memo)
            version = given.version or before.version
            with telling_both(context):
                if given.action == "edit":
                    text = await arguments.text(context, given.text)
                    row = await memos.edit(actor, given.memo, text, version)
                    print_change(context, row, _("Saved."))
                else:
                    await memos.delete(actor, given.memo, version)
                    print_change(context, before, _("Deleted."))
    return DONE
