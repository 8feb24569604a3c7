"""``carecall recipient``: what the keys of the list do, and what a person may ask for."""

from typing import Any

from core.values import i18n
from core.values.i18n import _
from tui.commands import deleting, erasing, exporting, merging, pausing, people, tagging
from tui.commands import given as arguments
from tui.commands.context import DONE, CommandContext
from tui.commands.erasing import ErasedOf
from tui.commands.parsing import Parser, add_command, add_file, rows_as_json

_OF_ADMINS = {**people.DO, **deleting.DO, **pausing.DO, **merging.DO}
_BY_THEMSELVES = {"export": exporting.run, "erase": erasing.run, "tag": tagging.run}


def add_arguments(parser: Parser) -> None:
    """The actions."""
    actions = parser.add_subparsers(dest="action", metavar=_("ACTION"), required=True)
    for module in (people, deleting, pausing, merging):
        module.add_arguments(actions)
    export = _of_people(
        actions, "export", _("write all that is kept of recipients: to read, for programs, to hear")
    )
    add_file(
        export,
        "--to",
        metavar=_("FILE"),
        default="",
        help=_(
            "a new folder, or a file that ends in .zip (unless given: recipient-ID.zip);"
            " - is standard output"
        ),
    )
    export.add_argument("--lang", choices=i18n.LANGUAGES, default="", help=_("of its page"))
    erase = _of_people(actions, "erase", _("erase recipients for good, at once and everywhere"))
    erase.add_argument("--yes", action="store_true", help=_("without being asked"))
    rows_as_json(erase, ErasedOf)
    tagging.add_arguments(actions)


def _of_people(actions: Any, name: str, words: str) -> Parser:
    made = add_command(actions, name, words, over_ssh=name == "export")
    arguments.add_recipients(made)
    made.add_argument(
        "--reason", metavar=_("TEXT"), required=True, help=_("why, for the audit record")
    )
    return made


async def run(context: CommandContext) -> int:
    """Do the action."""
    action = context.arguments.action
    if action in _BY_THEMSELVES:
        return await _BY_THEMSELVES[action](context)
    async with context.signed_in() as (services, actor):
        return await _OF_ADMINS[action](context, services, actor) or DONE
