"""What there is to do, driven by keys at 80x24: each how-to, and what others do meanwhile."""

import itertools
from datetime import timedelta

import pytest
from msgspec.structs import replace
from rich.cells import cell_len

from core.contacts.rules import ContactDraft
from core.tasks.rules import FROM_CALLS, TaskKind, TaskOutcome
from core.values import i18n
from core.values.roles import Role
from core.values.times import now
from tests.deliveries import deliver, minutes_ago
from tests.factories import make_services
from tests.tui.todo import PHONES, call, morning, open_tasks, todo
from tui.format import CellFormat
from tui.tasks import todo_view
from tui.tasks.columns import COLUMNS, task_row


@pytest.fixture
async def world(tmp_path, monkeypatch):
    monkeypatch.setattr(todo_view, "SETTLED_SECONDS", 0.0)
    made = await make_services(tmp_path, account="root")
    await morning(made)
    yield made
    await made.close()


async def test_take_acknowledge_and_give(world):
    kim = await world.admin("kim", Role.ORGANIZATION, 1, name="Kim")
    async with todo(world) as it:
        # nobody has any: the tab of those opens; the most urgent is on top, why and until when are to be read
        await it.sees("1 Mine", "[2 Unassigned 3]", "3 Overdue", "4 All 3")
        await it.on("김영희")
        assert it.text().index("emergency ") < it.text().index("unanswered in a row since")
        await it.sees("!! 김영희", ", unseen", "nobody has it yet", "m Take")
        await it.press("ㅡ")  # m in Hangul mode
        await it.sees("it is yours.", "[2 Unassigned 2]", "1 Mine 1")
        await it.press("1")
        await it.on("김영희")
        await it.press("m")
        await it.sees("You have this task already.")
        await it.press("!")
        await it.sees("everybody sees now that you have seen the emergency", "seen by Root")
        await it.sees_no(", unseen")
        await it.press("!")
        await it.sees("Root has acknowledged it already.")
        await it.press("M")
        await it.sees("Give: 김영희", "Kim", "(nobody)")
        await it.type("ki")
        await it.sees_no("(nobody)")
        await it.press("enter")
        await it.sees("Kim has it now.", "You have no task. Press 2 for those that nobody has")
        await it.press("4")
        await it.on("김영희")
        await it.press("m")
        await it.sees("Kim has this task.")
    [task, *_rest] = await open_tasks(world)
    assert (task.assignee_id, task.acknowledged_by) == (kim.admin_id, "Root")


async def test_put_off_drop_and_what_is_overdue(world):
    async with todo(world) as it:
        await it.on("김영희")
        await it.press("h")
        await it.sees("Nobody has acknowledged this emergency yet. ! acknowledges it.")
        await it.press("!")
        await it.sees("seen by Root")
        await it.press("h")
        await it.sees("Put the task off", "ctrl+s Put off")
        await it.type("tomorow")
        await it.press("ctrl+s")
        await it.sees("A time is written like 2h, 14:30, +1")
        await it.press(*["backspace"] * 7)
        await it.type("+1 9:00")
        await it.sees("that is tomorrow 09:00")
        await it.press("ctrl+s")
        await it.sees("김영희: put off until", "put off 1 time", "tomorrow 09:00")
        await it.press("down")
        await it.press("X")
        await it.sees("Drop the task", "ctrl+s Drop")
        dropped = it.screen.current
        await it.press("ctrl+s")
        await it.sees("Reason is missing.")
        await it.type("Moved away")
        await it.press("ctrl+s")
        await it.sees(": dropped.", "[2 Unassigned 2]")
        # time passes: what is overdue now says so in words
        import sqlalchemy as sa

        from core.db.models import Task

        async with world.database.transaction() as session:
            await session.execute(sa.update(Task).values(due_at=now() - timedelta(minutes=1)))
        await it.sees("3 Overdue 2", "overdue since")
    one = await world.services.tasks.get(world.system, dropped.id)
    assert (one.outcome, one.reason) == (TaskOutcome.DROPPED, "Moved away")


