"""``carecall trend``: the weeks of a recipient, or of an organization."""

from datetime import date
from typing import TYPE_CHECKING

from msgspec import Struct

from core.trends.rules import Measure
from core.values.i18n import _
from tui.commands import given as arguments
from tui.commands.context import DONE, CommandContext
from tui.commands.parsing import Parser, rows_as_json

if TYPE_CHECKING:
    from core.trends.dto import Trend


class WeekTold(Struct, frozen=True):
    """Seven days from ``week`` on; an average is null where no call has it."""

    week: date
    calls: int
    connected: int
    completed: int
    emergencies: int
    answer_length: float | None
    duration_s: float | None
    normal_rate: float | None
    open_tasks: int | None


def add_arguments(parser: Parser) -> None:
    """Whose."""
    parser.over_ssh = True
    parser.add_argument(
        "recipient",
        metavar=_("RECIPIENT"),
        nargs="?",
        help=_("an ID, or a number with --organization; without one, the organization as a whole"),
    )
    arguments.add_organization(parser, _("whose number it is, or whose overview"))
    rows_as_json(parser, WeekTold)


async def run(context: CommandContext) -> int:
    """Print the weeks, the latest first."""
    from tui.trends import tables

    given = context.arguments
    async with context.signed_in() as (services, actor):
        if given.recipient is not None:
            recipient = await arguments.recipient(services, actor, given)
            trend = await services.trends.of_recipient(actor, recipient.id)
        else:
            body_id = await arguments.organization_id(services, actor, given.organization)
            trend = await services.trends.of_organization(actor, body_id)
    if given.json:
        context.write_rows(_as_json(trend))
        return DONE
    table = tables.overview(trend) if given.recipient is None else tables.by_week(trend)
    if given.recipient is not None:
        context.say(tables.headline(trend))
    context.write(table.lines() + "\n")
    return DONE


def _as_json(trend: "Trend") -> list[WeekTold]:
    return [
        WeekTold(
            week.first,
            week.sums.calls,
            week.sums.connected,
            week.sums.completed,
            week.sums.emergencies,
            week.sums.value(Measure.ANSWERS),
            week.sums.value(Measure.DURATION),
            week.sums.value(Measure.NORMAL),
            week.open_tasks,
        )
        for week in reversed(trend.weeks)
    ]
