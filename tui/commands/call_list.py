"""``carecall call-list``: whom to phone now, a line each, for the calling system."""

import csv
import io

from core.campaigns.dto import CallListEntry
from core.values.i18n import _
from core.values.text import replace_forbidden
from tui.commands import given as arguments
from tui.commands.context import DONE, CommandContext
from tui.commands.parsing import Parser, object_as_json

_COLUMNS = ("campaign", "organization", "recipient", "name", "phone")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def add_arguments(parser: Parser) -> None:
    """Which campaign, and how it is written."""
    parser.over_ssh = True
    parser.add_argument("--campaign", metavar=_("NAME"), help=_("only this campaign"))
    arguments.add_organization(parser, _("whose, where several organizations have one"))
    object_as_json(
        parser,
        CallListEntry,
        _("as --format jsonl"),
        dest="format",
        action="store_const",
        const="jsonl",
        default="jsonl",
    )
    parser.add_argument(
        "--format",
        choices=["jsonl", "csv"],
        default="jsonl",
        help=_(
            "jsonl gives every text as it is; csv puts ' before a text that a spreadsheet would run"
        ),
    )


async def run(context: CommandContext) -> int:
    """Write the list; always UTF-8."""
    if isinstance(context.out, io.TextIOWrapper):
        context.out.reconfigure(encoding="utf-8", errors="strict", newline="")
    as_csv = context.arguments.format == "csv"
    line, write = (_csv_line, context.write) if as_csv else (_json_line, context.write_json)
    pending = _csv(_COLUMNS) if as_csv else ""
    async with context.signed_in() as (services, actor):
        given = context.arguments
        entries = services.campaigns.call_list(actor, given.campaign, given.organization)
        async for entry in entries:
            write(pending + line(entry))
            pending = ""
    write(pending)
    return DONE


def _json_line(entry: "CallListEntry") -> str:
    import msgspec

    return msgspec.json.encode(entry).decode() + "\n"


def _csv_line(entry: "CallListEntry") -> str:
    texts = [_not_a_formula(text) for text in (entry.campaign, entry.organization, entry.name)]
    return _csv((texts[0], texts[1], str(entry.recipient), texts[2], entry.phone))


def _csv(cells: tuple[str, ...]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()


def _not_a_formula(text: str) -> str:
    text = replace_forbidden(text)
    return f"'{text}" if text.startswith(_FORMULA) else text
