"""What calls bring up is somebody's work, once for each reason, until it is done, dropped or gone."""

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa

from core.db.models import Task, TaskCall
from core.db.rows import delete_rows
from core.recipients.dto import Page
from core.recipients.rules import RecipientDraft
from core.tasks.dto import NextStep, Tab, TaskQuery
from core.tasks.rules import TaskKind, TaskOutcome
from core.values.errors import ActionBlocked, InvalidInput, NotFound, NotPermitted
from core.values.roles import Role
from core.values.times import now
from tests.deliveries import call, deliver, minutes_ago, small_world, unanswered
from tests.factories import make_services


@pytest.fixture
async def world(tmp_path):
    made = await make_services(tmp_path)
    await small_world(made)
    yield made
    await made.close()


def emergency(call_id="c-1", minutes=60, **changed):
    return call(call_id, analysis="emergency", started_at=minutes_ago(minutes), **changed)


def missed(call_id, minutes):
    return unanswered(call_id, started_at=minutes_ago(minutes))


async def open_tasks(world, actor=None, tab=Tab.ALL):
    found = await world.services.tasks.window(actor or world.system, TaskQuery(tab))
    return [row for row, _anchor in found]


async def kinds(world):
    return [row.kind for row in await open_tasks(world)]


async def test_a_call_makes_one_task_however_often_it_is_delivered(world):
    line = emergency()
    for again in (line, line, {**line, "duration_s": 70.0}):
        await deliver(world, again)
    [task] = await open_tasks(world)
    assert (task.kind, task.count, task.name) == (TaskKind.EMERGENCY, 1, "김영희")
    assert timedelta(minutes=59) < task.due_at - now() <= timedelta(hours=1)
    await world.services.tasks.done(world.system, task.id)
    await deliver(world, line, {**line, "duration_s": 80.0})
    assert await kinds(world) == []


async def test_a_newer_call_of_the_same_kind_joins_and_has_to_be_seen_again(world):
    tasks = world.services.tasks
    await deliver(world, emergency("c-1", 90))
    [task] = await open_tasks(world)
    await tasks.acknowledge(world.system, task.id)
    assert (await tasks.numbers(world.system)).unseen == 0
    seen = task.call_id
    await deliver(world, emergency("c-0", 120))  # an older one, late: nobody has seen that one
    [task] = await open_tasks(world)
    assert (task.count, task.acknowledged_by, task.call_id == seen) == (2, None, False)
    await tasks.acknowledge(world.system, task.id)
    await deliver(world, emergency("c-2", 10))
    [task] = await open_tasks(world)
    assert (task.count, task.acknowledged_by) == (3, None)
    assert (await tasks.numbers(world.system)).unseen == 1
    newest = task.call_id
    await deliver(world, emergency("c-3", 100))
    [task] = await open_tasks(world)
    assert (task.count, task.call_id) == (4, newest)  # it waits for somebody anyway


async def test_an_older_emergency_after_a_newer_normal_call_still_makes_its_task(world):
    await deliver(world, call("c-2", started_at=minutes_ago(5)), emergency("c-1", 60 * 24 * 9))
    assert await kinds(world) == [TaskKind.EMERGENCY]


async def test_emergencies_come_first_then_what_is_due_first(world):
    await deliver(
        world,
        call("c-1", analysis="negative", started_at=minutes_ago(200)),
        *(missed(f"u-{at}", 100 - at) for at in range(3)),
        emergency("c-2", 1),
    )
    assert (await kinds(world))[0] is TaskKind.EMERGENCY
    assert set(await kinds(world)) == {TaskKind.EMERGENCY, TaskKind.NEGATIVE}
    await deliver(world, *(missed(f"v-{at}", 0.5) for at in range(3)))
    found = await open_tasks(world)
    assert [row.kind for row in found[:1]] == [TaskKind.EMERGENCY]
    assert [row.due_at for row in found[1:]] == sorted(row.due_at for row in found[1:])
    backward = await world.services.tasks.window(world.system, TaskQuery(), Page(backward=True))
    assert [row for row, _ in backward] == found[::-1]
    first = await world.services.tasks.window(world.system, TaskQuery(), Page(limit=1))
    rest = await world.services.tasks.window(world.system, TaskQuery(), Page(first[0][1]))
    assert [row for row, _ in first + rest] == found


