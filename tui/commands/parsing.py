"""What arguments may be: every number of every command is checked here, while it is parsed."""

import argparse
from collections.abc import Callable
from typing import NoReturn

from core.values.i18n import _
from core.values.text import displayed_line

ID_MAXIMUM = 2**63 - 1  # what a database can hold


class Parser(argparse.ArgumentParser):
    """Tells what is wrong without what a terminal would act on."""

    def error(self, message: str) -> NoReturn:
        """Say it and end with 2."""
        super().error(displayed_line(message))


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
