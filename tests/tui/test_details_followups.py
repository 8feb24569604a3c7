"""Follow-up actions, driven by keys: each how-to and each refusal."""

import pytest

from tests.factories import make_services
from tests.tui.details import details
from tests.tui.noted import actions, three_calls


@pytest.fixture
async def world(tmp_path):
    made = await make_services(tmp_path, account="root")
    await three_calls(made)
    yield made
    await made.close()


async def test_add_a_followup_to_the_latest_connected_call(world):
    async with details(world) as it:
        await it.press("3")
        await it.sees("There is no follow-up action.")
        await it.press("a")
        await it.sees("Add follow-up action", "!! emergency", "(x) phoned")
        await it.press("down", "down", "down", "enter")
        await it.sees("(x) emergency dispatched")
        await it.type("Sent 119")
        await it.press("ctrl+s")
        await it.sees("The follow-up action was added.", "emergency dispatched", "Sent 119")
    assert await actions(world) == [(2, "emergency dispatched", "Sent 119")]


async def test_add_one_to_the_chosen_call(world):
    async with details(world) as it:
        await it.press("down", "down")
        await it.until(lambda: it.screen.calls.current.external_id == "c-1")
        await it.press("3", "a")
        await it.sees("Add follow-up action", "! negative")
        await it.press("ctrl+s")
        await it.sees("The follow-up action was added.")
    assert await actions(world) == [(1, "phoned", "")]


async def test_f_adds_one_to_the_call_under_the_cursor(world):
    async with details(world) as it:
        await it.press("f")
        await it.sees("Add follow-up action")
        await it.press("down", "ctrl+s")
        await it.sees("The follow-up action was added.")
    assert await actions(world) == [(3, "visited", "")]


async def test_a_second_one_is_refused_with_a_reason(world):
    await world.services.followups.add(world.system, 3, "phoned")
    async with details(world) as it:
        await it.sees("f(Follow up)")
        await it.press("f")
        await it.sees(
            "This call has a follow-up action already; there is at most one for each call."
        )
    assert len(await actions(world)) == 1


async def test_one_added_meanwhile_is_not_overwritten_and_what_was_typed_stays(world):
    async with details(world) as it:
        await it.press("f")
        await it.sees("Add follow-up action")
        await world.services.followups.add(world.system, 3, "phoned", "theirs")
        await it.press("enter")
        await it.type("mine")
        await it.press("ctrl+s")
        await it.sees("This call has a follow-up action already")
        assert it.app.focused.text == "mine"
    assert await actions(world) == [(3, "phoned", "theirs")]


async def test_edit_and_delete_a_followup(world):
    await world.services.followups.add(world.system, 2, "phoned", "No answer")
    async with details(world) as it:
        await it.press("3")
        await it.sees("No answer")
        await it.press("e")
        await it.sees("Edit follow-up action", "(x) phoned")
        await it.press("down", "tab")
        await it.type(" at home")
        await it.press("ctrl+s")
        await it.sees("The follow-up action was saved.", "visited", "No answer at home")
        assert await actions(world) == [(2, "visited", "No answer at home")]
        await it.read()
        await it.press("d")
        await it.sees("Delete follow-up action")
        await it.press("d")
        await it.sees("The follow-up action was deleted.", "There is no follow-up action.")
    assert await actions(world) == []


async def test_a_conflict_over_a_followup_shows_both(world):
    made = await world.services.followups.add(world.system, 2, "phoned", "First")
    async with details(world) as it:
        await it.press("3", "e")
        await it.sees("Edit follow-up action")
        await world.services.followups.edit(world.system, made.id, "visited", "Theirs", 1)
        await it.press("tab")
        await it.type(" mine")
        await it.press("ctrl+s")
        await it.sees("Yours:", "First mine", "Theirs:", "visited", "Take theirs")
        await it.press("s")
        await it.sees("The follow-up action was saved.")
    assert await actions(world) == [(2, "phoned", "First mine")]


async def test_501_characters_of_details_are_refused(world):
    async with details(world) as it:
        await it.press("f")
        await it.sees("Add follow-up action")
        await it.press("enter")
        it.app.focused.insert("x" * 501)
        await it.sees("! 1 character too many")
        await it.press("ctrl+s")
        await it.sees("Details may have at most 500 characters; this has 501.")
    assert await actions(world) == []


async def test_where_every_connected_call_has_one_it_says_so(world):
    for call_id in (1, 2):
        await world.services.followups.add(world.system, call_id, "phoned")
    async with details(world) as it:
        await it.press("3", "a")
        await it.sees("Every connected call has a follow-up action already.")


async def test_enter_on_a_followup_goes_to_its_call(world):
    await world.services.followups.add(world.system, 1, "phoned")
    async with details(world) as it:
        await it.press("3", "enter")
        await it.sees("[1 Calls 3]")
        await it.until(lambda: it.screen.calls.current.external_id == "c-1")
