"""``carecall backup FILE``: a checked copy of the database."""

import argparse
from pathlib import Path

from core.values.i18n import _
from tui.commands.audit import verification_lines
from tui.commands.context import DONE, SOME_FAILED, CommandContext


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where the copy goes."""
    parser.add_argument("file", metavar=_("FILE"), help=_("a new file; none is written over"))


async def run(context: CommandContext) -> int:
    """Make the copy and tell what is in it."""
    async with context.signed_in() as (services, actor):
        made = await services.backup.make(actor, Path(context.arguments.file))
    context.say(
        _("The backup {file} is whole: {size} bytes.").format(file=made.path, size=f"{made.size:,}")
    )
    for line in verification_lines(made.audit):
        context.say(line)
    if not made.audit.is_whole:
        return SOME_FAILED
    context.write(f"{made.audit.head}\n")
    return DONE
