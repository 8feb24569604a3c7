"""``carecall recipient duplicates|merge|apart``."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from core.duplicates.dto import MergeDraft, Pair
from core.recipients.fields import TEXTS
from core.values.i18n import _
from tui.commands import given as arguments
from tui.commands.context import CommandContext
from tui.commands.listing import RECIPIENT, as_json
from tui.commands.parsing import Parser, add_command, change_as_json, number, rows_as_json
from tui.commands.printing import headings, print_change, print_rows
from tui.commands.shapes import like

if TYPE_CHECKING:
    from core.app.actor import Actor
    from core.app.services import Services

PAIR = like(Pair, "Pair", first=RECIPIENT, second=RECIPIENT)


class Apart(Struct, frozen=True):
    """Two recipients, and whether somebody has said that they are two persons."""

    first: int
    second: int
    apart: bool


def add_arguments(actions: Any) -> None:
    """The actions."""
    pairs = add_command(
        actions, "duplicates", _("list recipients that may be one person"), over_ssh=True
    )
    arguments.add_organization(pairs, _("only its recipients"))
    rows_as_json(pairs, PAIR)
    merge = add_command(
        actions, "merge", _("let one recipient become part of another"), over_ssh=True
    )
    _two(merge, _("who stays"), _("who becomes part of it"))
    merge.add_argument(
        "--take",
        action="append",
        default=[],
        choices=[field.name.value for field in TEXTS],
        help=_("a field that is taken over from the second"),
    )
    change_as_json(merge, RECIPIENT)
    apart = add_command(
        actions, "apart", _("say that two recipients are two persons"), over_ssh=True
    )
    _two(apart, _("one"), _("the other"))
    apart.add_argument("--undo", action="store_true", help=_("that nobody has said so"))
    change_as_json(apart, Apart)


def _two(parser: Parser, first: str, second: str) -> None:
    for name, words in (("first", first), ("second", second)):
        parser.add_argument(name, metavar=_("RECIPIENT"), type=number(1), help=words)


async def _duplicates(context: CommandContext, services: "Services", actor: "Actor") -> None:
    from tui.duplicates import columns
    from tui.format import CellFormat

    given = context.arguments
    body_id = await arguments.organization_id(services, actor, given.organization)
    found = await services.duplicates.find(actor, body_id)
    form = CellFormat.of(context.settings)
    headers = (_("ID"), _("ID"), *headings(columns.COLUMNS))
    cells = [
        (str(pair.first.id), str(pair.second.id), *columns.table_row(pair, form).cells)
        for pair in found.pairs
    ]
    rows: Sequence[object] = [
        {"first": as_json(pair.first), "second": as_json(pair.second), "reasons": pair.reasons}
        for pair in found.pairs
    ]
    print_rows(context, rows, headers, cells, _("Nobody seems to be there twice."))
    if not found.is_whole:
        context.say(_("There are more; these are the first."))


async def _merge(context: CommandContext, services: "Services", actor: "Actor") -> None:
    given = context.arguments
    kept, merged = await services.duplicates.compare(actor, given.first, given.second)
    draft = MergeDraft(kept.row.version, merged.row.id, merged.row.version, frozenset(given.take))
    done = await services.duplicates.merge(actor, kept.row.id, draft)
    told = _(
        "{name} is part of recipient {id} now. Make two of them again with: carecall recipient restore {other}"
    ).format(name=done.name, id=given.first, other=given.second)
    print_change(context, as_json(done.kept), told)


async def _apart(context: CommandContext, services: "Services", actor: "Actor") -> None:
    given = context.arguments
    await services.duplicates.tell_apart(actor, given.first, given.second, apart=not given.undo)
    told = _("They may be a pair again.") if given.undo else _("They are no pair any more.")
    print_change(context, Apart(given.first, given.second, not given.undo), told)


DO = {"duplicates": _duplicates, "merge": _merge, "apart": _apart}
