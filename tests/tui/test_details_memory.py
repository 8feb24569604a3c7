"""Memory details, driven by keys: each how-to and each refusal."""

import pytest

from tests.deliveries import call, deliver, minutes_ago
from tests.factories import make_services
from tests.tui.details import details
from tests.tui.noted import three_calls


@pytest.fixture
async def world(tmp_path):
    made = await make_services(tmp_path, account="root")
    await three_calls(made)
    yield made
    await made.close()


async def test_it_is_edited_and_a_conflict_shows_both(world):
    async with details(world) as it:
        await it.press("2")
        await it.sees("sleep", "Sleeps well", "machine")
        await it.press("e")
        await it.sees("Edit memory details", "Topic: sleep")
        await it.type(", mostly")
        await it.press("ctrl+s")
        await it.sees("The memory was saved.", "Sleeps well, mostly", "Root")
        (row,) = await world.services.memory.list(world.system, 1)
        assert (row.content, row.admin) == ("Sleeps well, mostly", "Root")
        await it.read()
        await it.press("e")
        await it.sees("Edit memory details")
        await world.services.memory.edit(world.system, 1, "Theirs now", row.version)
        await it.type("?")
        await it.press("ctrl+s")
        await it.sees("Yours:", "Sleeps well, mostly?", "Theirs:", "Theirs now")
        await it.press("s")
        await it.sees("The memory was saved.")
        (row,) = await world.services.memory.list(world.system, 1)
        assert row.content == "Sleeps well, mostly?"
        await it.read()
        # none is added or deleted by hand, and enter leads over the history to the call
        for key in ("a", "d"):
            await it.press("2", key)
            await it.sees("Memory details come from calls")
        await it.press("enter")
        await it.sees("History of a memory")
        await it.press("end")
        await it.sees("enter goes there")
        await it.press("enter")
        await it.sees("[1 Calls 3]")
        await it.until(lambda: it.screen.calls.current.external_id == "c-1")


async def test_what_a_later_call_brings_up_is_shown_beside_the_edit(world):
    await world.services.memory.edit(world.system, 1, "Sleeps badly", 1)
    news = [{"topic": "sleep", "content": "Sleeps well again"}]
    await deliver(world, call("c-4", started_at=minutes_ago(-2), memory=news))
    async with details(world) as it:
        await it.press("2")
        await it.sees("! Sleeps badly · newer: ", "! Newer, from the call of", "Sleeps well again")
        await it.press("e")
        await it.sees("Edit memory details", "Sleeps well again")


async def test_reset_a_memory_asks_first_and_keeps_its_history(world):
    async with details(world) as it:
        await it.press("2", "r")
        await it.sees("Reset memory", "The machine forgets it.")
        await it.press("enter")
        await it.stays("Sleeps well")
        await it.press("r")
        await it.sees("Reset memory")
        await it.press("r")
        await it.sees("The memory was reset.", "(reset)", "Reset by Root")
        await it.read()
        for key, reason in (("r", "This memory is reset already."), ("e", "This memory was reset")):
            await it.press(key)
            await it.sees(reason)
        await it.press("enter")
        await it.sees("History of a memory", "learned", "reset", "Sleeps well")
    assert (await world.services.memory.list(world.system, 1))[0].is_reset
