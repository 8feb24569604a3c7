"""``carecall task list|add|take|give|later|done|drop|acknowledge``."""

import argparse
from functools import partial
from typing import TYPE_CHECKING, Any

from core.followups.rules import ActionType
from core.tasks.dto import NextStep, Tab, TaskQuery, TaskRow
from core.values.errors import InvalidInput
from core.values.i18n import _
from core.values.times import now
from tui.commands import given as arguments
from tui.commands.context import DONE, CommandContext
from tui.commands.parsing import Parser, add_command, change_as_json, number, rows_as_json
from tui.commands.printing import all_of, print_change, print_rows

if TYPE_CHECKING:
    from core.app.actor import Actor
    from core.app.services import Services


def add_arguments(parser: Parser) -> None:
    """The eight actions."""
    actions = parser.add_subparsers(dest="action", metavar=_("ACTION"), required=True)
    listing = add_command(
        actions, "list", _("list open tasks, emergencies first, then by due time"), over_ssh=True
    )
    listing.add_argument(
        "--tab",
        choices=[tab.value for tab in Tab],
        default=Tab.ALL.value,
        help=_("which of them, as the tabs of To do"),
    )
    arguments.add_organization(listing, _("only its tasks"))
    arguments.add_limit(listing)
    rows_as_json(listing, TaskRow)
    add = add_command(actions, "add", _("add a task of your own on a recipient"), over_ssh=True)
    arguments.add_recipient(add)
    arguments.add_text(add, _("what there is to do; - reads standard input"))
    add.add_argument("--due", metavar=_("TIME"), required=True, help=_WHEN())
    change_as_json(add, TaskRow)
    _of_task(actions, "take", _("make a task yours"))
    give = _of_task(actions, "give", _("give a task to somebody, or to nobody"))
    whom = give.add_mutually_exclusive_group(required=True)
    whom.add_argument("login", nargs="?", metavar=_("LOGIN"))
    whom.add_argument("--nobody", action="store_true", help=_("let it be nobody's"))
    later = _of_task(actions, "later", _("put a task off"))
    later.add_argument("until", metavar=_("TIME"), help=_WHEN())
    done = _of_task(
        actions, "done", _("close a task as done, with what was done and what comes next")
    )
    done.add_argument(
        "--type",
        choices=[one.value for one in ActionType],
        default="",
        help=_("the follow-up action of its call"),
    )
    done.add_argument(
        "--details", metavar=_("TEXT"), default="", help=_("what was done; - reads standard input")
    )
    done.add_argument("--next", metavar=_("TEXT"), help=_("the next step; needs --next-due"))
    done.add_argument("--next-due", metavar=_("TIME"), help=_WHEN())
    done.add_argument("--next-to", metavar=_("LOGIN"), help=_("who does the next step; else you"))
    drop = _of_task(actions, "drop", _("close a task undone"))
    drop.add_argument("reason", metavar=_("TEXT"), help=_("why; - reads standard input"))
    _of_task(actions, "acknowledge", _("say that you have seen an emergency"))


def _WHEN() -> str:  # noqa: N802 - the words of several arguments
    return _("2h, 14:30, +1 (tomorrow), mon 9:00, 2026-12-01 9:00, in the organization's zone")


def _of_task(actions: Any, name: str, words: str) -> Parser:
    made = add_command(actions, name, words, over_ssh=True)
    made.add_argument("task", metavar=_("TASK"), type=number(1), help=_("the ID of the task"))
    arguments.add_version(made)
    change_as_json(made, TaskRow)
    return made


async def run(context: CommandContext) -> int:
    """Do the action."""
    given = context.arguments
    if given.action == "done":
        _check_done(given)
    async with context.signed_in() as (services, actor):
        if given.action == "list":
            await _list(context, services, actor)
            return DONE
        row = await _change(context, services, actor)
    print_change(context, row, _told(given.action, row))
    return DONE


def _check_done(given: argparse.Namespace) -> None:
    if bool(given.next) != bool(given.next_due) or (given.next_to and not given.next):
        raise InvalidInput(_("A next step needs both --next and --next-due."))


async def _change(context: CommandContext, services: "Services", actor: "Actor") -> "TaskRow":
    given, tasks = context.arguments, services.tasks
    if given.action == "add":
        recipient = await arguments.recipient(services, actor, given)
        due = arguments.moment(services, given.due, recipient.timezone)
        return await tasks.add(actor, recipient.id, await arguments.text(context, given.text), due)
    before = await tasks.get(actor, given.task)
    version = given.version
    if given.action == "take":
        return await tasks.take(actor, given.task, version=version)
    if given.action == "acknowledge":
        return await tasks.acknowledge(actor, given.task, version=version)
    if given.action == "give":
        whom_id = None if given.nobody else await _admin(services, actor, before, given.login)
        return await tasks.give(actor, given.task, whom_id, version=version)
    if given.action == "later":
        until = arguments.moment(services, given.until, before.timezone)
        return await tasks.later(actor, given.task, until, version=version)
    if given.action == "drop":
        reason = await arguments.text(context, given.reason)
        return await tasks.drop(actor, given.task, reason, version=version)
    step = None
    if given.next:
        step = NextStep(
            await arguments.text(context, given.next),
            arguments.moment(services, given.next_due, before.timezone),
            await _admin(services, actor, before, given.next_to) if given.next_to else None,
        )
    return await tasks.done(
        actor,
        given.task,
        action_type=given.type,
        details=await arguments.text(context, given.details),
        next_step=step,
        version=version,
    )


async def _admin(services: "Services", actor: "Actor", task: "TaskRow", login: str) -> int:
    """The ID of somebody whom the task can be given to."""
    for one in await services.tasks.assignees(actor, task.id):
        if one.login == login:
            return one.id
    raise InvalidInput(_("This admin cannot work on it."), _("Choose somebody else."))


async def _list(context: CommandContext, services: "Services", actor: "Actor") -> None:
    from tui.format import CellFormat
    from tui.tasks import columns

    given = context.arguments
    body_id = await arguments.organization_id(services, actor, given.organization)
    query = TaskQuery(Tab(given.tab), body_id)
    rows = await all_of(partial(services.tasks.window, actor, query), given.limit)
    form, moment = CellFormat.of(context.settings), now()
    headers = (
        _("ID"),
        _("Recipient name"),
        _("What for"),
        _("Due"),
        _("Assignee"),
        _("Organization"),
    )
    cells = [
        (
            str(row.id),
            row.name,
            columns.reason(row, form, moment),
            columns.due(row, form, moment),
            row.assignee or "-",
            row.organization,
        )
        for row in rows
    ]
    print_rows(context, rows, headers, cells, _("There is nothing to do."))


def _told(action: str, row: "TaskRow") -> str:
    words = {
        "add": _("Added the task {task}."),
        "take": _("Task {task} is yours."),
        "give": _("Task {task} is given: {name}."),
        "later": _("Task {task} is put off."),
        "done": _("Task {task} is done."),
        "drop": _("Task {task} is dropped."),
        "acknowledge": _("Task {task}: everybody sees now that you have seen the emergency."),
    }[action]
    return words.format(task=row.id, name=row.assignee or _("(nobody)"))
