"""What the keys of what there is to do do."""

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from core.tasks.dto import Tab
from core.tasks.rules import why_not_acknowledge, why_not_take
from core.values.errors import ActionBlocked, NotFound
from core.values.i18n import N_, _
from tui.action import Need, Scope, place
from tui.everywhere import EVERYWHERE
from tui.widgets.paged_table_actions import LIST

if TYPE_CHECKING:
    from core.tasks.dto import TaskRow
    from tui.shell import View
    from tui.tasks.todo_view import TodoView

TODO = Scope("todo", N_("To do"))
TODO_PLACE = place(TODO, LIST, EVERYWHERE)


@TODO.action("1", N_("Mine"), looks=True)
def tab_mine(view: "TodoView") -> None:
    """Show what the admin has."""
    view.show_tab(Tab.MINE)


@TODO.action("2", N_("Unassigned"), looks=True)
def tab_unassigned(view: "TodoView") -> None:
    """Show what nobody has."""
    view.show_tab(Tab.UNASSIGNED)


@TODO.action("3", N_("Overdue"), looks=True)
def tab_overdue(view: "TodoView") -> None:
    """Show what is overdue."""
    view.show_tab(Tab.OVERDUE)


@TODO.action("4", N_("All"), looks=True)
def tab_all(view: "TodoView") -> None:
    """Show all."""
    view.show_tab(Tab.ALL)


def _why_not_take(view: "TodoView") -> str | None:
    row, me = view.current, view.actor.admin_id
    if row is None:
        return None
    if row.assignee_id == me:
        return _("You have this task already.")
    reason = why_not_take(row.assignee_id, row.assignee, me)
    if reason is None:
        return None
    way_out = _("{keys[todo.give]} gives it to somebody else, you included.")
    return f"{reason} {way_out.format(keys=view.console.own_keys)}"


@TODO.action(
    "m", N_("Take"), footer=1, needs=Need.ROW, use_case="tasks.take", why_not=_why_not_take
)
async def take(view: "TodoView") -> None:
    """Make the task under the cursor one's own."""
    row = view.current
    if row is None:
        return
    taken = await _changed(view, view.services.tasks.take(view.actor, row.id))
    view.tell(_("{task}: it is yours.").format(task=view.about(taken)), "success")


@TODO.action("M", N_("Give"), footer=2, needs=Need.ROW, use_case="tasks.give")
async def give(view: "TodoView") -> None:
    """Give the task under the cursor to somebody."""
    from tui.tasks.give_picker import NOBODY, GivePicker

    row = view.current
    if row is None:
        return
    tasks = view.services.tasks
    whom = await view.look(tasks.assignees(view.actor, row.id))
    chosen = await view.ask(GivePicker(view.about(row), whom, row.assignee_id))
    if chosen is None:
        return
    assignee_id = None if chosen == NOBODY else int(chosen)
    given = await _changed(view, tasks.give(view.actor, row.id, assignee_id))
    told = (
        _("{task}: {name} has it now.").format(task=view.about(given), name=given.assignee)
        if given.assignee
        else _("{task}: nobody has it now.").format(task=view.about(given))
    )
    view.tell(told, "success")


@TODO.action("h", N_("Later"), footer=3, needs=Need.ROW, use_case="tasks.later")
async def later(view: "TodoView") -> None:
    """Put the task under the cursor off."""
    from tui.tasks.later_form import LaterForm

    row = view.current
    if row is None:
        return
    put_off = await view.ask(LaterForm(row, view.about(row), view.form))
    if put_off is not None:
        view.show_row(put_off)
        when = view.form.time(put_off.due_at, put_off.timezone)
        told = _("{name}: put off until {time}.").format(name=put_off.name, time=when)
        view.tell(told, "success")


@TODO.action("x", N_("Done"), footer=4, needs=Need.ROW, use_case="tasks.done")
async def done(view: "TodoView") -> None:
    """Say what was done about the task under the cursor, and what comes next."""
    from tui.tasks.done_form import DoneForm

    row = view.current
    if row is None:
        return
    said = await view.look(has_followup(view, row))
    form = DoneForm(row, view.about(row), view.form, has_followup=said)
    closed = await view.ask(form)
    if closed is not None:
        view.show_row(closed)
        view.tell(_("{name}: done.").format(name=closed.name), "success")


async def has_followup(view: "View", row: "TaskRow") -> bool:
    """Whether the call of a task has a follow-up action, or there is no call that could get one."""
    if row.call_id is None:
        return True
    try:
        details = await view.services.calls.get(view.actor, row.call_id)
    except NotFound:
        return True
    return details.call.followup_id is not None


@TODO.action("X", N_("Drop"), footer=5, needs=Need.ROW, use_case="tasks.drop")
async def drop(view: "TodoView") -> None:
    """Close the task under the cursor undone, with a reason."""
    from tui.tasks.drop_form import DropForm

    row = view.current
    if row is None:
        return
    dropped = await view.ask(DropForm(row, view.about(row)))
    if dropped is not None:
        view.show_row(dropped)
        view.tell(_("{name}: dropped.").format(name=dropped.name), "success")


def _why_not_acknowledge(view: "TodoView") -> str | None:
    row = view.current
    return why_not_acknowledge(row.kind, row.acknowledged_by) if row else None


@TODO.action(
    "exclamation_mark",
    N_("Acknowledge"),
    name="emergency",  # in place of the key that leads here from elsewhere
    footer=6,
    needs=Need.ROW,
    use_case="tasks.acknowledge",
    why_not=_why_not_acknowledge,
)
async def acknowledge(view: "TodoView") -> None:
    """Say that the emergency under the cursor was seen."""
    row = view.current
    if row is None:
        return
    seen = await _changed(view, view.services.tasks.acknowledge(view.actor, row.id))
    told = _("{name}: everybody sees now that you have seen the emergency.")
    view.tell(told.format(name=seen.name), "success")


def _why_not_play(view: "TodoView") -> str | None:
    row = view.current
    return _("This task has no call.") if row and row.call_id is None else None


@TODO.action(
    "space",
    N_("Play"),
    footer=7,
    needs=Need.ROW,
    use_case="voice.open_voice",
    why_not=_why_not_play,
)
async def play(view: "TodoView") -> None:
    """Open the recipient at the call, and play it."""
    if view.current is not None:
        await open_task(view, view.current, plays=True)


async def open_task(view: "TodoView", row: "TaskRow", *, plays: bool = False) -> None:
    """Open the recipient at the call; back from there, the next task is under the cursor."""
    from tui.details.details_screen import DetailsScreen
    from tui.recipients.changes import tell_deleted
    from tui.tasks.todo_view import stop_of

    index = view.table.cursor_index
    recipient = await view.look(view.services.recipients.get(view.actor, row.recipient_id))
    details = DetailsScreen(
        recipient, index, view.pager, view.form, stop_of(row), stop_of=stop_of, plays=plays
    )
    left = await view.ask(details)
    if left is not None:
        view.come_back(left)
        if left.deletion is not None:
            tell_deleted(view, left.deletion, left.name)


async def _changed(view: "TodoView", change: "Coroutine[Any, Any, TaskRow]") -> "TaskRow":
    """The task as it is now; where it is not what was shown, the tasks are read again."""
    try:
        row = await view.write(change)
    except (ActionBlocked, NotFound):
        view.data_changed()
        raise
    view.show_row(row)
    return row
