"""The notice line and the writes that it tells of: nothing vanishes, nothing outlives what it is about."""

import pytest

from core.recipients.dto import RecipientQuery
from tests.drivers import console
from tests.factories import World, make_services
from tests.gates import held_back
from tui import writes
from tui.palette import Palette
from tui.recipients.list_state import SCREEN


@pytest.fixture
async def world(tmp_path):
    made = await make_services(tmp_path, account="root")
    body = await made.organization("해운대구 복지관")
    rows = [await made.recipient(body, name) for name in ("김영희", "박철수")]
    await made.campaign("아침 안부", recipients=[rows[1].id])
    yield made
    await made.close()


async def test_a_write_waits_for_the_one_before_it(world: World, monkeypatch):
    monkeypatch.setattr(writes, "TELLING_AFTER", 0.01)
    async with console(world) as it:
        gate = held_back(monkeypatch, it.app.services.recipients, "delete")
        await it.press("d", "d", "v", "space", "ctrl+s")
        await it.sees("It is saved as soon as the change before it is done.")
        gate.set()
        await it.sees("박철수 was deleted.", "1 recipient ")
        await it.sees_no("It is saved as soon")
        await it.until(lambda: not it.app.is_writing)
        kept = await it.app.services.admins.preferences(it.app.actor)
        assert "registered_at" in kept[SCREEN]["columns"]
    assert await world.services.recipients.count(world.system, RecipientQuery()) == 1


async def test_what_is_told_goes_at_the_next_key_that_does_something(world: World, monkeypatch):
    async with console(world) as it:
        await it.press("space")  # and one down
        await it.sees("1 recipient selected.")
        await it.press("escape", "home")
        await it.sees_no("1 recipient selected.")
        await it.press("p", "ctrl+s")
        await it.sees("박철수 was paused.")
        await it.press("down")
        await it.sees("박철수 was paused.")
        await it.press("p")
        await it.sees("! The recipient is in no campaign")
        await it.sees_no("was paused")
        await it.press("up")
        await it.sees_no("in no campaign")
        await it.press("space", "w", "escape")
        await it.sees("1 recipient selected.")  # it still is so


async def test_what_is_so_for_now_is_said_where_no_less_of_it_is_told(world: World):
    """A database that is lost is told by whatever asks for something, before and after it is known to be lost."""
    async with console(world) as it:
        it.list.stand("storage", "It does not answer. What you typed stays.")
        it.list.tell("It does not answer.", "error")
        await it.sees("What you typed stays.")
        it.list.tell("It was saved.", "success")
        await it.sees_no("What you typed stays.")


async def test_a_screen_that_is_opened_while_the_console_ends_is_no_failure(world: World):
    async with console(world) as it:
        it.app.exit(0)
        it.app.push_screen(Palette([]))
    assert not it.app.failure
