"""``carecall recipient erase``: what a person may ask for."""

import argparse
from typing import Any

from core.values.i18n import _
from tui.commands import erasing
from tui.commands.context import CommandContext
from tui.commands.parsing import add_command, change_as_json

_ACTIONS = {"erase": erasing.run}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The actions."""
    actions = parser.add_subparsers(dest="action", metavar=_("ACTION"), required=True)
    erase = _of_people(actions, "erase", _("erase recipients for good, at once and everywhere"))
    erase.add_argument("--yes", action="store_true", help=_("without being asked"))
    change_as_json(erase)


def _of_people(actions: Any, name: str, words: str) -> argparse.ArgumentParser:
    made = add_command(actions, name, words)
    made.add_argument(
        "recipient",
        nargs="+",
        metavar=_("RECIPIENT"),
        help=_("an ID, or a number with --organization"),
    )
    made.add_argument("--organization", metavar=_("NAME"), help=_("whose number it is"))
    made.add_argument(
        "--reason", metavar=_("TEXT"), required=True, help=_("why, for the audit record")
    )
    return made


async def run(context: CommandContext) -> int:
    """Do the action."""
    return await _ACTIONS[context.arguments.action](context)
