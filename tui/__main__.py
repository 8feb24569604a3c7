"""The entry point: arguments, settings, then the console or one of the commands."""

import argparse
import importlib
import importlib.util
import io
import os
import sys
from collections.abc import Container, Sequence
from typing import Any

from core.io import identity
from core.io.configuration import KEYS, Configuration, read_configuration
from core.values import i18n
from core.values.errors import CoreError
from core.values.i18n import N_, _
from core.values.settings import Settings
from core.values.text import displayed_line
from tui import process
from tui.commands.parsing import Parser, add_command, number, refuse_bytes
from tui.start_up import command_begins, ended, starting

# name: (module, help), by what it is for, the most used first
GROUPS: dict[str, dict[str, tuple[str, str]]] = {
    N_("The day's work"): {
        "task": (
            "tui.commands.task",
            N_("list, add, take, give, put off, close or acknowledge tasks"),
        ),
        "handover": (
            "tui.commands.handover",
            N_("print what a shift leaves to the next; sign it, or confirm the last one"),
        ),
        "call": ("tui.commands.call", N_("list the calls of a recipient, or print a conversation")),
        "voice": ("tui.commands.voice", N_("write a call's voice file to standard output")),
        "memory": ("tui.commands.memory", N_("list, edit or reset what is remembered")),
        "followup": ("tui.commands.followup", N_("list, add, edit or delete follow-up actions")),
        "memo": ("tui.commands.memo", N_("list, add, edit or delete memos")),
        "feedback": ("tui.commands.feedback", N_("say what you think of a call")),
        "contact": ("tui.commands.contact", N_("list, add, edit, move or delete contacts")),
    },
    N_("Recipients"): {
        "recipient": (
            "tui.commands.recipient",
            N_("list, show, add, edit, delete, pause, merge, export or erase recipients"),
        ),
        "tag": ("tui.commands.tag", N_("list, rename or delete tags")),
        "upload": ("tui.commands.upload", N_("take an Excel file of recipients in")),
        "uploads": ("tui.commands.uploads", N_("list uploads, correct their rows, or undo one")),
        "download": ("tui.commands.download", N_("write recipients to an Excel file")),
        "template": ("tui.commands.template", N_("write the Excel template for uploads")),
        "files": ("tui.commands.files", N_("list, get or delete what you wrote out on this host")),
    },
    N_("Finding and seeing"): {
        "search": ("tui.commands.search", N_("search in all conversations and memory details")),
        "view": (
            "tui.commands.view",
            N_("list, run, save, rename, delete or arrange views of the list"),
        ),
        "trend": ("tui.commands.trend", N_("how calls change, week by week")),
    },
    N_("Campaigns and the calling system"): {
        "campaign": (
            "tui.commands.campaign",
            N_("add, list, start or end campaigns; enroll or withdraw"),
        ),
        "call-list": (
            "tui.commands.call_list",
            N_("print whom to phone now, for the calling system"),
        ),
        "ingest": ("tui.commands.ingest", N_("take call results in, as JSON Lines")),
    },
    N_("Setting up"): {
        "init": ("tui.commands.init", N_("create the database; you become the first system admin")),
        "organization": ("tui.commands.organization", N_("add, list or rename organizations")),
        "admin": ("tui.commands.admin", N_("add, list, disable or enable admins")),
        "config": (
            "tui.commands.config",
            N_("show or check the settings, or write a file of them"),
        ),
        "completion": (
            "tui.commands.completion",
            N_("write what a shell reads to complete commands and names"),
        ),
        "doctor": (
            "tui.commands.doctor",
            N_("show what works on this host, and why the rest does not"),
        ),
        "demo": (
            "tui.commands.demo",
            N_("make and open a sample database, apart from the real one"),
        ),
    },
    N_("Keeping the data"): {
        "tick": ("tui.commands.tick", N_("do what time brings; for a timer")),
        "backup": ("tui.commands.backup", N_("make a checked copy of the database")),
        "db": (
            "tui.commands.db",
            N_("show the state of the database, bring it up to date, or move it"),
        ),
    },
    N_("For whoever is responsible for the data"): {
        "audit": (
            "tui.commands.audit",
            N_("list the records of changes, or check that they are whole"),
        ),
        "erase": ("tui.commands.erase", N_("erase for good what is past its retention time")),
    },
}
COMMANDS = {name: one for group in GROUPS.values() for name, one in group.items()}
# run whatever is wrong with the settings
_ABOUT_SETTINGS = {"config"}


HELP_WIDTH = 80


class _ShowVersion(argparse.Action):
    """Looks the version up only when it is asked for: what reads packages takes long to import."""

    def __call__(self, parser: argparse.ArgumentParser, *_rest: Any, **_more: Any) -> None:
        from importlib.metadata import version

        print(f"carecall-console {version('carecall-console')}")  # noqa: T201
        parser.exit()


