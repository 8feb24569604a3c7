"""``carecall files``: what you wrote out in a console that you came to over SSH; it lies on the host."""

import argparse
from typing import TYPE_CHECKING

from core.values.errors import InvalidInput
from core.values.i18n import _
from core.values.times import show
from tui.commands.context import DONE, CommandContext
from tui.commands.table import table

if TYPE_CHECKING:
    from core.written.dto import WrittenFile


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The three actions."""
    actions = parser.add_subparsers(dest="action", metavar=_("ACTION"), required=True)
    actions.add_parser("list", help=_("list your files, the oldest first"))
    for action, words in (
        ("get", _("write a file to standard output")),
        ("delete", _("erase a file for good")),
    ):
        one = actions.add_parser(action, help=words)
        one.add_argument("name", metavar=_("NAME"), help=_("as the list names it"))


async def run(context: CommandContext) -> int:
    """Do the action."""
    given = context.arguments
    async with context.signed_in() as (services, actor):
        if given.action == "get":
            if context.out.isatty():
                raise InvalidInput(
                    _("A workbook cannot be shown on a terminal."), _("Write: > FILE")
                )
            with await services.written.fetch(actor, given.name) as file:
                context.write_bytes(file)
        elif given.action == "delete":
            await services.written.delete(actor, given.name)
            context.say(_("{file} was erased.").format(file=given.name))
        else:
            _tell(context, await services.written.list(actor))
    return DONE


def _tell(context: CommandContext, files: "list[WrittenFile]") -> None:
    if not files:
        context.say(_("You have no files on this host."))
        return
    zone, days = context.settings.zone, context.settings.retention.files
    rows = [(show(file.written_at, zone), f"{file.size:,}", file.name) for file in files]
    context.write(table((_("Written"), _("Bytes"), _("File")), rows))
    if days:
        context.say(_("Each is erased {days} days after it was written.").format(days=days))
