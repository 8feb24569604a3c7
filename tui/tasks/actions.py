"""What the keys of what there is to do do, in their list and in the details that were opened from there."""

from functools import partial
from operator import methodcaller
from typing import TYPE_CHECKING

from core.tasks.dto import Tab
from core.tasks.rules import why_not_acknowledge, why_not_later, why_not_take
from core.values.i18n import N_, _
from tui.action import Need, Scope, place
from tui.details.tabs import TABS
from tui.everywhere import EVERYWHERE, offer_search
from tui.forms.choosing import offer_organizations
from tui.tasks import changes
from tui.tasks.changes import HasTask
from tui.widgets.paged_table_actions import LIST

if TYPE_CHECKING:
    from tui.tasks.todo_view import TodoView

TODO = Scope("todo", N_("To do"))
TODO_PLACE = place(TODO, LIST, EVERYWHERE)

TASK = Scope("task", N_("Recipient details, opened from what there is to do"))
TASK_TABS = {name: place(TASK, *scopes) for name, scopes in TABS.items()}


offer_search(TODO)


for _key, _tab, _label in (
    ("1", Tab.MINE, N_("Mine")),
    ("2", Tab.UNASSIGNED, N_("Unassigned")),
    ("3", Tab.OVERDUE, N_("Overdue")),
    ("4", Tab.ALL, N_("All")),
):
    TODO.declare(
        f"tab_{_tab}",
        _key,
        _label,
        do=methodcaller("show_tab", _tab),
        looks=True,
        command="task list",
    )


offer_organizations(TODO, "task list", looks=True)


def _why_no_task(view: HasTask) -> str | None:
    if view.task_row is None:
        return _("There is no task under the cursor.")
    return None if view.task_row.closed_at is None else _("This task is closed.")


def _why_not_take(view: HasTask) -> str | None:
    row, me = view.task_row, view.actor.admin_id
    if row is None or row.closed_at is not None:
        return _why_no_task(view)
    if row.assignee_id == me:
        return _("You have this task already.")
    reason = why_not_take(row.assignee_id, row.assignee, me)
    if reason is None:
        return None
    hint = _("{keys[todo.give]} gives it to somebody else, you included.")
    return f"{reason} {hint.format(keys=view.console.own_keys)}"


def _why_not_later(hint: str, view: HasTask) -> str | None:
    row = view.task_row
    if row is None or (reason := why_not_later(row)) is None:
        return _why_no_task(view)
    return f"{reason} {_(hint).format(keys=view.console.own_keys)}"


for _scope, _done, _seen in (  # x stops the voice in the details
    (TODO, "x", N_("{keys[todo.emergency]} acknowledges it.")),
    (TASK, "D", N_("{keys[console.emergency]} acknowledges it at its call.")),
):
    _scope.declare(
        "take",
        "m",
        N_("Take"),
        changes.take,
        footer=1,
        use_case="tasks.take",
        command="task take",
        also=N_("assign to me, claim"),
        why_not=_why_not_take,
    )
    _scope.declare(
        "give",
        "M",
        N_("Give"),
        changes.give,
        footer=2,
        use_case="tasks.give",
        why_not=_why_no_task,
        command="task give",
        also=N_("assign, delegate, hand on"),
    )
    _scope.declare(
        "later", "h", N_("Later"), changes.later, footer=3, use_case="tasks.later",
        why_not=partial(_why_not_later, _seen), command="task later",
    also=N_("postpone, snooze, put off"),
)  # fmt: skip
    _scope.declare(
        "done", _done, N_("Done"), changes.done, footer=4, use_case="tasks.done",
        why_not=_why_no_task, command="task done",
    also=N_("finish, close, complete"),
)  # fmt: skip
    _scope.declare(
        "drop", "X", N_("Drop"), changes.drop, footer=5, use_case="tasks.drop",
        why_not=_why_no_task, command="task drop",
    also=N_("close, cancel, not needed"),
)  # fmt: skip


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
    command="task acknowledge",
    also=N_("seen, confirm, respond"),
)
async def acknowledge(view: "TodoView") -> None:
    """Say that the emergency under the cursor was seen."""
    row = view.current
    if row is None:
        return
    seen = await changes.changed(view, view.services.tasks.acknowledge(view.actor, row.id))
    told = _("{name}: everybody sees now that you have seen the emergency.")
    view.tell(told.format(name=seen.name), "success")


def _why_not_play(view: "TodoView") -> str | None:
    row = view.current
    return _("This task has no call.") if row and row.call_id is None else None


def _why_not_copy(view: "TodoView") -> str | None:
    if view.current is None or view.contact is not None:
        return None
    words = _("No contact is known; {keys[details.tab_contacts]} in the details adds one.")
    return words.format(keys=view.console.own_keys)


@TODO.action(
    "c",
    N_("Copy the contact's number"),
    needs=Need.ROW,
    use_case="contacts.copied",
    why_not=_why_not_copy,
    command="contact reveal",
    also=N_("phone, call, guardian"),
)
async def copy_contact(view: "TodoView") -> None:
    """Copy the number of whom to phone next about the recipient; the core records it."""
    from tui.details.contact_actions import copy

    if view.contact is not None:
        await copy(view, view.contact)


@TODO.action(
    "space",
    N_("Play"),
    footer=7,
    needs=Need.ROW,
    use_case="voice.open_voice",
    why_not=_why_not_play,
    command="voice",
    also=N_("listen, hear, sound"),
)
async def play(view: "TodoView") -> None:
    """Open the recipient at the call, and play it."""
    if view.current is not None:
        await view.open_task(view.current, plays=True)
