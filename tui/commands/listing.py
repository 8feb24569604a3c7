"""Recipients as commands print them: a table, or one JSON object a line."""

from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import asdict

from core.recipients.dto import RecipientQuery, RecipientRow
from core.recipients.rules import STATUS_NAMES
from core.values.i18n import _
from core.values.times import zone_of
from tui.commands.context import CommandContext
from tui.commands.printing import pages_of, print_rows
from tui.commands.shapes import like
from tui.recipients.targets import how_many

if TYPE_CHECKING:
    from core.app.actor import Actor
    from core.app.services import Services


class ChangeTold(Struct, frozen=True):
    """What has changed most in the last 4 weeks, by how many percent; without a measure, nothing has."""

    measure: str | None
    percent: int


# a recipient as as_json gives it
RECIPIENT = like(RecipientRow, "Recipient", status=str, change=ChangeTold | None)
_LISTED = ("name", "phone", "organization", "status", "last_call_at")


def as_json(row: "RecipientRow") -> dict[str, object]:
    """The row with the words that filters know in the place of numbers."""
    change = None
    if row.change is not None:
        measure = row.change.measure.name.lower() if row.change.measure else None
        change = ChangeTold(measure, row.change.percent - 100)
    return {**asdict(row), "status": STATUS_NAMES.get(row.status, ""), "change": change}


async def print_people(
    context: CommandContext, services: "Services", actor: "Actor", query: RecipientQuery
) -> None:
    """The recipients that the query finds, at most as many as ``--limit`` says."""
    from tui.format import CellFormat
    from tui.recipients.columns import cell, chosen

    given = context.arguments
    rows: list[RecipientRow] = []
    async for page in pages_of(partial(services.recipients.window, actor, query), given.limit):
        if given.json:
            context.write_rows(map(as_json, page))
        else:
            rows += page
    if given.json:
        return
    tagged = ("tags",) if any(row.tags for row in rows) else ()
    columns, form = chosen((*_LISTED, *tagged)), CellFormat.of(context.settings)
    cells = [
        (
            str(row.id),
            *(cell(field, row, form, zone_of(row.timezone, form.zone)) for field in columns),
        )
        for row in rows
    ]
    headers = (_("ID"), *(_(field.heading) for field in columns))
    print_rows(context, rows, headers, cells, _("No recipient matches."))
    if rows:
        context.say(how_many(len(rows)))
