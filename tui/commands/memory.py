"""``carecall memory list|history|edit|reset``: what the machine remembers of a recipient."""

from typing import TYPE_CHECKING

from core.memory.dto import MemoryRow, MemoryVersionRow
from core.values.i18n import _
from tui.commands import given as arguments
from tui.commands.context import DONE, CommandContext
from tui.commands.parsing import Parser, add_command, change_as_json, rows_as_json
from tui.commands.printing import print_change, print_rows, telling_both

if TYPE_CHECKING:
    from core.app.actor import Actor
    from core.app.services import Services


def add_arguments(parser: Parser) -> None:
    """The four actions."""
    actions = parser.add_subparsers(dest="action", metavar=_("ACTION"), required=True)
    listing = add_command(
        actions, "list", _("list what the machine remembers of a recipient"), over_ssh=True
    )
    arguments.add_recipient(listing)
    rows_as_json(listing, MemoryRow)
    history = add_command(
        actions, "history", _("list what was remembered before, and who changed it"), over_ssh=True
    )
    arguments.add_id(history, "memory", _("MEMORY"))
    rows_as_json(history, MemoryVersionRow)
    edit = add_command(actions, "edit", _("change what is remembered"), over_ssh=True)
    arguments.add_id(edit, "memory", _("MEMORY"))
    arguments.add_text(edit, _("what is to be remembered; - reads standard input"))
    arguments.add_version(edit)
    change_as_json(edit, MemoryRow)
    reset = add_command(actions, "reset", _("let the machine forget it"), over_ssh=True)
    arguments.add_id(reset, "memory", _("MEMORY"))
    arguments.add_version(reset)
    change_as_json(reset, MemoryRow)


async def run(context: CommandContext) -> int:
    """Do the action."""
    from tui.details import columns
    from tui.format import CellFormat

    given = context.arguments
    async with context.signed_in() as (services, actor):
        memory = services.memory
        if given.action == "list":
            recipient = await arguments.recipient(services, actor, given.recipient, given.organization)
            rows = await memory.list(actor, recipient.id)
            form = CellFormat.of(context.settings)
            cells = [
                (str(row.id), *columns.memory_row(row, form, recipient.timezone).cells) for row in rows
            ]
            headers = [_("ID"), *(column.label for column in columns.memory_columns())]
            print_rows(context, rows, headers, cells, _("Nothing is remembered."))
            return DONE
        if given.action == "history":
            await _history(context, services, actor)
            return DONE
        before = await memory.get(actor, given.memory)
        version = given.version or before.version
        with telling_both(context):
            if given.action == "edit":
                text = await arguments.text(context, given.text)
                row = await memory.edit(actor, given.memory, text, version)
                told = _("Saved.")
            else:
                row = await memory.reset(actor, given.memory, version)
                told = _("The machine has forgotten it.")
    print_change(context, row, told)
    return DONE


async def _history(context: CommandContext, services: "Services", actor: "Actor") -> None:
    from tui.details.columns import version_columns, version_row
    from tui.format import CellFormat

    one = await services.memory.get(actor, context.arguments.memory)
    rows = await services.memory.history(actor, one.id)
    recipient = await services.recipients.get(actor, one.recipient_id)
    form = CellFormat.of(context.settings)
    cells = [version_row(row, form, recipient.timezone).cells for row in rows]
    headers = [column.label for column in version_columns()]
    print_rows(context, rows, headers, cells, _("Nothing is remembered."))