class _Carecall(Parser):
    """The parser of all commands; its help has them by groups, which argparse has not."""

    def format_help(self) -> str:
        """The groups, then the options."""
        from tui.commands.help_format import WholeFormatter
        from tui.commands.table import listed

        groups = (
            (_(title), [(name, _(words)) for name, (_module, words) in group.items()])
            for title, group in GROUPS.items()
        )
        told = Parser(
            prog=self.prog,
            description=f"{self.description}\n\n{listed(groups, HELP_WIDTH)}".rstrip(),
            formatter_class=WholeFormatter,
        )
        _add_options(told)
        told.add_subparsers(
            metavar=_("COMMAND"), help=_("one of these; carecall COMMAND --help tells more of it")
        )
        return told.format_help()


def make_parser(wanted: Container[str]) -> Parser:
    """The parser. Only the modules of wanted commands are imported, so that the console starts fast."""
    parser = _Carecall(
        prog="carecall",
        description=_("The console for care calls; a command does one thing without a screen."),
    )
    _add_options(parser)
    if not wanted:  # the console opens at once
        parser.set_defaults(command=None)
        return parser
    subparsers = parser.add_subparsers(dest="command", metavar=_("COMMAND"), parser_class=Parser)
    for name, (module, words) in COMMANDS.items():
        if importlib.util.find_spec(module) is None:
            continue
        subparser = add_command(subparsers, name, _(words))
        if name in wanted:
            importlib.import_module(module).add_arguments(subparser)
    return parser


def _add_options(parser: argparse.ArgumentParser) -> None:
    """Those before the command."""
    parser.add_argument(
        "--version",
        action=_ShowVersion,
        nargs=0,
        help=_("show program's version number and exit"),
    )
    parser.set_defaults(act_as="")
    parser.add_argument(
        "--ssh",
        action="store_true",
        help=_("run as the forced command of sshd: the client says what is done"),
    )
    parser.add_argument(
        "--sound-port",
        metavar=_("PORT"),
        type=number(1, 65_535),
        help=_("with --ssh: where this key forwards the sound server of its desk to"),
    )
    parser.add_argument(
        "--rich", action="store_true", help=_("mouse, animation and colours for fast links")
    )
    parser.add_argument(
        "--plain", action="store_true", help=_("in lines, for screen readers and braille lines")
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the console or a command; gives the exit code (see ``docs/commands.md``)."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if "_ARGCOMPLETE" in os.environ:
        from tui.commands import completing

        if completing.is_asked(given):
            completing.answer(make_parser)
            return 0
    process.begin()
    with starting():
        return _main(given)


def _main(given: Sequence[str]) -> int:
    i18n.use(i18n.from_locale())
    settings = None
    try:
        found = read_configuration()
        i18n.use(found.language)
        parsed = make_parser(given).parse_args(given)
        if parsed.command in _ABOUT_SETTINGS:  # it tells what is wrong with them
            settings = found.usable()
        else:
            settings = found.settings()
            _check_keys(found, settings)
        return _run(parsed, settings)
    except CoreError as error:
        sys.stderr.write(f"carecall: {displayed_line(str(error))}\n")
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001 - the last resort: no traceback is ever shown
        from tui import crash

        words = crash.log(error, settings.state_dir if settings else None)
        sys.stderr.write(f"carecall: {words}\n")
        return crash.EXIT_CODE


def _check_keys(found: Configuration, settings: Settings) -> None:
    """Raises InvalidInput where the user's own keys cannot be."""
    if settings.keys:
        from tui.own_keys import check

        check(settings.keys, lambda name: found.place(f"{KEYS}{name}").words)


def _run(parsed: argparse.Namespace, settings: Settings) -> int:
    who = identity.of_process(act_as=parsed.act_as)
    if parsed.ssh:
        from tui import ssh

        parsed, who = ssh.parsed_for_client(parsed, make_parser, COMMANDS)
    refuse_bytes(parsed)
    if parsed.command is None:
        return run_console(settings, who, rich=parsed.rich, plain=parsed.plain)
    command_begins()
    from tui.commands.context import CommandContext, output_failed

    module = importlib.import_module(COMMANDS[parsed.command][0])
    context = CommandContext(parsed, settings, who)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    code = context.signals.run(module.run(context))
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise output_failed(error) from error
    # the console runs an event loop of its own, so that it cannot be opened from within run()
    opens = getattr(module, "open_console", None)
    return int(opens(context)) if opens is not None and code == 0 else code


def run_console(
    settings: Settings, who: identity.Identity, *, rich: bool = False, plain: bool = False
) -> int:
    """Open the console on the database of the settings; ``plain``: in lines, on any terminal or none."""
    from tui.terminal.preparing import prepare

    prepare(theme=settings.theme, rich=rich, plain=plain)
    from tui.app import ConsoleApp

    if plain:
        from tui.plain_app import SIZE, PlainApp

        app: ConsoleApp = PlainApp(settings, who)
        app.hang_up.install()
        app.run(headless=True, size=SIZE, mouse=False)
    else:
        app = ConsoleApp(settings, who, rich=rich)
        app.hang_up.install()
        app.run(mouse=rich)
    if words := app.failure or app.farewell:
        sys.stderr.write(f"carecall: {displayed_line(words)}\n")
    return app.return_code or 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    finally:
        ended()