async def test_the_third_unanswered_call_in_a_row_makes_a_task_that_an_answer_ends(world):
    await deliver(world, missed("u-1", 50), missed("u-2", 40))
    assert await kinds(world) == []
    await deliver(world, missed("u-3", 30), missed("u-4", 20))
    [task] = await open_tasks(world)
    assert (task.kind, task.count) == (TaskKind.UNANSWERED, 4)
    # one that somebody answered, delivered late, leaves two
    await deliver(world, call("c-1", started_at=minutes_ago(35)))
    assert await kinds(world) == []
    ended = await world.services.tasks.get(world.system, task.id)
    assert (ended.outcome, ended.closed_by) == (TaskOutcome.ANSWERED, None)
    await deliver(world, missed("u-5", 10))
    [task] = await open_tasks(world)
    assert (task.kind, task.count) == (TaskKind.UNANSWERED, 3)


async def test_after_staff_dealt_with_it_unanswered_calls_count_anew(world):
    await deliver(world, *(missed(f"u-{at}", 50 - at) for at in range(3)))
    [task] = await open_tasks(world)
    await world.services.tasks.done(world.system, task.id)
    await deliver(world, missed("u-7", 20), missed("u-8", 19))
    assert await kinds(world) == []
    await deliver(world, missed("u-9", 18))
    assert await kinds(world) == [TaskKind.UNANSWERED]


async def test_a_follow_up_action_from_the_details_ends_the_task_of_its_call(world):
    await deliver(world, call("c-1", analysis="negative"))
    [task] = await open_tasks(world)
    await world.services.followups.add(world.system, task.call_id, "phoned", "All is well")
    closed = await world.services.tasks.get(world.system, task.id)
    assert (closed.outcome, closed.closed_by) == (TaskOutcome.DONE, "Root")


async def test_done_saves_the_follow_up_action_and_the_next_step_in_one(world):
    await deliver(world, emergency())
    [task] = await open_tasks(world)
    tomorrow = now() + timedelta(days=1)
    step = NextStep("Ask the daughter", tomorrow)
    with pytest.raises(InvalidInput):
        await world.services.tasks.done(
            world.system, task.id, action_type="visited", next_step=NextStep("x", now())
        )
    assert await world.services.followups.list(world.system, task.recipient_id) == []
    await world.services.tasks.done(
        world.system, task.id, action_type="visited", details="Fell", next_step=step
    )
    [followup] = await world.services.followups.list(world.system, task.recipient_id)
    assert (followup.action_type, followup.details) == ("visited", "Fell")
    [following] = await open_tasks(world)
    assert (following.kind, following.text) == (TaskKind.NEXT_STEP, "Ask the daughter")
    assert (following.due_at, following.assignee) == (tomorrow, "Root")


async def test_a_follow_up_action_that_no_call_can_get_is_refused_and_not_lost(world):
    tasks = world.services.tasks
    own = await tasks.add(world.system, 1, "Look in", now() + timedelta(hours=1))
    with pytest.raises(InvalidInput, match="no call"):
        await tasks.done(world.system, own.id, action_type="phoned", details="Spoke to her")
    assert (await tasks.get(world.system, own.id)).closed_at is None


