"""Memory details: learned from calls, edited and reset by admins, whose word is never overwritten."""

import pytest

from core.memory.rules import MemoryChange
from core.values.errors import ActionBlocked, Conflict, InvalidInput, NotFound, NotPermitted
from core.values.roles import Role
from tests.deliveries import call, deliver, minutes_ago, small_world
from tests.factories import make_services


@pytest.fixture
async def world(tmp_path):
    made = await make_services(tmp_path)
    await small_world(made)
    yield made
    await made.close()


async def told(world, call_id: str, minutes: float, *pairs: tuple[str, str]) -> None:
    """A call so many minutes ago that brought this up."""
    memory = [{"topic": topic, "content": content} for topic, content in pairs]
    await deliver(world, call(call_id, started_at=minutes_ago(minutes), memory=memory))


async def shown(world) -> list[tuple[str, str, str | None]]:
    return [
        (one.topic, one.content, one.newer_content)
        for one in await world.services.memory.list(world.system, 1)
        if not one.is_reset
    ]


async def the_one(world):
    (row,) = await world.services.memory.list(world.system, 1)
    return row


async def history(world, memory_id: int = 1) -> list[str]:
    rows = await world.services.memory.history(world.system, memory_id)
    return [one.change.value for one in reversed(rows)]


async def test_the_same_topic_and_content_again_changes_nothing(world):
    await told(world, "c-1", 60, ("Health", "Knee hurts"))
    await told(world, "c-2", 30, ("health ", "knee  hurts"))
    row = await the_one(world)
    assert (row.topic, row.content, row.call_id, row.version) == ("Health", "Knee hurts", 1, 1)
    assert await history(world) == ["learned"]


async def test_other_contents_of_a_topic_are_details_of_their_own(world):
    await told(world, "c-1", 60, ("health", "Knee hurts"), ("health", "Takes pills"))
    await told(world, "c-2", 30, ("health", "Has a cold"))
    contents = {content for _topic, content, _newer in await shown(world)}
    assert contents == {"Knee hurts", "Takes pills", "Has a cold"}


async def test_an_edit_stands_and_what_comes_later_is_shown_beside_it(world):
    memory = world.services.memory
    await told(world, "c-1", 60, ("health", "Knee hurts"))
    edited = await memory.edit(world.system, 1, "Left knee hurts", 1)
    assert (edited.admin, edited.content) == ("Root", "Left knee hurts")
    await told(world, "c-2", -1, ("health", "Hip hurts"))
    assert await shown(world) == [("health", "Left knee hurts", "Hip hurts")]
    await told(world, "c-3", -2, ("health", "Knee hurts"))
    assert await shown(world) == [("health", "Left knee hurts", "Knee hurts")]
    row = await the_one(world)
    assert (row.newer_call_id, row.admin) == (3, "Root")
    seen = await memory.edit(world.system, 1, "Both knees hurt", row.version)
    assert (seen.content, seen.newer_content) == ("Both knees hurt", None)
    assert await history(world) == ["learned", "edited", "learned", "learned", "edited"]


async def test_an_old_call_does_not_stand_beside_a_later_edit(world):
    await told(world, "c-2", 60, ("health", "Knee hurts"))
    await world.services.memory.edit(world.system, 1, "Left knee hurts", 1)
    await told(world, "c-1", 90, ("health", "Knee hurts"))
    assert await shown(world) == [("health", "Left knee hurts", None)]


async def test_an_old_call_that_says_something_else_is_a_detail_of_its_own(world):
    await told(world, "c-2", 60, ("health", "Knee hurts"))
    await world.services.memory.edit(world.system, 1, "Left knee hurts", 1)
    await told(world, "c-1", 90, ("health", "Hip hurts"))
    assert sorted(await shown(world)) == [
        ("health", "Hip hurts", None),
        ("health", "Left knee hurts", None),
    ]


async def test_reset_stays_reset_until_a_later_call_brings_it_up_anew(world):
    memory = world.services.memory
    await told(world, "c-1", 60, ("health", "Knee hurts"))
    reset = await memory.reset(world.system, 1, 1)
    assert reset.is_reset
    await told(world, "c-0", 90, ("health", "Knee hurts"))
    await told(world, "c-2", 1, ("health", "Knee hurts"))
    assert (await the_one(world)).is_reset
    await told(world, "c-3", -2, ("health", "Knee hurts"))
    row = await the_one(world)
    assert (row.is_reset, row.content, row.call_id, row.admin) == (False, "Knee hurts", 4, "")
    assert await history(world) == ["learned", "reset", "learned again"]


async def test_the_history_keeps_what_was_said_by_whom(world):
    memory = world.services.memory
    await told(world, "c-1", 60, ("health", "Knee hurts"))
    await memory.edit(world.system, 1, "Left knee hurts", 1)
    await memory.reset(world.system, 1, 2)
    rows = await memory.history(world.system, 1)
    assert [(one.change, one.content, one.admin, one.call_id) for one in rows] == [
        (MemoryChange.RESET, "Left knee hurts", "Root", None),
        (MemoryChange.EDITED, "Left knee hurts", "Root", None),
        (MemoryChange.LEARNED, "Knee hurts", "", 1),
    ]


async def test_a_change_since_it_was_read_is_a_conflict_with_the_present_one(world):
    memory = world.services.memory
    await told(world, "c-1", 60, ("health", "Knee hurts"))
    await memory.edit(world.system, 1, "Left knee hurts", 1)
    for late in (memory.edit(world.system, 1, "Mine", 1), memory.reset(world.system, 1, 1)):
        with pytest.raises(Conflict) as raised:
            await late
        assert raised.value.current.content == "Left knee hurts"
    assert await shown(world) == [("health", "Left knee hurts", None)]


async def test_what_cannot_be_is_refused(world):
    memory = world.services.memory
    await told(world, "c-1", 60, ("health", "Knee hurts"))
    for wrong in ("", " \n ", "x" * 501, "a\x1bb"):
        with pytest.raises(InvalidInput) as raised:
            await memory.edit(world.system, 1, wrong, 1)
        assert raised.value.field == "content"
    viewer = await world.admin("park", Role.VIEWER, 1)
    with pytest.raises(NotPermitted):
        await memory.reset(viewer, 1, 1)
    stranger = await world.admin("lee", Role.ORGANIZATION, await world.organization("Suncheon"))
    for closed in (
        memory.edit(stranger, 1, "x", 1), memory.reset(stranger, 1, 1), memory.history(stranger, 1),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            await closed
    await memory.reset(world.system, 1, 1)
    with pytest.raises(ActionBlocked, match="was reset"):
        await memory.edit(world.system, 1, "x", 2)
    with pytest.raises(ActionBlocked, match="reset already"):
        await memory.reset(world.system, 1, 2)


async def test_500_characters_with_line_breaks_are_kept(world):
    await told(world, "c-1", 60, ("health", "Knee hurts"))
    content = "가\n" * 249 + "나나"
    row = await world.services.memory.edit(world.system, 1, content, 1)
    assert row.content == content
    assert len(row.content) == 500
