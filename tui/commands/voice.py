"""``carecall voice``: a call's voice file, to standard output or to a file, as it was delivered."""

import contextlib
import shutil

from core.values.errors import InvalidInput
from core.values.i18n import _
from tui.commands import given as arguments
from tui.commands.context import DONE, CommandContext
from tui.commands.parsing import Parser, add_file
from tui.commands.streams import access


def add_arguments(parser: Parser) -> None:
    """Which call, and where its voice file goes."""
    parser.over_ssh = True
    arguments.add_call(parser)
    add_file(parser,
        "file",
        nargs="?",
        default="-",
        metavar=_("FILE"),
        help=_("where it goes; - or nothing: standard output, to hear it at your desk with "
               "ssh HOST carecall voice CALL | mpv -"),
    )  # fmt: skip


async def run(context: CommandContext) -> int:
    """Write the file. Nothing is recorded, and nothing made, where it cannot be given."""
    target = context.arguments.file
    if target == "-" and context.out.isatty():
        raise InvalidInput(
            _("Sound is not written to a terminal."),
            _(
                "Write: carecall voice CALL FILE, or at your desk: ssh HOST carecall voice CALL | mpv -"
            ),
        )
    given = context.arguments
    async with context.signed_in() as (services, actor):
        with contextlib.ExitStack() as files:
            # a name that cannot be written to is told before the listening is recorded
            out = files.enter_context(access(context).create(target)) if target != "-" else None
            with await services.voice.open_by_external_id(
                actor, given.call, given.organization, given.source
            ) as voice:
                if out is None:
                    context.write_bytes(voice.file)
                else:
                    shutil.copyfileobj(voice.file, out)
    return DONE