async def test_done_with_the_follow_up_action_and_the_next_step_in_one(world):
    kim = await world.admin("kim", Role.ORGANIZATION, 1, name="Kim")
    async with todo(world) as it:
        await it.on("김영희")
        await it.press("x")
        await it.sees("Done", "( ) phoned", "Next step (optional)", "ctrl+s Done")
        await it.sees_no("(x)")
        await it.press("ctrl+s")
        await it.sees("Choose what was done.")
        await it.press("down", "down", "enter")
        await it.type("Fell in the bath")
        await it.press("tab")
        await it.type("Ask the daughter")
        await it.press("ctrl+s")
        await it.sees("Say until when.")
        await it.type("mon 9:00")
        await it.press("enter", "enter")
        await it.type("kim")
        await it.press("enter")
        await it.sees("Assignee  Kim")
        # somebody else is faster: the other is told who, and keeps what was typed
        [task, *_rest] = await open_tasks(world)
        await world.services.tasks.drop(kim, task.id, "Twice")
        await it.press("ctrl+s")
        await it.sees("It is closed: dropped, by Kim.", "Fell in the bath", "Ask the daughter")
        await it.press("escape", "x")
        second = (await open_tasks(world))[0]
        await it.on(second.name)
        await it.press("x")
        await it.sees(f"{second.name}: ", "( ) phoned")
        await it.press("down", "enter", "tab")
        await it.type("Ask the neighbour")
        await it.press("tab")
        await it.type("2h")
        await it.press("ctrl+s")
        await it.sees(f"{second.name}: done.", "1 Mine 1", "[2 Unassigned 1]")
        await it.press("1", "x")
        await it.sees("next step: Ask the neighbour", "200 characters left")
        await it.sees_no("phoned")  # its call has a follow-up action
        await it.type("Nobody there")
        await it.press("ctrl+s")
        await it.sees("You have no task.")
    [followup] = await world.services.followups.list(world.system, second.recipient_id)
    assert followup.action_type == "phoned"
    tasks = await world.services.tasks.of_recipient(world.system, second.recipient_id)
    assert [(one.kind, one.outcome, one.reason) for one in tasks] == [
        (TaskKind.NEXT_STEP, TaskOutcome.DONE, "Nobody there"),
        (second.kind, TaskOutcome.DONE, ""),
    ]


async def test_work_through_them_from_the_details_without_the_list(world):
    first, second, third = await open_tasks(world)
    draft = ContactDraft("guardian", "Mi-young", "02-123-4567")
    await world.services.contacts.add(world.system, first.recipient_id, draft)
    async with todo(world) as it:
        await it.on(first.name)
        # whom to phone next, the number by one key and with a record
        await it.sees("next to phone: guardian Mi-young 02-123-4567")
        await it.press("c")
        await it.sees("Copied, and recorded: 02-123-4567, guardian Mi-young.")
        await it.press("enter")
        # at the call that made it, which is not the newest; until when it is due
        await it.sees("Recipient details", "· 1 of 3", "m Take", "D Done")
        details = it.app.screen
        await it.until(lambda: (call := details.calls.current) and call.external_id == "c-1")
        await it.press("f")
        await it.sees("Add follow-up action", "!! emergency")
        await it.press("ctrl+s")
        await it.sees("The follow-up action was added.", "task closed: done")
        await it.press("m")
        await it.sees("This task is closed.")
        # on to the next without the list: put off, it does not take one along to where it goes
        await it.press("]")
        await it.sees(second.name, "m Take")
        await it.press("h")
        await it.type("+9")
        await it.press("ctrl+s")
        await it.sees(f"{second.name}: put off until")
        await it.press("escape")
        await it.on(third.name)
        await it.sees("[2 Unassigned 2]", "put off 1 time" if third.tries else "nobody has it yet")
        await it.press("space")
        await it.sees("Recipient details", "This call has no voice file.")
        await it.press("D")
        await it.sees(f"{third.name}: ", "( ) phoned", "ctrl+s Done")
        await it.press("down", "ctrl+s")
        await it.sees(f"{third.name}: done.", "task closed: done")
        await it.press("t")
        await it.sees("Add a task of your own", "ctrl+s Add")
        await it.type("Bring batteries")
        await it.press("enter")
        await it.type("+1")
        await it.press("ctrl+s")
        await it.sees("The task was added; it is due")
        await it.press("escape", "1")
        await it.on(third.name)
        await it.sees("Bring batteries", "own task", "tomorrow 23:59", "1 Mine 1")
        # one that is only looked at: the cursor goes to the next one, too
        await it.press("4", "home")
        await it.until(lambda: it.screen.table.cursor_index == 0)
        await it.press("enter")
        await it.sees("Recipient details", "1 of 2")
        await it.press("escape")
        await it.until(lambda: it.screen.table.cursor_index == 1, "on the next one")


