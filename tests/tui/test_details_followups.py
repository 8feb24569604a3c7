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


async def test_it_is_added_to_the_latest_connected_call_or_to_the_one_under_the_cursor(world):
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
        await it.read()
        # enter goes to its call, and what is chosen there is the call of the next one
        await it.press("enter")
        await it.sees("[1 Calls 3]")
        await it.until(lambda: it.screen.calls.current.external_id == "c-2")
        await it.press("down")
        await it.until(lambda: it.screen.calls.current.external_id == "c-1")
        await it.press("3", "a")
        await it.sees("Add follow-up action", "! negative")
        await it.press("ctrl+s")
        await it.sees("The follow-up action was added.", "[3 Follow-up action 2]")
        assert (1, "phoned", "") in await actions(world)
        await it.read()
        await it.press("a")
        await it.sees("Every connected call has a follow-up action already.")
        await it.press("1", "home")
        await it.until(lambda: it.screen.calls.current.external_id == "c-3")
        await it.press("f")
        await it.sees("Add follow-up action")
        await it.press("down", "ctrl+s")
        await it.sees("The follow-up action was added.")
        assert (3, "visited", "") in await actions(world)
        await it.read()
        await it.sees("f(Follow up)")
        await it.press("f")
        await it.sees(
            "This call has a follow-up action already; there is at most one for each call."
        )
    assert len(await actions(world)) == 3


async def test_one_that_is_too_long_or_was_added_meanwhile_is_refused_and_stays_typed(world):
    async with details(world) as it:
        await it.press("f")
        await it.sees("Add follow-up action")
        await it.press("enter")
        it.app.focused.insert("x" * 501)
        await it.sees("! 1 character too many")
        await it.press("ctrl+s")
        await it.sees("Details may have at most 500 characters; this has 501.")
        assert await actions(world) == []
        await world.services.followups.add(world.system, 3, "phoned", "theirs")
        it.app.focused.text = ""
        await it.type("mine")
        await it.press("ctrl+s")
        await it.sees("This call has a follow-up action already")
        assert it.app.focused.text == "mine"
    assert await actions(world) == [(3, "phoned", "theirs")]


async def test_it_is_edited_and_deleted_and_a_conflict_shows_both(world):
    made = await world.services.followups.add(world.system, 2, "phoned", "No answer")
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
        await it.press("e")
        await it.sees("Edit follow-up action", "(x) visited")
        await world.services.followups.edit(world.system, made.id, "phoned", "Theirs", 2)
        await it.press("tab")
        await it.type(" mine")
        await it.press("ctrl+s")
        await it.sees("Yours:", "No answer at home mine", "Theirs:", "phoned", "Take theirs")
        await it.press("s")
        await it.sees("The follow-up action was saved.")
        assert await actions(world) == [(2, "visited", "No answer at home mine")]
        await it.read()
        await it.press("d")
        await it.sees("Delete follow-up action")
        await it.press("d")
        await it.sees("The follow-up action was deleted.", "There is no follow-up action.")
    assert await actions(world) == []