@pytest.mark.parametrize("races", [3, pytest.param(100, marks=pytest.mark.long)])
async def test_two_who_take_one_task_at_once_one_has_it_and_the_other_is_told_who(world, races):
    kim = await world.admin("kim", Role.ORGANIZATION, 1, name="Kim")
    lee = await world.admin("lee", Role.ORGANIZATION, 1, name="Lee")
    tasks = world.services.tasks
    for at in range(races):
        await deliver(world, emergency(f"c-{at}", 60 + at))
        [task] = await open_tasks(world)
        taken = await asyncio.gather(
            tasks.take(kim, task.id), tasks.take(lee, task.id), return_exceptions=True
        )
        [refused] = [one for one in taken if isinstance(one, ActionBlocked)]
        [mine] = [one for one in taken if not isinstance(one, BaseException)]
        assert mine.assignee in refused.what
        done = await asyncio.gather(
            tasks.done(kim, task.id), tasks.drop(lee, task.id, "wrong"), return_exceptions=True
        )
        [late] = [one for one in done if isinstance(one, ActionBlocked)]
        assert late.what in ("It is closed: done, by Kim.", "It is closed: dropped, by Lee.")


async def test_it_is_given_put_off_and_dropped_with_a_reason(world):
    tasks = world.services.tasks
    kim = await world.admin("kim", Role.ORGANIZATION, 1, name="Kim")
    eve = await world.admin("eve", Role.VIEWER, 1)
    stranger = await world.admin("lee", Role.ORGANIZATION, await world.organization("Suncheon"))
    await deliver(world, emergency())
    [task] = await open_tasks(world)
    assert [one.name for one in await tasks.assignees(kim, task.id)] == ["Kim", "Root"]
    for nobody in (eve.admin_id, stranger.admin_id, 999):
        with pytest.raises(InvalidInput):
            await tasks.give(kim, task.id, nobody)
    await tasks.give(world.system, task.id, kim.admin_id)
    assert [row.id for row in await open_tasks(world, kim, Tab.MINE)] == [task.id]
    assert await open_tasks(world, kim, Tab.UNASSIGNED) == []
    until = now() + timedelta(hours=3)
    with pytest.raises(ActionBlocked, match="Nobody has acknowledged"):
        await tasks.later(kim, task.id, until)
    await tasks.acknowledge(kim, task.id)
    later = await tasks.later(kim, task.id, until)
    assert (later.due_at, later.tries) == (until, 1)
    with pytest.raises(InvalidInput):
        await tasks.later(kim, task.id, now() - timedelta(seconds=1))
    with pytest.raises(InvalidInput):
        await tasks.drop(kim, task.id, "  ")
    dropped = await tasks.drop(kim, task.id, "Called twice by mistake")
    assert (dropped.outcome, dropped.reason) == (TaskOutcome.DROPPED, "Called twice by mistake")
    with pytest.raises(NotPermitted):
        await tasks.add(eve, task.recipient_id, "x", until)
    with pytest.raises(NotFound):
        await tasks.get(stranger, task.id)
    assert (await tasks.numbers(stranger)).all == 0


async def test_tasks_of_a_disabled_admin_come_back(world):
    kim = await world.admin("kim", Role.ORGANIZATION, 1, name="Kim")
    await deliver(world, emergency())
    [task] = await open_tasks(world)
    await world.services.tasks.take(kim, task.id)
    await world.services.admins.disable(world.system, "kim")
    assert [row.id for row in await open_tasks(world, tab=Tab.UNASSIGNED)] == [task.id]


async def test_tasks_go_along_with_a_recipient_who_moves_and_are_nobodys_there(world):
    await deliver(world, emergency())
    [task] = await open_tasks(world)
    kim = await world.admin("kim", Role.ORGANIZATION, task.organization_id)
    await world.services.tasks.take(kim, task.id)
    elsewhere = await world.organization("Elsewhere")
    lee = await world.admin("lee", Role.ORGANIZATION, elsewhere)
    recipient = await world.services.recipients.get(world.system, task.recipient_id)
    draft = RecipientDraft(recipient.name, recipient.phone, organization_id=elsewhere)
    await world.services.recipients.edit(world.system, recipient.id, draft, recipient.version)
    assert await open_tasks(world, kim) == []
    [moved] = await open_tasks(world, lee)
    assert (moved.id, moved.assignee_id) == (task.id, None)
    await world.services.tasks.take(lee, task.id)