async def test_others_change_it_meanwhile_and_a_held_key_takes_one(world, monkeypatch):
    kim = await world.admin("kim", Role.ORGANIZATION, 1, name="Kim")
    async with todo(world) as it:
        await it.on("김영희")
        first, second, third = await open_tasks(world)
        monkeypatch.setattr(todo_view, "SETTLED_SECONDS", 3600.0)
        await world.services.tasks.take(kim, first.id)
        await it.on(second.name)
        await it.sees("[2 Unassigned 2]")
        await it.press("m")
        await it.sees("Another task is here now")
        monkeypatch.setattr(todo_view, "SETTLED_SECONDS", 0.0)
        await deliver(
            world,
            call("c-9", recipient_phone=PHONES[1], started_at=minutes_ago(1), analysis="emergency"),
        )
        await it.sees("[2 Unassigned 3]", "!! 박철수")
        await it.on(second.name)
        # a recipient who is deleted takes the tasks along
        await world.services.recipients.delete(
            world.system, *await _only(world, third.recipient_id)
        )
        await it.sees("[2 Unassigned 2]" if third.name != "박철수" else "[2 Unassigned 1]")
        await world.services.admins.disable(world.system, "kim")
        await it.until(lambda: "!! 김영희" in it.text(), "it came back to nobody")


async def test_a_viewer_sees_them_and_is_told_why_the_keys_are_dimmed(world):
    await world.admin("eve", Role.VIEWER, 1, account="eve")
    async with todo(world, account="eve") as it:
        await it.on("김영희")
        await it.sees("m(Take)", "x(Done)")
        for key in ("m", "M", "h", "x", "X", "!"):
            await it.press(key)
            await it.sees("The role viewer reads only.")


async def test_a_system_admin_lists_the_tasks_of_one_organization(world):
    beta = await world.organization("Beta")
    there = await world.recipient(beta, "최민수")
    await world.services.tasks.add(world.system, there.id, "Look in", now() + timedelta(hours=1))
    await world.admin("kim", Role.ORGANIZATION, 1, account="kim")
    async with todo(world) as it:
        await it.press("4")
        await it.sees("1 Mine 1", "[4 All 4]")
        await it.press("o")
        await it.type("Bet")
        await it.press("enter")
        await it.sees("Only the tasks of Beta.", "1 Mine 1", "2 Unassigned ", "[4 All 1]", "최민수")
        await it.sees_no("김영희")
        await it.press("1")
        await it.sees("[1 Mine 1]", "최민수")
        await it.press("4", "o", "enter")
        await it.sees("[4 All 4]", "김영희")
        await it.sees_no("Only the tasks of")
    async with todo(world, account="kim") as it:
        await it.on("김영희")
        await it.press("o")
        await it.sees("Only system admins choose an organization; you see your own.")


@pytest.mark.parametrize("language", i18n.LANGUAGES)
async def test_why_it_is_there_and_until_when_are_never_cut_at_80_cells(world, language):
    i18n.use(language)
    [task, *_rest] = await open_tasks(world)
    form, widths = CellFormat.of(world.settings), [one.width for one in COLUMNS[2:4]]
    for kind, count, days in itertools.product(FROM_CALLS, (1, 12), (1, 400)):
        long_ago = now() - timedelta(days=days)
        row = replace(task, kind=kind, count=count, since=long_ago, due_at=long_ago)
        for cell, width in zip(task_row(row, form, now()).cells[2:4], widths, strict=True):
            assert cell_len(cell) <= width, cell


async def _only(world, recipient_id):
    from core.recipients.dto import Selection

    return Selection(frozenset({recipient_id})), 1
