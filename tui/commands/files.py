"""``carecall files``: what you wrote out in a console that you came to over SSH; it lies on the host."""

from core.values.errors import InvalidInput
from core.values.i18n import _
from core.written.dto import WrittenFile
from tui.commands.clock import Clock
from tui.commands.context import DONE, CommandContext
from tui.commands.parsing import Parser, add_command, rows_as_json
from tui.commands.table import told


def add_arguments(parser: Parser) -> None:
    """The three actions."""
    actions = parser.add_subparsers(dest="action", metavar=_("ACTION"), required=True)
    listing = add_command(actions, "list", _("list your files, the oldest first"), over_ssh=True)
    rows_as_json(listing, WrittenFile)
    for action, words in (
        ("get", _("write a file to standard output")),
        ("delete", _("erase a file for good")),
    ):
        one = add_command(actions, action, words, over_ssh=True)
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
            files = await services.written.list(actor)
            if given.json:
                context.write_rows(files)
            else:
                _tell(context, files, await Clock.of(services, actor))
    return DONE


def _tell(context: CommandContext, files: "list[WrittenFile]", clock: Clock) -> None:
    if not files:
        context.say(_("You have no files on this host."))
        return
    days = context.settings.retention.files
    rows = [(clock.show(file.written_at), f"{file.size:,}", file.name) for file in files]
    context.write(told((_("Written"), _("Bytes"), _("File")), rows, context.width))
    if days:
        context.say(_("Each is erased {days} days after it was written.").format(days=days))
