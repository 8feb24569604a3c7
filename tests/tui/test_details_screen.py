"""The details as a whole, driven by keys: tabs, neighbours, width, what others change meanwhile."""

import asyncio

import pytest

from core.app.audit.dto import AuditFilter
from core.recipients.dto import RecipientQuery, Selection
from tests.deliveries import call, deliver, small_world
from tests.factories import make_services
from tests.tui.details import details


@pytest.fixture
async def world(tmp_path):
    made = await make_services(tmp_path, account="root")
    yield made
    await made.close()


async def people(world) -> None:
    body = await world.organization("Haeundae")
    for name in ("가영희", "나영희", "다영희", "라철수"):
        await world.recipient(body, name)


async def test_the_neighbours_come_in_the_order_of_the_list_in_the_tab_that_is_open(world):
    await people(world)
    async with details(world) as it:
        await it.sees("라철수", "1 of 4")
        await it.press("3")
        await it.sees("[3 Follow-up action]")
        await it.go("right_square_bracket")
        await it.sees("다영희", "2 of 4", "[3 Follow-up action]")
        await it.go("right_square_bracket", "right_square_bracket")
        await it.sees("가영희", "4 of 4")
        await it.press("right_square_bracket")
        await it.sees("This is the last recipient of the list.")
        await it.go("left_square_bracket")
        await it.sees("나영희", "3 of 4")
        # back in the list, the cursor is on who was seen last
        await it.press("escape")
        await it.sees("Manage recipients")
        await it.until(lambda: it.list.current is not None and it.list.current.name == "나영희")
        # the neighbours are those of the list that was filtered meanwhile
        await it.press("slash")
        await it.type("영희")
        await it.sees("3 of 4 recipients")
        await it.press("enter")
        await it.quiet()
        await it.press("home", "enter")
        await it.sees("Recipient details", "다영희", "1 of 3")
        await it.read()
        await it.press("left_square_bracket")
        await it.sees("This is the first recipient of the list.")
        await it.go("right_square_bracket", "right_square_bracket")
        await it.sees("가영희", "3 of 3")


async def test_the_neighbours_are_read_ahead_and_looked_at_when_they_are_shown(world, monkeypatch):
    await people(world)
    async with details(world) as it:
        first = it.screen.recipient.id
        assert await looked_at(world) == [first]
        await world.services.memos.add(world.system, first, "From elsewhere")
        await it.sees("4 Memo 1")
        await it.read()

        async def never(*_arguments, **_more):
            await asyncio.Event().wait()

        monkeypatch.setattr(it.screen._neighbours, "_load", never)
        await it.press("right_square_bracket")
        await it.sees("다영희", "2 of 4")
        assert await looked_at(world) == [first, it.screen.recipient.id]


async def looked_at(world):
    """Whose details the records say that somebody has opened."""
    wanted = AuditFilter(action="look.details", access=True)
    return [row.subject_id async for row in world.services.audit.list(world.system, wanted)][::-1]


async def test_memos_stand_beside_where_there_is_room_and_in_a_tab_where_not(world):
    recipient = await small_world(world)
    await deliver(world, call())
    await world.services.memos.add(world.system, recipient, "Sister visits")
    async with details(world, size=(120, 40)) as it:
        await it.sees("네, 잘 잤어요.", "Sister visits", "[1 Calls 1]")
        while (
            it.app.focused is not it.screen.memos.table
        ):  # the pane with the focus is the active one
            await it.press("tab")
        await it.sees("[4 Memo 1]", "a Add")
        await it.press("1")
        await it.sees("[1 Calls 1]")
        await it.press("4")
        await it.sees("[4 Memo 1]", "네, 잘 잤어요.")
        await it.press("tab")
        await it.pilot.resize_terminal(80, 24)
        await it.sees("Sister visits")
        await it.sees_no("네, 잘 잤어요.")
        await it.press("1")
        await it.sees("네, 잘 잤어요.")
        await it.sees_no("Sister visits")


async def test_what_others_change_is_shown_and_actions_are_found_by_name_and_in_hangul(world):
    recipient = await small_world(world)
    await deliver(world, call())
    async with details(world) as it:
        await it.press("4")
        await it.sees("There is no memo.")
        await world.services.memos.add(world.system, recipient, "From elsewhere")
        await it.sees("From elsewhere", "[4 Memo 1]")
        await it.press("ㅁ")
        await it.sees("Add memo")
        await it.press("escape", "colon")
        await it.type("memory")
        await it.press("enter")
        await it.sees("[2 Memory details 1]")


async def test_a_recipient_deleted_meanwhile_is_told(world):
    recipient = await small_world(world)
    async with details(world) as it:
        deletion = await world.services.recipients.delete(
            world.system, Selection(frozenset({recipient})), 1
        )
        why = "김영희 was deleted by Root; esc Z restores."
        await it.sees(why)
        for key in ("e", "4", "a"):  # nothing can be done with it, and the footer says so
            await it.press(key)
            await it.sees(why)
        await it.sees("a(Add)")
        assert deletion.id is not None
        await world.services.deletions.undo(world.system, deletion.id)
        await it.until(lambda: why not in it.text(), "it is back")
        await it.press("a")
        await it.sees("Add memo")


async def test_a_recipient_that_left_the_filter_leaves_its_place_to_the_next(world):
    await people(world)
    async with details(world, down=1) as it:
        await it.sees("다영희")
        row = it.screen.loaded.recipient
        await world.services.recipients.delete(world.system, Selection(frozenset({row.id})), 1)
        it.list.pager.forget()
        it.screen._neighbours.known = False
        await it.press("right_square_bracket")
        await it.sees("나영희")


async def test_the_recipient_is_edited_paused_resumed_and_deleted_from_here(world):
    await people(world)
    rows = await world.services.recipients.window(world.system, RecipientQuery())
    await world.campaign("Morning", recipients=[rows[1][0].id])
    async with details(world, down=1) as it:
        await it.sees("다영희", "e Edit p Pause d Delete")
        await it.press("e", "end")
        await it.type("수")
        await it.press("ctrl+s")
        await it.sees("다영희수 was saved.", "다영희수  010-")
        await it.read()
        await it.press("p")
        await it.type("입원")
        await it.press("ctrl+s")
        await it.sees("다영희수 was paused.", "Morning (paused: 입원)")
        await it.press("r", "r")
        await it.sees("다영희수 was resumed.")
        await it.press("4", "p")
        await it.sees("Press 1 for the calls first.")
        await it.press("1", "d")
        await it.sees("Delete recipient", "다영희수")
        await it.press("d")
        await it.sees("Manage recipients", "다영희수 was deleted. Press z to undo.", "3 recipients")
        await it.press("z")
        await it.sees("다영희수 is back.")
        await it.quiet()
        assert it.list.current.name == "다영희수"
