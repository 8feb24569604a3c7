"""Reading calls: paged newest first, with what the screen needs, and only what the admin may see."""

from datetime import timedelta

import pytest

from core.db.models import Call
from core.recipients.dto import Selection
from core.recipients.listing.pager import Pager
from core.values.errors import NotFound
from core.values.roles import Role
from core.values.times import now
from tests.deliveries import call, deliver, minutes_ago, small_world, unanswered
from tests.factories import make_services


@pytest.fixture
async def world(tmp_path):
    made = await make_services(tmp_path)
    yield made
    await made.close()


async def many_calls(world, recipient: int, count: int) -> None:
    moment = now()
    async with world.database.transaction() as session:
        session.add_all(
            Call(
                external_id=f"m-{at}",
                recipient_id=recipient,
                campaign_id=1,
                organization_id=1,
                started_at=moment - timedelta(hours=at // 2),
                result="connected",
            )
            for at in range(count)
        )


async def test_the_pager_gives_calls_by_index_newest_first_from_either_end(world):
    recipient = await small_world(world)
    await many_calls(world, recipient, 300)
    calls = world.services.calls
    everything = await Pager(calls.window, world.system, recipient).rows(0, 300)
    assert [one.external_id for one in everything[:2]] == ["m-1", "m-0"]
    pager = Pager(calls.window, world.system, recipient)
    pager.total = await calls.count(world.system, recipient)
    assert pager.total == 300
    assert await pager.rows(250, 300) == everything[250:]
    assert await pager.rows(100, 164) == everything[100:164]
    assert await calls.index_of(world.system, everything[137].id) == 137


async def test_unanswered_calls_in_a_row_are_counted_at_each(world):
    recipient = await small_world(world)
    await deliver(
        world,
        unanswered("c-1", started_at=minutes_ago(100)),
        call("c-2", started_at=minutes_ago(90)),
        unanswered("c-3", started_at=minutes_ago(80)),
        unanswered("c-4", started_at=minutes_ago(70)),
    )
    rows = await Pager(world.services.calls.window, world.system, recipient).rows(0, 10)
    assert [one.unanswered_in_a_row for one in rows] == [2, 1, 0, 1]


async def test_the_latest_connected_call_without_followup(world):
    recipient = await small_world(world)
    calls, followups = world.services.calls, world.services.followups
    assert await calls.latest_without_followup(world.system, recipient) is None
    await deliver(
        world,
        call("c-1", started_at=minutes_ago(90)),
        call("c-2", started_at=minutes_ago(60)),
        unanswered("c-3", started_at=minutes_ago(30)),
    )
    latest = await calls.latest_without_followup(world.system, recipient)
    assert latest.external_id == "c-2"
    made = await followups.add(world.system, latest.id, "phoned")
    assert (await calls.get(world.system, latest.id)).call.followup_id == made.id
    latest = await calls.latest_without_followup(world.system, recipient)
    assert latest.external_id == "c-1"


async def test_a_call_of_another_organization_does_not_exist(world):
    recipient = await small_world(world)
    await deliver(world, call())
    other = await world.admin("lee", Role.ORGANIZATION, await world.organization("Suncheon"))
    calls = world.services.calls
    for reading in (
        calls.get(other, 1),
        calls.by_external_id(other, "c-1"),
        calls.index_of(other, 1),
    ):
        with pytest.raises(NotFound):
            await reading
    assert await calls.window(other, recipient) == []
    assert await calls.count(other, recipient) == 0


async def test_the_calls_of_a_deleted_recipient_do_not_exist(world):
    recipient = await small_world(world)
    await deliver(world, call())
    await world.services.recipients.delete(world.system, Selection(frozenset({recipient})), 1)
    with pytest.raises(NotFound):
        await world.services.calls.get(world.system, 1)
