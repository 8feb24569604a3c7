"""``carecall search``."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from core.calls.rules import Analysis
from core.conversations.dto import ConversationQuery, Hit, HitPage, SearchAnchor
from core.conversations.rules import SAID_BY_WORDS, SaidBy
from core.values.days import parse_day
from core.values.i18n import _
from core.values.times import now
from tui.commands import given as arguments
from tui.commands.context import DONE, CommandContext
from tui.commands.parsing import Parser, number, rows_as_json
from tui.commands.printing import parts_of, print_rows

if TYPE_CHECKING:
    from core.app.actor import Actor
    from core.app.services import Services

_USUAL = 100


def add_arguments(parser: Parser) -> None:
    """The words, and what the search is narrowed to."""
    parser.over_ssh = True
    parser.add_argument(
        "words",
        metavar=_("WORDS"),
        nargs="+",
        help=_("words that all stand in one line; one that begins with a dash comes after --"),
    )
    day = _("2026-12-01, or -7 for a week ago, written --from=-7")
    parser.add_argument("--from", dest="first", metavar=_("DAY"), default="", help=day)
    parser.add_argument("--to", dest="last", metavar=_("DAY"), default="", help=day)
    parser.add_argument(
        "--speaker",
        action="append",
        choices=[one.value for one in SaidBy],
        default=[],
        help=_(
            "said by the machine (ai) or the recipient, in the summary of a call, or kept as a memory detail"
        ),
    )
    parser.add_argument(
        "--analysis",
        action="append",
        choices=[one.value for one in Analysis],
        default=[],
        help=_("calls that were judged so"),
    )
    arguments.add_organization(parser, _("only its conversations"))
    parser.add_argument(
        "--limit",
        metavar=_("COUNT"),
        type=number(1),
        default=_USUAL,
        help=_("at most so many lines (else {usual})").format(usual=_USUAL),
    )
    rows_as_json(parser, Hit)


async def run(context: CommandContext) -> int:
    """Print the lines, the newest first."""
    async with context.signed_in() as (services, actor):
        hits, has_more = await _found(context, services, actor)
    _print(context, hits)
    if has_more:
        context.say(_("There is more: --limit gives more lines."))
    return DONE


async def _found(
    context: CommandContext, services: "Services", actor: "Actor"
) -> "tuple[list[Hit], bool]":
    given = context.arguments
    today = now().astimezone(context.settings.zone).date()
    query = ConversationQuery(
        " ".join(given.words),
        first=parse_day(given.first, today, field="from", is_past=True),
        last=parse_day(given.last, today, field="to", is_past=True),
        said_by=frozenset(map(SaidBy, given.speaker)),
        analyses=frozenset(map(Analysis, given.analysis)),
        organization_id=await arguments.organization_id(services, actor, given.organization),
    )
    last: HitPage | None = None

    async def read(rest: SearchAnchor | None, limit: int) -> tuple[Sequence[Hit], Any]:
        nonlocal last
        last = await services.conversations.search(actor, query, rest, limit)
        return last.hits, last.rest

    hits = [hit async for part in parts_of(read, given.limit) for hit in part]
    if last is not None and last.filled_from is not None and last.rest is None:
        from tui.format import CellFormat

        time = CellFormat.of(context.settings).time(last.filled_from, None)
        context.say(_("Calls before {time} are still being added to the search.").format(time=time))
    return hits, last is not None and last.rest is not None


def _print(context: CommandContext, hits: "list[Hit]") -> None:
    from tui.conversations.columns import marked
    from tui.format import CellFormat

    form = CellFormat.of(context.settings)
    headers = (_("Time"), _("Recipient"), _("Organization"), _("Call"), _("Who"), _("Line"))
    cells = [
        (
            form.time(hit.at, hit.timezone),
            hit.recipient,
            hit.organization,
            hit.call or "-",
            _(SAID_BY_WORDS[hit.said_by]),
            marked(hit),
        )
        for hit in hits
    ]
    print_rows(context, hits, headers, cells, _("Nobody said that, as far as you may see."))
