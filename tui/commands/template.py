"""``carecall template``: the workbook to fill in for an upload."""

from core.values.i18n import _
from tui.commands.context import DONE, CommandContext
from tui.commands.parsing import Parser, add_file
from tui.commands.streams import output


def add_arguments(parser: Parser) -> None:
    """Where it goes."""
    parser.over_ssh = True
    add_file(parser, "file", metavar=_("FILE"), help=_("a new file; - writes to standard output"))


async def run(context: CommandContext) -> int:
    """Write it; no database is needed."""
    from core.uploads.workbooks import write_template

    with output(context, context.arguments.file) as file:
        write_template(file, context.settings.language)
    if context.arguments.file != "-":
        context.say(_("Wrote the template to {file}.").format(file=context.arguments.file))
        context.say(
            _("Fill it in, then: carecall upload {file}").format(file=context.arguments.file)
        )
    return DONE
