"""``carecall handover``: what a shift leaves, as Markdown; sign it, confirm the last one."""

from typing import TYPE_CHECKING

from core.handovers.dto import Handover
from core.values.errors import InvalidInput
from core.values.i18n import _
from tui.commands import given as arguments
from tui.commands.context import DONE, CommandContext
from tui.commands.parsing import Parser, add_file, object_as_json
from tui.commands.streams import output

if TYPE_CHECKING:
    from core.app.actor import Actor
    from core.app.services import Services


def add_arguments(parser: Parser) -> None:
    """What to do with it, and how it is printed."""
    parser.over_ssh = True
    add_file(
        parser,
        "file",
        metavar=_("FILE"),
        nargs="?",
        default="",
        help=_("write it to this Excel file, and print nothing"),
    )
    parser.add_argument(
        "--organization",
        metavar=_("NAME"),
        default="",
        help=_("whose; system admins have to say it where there are several"),
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--sign", metavar=_("TEXT"), help=_("sign it, with this text (- reads it from the input)")
    )
    what.add_argument(
        "--confirm", action="store_true", help=_("confirm the last one, which somebody else signed")
    )
    what.add_argument(
        "--last",
        action="count",
        default=0,
        help=_("the last one that was signed; given twice, the one before"),
    )
    object_as_json(parser, Handover, _("as one JSON object"))


async def run(context: CommandContext) -> int:
    """Do it, and print what was signed, confirmed or asked for."""
    given = context.arguments
    async with context.signed_in() as (services, actor):
        organization_id = await _organization(services, actor, given.organization)
        handovers = services.handovers
        if given.sign is None and not (given.confirm or given.last):
            await _write(context, await handovers.unsigned(actor, organization_id))
            return DONE
        last = await handovers.last_id(actor, organization_id)
        if given.sign is not None:
            text = await arguments.text(context, given.sign)
            found = await handovers.sign(actor, organization_id, text, last)
        else:
            if last is not None and given.last > 1:
                signed = [one.id for one in await handovers.list(actor, organization_id)]
                last = signed[given.last - 1] if len(signed) >= given.last else None
            if last is None:
                raise InvalidInput(
                    _("Nothing was handed over yet."), _("Sign with: carecall handover --sign TEXT")
                )
            found = await (handovers.confirm if given.confirm else handovers.get)(actor, last)
        await _write(context, found)
    return DONE


async def _organization(services: "Services", actor: "Actor", name: str) -> int:
    if name:
        return (await services.organizations.by_name(actor, name)).id
    if actor.organization_id is not None:
        return actor.organization_id
    found = await services.organizations.list(actor, limit=2)
    if len(found) != 1:
        raise InvalidInput(_("Which organization?"), _("Say it with --organization NAME."))
    return found[0].id


async def _write(context: CommandContext, found: "Handover") -> None:
    from tui.format import CellFormat
    from tui.handovers import report

    form = CellFormat.of(context.settings)
    if context.arguments.file:
        from core.uploads.workbooks import Layout
        from core.uploads.writer import SheetWriter

        headers = report.sheet_headers()
        layout = Layout(_("Hand-over"), tuple(f"column {at}" for at in headers), headers)
        async with SheetWriter(layout) as writer:
            await writer.append(list(report.sheet_rows(found, form)))
            with output(context, context.arguments.file) as file:
                await writer.save(file)
    elif context.arguments.json:
        context.write_rows([found])
    else:
        context.write("\n".join(report.markdown(found, form)) + "\n")
