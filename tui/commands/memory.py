"""``carecall memory list|history|edit|reset``: what the machine remembers of a recipient."""

from functools import partial
from typing import TYPE_CHECKING

from core.memory.dto import MemoryRow, MemoryVersionRow
from core.values.i18n import _
from tui.commands import given as arguments
from tui.commands import notes
from tui.commands.context import DONE, CommandContext
from tui.commands.parsing import Parser, add_command, rows_as_json
from tui.commands.printing import headings, print_rows

if TYPE_CHECKING:
    from core.app.actor import Actor
    from core.app.services import Services


def add_arguments(parser: Parser) -> None:
    """The four actions."""
    actions = parser.add_subparsers(dest="action", metavar=_("ACTION"), required=True)
    notes.add_list(actions, _("list what the machine remembers of a recipient"), MemoryRow)
    history = add_command(
        actions, "history", _("list what was remembered before, and who changed it"), over_ssh=True
    )
    arguments.add_id(history, "memory", _("MEMORY"))
    rows_as_json(history, MemoryVersionRow)
    one = (MemoryRow, "memory", _("MEMORY"))
    edit = notes.add_change(actions, "edit", _("change what is remembered"), *one)
    arguments.add_text(edit, _("what is to be remembered; - reads standard input"))
    notes.add_change(actions, "reset", _("let the machine forget it"), *one)


async def run(context: CommandContext) -> int:
    """Do the action."""
    from tui.details import columns

    given = context.arguments
    async with context.signed_in() as (services, actor):
        memory = services.memory
        if given.action == "list":
            recipient = await arguments.recipient(services, actor, given)
            rows = await memory.list(actor, recipient.id)
            empty = _("Nothing is remembered.")
            notes.print_list(context, recipient, rows, columns.MEMORY, columns.memory_row, empty)
        elif given.action == "history":
            await _history(context, services, actor)
        else:
            before = await memory.get(actor, given.memory)
            if given.action == "edit":
                text = await arguments.text(context, given.text)
                saving = partial(memory.edit, actor, given.memory, text)
                await notes.change(context, before, saving, _("Saved."))
            else:
                saving = partial(memory.reset, actor, given.memory)
                await notes.change(context, before, saving, _("The machine has forgotten it."))
    return DONE


async def _history(context: CommandContext, services: "Services", actor: "Actor") -> None:
    from tui.details.columns import VERSIONS, version_row
    from tui.format import CellFormat

    one = await services.memory.get(actor, context.arguments.memory)
    rows = await services.memory.history(actor, one.id)
    recipient = await services.recipients.get(actor, one.recipient_id)
    form = CellFormat.of(context.settings)
    cells = [version_row(row, form, recipient.timezone).cells for row in rows]
    print_rows(context, rows, headings(VERSIONS), cells, _("Nothing is remembered."))
