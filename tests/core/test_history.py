"""What happened to a recipient is one history, newest first, as far as the actor may see it."""

from datetime import timedelta

import pytest

from core.app.audit.dto import AuditFilter
from core.history.dto import HistoryQuery
from core.history.rules import EntryKind
from core.recipients.dto import Selection
from core.recipients.listing.pager import Pager
from core.recipients.rules import RecipientDraft
from core.tasks.rules import TaskKind
from core.values.roles import Role
from core.values.times import now
from tests.deliveries import PHONE, call, deliver, small_world
from tests.factories import make_services


@pytest.fixture
async def world(tmp_path):
    made = await make_services(tmp_path)
    await small_world(made)
    yield made
    await made.close()


async def entries(world, actor, kind=None, page=3):
    query = HistoryQuery(1, kind)
    pager = Pager(world.services.history.window, actor, query)
    pager.total = await world.services.history.count(actor, query)
    found = []
    for start in range(0, pager.total, page):
        found += await pager.rows(start, start + page)
    assert len(found) == pager.total
    return found


async def test_tasks_actions_memos_pauses_and_changes_are_one_history(world):
    services = world.services
    kim = await world.admin("kim", Role.ORGANIZATION, 1)
    eve = await world.admin("eve", Role.VIEWER, 1)
    other = await world.admin("lee", Role.ORGANIZATION, await world.organization("Beta"))
    await deliver(world, call("n-1", analysis="negative"))
    [task] = await services.tasks.of_recipient(kim, 1)
    await services.tasks.done(kim, task.id, action_type="phoned", details="All is well")
    await services.memos.add(kim, 1, "Likes tea")
    await services.participations.pause(kim, Selection(ids=frozenset({1})), 1)
    row = await services.recipients.get(kim, 1)
    await services.recipients.edit(
        kim, 1, RecipientDraft("김영숙", PHONE, "혼자 사심"), row.version
    )
    await services.tasks.add(kim, 1, "Bring the paper", now() + timedelta(days=1))

    told = [(one.kind, one.what, one.outcome, one.who) for one in await entries(world, kim)]
    assert told[:4] == [
        (EntryKind.TASK, "own", "", ""),
        (EntryKind.CHANGE, "recipient.edit", "", "kim"),
        (EntryKind.PAUSE, "participation.pause", "", "kim"),
        (EntryKind.MEMO, "", "", "kim"),
    ]
    assert (EntryKind.FOLLOWUP, "phoned", "", "kim") in told
    assert (EntryKind.TASK, "negative", "done", "kim") in told
    assert (EntryKind.CHANGE, "recipient.add", "", "Root") in told
    [changed] = [one for one in await entries(world, kim, EntryKind.CHANGE) if one.fields]
    assert changed.fields == ("name",)
    tasks = await entries(world, kim, EntryKind.TASK, page=1)
    assert [one.what for one in tasks] == [TaskKind.OWN, TaskKind.NEGATIVE, TaskKind.NEGATIVE]
    # by whom something was changed stands in the audit records, which viewers do not read
    seen = {one.kind for one in await entries(world, eve)}
    assert seen == {EntryKind.TASK, EntryKind.FOLLOWUP, EntryKind.MEMO}
    assert await entries(world, other) == []
    # what a system admin does to people of several organizations is in the history of each
    there = await world.recipient(other.organization_id)
    await world.campaign("Evening", recipients=[there.id])
    await services.participations.resume(kim, Selection(ids=frozenset({1})), 1)
    await services.participations.pause(world.system, Selection(ids=frozenset({1, there.id})), 2)
    latest, *_rest = await entries(world, kim, EntryKind.PAUSE)
    assert (latest.what, latest.who) == ("participation.pause", "Root")
    record, *_rest = [one async for one in services.audit.list(other, AuditFilter())]
    assert (record.action, record.details["ids"]) == ("participation.pause", [there.id])
    everything = [one.at for one in await entries(world, world.system)]
    assert everything == sorted(everything, reverse=True)
