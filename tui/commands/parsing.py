"""What arguments may be: every number of every command is checked here, while it is parsed."""

import argparse
import re
from collections.abc import Callable
from typing import Any, NoReturn

from core.values.errors import InvalidInput
from core.values.i18n import _
from core.values.text import displayed_line
from tui.commands.help_format import CellFormatter

_PATHS = ("file", "results", "to")
_SURROGATE = re.compile("[\ud800-\udfff]")  # what Python makes of a byte that is none of UTF-8
ID_MAXIMUM = 2**63 - 1  # what a database can hold


class Parser(argparse.ArgumentParser):
    """Tells what is wrong without what a terminal would act on; ``--as`` is understood after the command, too."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**{"formatter_class": CellFormatter, **more})
        self.add_argument(
            "--as",
            dest="act_as",
            metavar=_("LOGIN"),
            default=argparse.SUPPRESS,
            help=_("act as this admin"),
        )

    def error(self, message: str) -> NoReturn:
        """Say it and end with 2."""
        super().error(displayed_line(message))


def add_command(commands: Any, name: str, words: str) -> argparse.ArgumentParser:
    """The parser of one more command: ``words`` are its line in the list of them, and its own help begins so."""
    sentence = f"{words[:1].upper()}{words[1:]}."
    made: argparse.ArgumentParser = commands.add_parser(name, help=words, description=sentence)
    return made


def rows_as_json(parser: argparse.ArgumentParser) -> None:
    """``--json`` of what lists."""
    parser.add_argument("--json", action="store_true", help=_("one JSON object a line"))


def change_as_json(parser: argparse.ArgumentParser) -> None:
    """``--json`` of what changes something."""
    parser.add_argument(
        "--json", action="store_true", help=_("write what came of it as one JSON object")
    )


def refuse_bytes(parsed: argparse.Namespace) -> None:
    """Raise InvalidInput where an argument is no text in UTF-8, which no database takes; names of files may be."""
    for name, given in vars(parsed).items():
        words = given if isinstance(given, list) else [given]
        if name not in _PATHS and any(
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
