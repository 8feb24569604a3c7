"""``carecall demo``: make, once, a sample database apart from the real one, and open the console on it."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from core.demo.calendar import ZONE
from core.demo.place import copy_voice_files, is_made, sample_file, sample_settings
from core.io.reasons import why
from core.values.errors import StorageUnavailable
from core.values.i18n import _
from tui.commands.context import DONE, CommandContext
from tui.commands.parsing import Parser, number
from tui.commands.progress import told_percent
from tui.terminal.preparing import require_screen

RECIPIENTS = 200
SEED = 1
_MOST = 10_000_000
_LARGEST_SEED = 999_999_999


def add_arguments(parser: Parser) -> None:
    """How many recipients, which seed, and whether to open it."""
    parser.add_argument(
        "--recipients",
        type=number(1, _MOST),
        default=RECIPIENTS,
        metavar=_("N"),
        help=_("how many recipients ({default} unless given)").format(default=RECIPIENTS),
    )
    parser.add_argument(
        "--seed",
        type=number(0, _LARGEST_SEED),
        default=SEED,
        metavar=_("S"),
        help=_("the same seed gives the same data ({default} unless given)").format(default=SEED),
    )
    parser.add_argument("--no-open", action="store_true", help=_("make it, and open no console"))


async def run(context: CommandContext) -> int:
    """Make it, unless it is there."""
    given = context.arguments
    if not (given.no_open or given.plain):  # nothing is made that could not be opened
        require_screen()
    settings = sample_settings(context.settings, given.recipients, given.seed)
    file = sample_file(context.settings, given.recipients, given.seed)
    try:
        if not is_made(file):
            await _make(context, file)
            context.say(_("The sample database is at {file}.").format(file=file))
        copy_voice_files(file, settings.voice_dir)
    except OSError as error:
        raise StorageUnavailable(
            _("The sample database cannot be made: {reason}.").format(reason=why(error)),
            _("Check {directory}.").format(directory=file.parent),
        ) from error
    return DONE


async def _make(context: CommandContext, file: Path) -> None:
    from core.demo import writer
    from core.demo.generator import Plan

    given = context.arguments
    here = datetime.now(ZoneInfo(ZONE))
    minute = here.hour * 60 + here.minute
    plan = Plan(given.recipients, given.seed, here.date(), context.identity.account, minute)
    with told_percent(context.err, _("Making the sample database: {percent} %")) as progress:
        await writer.make(file, plan, progress)


def open_console(context: CommandContext) -> int:
    """Open the console on it."""
    given = context.arguments
    if given.no_open:
        return DONE
    from tui.__main__ import run_console

    settings = sample_settings(context.settings, given.recipients, given.seed)
    return run_console(settings, context.identity, rich=given.rich, plain=given.plain)
