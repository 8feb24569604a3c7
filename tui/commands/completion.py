"""``carecall completion bash|zsh|fish``: what a shell reads to complete commands, options and names."""

from core.values.i18n import _
from tui.commands.context import DONE, CommandContext
from tui.commands.parsing import Parser

SHELLS = ("bash", "zsh", "fish")


def add_arguments(parser: Parser) -> None:
    """For which shell."""
    parser.add_argument("shell", choices=SHELLS, help=_("whose words are completed"))


async def run(context: CommandContext) -> int:
    """Write it; the shell then asks ``carecall`` itself: see ``tui.commands.completing``."""
    from argcomplete.shell_integration import shellcode

    context.write(shellcode(["carecall"], shell=context.arguments.shell))
    return DONE
