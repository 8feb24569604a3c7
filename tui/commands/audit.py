"""``carecall audit list|verify|review``: the records, whether they are whole, and what a month comes to."""

import argparse
import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from core.app.audit.dto import AuditRow
from core.values.days import parse_day
from core.values.i18n import _
from core.values.times import midnight, now
from tui.commands import review
from tui.commands.clock import Clock
from tui.commands.context import DONE, SOME_FAILED, CommandContext
from tui.commands.parsing import Parser, add_command, number, object_as_json
from tui.commands.table import table

if TYPE_CHECKING:
    from core.app.audit.dto import AuditFilter, Verification

_LIMIT = 100


def add_arguments(parser: Parser) -> None:
    """The three actions."""
    actions = parser.add_subparsers(dest="action", metavar=_("ACTION"), required=True)
    listing = add_command(actions, "list", _("list audit records, the newest first"), over_ssh=True)
    listing.add_argument(
        "--access",
        action="store_true",
        help=_("who looked at whose data, instead of who changed what"),
    )
    listing.add_argument("--admin", metavar=_("LOGIN"), default="", help=_("of this admin only"))
    listing.add_argument(
        "--action",
        dest="done",
        metavar=_("NAME"),
        default="",
        help=_("such as recipient.edit, or recipient for all on recipients"),
    )
    listing.add_argument(
        "--recipient", metavar=_("ID"), type=number(1), help=_("about this recipient only")
    )
    listing.add_argument(
        "--since", metavar=_("DAY"), default="", help=_("from this day on, such as 2026-11-20")
    )
    listing.add_argument("--until", metavar=_("DAY"), default="", help=_("up to this day"))
    listing.add_argument(
        "--limit",
        metavar=_("N"),
        type=number(0),
        default=_LIMIT,
        help=_("at most so many; 0 for all"),
    )
    object_as_json(
        listing,
        AuditRow,
        _("one JSON object a line"),
        dest="format",
        action="store_const",
        const="jsonl",
        default="table",
    )
    # as it was spelt before
    listing.add_argument(
        "--format", choices=["table", "jsonl"], default="table", help=argparse.SUPPRESS
    )
    verify = add_command(
        actions, "verify", _("check that no audit record was changed"), over_ssh=True
    )
    verify.add_argument(
        "--head",
        metavar=_("HASH"),
        default="",
        help=_("a hash noted before, which has to be there"),
    )
    review.add_arguments(actions)


async def run(context: CommandContext) -> int:
    """Do the action."""
    if context.arguments.action == "verify":
        return await _verify(context)
    if context.arguments.action == "review":
        return await review.run(context)
    limit = context.arguments.limit or None
    headers = (
        _("Time"),
        _("Login"),
        _("OS account"),
        _("Client"),
        _("Action"),
        _("Subject"),
        _("Details"),
    )
    lines: list[tuple[str, ...]] = []
    async with context.signed_in() as (services, actor):
        clock = await Clock.of(services, actor)
        async for row in services.audit.list(actor, _wanted(context, clock), limit):
            if context.arguments.format == "jsonl":
                context.write_rows([row])
            else:
                lines.append(_cells(row, clock))
    if lines:
        context.write(table(headers, lines, context.width))
    elif context.arguments.format == "table":
        context.say(_("There is no such audit record."))
    return DONE


async def _verify(context: CommandContext) -> int:
    async with context.signed_in() as (services, actor):
        found = await services.audit.verify(actor, context.arguments.head.strip().lower())
        access = await services.audit.verify(actor, access=True)
    tell_chains(context, found, access)
    return DONE if found.is_whole and access.is_whole else SOME_FAILED


def tell_chains(
    context: CommandContext, changes: "Verification", access: "Verification | None" = None
) -> None:
    """What was found, what is wrong last; the hash, where there is one, below the line that speaks of it."""
    found = [(changes.is_whole, verification_lines(changes), changes.head)]
    if access is not None:
        found.insert(0, (access.is_whole, access_lines(access), ""))
    for is_whole, lines, head in sorted(found, key=lambda one: not one[0]):
        for line in lines:
            context.say(line)
        if is_whole and head:
            context.write(f"{head}\n")


def access_lines(found: "Verification") -> list[str]:
    """What a person reads of a check of the records of access."""
    if found.broken is not None:
        return [
            _("The record of access {id} was changed, or one before it was taken out.").format(
                id=found.broken
            ),
            _("The {count} before it are as they were written.").format(count=f"{found.records:,}"),
        ]
    return [
        _("{count} records of access are as they were written.").format(count=f"{found.records:,}")
    ]


def verification_lines(found: "Verification") -> list[str]:
    """What a person reads of a check of the chain of changes."""
    if found.broken is not None:
        return [
            _("The audit record {id} was changed, or one before it was taken out.").format(
                id=found.broken
            ),
            _("The {count} before it are as they were written.").format(count=f"{found.records:,}"),
        ]
    if not found.head_found:
        return [
            _("No audit record has this hash: the end was cut off, or the hash is another's."),
            _("The {count} that are there are as they were written; the last one is {id}.").format(
                count=f"{found.records:,}", id=found.last
            ),
        ]
    return [
        _(
            "{count} audit records are as they were written; the last one is {id}, with the hash:"
        ).format(count=f"{found.records:,}", id=found.last)
    ]


def _wanted(context: CommandContext, clock: Clock) -> "AuditFilter":
    from core.app.audit.dto import AuditFilter

    given = context.arguments
    return AuditFilter(
        admin=given.admin,
        action=given.done,
        recipient=given.recipient,
        since=_begins(clock, given.since, "since", 0),
        until=_begins(clock, given.until, "until", 1),
        access=given.access,
    )


def _begins(clock: Clock, typed: str, field: str, days_later: int) -> datetime | None:
    zone = clock.zone
    day = parse_day(typed, now().astimezone(zone).date(), field=field, is_past=True)
    if day is None:
        return None
    return midnight(day + timedelta(days=days_later), zone)


def _cells(row: "AuditRow", clock: Clock) -> tuple[str, ...]:
    subject = row.subject if row.subject_id is None else f"{row.subject} {row.subject_id}"
    return (
        clock.show(row.at, row.organization),
        row.admin,
        row.account,
        row.client,
        row.action,
        subject,
        " ".join(f"{name}={_short(value)}" for name, value in row.details.items()),
    )


def _short(value: object) -> str:
    if isinstance(value, list) and len(value) > 3:
        return f"[{value[0]}, {value[1]}, … {len(value)}]"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
