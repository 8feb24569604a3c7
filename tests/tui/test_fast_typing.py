"""Keys that come faster than the console answers act on what they were meant for, or say why not."""

import asyncio
import gc
import warnings

import pytest
from textual.events import Key

from tests.drivers import console
from tests.factories import World, make_services
from tests.gates import held_back
from tui.terminal.held_key import HeldKey
from tui.terminal.type_ahead import TypeAhead


@pytest.fixture
async def world(tmp_path):
    made = await make_services(tmp_path, account="root")
    body = await made.organization("해운대구 복지관")
    for name in ("김영희", "박철수", "이민수"):
        await made.recipient(body, name)
    yield made
    await made.close()


async def test_a_key_for_a_row_waits_for_the_rows_that_are_read(world: World, monkeypatch):
    """The search is kept with enter while its rows are still being read: the old ones are not acted on."""
    async with console(world) as it:
        gate = held_back(monkeypatch, it.app.services.recipients, "window")
        first = it.list.current.name
        other = "박철수" if first != "박철수" else "김영희"
        await it.press("slash")
        await it.type(other)
        it.send("enter")
        await it.until(lambda: it.app.focused is it.list.table)
        passed: list[str] = []
        ahead = TypeAhead(it.app, lambda event: passed.append(event.key))
        for key in ("question_mark", "space", "d", "slash"):
            ahead.typed(Key(key, None))
        ahead.catch_up()
        assert passed == ["question_mark"]
        for key in ("enter", "space", "d"):  # nor where they come all the same
            it.send(key)
        await it.sees("The list is not read yet; ctrl+r reads it again.")
        gate.set()
        await it.sees_no(first)
        ahead.catch_up()
        assert passed == ["question_mark", "space", "d", "slash"]
        assert it.list.current.name == other
        assert len(it.app.screen_stack) == 2
        assert not it.list.table.has_selection
        await it.press("d")
        await it.sees("Delete recipient", other)


async def test_a_key_waits_for_the_rows_wherever_the_focus_is(world: World, monkeypatch):
    """What was saved is read again; for a moment after the dialog, nothing has the focus."""
    async with console(world) as it:
        gate = held_back(monkeypatch, it.app.services.recipients, "window")
        it.list.go_to(it.list.current.id)
        await it.until(lambda: it.list.table.is_replacing and it.list.table.busy)
        it.list.set_focus(None)
        assert it.app.is_opening
        passed: list[str] = []
        ahead = TypeAhead(it.app, lambda event: passed.append(event.key))
        ahead.typed(Key("e", "e"))
        assert passed == []
        it.list.open_search()  # what is typed there is for no row
        await it.until(lambda: it.app.focused is not None)
        assert not it.app.is_opening
        gate.set()
        ahead.catch_up()
        assert passed == ["e"]


async def test_the_dialog_names_whom_the_key_was_pressed_for(world: World, monkeypatch):
    """The cursor stands on another one by the time it is counted."""
    async with console(world) as it:
        gate = held_back(monkeypatch, it.app.services.recipients, "counts")
        meant = it.list.current.name
        it.send("d")
        await it.until(lambda: it.list.is_looking)
        it.list.table.move_cursor(1)
        assert it.list.current.name != meant
        gate.set()
        await it.sees("Delete recipient", f"│ {meant}")


async def test_a_held_key_deletes_no_second_one(world: World):
    """It asks and answers; what it repeats then is for nothing, even where a late repeat has asked again."""
    async with console(world) as it:
        await it.hold("d", 7)
        await it.sees("was deleted.", "2 recipients")
        assert len(it.app.screen_stack) == 2
        await it.hold(
            "d", 7
        )  # the next one is meant: it is asked for, and not answered by a repeat
        await it.sees("Delete recipient")
        await it.press("d")
        await it.sees("1 recipient ")


async def test_who_was_deleted_leaves_the_list_at_once(world: World, monkeypatch):
    """The next key is for the next one, though nothing has been counted and read again yet."""
    async with console(world) as it:
        gate = held_back(monkeypatch, it.app.services.recipients, "count")
        first, second, third = (it.list.table.row_at(index).data.name for index in range(3))
        await it.press("d", "d")
        await it.sees(f"{first} was deleted.")
        assert it.list.table.row_count == 2
        assert it.list.current.name == second
        await it.press("A", "down", "space", "d", "d")
        await it.sees(f"{second} was deleted.")
        assert it.list.table.row_count == 1
        assert it.list.current.name == third
        gate.set()
        await it.sees("1 recipient ")


async def test_what_is_typed_behind_a_search_is_for_the_form_below_it(world: World, monkeypatch):
    """Enter takes what is still searched for; the key behind it waits for the form, and saves it."""
    await world.organization("순천 복지관")
    async with console(world) as it:
        await it.press("a")
        await it.type("심청")
        await it.press("tab")
        await it.type("010-7777-1234")
        await it.press("tab", "tab", "enter")
        await it.sees("순천 복지관")
        gate = held_back(monkeypatch, it.app.services.organizations, "list")
        await it.type("순천")
        typing = asyncio.create_task(it.press("enter", "ctrl+s"))
        await it.until(lambda: it.app.is_opening or typing.done())
        gate.set()
        await typing
        await it.sees("심청 was added.", "순천 복지관")


async def test_what_is_replaced_before_it_begins_leaves_nothing_behind(world: World):
    """Two changes at once, and a screen that is taken down in that moment."""
    async with console(world) as it:
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            it.list.data_changed()
            it.list.data_changed()
            starting = asyncio.create_task(it.list.start(asyncio.sleep(0)))
            asyncio.get_running_loop().call_soon(it.list.workers.cancel_all)
            await starting
            it.list.data_changed()
            it.list.workers.cancel_all()
            await it.pilot.pause()
            gc.collect()
        assert [str(one.message) for one in told if "never awaited" in str(one.message)] == []


def test_what_is_typed_ahead_answers_one_question():
    """``dddd`` arrives while the first of them is being answered: that time is not between two presses."""
    held, question = HeldKey(), object()
    assert not held.is_repeat("d", 5.0, None)
    held.answered(5.4)
    assert not held.is_repeat("d", 5.1, question)
    held.answered(5.8)
    assert held.is_repeat("d", 5.8, None)
    assert held.is_repeat("d", 5.9, None)
    assert not held.is_repeat("e", 5.9, None)
    assert not held.is_repeat("d", 5.9, None)


def test_escape_leads_on():
    """It answers nothing, and is often pressed twice to be back at once."""
    held = HeldKey()
    assert not held.is_repeat("escape", 5.0, object())
    assert not held.is_repeat("escape", 5.0, None)
