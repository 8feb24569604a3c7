"""Memos: free notes that only their author may change."""

import pytest

from core.values.errors import ActionBlocked, Conflict, InvalidInput, NotFound, NotPermitted
from core.values.roles import Role
from tests.deliveries import small_world
from tests.factories import make_services


@pytest.fixture
async def world(tmp_path):
    made = await make_services(tmp_path)
    await small_world(made)
    yield made
    await made.close()


async def test_add_edit_and_delete(world):
    memos = world.services.memos
    first = await memos.add(world.system, 1, "Daughter visits on\nSundays")
    second = await memos.add(world.system, 1, "Has moved")
    assert await memos.list(world.system, 1) == [second, first]
    assert (first.author, first.text) == ("Root", "Daughter visits on\nSundays")
    edited = await memos.edit(world.system, first.id, "Daughter visits on Mondays", first.version)
    assert (edited.text, edited.version) == ("Daughter visits on Mondays", first.version + 1)
    await memos.delete(world.system, second.id, second.version)
    assert await memos.list(world.system, 1) == [edited]


async def test_only_the_author_may_change_it_not_even_a_system_admin(world):
    memos = world.services.memos
    kim = await world.admin("kim", Role.ORGANIZATION, 1, name="Kim")
    memo = await memos.add(kim, 1, "Mine")
    for foreign in (
        memos.edit(world.system, memo.id, "Yours", memo.version),
        memos.delete(world.system, memo.id, memo.version),
    ):
        with pytest.raises(ActionBlocked, match="Only the author"):
            await foreign
    assert await memos.list(world.system, 1) == [memo]


async def test_an_admin_is_called_by_name_and_by_login_too_where_two_have_one_name(world):
    memos = world.services.memos
    for login, name in (("kim", "김영수"), ("kim2", "김영수"), ("lee", ""), ("park", "박 (x)")):
        await memos.add(await world.admin(login, Role.ORGANIZATION, 1, name=name), 1, login)
    told = {memo.text: memo.author for memo in await memos.list(world.system, 1)}
    assert told == {
        "kim": "김영수 (kim)",
        "kim2": "김영수 (kim2)",
        "lee": "lee",
        "park": "박 (x)",
    }


async def test_a_change_since_it_was_read_is_a_conflict_with_the_present_one(world):
    memos = world.services.memos
    memo = await memos.add(world.system, 1, "First")
    await memos.edit(world.system, memo.id, "Second", memo.version)
    for late in (
        memos.edit(world.system, memo.id, "Third", memo.version),
        memos.delete(world.system, memo.id, memo.version),
    ):
        with pytest.raises(Conflict) as raised:
            await late
        assert raised.value.current.text == "Second"


async def test_what_cannot_be_is_refused(world):
    memos = world.services.memos
    for wrong in ("", "  \n ", "x" * 501, "a\u202eb"):
        with pytest.raises(InvalidInput) as raised:
            await memos.add(world.system, 1, wrong)
        assert raised.value.field == "text"
    memo = await memos.add(world.system, 1, "가" * 500)
    viewer = await world.admin("park", Role.VIEWER, 1)
    with pytest.raises(NotPermitted):
        await memos.add(viewer, 1, "x")
    stranger = await world.admin("lee", Role.ORGANIZATION, await world.organization("Suncheon"))
    for closed in (
        memos.add(stranger, 1, "x"),
        memos.edit(stranger, memo.id, "x", memo.version),
        memos.delete(stranger, memo.id, memo.version),
        memos.get(stranger, memo.id),
    ):
        with pytest.raises(NotFound):
            await closed
    assert await memos.list(stranger, 1) == []
    assert await memos.list(world.system, 1) == [memo]
