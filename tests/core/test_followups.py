"""Follow-up actions: at most one for each call, added, edited and deleted by whoever may write."""

import pytest
import sqlalchemy as sa

from core.followups.rules import ACTION_WORDS, ActionType
from core.values.errors import ActionBlocked, Conflict, InvalidInput, NotFound, NotPermitted
from core.values.roles import Role
from tests.deliveries import call, deliver, minutes_ago, small_world
from tests.factories import make_services


@pytest.fixture
async def world(tmp_path):
    made = await make_services(tmp_path)
    await small_world(made)
    await deliver(
        made, call("c-1", started_at=minutes_ago(60)), call("c-2", started_at=minutes_ago(30))
    )
    yield made
    await made.close()


async def test_add_edit_and_delete(world):
    followups = world.services.followups
    made = await followups.add(world.system, 1, "visited", "All is well\nsecond line")
    assert (made.action_type, made.details, made.admin, made.call_id) == (
        ActionType.VISITED, "All is well\nsecond line", "Root", 1,
    )  # fmt: skip
    kim = await world.admin("kim", Role.ORGANIZATION, 1, name="Kim")
    edited = await followups.edit(kim, made.id, "phoned", "", made.version)
    assert (edited.action_type, edited.details, edited.admin) == (ActionType.PHONED, "", "Kim")
    await followups.delete(kim, made.id, edited.version)
    assert await followups.list(kim, 1) == []
    await followups.add(world.system, 1, "other")


async def test_each_type_of_the_product_can_be_added(world):
    followups = world.services.followups
    assert set(ACTION_WORDS) == set(ActionType)
    for kind in ActionType:
        made = await followups.add(world.system, 1, kind.value)
        await followups.delete(world.system, made.id, made.version)


async def test_they_are_listed_by_their_calls_the_latest_first(world):
    followups = world.services.followups
    await followups.add(world.system, 2, "phoned")
    await followups.add(world.system, 1, "visited")
    assert [one.call_id for one in await followups.list(world.system, 1)] == [2, 1]


async def test_a_second_one_for_the_same_call_is_refused_with_a_reason(world):
    followups = world.services.followups
    made = await followups.add(world.system, 1, "visited", "first")
    with pytest.raises(ActionBlocked, match="at most one for each call"):
        await followups.add(world.system, 1, "phoned", "second")
    assert await followups.list(world.system, 1) == [made]


async def test_a_change_since_it_was_read_is_a_conflict_with_the_present_one(world):
    followups = world.services.followups
    made = await followups.add(world.system, 1, "visited", "first")
    await followups.edit(world.system, made.id, "phoned", "theirs", made.version)
    for late in (
        followups.edit(world.system, made.id, "other", "mine", made.version),
        followups.delete(world.system, made.id, made.version),
    ):
        with pytest.raises(Conflict) as raised:
            await late
        assert raised.value.current.details == "theirs"


async def test_what_cannot_be_is_refused(world):
    followups = world.services.followups
    for kind, details, field in (
        ("danced", "", "action_type"),
        ("phoned", "x" * 501, "details"),
        ("phoned", "a\x00b", "details"),
    ):
        with pytest.raises(InvalidInput) as raised:
            await followups.add(world.system, 1, kind, details)
        assert raised.value.field == field
    made = await followups.add(world.system, 1, "phoned", "x" * 500)
    viewer = await world.admin("park", Role.VIEWER, 1)
    with pytest.raises(NotPermitted):
        await followups.add(viewer, 2, "phoned")
    stranger = await world.admin("lee", Role.ORGANIZATION, await world.organization("Suncheon"))
    for closed in (
        followups.add(stranger, 2, "phoned"),
        followups.edit(stranger, made.id, "phoned", "", made.version),
        followups.delete(stranger, made.id, made.version),
        followups.get(stranger, made.id),
    ):
        with pytest.raises(NotFound):
            await closed
    assert await followups.list(stranger, 1) == []
    assert await followups.list(world.system, 1) == [made]


@pytest.mark.sqlite
async def test_what_the_database_refuses_for_another_reason_is_no_second_one(world):
    async with world.database.transaction() as session:
        trigger = "CREATE TRIGGER no BEFORE INSERT ON followup_actions BEGIN SELECT RAISE(ABORT, 'no'); END"
        await session.execute(sa.text(trigger))
    with pytest.raises(InvalidInput, match="does not take this value"):
        await world.services.followups.add(world.system, 1, "visited")
