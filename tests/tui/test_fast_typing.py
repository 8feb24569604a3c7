"""Keys that come faster than the console answers act on what they were meant for, or say why not."""

import asyncio

import pytest

from tests.drivers import console
from tests.factories import World, make_services


@pytest.fixture
async def world(tmp_path):
    made = await make_services(tmp_path, account="root")
    body = await made.organization("해운대구 복지관")
    for name in ("김영희", "박철수", "이민수"):
        await made.recipient(body, name)
    yield made
    await made.close()


async def test_no_key_acts_on_a_row_that_was_listed_before(world: World, monkeypatch):
    """The search is kept with enter while its rows are still being read: the old ones are not acted on."""
    async with console(world) as it:
        gate = asyncio.Event()
        window = it.app.services.recipients.window

        async def slow(*args, **more):
            await gate.wait()
            return await window(*args, **more)

        monkeypatch.setattr(it.app.services.recipients, "window", slow)
        first = it.list.current.name
        other = "박철수" if first != "박철수" else "김영희"
        await it.press("slash")
        await it.type(other)
        it.send("enter")
        await it.until(lambda: it.app.focused is it.list.table)
        it.send("d")
        await it.sees("The list is still being read; press the key again.")
        it.send("enter")
        it.send("space")
        gate.set()
        await it.sees_no(first)
        assert it.list.current.name == other
        assert len(it.app.screen_stack) == 2
        assert not it.list.has_selection
        await it.press("d")
        await it.sees("Delete recipient", other)


async def test_the_dialog_names_whom_the_key_was_pressed_for(world: World, monkeypatch):
    """The cursor stands on another one by the time it is counted."""
    async with console(world) as it:
        gate = asyncio.Event()
        counts = it.app.services.recipients.counts

        async def slow(*args):
            await gate.wait()
            return await counts(*args)

        monkeypatch.setattr(it.app.services.recipients, "counts", slow)
        meant = it.list.current.name
        it.send("d")
        await it.until(lambda: it.list.is_looking)
        it.list.table.move_cursor(1)
        assert it.list.current.name != meant
        gate.set()
        await it.sees("Delete recipient", f"│ {meant}")
