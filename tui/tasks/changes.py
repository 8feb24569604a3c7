"""What is done with a task, from list and details alike: take, give, put off, done, drop."""

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, Protocol

from core.values.errors import ActionBlocked, NotFound
from core.values.i18n import _
from tui.shell import View

if TYPE_CHECKING:
    from core.tasks.dto import TaskRow


class HasTask(View, Protocol):
    """A screen with a task."""

    @property
    def task_row(self) -> "TaskRow | None":
        """The task that keys are for."""

    def about(self, row: "TaskRow") -> str:
        """Whose it is and what for."""

    def show_task(self, row: "TaskRow") -> None:
        """It has changed: show it as it is now."""


async def take(view: HasTask) -> None:
    """Make the task one's own."""
    if (row := view.task_row) is None:
        return
    taken = await changed(view, view.services.tasks.take(view.actor, row.id))
    view.tell(_("{task}: it is yours.").format(task=view.about(taken)), "success")


async def give(view: HasTask) -> None:
    """Give the task to somebody, or to nobody."""
    from tui.tasks.give_picker import NOBODY, GivePicker

    if (row := view.task_row) is None:
        return
    tasks = view.services.tasks
    whom = await view.look(tasks.assignees(view.actor, row.id))
    chosen = await view.ask(GivePicker(view.about(row), whom, row.assignee_id))
    if chosen is None:
        return
    assignee_id = None if chosen == NOBODY else int(chosen)
    given = await changed(view, tasks.give(view.actor, row.id, assignee_id))
    told = (
        _("{task}: {name} has it now.").format(task=view.about(given), name=given.assignee)
        if given.assignee
        else _("{task}: nobody has it now.").format(task=view.about(given))
    )
    view.tell(told, "success")


async def later(view: HasTask) -> None:
    """Put the task off."""
    from tui.tasks.later_form import LaterForm

    if (row := view.task_row) is None:
        return
    put_off = await view.ask(LaterForm(row, view.about(row)))
    if put_off is not None:
        view.show_task(put_off)
        when = view.form.time(put_off.due_at, put_off.timezone)
        told = _("{name}: put off until {time}.").format(name=put_off.name, time=when)
        view.tell(told, "success")


async def done(view: HasTask) -> None:
    """Say what was done about the task, and what comes next."""
    from tui.tasks.done_form import DoneForm

    if (row := view.task_row) is None:
        return
    said = await view.look(has_followup(view, row))
    closed = await view.ask(DoneForm(row, view.about(row), has_followup=said))
    if closed is not None:
        view.show_task(closed)
        view.tell(_("{name}: done.").format(name=closed.name), "success")


async def has_followup(view: View, row: "TaskRow") -> bool:
    """Whether the call of a task has a follow-up action, or there is no call that could get one."""
    if row.call_id is None:
        return True
    try:
        details = await view.services.calls.get(view.actor, row.call_id)
    except NotFound:
        return True
    return details.call.followup_id is not None


async def drop(view: HasTask) -> None:
    """Close the task undone, with a reason."""
    from tui.tasks.drop_form import DropForm

    if (row := view.task_row) is None:
        return
    dropped = await view.ask(DropForm(row, view.about(row)))
    if dropped is not None:
        view.show_task(dropped)
        view.tell(_("{name}: dropped.").format(name=dropped.name), "success")


async def changed(view: HasTask, change: "Coroutine[Any, Any, TaskRow]") -> "TaskRow":
    """The task as it is now; where it is not what was shown, what is shown is read again."""
    try:
        row = await view.write(change)
    except (ActionBlocked, NotFound):
        view.data_changed()
        raise
    view.show_task(row)
    return row
