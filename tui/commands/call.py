"""``carecall call list|show``: the calls of a recipient, and one with its conversation."""

from functools import partial
from typing import TYPE_CHECKING

from core.calls.dto import CallDetails, CallRow
from core.calls.rules import ANALYSIS_WORDS, RESULT_WORDS, SPEAKER_WORDS
from core.values.i18n import _
from tui.commands import given as arguments
from tui.commands.context import DONE, CommandContext
from tui.commands.parsing import Parser, add_command, object_as_json, rows_as_json
from tui.commands.printing import all_of, headings, print_rows

if TYPE_CHECKING:
    from core.app.actor import Actor
    from core.app.services import Services


def add_arguments(parser: Parser) -> None:
    """The two actions."""
    actions = parser.add_subparsers(dest="action", metavar=_("ACTION"), required=True)
    listing = add_command(
        actions, "list", _("list the calls of a recipient, the latest first"), over_ssh=True
    )
    arguments.add_recipient(listing)
    arguments.add_limit(listing)
    rows_as_json(listing, CallRow)
    show = add_command(actions, "show", _("print the conversation of a call"), over_ssh=True)
    arguments.add_call(show)
    object_as_json(show, CallDetails, _("as one JSON object"))


async def run(context: CommandContext) -> int:
    """Do the action."""
    async with context.signed_in() as (services, actor):
        if context.arguments.action == "list":
            await _list(context, services, actor)
        else:
            await _show(context, services, actor)
    return DONE


async def _list(context: CommandContext, services: "Services", actor: "Actor") -> None:
    from tui.details import columns
    from tui.format import CellFormat

    given = context.arguments
    recipient = await arguments.recipient(services, actor, given)
    rows = await all_of(partial(services.calls.window, actor, recipient.id), given.limit)
    form = CellFormat.of(context.settings)
    headers = [_("ID"), *headings(columns.CALLS)]
    cells = [
        (row.external_id, *columns.call_row(row, form, recipient.timezone).cells) for row in rows
    ]
    print_rows(context, rows, headers, cells, _("There are no calls."))


async def _show(context: CommandContext, services: "Services", actor: "Actor") -> None:
    from tui.format import CellFormat, duration

    call = await arguments.call(services, actor, context.arguments)
    found = await services.calls.get(actor, call.id)
    if context.arguments.json:
        context.write_rows([found])
        return
    recipient = await services.recipients.get(actor, call.recipient_id)
    form = CellFormat.of(context.settings)
    facts = (
        form.time(call.started_at, recipient.timezone),
        recipient.name,
        _(RESULT_WORDS[call.result]),
        _(ANALYSIS_WORDS[call.analysis]) if call.analysis else "",
        duration(call.duration_ms / 1000),
    )
    context.write(" · ".join(filter(None, facts)) + "\n")
    if found.summary:
        context.write(found.summary + "\n")
    for said in found.utterances:
        speaker = _(SPEAKER_WORDS[said.speaker])
        context.write(f"{duration(said.at_ms / 1000)}  {speaker}: {said.text}\n")
