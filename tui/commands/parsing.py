"""What arguments may be, and what a command says of itself beside them.

Every number of every command is checked here, while it is parsed. A command is for those who come in by a forced
command only where it says so (``over_ssh``); files of the host (``add_file``) are never for them. What it prints
with ``--json`` is declared with that option, and ``--schema`` tells it.
"""

import argparse
import re
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

from core.values.errors import InvalidInput
from core.values.i18n import _
from core.values.text import displayed_line
from tui.commands.help_format import CellFormatter

_SURROGATE = re.compile("[\ud800-\udfff]")  # what Python makes of a byte that is none of UTF-8
ID_MAXIMUM = 2**63 - 1  # what a database can hold


class Parser(argparse.ArgumentParser):
    """Tells what is wrong without what a terminal would act on; ``--as`` is understood after the command, too.

    What was parsed has as ``parser`` the one of the command that was asked for, the last word's.
    """

    over_ssh = False
    """Whether a client may ask for it through a forced command of sshd; nothing may that does not say so."""
    shape: Any = None
    """The type of what it prints with ``--json``, or several."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**{"formatter_class": CellFormatter, **more})
        self.files: set[str] = set()
        """The arguments that name a file or folder of this host, or ``-``."""
        self.commands: dict[str, Parser] = {}
        """Those behind it, by their words."""
        self.set_defaults(parser=self)
        self.add_argument(
            "--as",
            dest="act_as",
            metavar=_("LOGIN"),
            default=argparse.SUPPRESS,
            help=_("act as this admin"),
        )

    def add_subparsers(self, **more: Any) -> Any:
        """See argparse."""
        made = super().add_subparsers(**more)
        self.commands = made.choices
        return made

    def error(self, message: str) -> NoReturn:
        """Say it and end with 2."""
        super().error(displayed_line(message))


def add_command(commands: Any, name: str, words: str, *, over_ssh: bool = False) -> Parser:
    """The parser of one more command: ``words`` are its line in the list of them, and its own help begins so."""
    sentence = f"{words[:1].upper()}{words[1:]}."
    made: Parser = commands.add_parser(name, help=words, description=sentence)
    made.over_ssh = over_ssh
    return made


def add_file(parser: Parser, *names: str, **more: Any) -> None:
    """An argument that names a file or folder of this host; ``-`` is standard input or output."""
    parser.files.add(parser.add_argument(*names, **more).dest)


def leaves(parser: argparse.ArgumentParser) -> "Iterator[Parser]":
    """Every command of the parser that does something: those without another word behind them."""
    below = parser.commands if isinstance(parser, Parser) else {}
    if isinstance(parser, Parser) and not below:
        yield parser
    for command in below.values():
        yield from leaves(command)


def rows_as_json(parser: Parser, shape: Any) -> None:
    """``--json`` of what lists, and its schema."""
    object_as_json(parser, shape, _("one JSON object a line"))


def change_as_json(parser: Parser, shape: Any) -> None:
    """``--json`` of what changes something, and its schema."""
    object_as_json(parser, shape, _("write what came of it as one JSON object"))


def object_as_json(parser: Parser, shape: Any, words: str, **more: Any) -> None:
    """``--json``, and ``--schema``, which tells what each line of it is."""
    parser.shape = shape
    parser.add_argument("--json", **({"action": "store_true"} | more), help=words)
    parser.add_argument(
        "--schema",
        action=_ShowSchema,
        nargs=0,
        default=argparse.SUPPRESS,
        help=_("write the JSON Schema of what --json writes, and do no more"),
    )


class _ShowSchema(argparse.Action):
    """Needs no other argument, and no database."""

    def __call__(self, parser: argparse.ArgumentParser, *_rest: Any, **_more: Any) -> None:
        from tui.commands.schema import text_of

        print(text_of(parser.prog, getattr(parser, "shape", None)))  # noqa: T201
        parser.exit()


def refuse_bytes(parsed: argparse.Namespace) -> None:
    """Raise InvalidInput where an argument is no text in UTF-8, which no database takes; names of files may be."""
    files = parsed.parser.files
    for name, given in vars(parsed).items():
        words = given if isinstance(given, list) else [given]
        if name not in files and any(
            isinstance(word, str) and _SURROGATE.search(word) for word in words
        ):
            raise InvalidInput(
                _("An argument is not text in UTF-8: {argument}.").format(
                    argument=name.replace("_", "-")
                ),
                _("Type it again."),
            )


def number(least: int, most: int = ID_MAXIMUM) -> Callable[[str], int]:
    """The type of an argument that is a whole number."""

    def checked(text: str) -> int:
        plain = text.isascii() and text.isdecimal() and len(text) < 20
        if not plain or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(
                _("a number from {least} on").format(least=least)
                if most == ID_MAXIMUM
                else _("a number from {least} to {most}").format(least=least, most=f"{most:,}")
            )
        return int(text)

    return checked
