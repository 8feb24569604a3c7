"""``carecall download``: recipients as a workbook, which can be uploaded again."""

from typing import TYPE_CHECKING

from core.recipients.dto import RecipientFilter, RecipientQuery
from core.recipients.rules import STATUS_NAMES
from core.values.errors import InvalidInput
from core.values.i18n import _, ngettext
from tui.commands import given as arguments
from tui.commands.context import DONE, CommandContext
from tui.commands.parsing import Parser, add_file
from tui.commands.streams import output, told_job

if TYPE_CHECKING:
    from core.app.actor import Actor
    from core.app.services import Services

_STATUSES = {name: status for status, name in STATUS_NAMES.items()}


def add_arguments(parser: Parser) -> None:
    """Which recipients, and where they go."""
    parser.over_ssh = True
    add_file(parser, "file", metavar=_("FILE"), help=_("a new file; - writes to standard output"))
    arguments.add_organization(parser, _("only its recipients"))
    parser.add_argument(
        "--status",
        choices=list(_STATUSES),
        metavar=_("STATUS"),
        help=_("only recipients in this status") + f": {', '.join(_STATUSES)}",
    )
    parser.add_argument(
        "--search",
        metavar=_("TEXT"),
        default="",
        help=_("only those whose name, number or other information has it"),
    )
    parser.add_argument("--view", metavar=_("NAME"), help=_("those whom this view finds"))
    parser.add_argument(
        "--reason", metavar=_("TEXT"), required=True, help=_("why, for the audit record")
    )


async def run(context: CommandContext) -> int:
    """Write them."""
    given = context.arguments
    async with context.signed_in() as (services, actor):
        statuses = frozenset({_STATUSES[given.status]} if given.status else ())
        query = RecipientQuery(
            organization_id=await arguments.organization_id(services, actor, given.organization),
            search=given.search,
            filter=RecipientFilter(statuses=statuses),
        )
        if given.view is not None:
            query = await _within_view(services, actor, given.view, query)
        with output(context, given.file) as file, told_job(context) as job:
            count = await services.downloads.write(actor, query, file, reason=given.reason, job=job)
    if given.file != "-":
        context.say(
            ngettext(
                "Wrote {count} recipient to {file}.", "Wrote {count} recipients to {file}.", count
            ).format(count=f"{count:,}", file=given.file)
        )
    return DONE


async def _within_view(
    services: "Services", actor: "Actor", name: str, query: RecipientQuery
) -> RecipientQuery:
    """The view's query. Raises InvalidInput where something else is asked for beside it."""
    from tui.commands.view import asked_by

    if query != RecipientQuery():
        raise InvalidInput(
            _("A view says itself what is asked for."),
            _("Leave the other filters out, or save another view."),
        )
    return (await asked_by(services, actor, name))[1]
