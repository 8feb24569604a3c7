"""``carecall feedback CALL positive|negative|none``: your verdict on a call."""

from msgspec import Struct

from core.calls.rules import VERDICT_WORDS, Verdict
from core.values.i18n import _
from tui.commands import given as arguments
from tui.commands.context import DONE, CommandContext
from tui.commands.parsing import Parser, change_as_json
from tui.commands.printing import print_change

_NONE = "none"


class Given(Struct, frozen=True):
    """The verdict that stands on a call, by the calling system's id of it; None: there is none."""

    call: str
    verdict: Verdict | None


def add_arguments(parser: Parser) -> None:
    """Which call, and what you think of it."""
    parser.over_ssh = True
    arguments.add_call(parser)
    parser.add_argument(
        "verdict",
        choices=[*(one.value for one in Verdict), _NONE],
        help=_("what you think of it; none withdraws it"),
    )
    change_as_json(parser, Given)


async def run(context: CommandContext) -> int:
    """Let this verdict stand, whatever stood there."""
    given = context.arguments
    wanted = None if given.verdict == _NONE else Verdict(given.verdict)
    async with context.signed_in() as (services, actor):
        call = await arguments.call(services, actor, given)
        changing = wanted or call.own_verdict  # giving the same again withdraws it
        if call.own_verdict != wanted and changing is not None:
            await services.feedback.give(actor, call.id, changing)
    told = _("Your verdict: {verdict}.").format(verdict=_(VERDICT_WORDS[wanted])) if wanted else ""
    print_change(context, Given(call.external_id, wanted), told or _("You have no verdict on it."))
    return DONE