async def test_an_emergency_that_nobody_has_seen_is_everybodys_an_hour_after_its_time(world):
    tasks = world.services.tasks
    await deliver(world, emergency())
    [task] = await open_tasks(world)
    kim = await world.admin("kim", Role.ORGANIZATION, task.organization_id)
    eve = await world.admin("eve", Role.VIEWER, task.organization_id)
    lee = await world.admin("lee", Role.ORGANIZATION, await world.organization("Elsewhere"))
    for overdue, escalated in (
        (timedelta(minutes=-1), 0),
        (timedelta(minutes=59), 0),
        (timedelta(minutes=61), 1),
    ):
        await be_due(world, now() - overdue)
        numbers = await tasks.numbers(kim)
        assert (numbers.unseen, numbers.mine, numbers.escalated) == (1, escalated, escalated)
        assert numbers.overdue == (overdue > timedelta())
    for actor, mine in ((world.system, 1), (kim, 1), (eve, 0), (lee, 0)):
        assert len(await open_tasks(world, actor, Tab.MINE)) == mine
    await tasks.acknowledge(kim, task.id)
    assert await open_tasks(world, kim, Tab.MINE) == []
    numbers = await tasks.numbers(world.system)
    assert (numbers.unseen, numbers.escalated, numbers.overdue) == (0, 0, 1)


async def test_one_goes_from_one_unseen_emergency_to_the_next_and_round(world):
    tasks = world.services.tasks
    assert await tasks.next_unseen(world.system) is None
    body = 1
    for at in range(3):
        row = await world.recipient(body, f"이{at}")
        await deliver(world, emergency(f"c-{at}", recipient_phone=row.phone))
    first = await tasks.next_unseen(world.system)
    second = await tasks.next_unseen(world.system, first)
    await tasks.acknowledge(world.system, second.id)
    third = await tasks.next_unseen(world.system, second)
    assert len({first.id, second.id, third.id}) == 3
    assert await tasks.next_unseen(world.system, third) == first


async def be_due(world, moment):
    """Let all tasks be due at a moment."""
    async with world.database.transaction() as session:
        await session.execute(sa.update(Task).values(due_at=moment))


async def test_tasks_are_made_for_calls_that_were_there_before_but_not_for_old_ones(world):
    await deliver(
        world,
        call("c-1", analysis="negative", started_at=minutes_ago(60 * 24 * 30)),
        emergency("c-2", 300),
        *(missed(f"u-{at}", 50 - at) for at in range(3)),
    )
    async with world.database.transaction() as session:
        await delete_rows(session, TaskCall, sa.true())
        await delete_rows(session, Task, sa.true())
    ticks = await asyncio.gather(*(world.services.tasks.tick(world.system) for _ in range(2)))
    assert sorted(one.made for one in ticks) == [0, 1]
    assert set(await kinds(world)) == {TaskKind.EMERGENCY, TaskKind.UNANSWERED}
    again = await world.services.tasks.tick(world.system)
    assert (again.resumed, again.made, again.numbers.all) == (0, 0, 2)


async def test_a_task_whose_call_was_corrected_stays_and_says_so(world):
    calls = emergency("c-1", 90), emergency("c-2", 60)
    await deliver(world, *calls)
    for one, analysis, told in zip(calls, ("normal", "negative"), (False, True), strict=True):
        await deliver(world, {**one, "analysis": analysis})
        row = next(row for row in await open_tasks(world) if row.kind is TaskKind.EMERGENCY)
        assert (row.corrected, row.count) == (told, 2)
    negative = await open_tasks(world)
    assert [row.corrected for row in negative if row.kind is TaskKind.NEGATIVE] == [False]
