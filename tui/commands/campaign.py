"""``carecall campaign add|list|start|end|enroll|withdraw``."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import asdict

from core.campaigns.dto import CampaignRow, Refusal
from core.campaigns.rules import STATE_WORDS
from core.values.i18n import _, ngettext
from tui.commands import given as arguments
from tui.commands.clock import Clock
from tui.commands.context import DONE, SOME_FAILED, CommandContext
from tui.commands.parsing import Parser, add_command, change_as_json, rows_as_json
from tui.commands.printing import print_change, print_rows
from tui.commands.shapes import like
from tui.commands.streams import told_job
from tui.forms.progress import people_words

if TYPE_CHECKING:
    from core.app.actor import Actor
    from core.app.services import Services
    from core.campaigns.dto import EnrollmentResult


# as the list has it: how many are in it, too
CAMPAIGN = like(CampaignRow, "Campaign", recipients=int)


class Enrolled(Struct, frozen=True):
    """How many joined or left, were there already (or not), are left to do; and who was refused."""

    changed: int
    unchanged: int
    left: int
    refused: Sequence[Refusal]


def add_arguments(parser: Parser) -> None:
    """The six actions."""
    actions = parser.add_subparsers(dest="action", metavar=_("ACTION"), required=True)
    add = add_command(actions, "add", _("add a campaign"), over_ssh=True)
    add.add_argument("name", metavar=_("NAME"))
    arguments.add_organization(add, _("whose it is; else open to every organization"))
    change_as_json(add, CampaignRow)
    rows_as_json(add_command(actions, "list", _("list campaigns"), over_ssh=True), CAMPAIGN)
    for action, words in (
        ("start", _("start a campaign: its recipients are phoned")),
        ("end", _("end a campaign for good")),
    ):
        move = add_command(actions, action, words, over_ssh=True)
        move.add_argument("name", metavar=_("NAME"))
        arguments.add_organization(move, _("whose, where several organizations have one"))
        change_as_json(move, CampaignRow)
    for action, words in (
        ("enroll", _("put recipients into a campaign")),
        ("withdraw", _("take recipients out of a campaign")),
    ):
        change = add_command(actions, action, words, over_ssh=True)
        change.add_argument("name", metavar=_("NAME"))
        arguments.add_organization(change, _("only its recipients"))
        whom = change.add_mutually_exclusive_group(required=True)
        whom.add_argument(
            "--phone",
            metavar=_("NUMBER"),
            action="append",
            default=[],
            help=_("this recipient; may be repeated"),
        )
        whom.add_argument("--all", action="store_true", help=_("every recipient"))
        change_as_json(change, Enrolled)


async def run(context: CommandContext) -> int:
    """Do the action."""
    given = context.arguments
    async with context.signed_in() as (services, actor):
        campaigns = services.campaigns
        if given.action == "add":
            added = await campaigns.add(actor, given.name, given.organization)
            told = _("Added the campaign {name}.")
            print_change(context, added, told.format(name=added.name))
            context.say(
                _("Next: carecall campaign enroll NAME --all, then carecall campaign start NAME")
            )
        elif given.action == "start":
            started = await campaigns.start(actor, given.name, given.organization)
            told = _("The campaign {name} is in progress.")
            print_change(context, started, told.format(name=started.name))
        elif given.action == "end":
            ended = await campaigns.end(actor, given.name, given.organization)
            told = _("The campaign {name} has ended.")
            print_change(context, ended, told.format(name=ended.name))
        elif given.action == "list":
            await _list(context, services, actor)
        else:
            change = campaigns.enroll if given.action == "enroll" else campaigns.withdraw
            try:
                with told_job(context, people_words) as job:
                    result = await change(
                        actor,
                        given.name,
                        given.organization,
                        given.phone,
                        everybody=given.all,
                        job=job,
                    )
            except asyncio.CancelledError:
                _tell_part(context, job.done, job.total)
                raise
            return _tell(context, result)
    return DONE


def _tell_part(context: CommandContext, done: int, total: int) -> None:
    """What was done before it was ended; the same command goes on with the others."""
    words = (
        _("Enrolled {done} of {total} recipients; run it again for the others.")
        if context.arguments.action == "enroll"
        else _("Withdrew {done} of {total} recipients; run it again for the others.")
    )
    context.say(words.format(done=f"{done:,}", total=f"{total:,}"))


async def _list(context: CommandContext, services: "Services", actor: "Actor") -> None:
    rows = await services.campaigns.list(actor)
    counts = await services.campaigns.participants(actor)
    headers = (
        _("Campaign"),
        _("Organization"),
        _("State"),
        _("Recipients"),
        _("Started"),
        _("Ended"),
    )
    clock = await Clock.of(services, actor)
    lines = [_cells(row, counts.get(row.id, 0), clock) for row in rows]
    counted = [{**asdict(row), "recipients": counts.get(row.id, 0)} for row in rows]
    none = _("There is no campaign yet. Add one with: carecall campaign add NAME")
    print_rows(context, counted, headers, lines, none)


def _cells(row: "CampaignRow", recipients: int, clock: Clock) -> tuple[str, ...]:
    return (
        row.name,
        row.organization or _("every organization"),
        _(STATE_WORDS[row.state]),
        f"{recipients:,}",
        clock.show(row.started_at, row.organization),
        clock.show(row.ended_at, row.organization),
    )


def _tell(context: CommandContext, result: "EnrollmentResult") -> int:
    if context.arguments.json:
        told = Enrolled(result.changed, result.unchanged, result.left, result.refused)
        context.write_rows([told])
    if result.stopped is not None:
        _tell_part(context, result.changed, result.changed + result.left)
        raise result.stopped
    enrolls = context.arguments.action == "enroll"
    if enrolls:
        words = ngettext(
            "Enrolled {count} recipient.", "Enrolled {count} recipients.", result.changed
        )
        before = _("{count} were in the campaign already.")
    else:
        words = ngettext(
            "Withdrew {count} recipient.", "Withdrew {count} recipients.", result.changed
        )
        before = _("{count} were not in the campaign.")
    context.say(words.format(count=f"{result.changed:,}"))
    if result.unchanged:
        context.say(before.format(count=f"{result.unchanged:,}"))
    for refusal in result.refused:
        context.say(f"{refusal.phone}: {refusal.reason}")
    return SOME_FAILED if result.refused else DONE
