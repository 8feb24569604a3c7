"""The one grammar of the dialogs: with fields letters only type, without them each button has its own key."""

import pytest

from core.recipients.fields import SORTED
from core.recipients.rules import Status
from tests.drivers import Console, console
from tests.factories import World, make_services


@pytest.fixture
async def world(tmp_path):
    made = await make_services(tmp_path, account="root")
    body = await made.organization("해운대구 복지관")
    row = await made.recipient(body, "김영희")
    await made.campaign("아침 안부", recipients=[row.id])
    yield made
    await made.close()


async def present(world: World):
    return await world.services.recipients.get(world.system, 1)


async def pause(world: World):
    [one] = await world.services.participations.of_recipient(world.system, 1)
    return one


def footer(it: Console) -> str:
    return it.text().splitlines()[-1].strip()


async def test_pausing_begins_with_the_reason_and_letters_only_type(world):
    async with console(world) as it:
        await it.sees("in progress")
        assert "Pause" in footer(it)
        await it.press("p")
        await it.sees("Pause participation", "ctrl+s Pause", "esc Cancel")
        assert footer(it) == ""  # of the keys of the list none works
        await it.type("stay")
        await it.press("escape")
        await it.sees("What you typed will be lost.", "[esc Go on typing]", "[x Discard]")
        await it.press("y", "n", "enter")
        assert it.app.focused.value == "stay"
        await it.press("tab")
        await it.type("+7")
        await it.press("ctrl+s")
        await it.sees("김영희 was paused.", "r Resume")
        assert (await present(world)).status is Status.PAUSED
        kept = await pause(world)
        assert kept.pause_reason == "stay"
        assert kept.resumes_at is not None
        await it.press("r")
        await it.sees("Resume participation", "They are back in the call list at once.")
        await it.press("r")
        await it.sees("김영희 was resumed.", "p Pause")
        await it.press("p")
        await it.type("입원")
        await it.press("enter", "enter")  # on the last field it pauses
        await it.sees("김영희 was paused.")
    assert (await pause(world)).pause_reason == "입원"


async def test_a_button_is_pressed_by_its_own_key_only(world):
    async with console(world) as it:
        await it.press("d")
        await it.sees("Delete recipient", "[esc Cancel]", "[d Delete]")
        assert it.app.focused.name == "back"
        await it.press("y", "n", "r", "x", "q")
        await it.sees("Delete recipient")
        await it.press("right")
        assert it.app.focused.name == "delete"
        await it.press("left", "enter")
        await it.sees_no("Delete recipient")
        await present(world)
        await it.press("ㅇ", "ㅇ")  # the twin in Hangul mode
        await it.sees("김영희 was deleted.")


async def test_what_is_chosen_in_a_list_has_a_sign(world):
    await world.organization("수영구 복지관")
    async with console(world) as it:
        await it.press("s")
        await it.sees("› ▼ Registered at")
        await it.press("g")
        await it.sees("›   Recipient name")
        await it.press("G")
        await it.sees(f"›   {SORTED[-1].heading}")
        await it.press("escape", "o")
        await it.sees("› All organizations")
        await it.press("down")
        await it.sees("› 수영구 복지관")
        await it.press("escape", "v")
        await it.sees("› [x] Phone number")
        await it.press("tab")
        await it.sees("› (x) one screen")
        await it.press("down", "ctrl+s")
        await it.until(lambda: it.list.state.page_size == 10)


async def test_help_and_more_are_a_key_away_where_letters_type(world):
    async with console(world) as it:
        await it.press("e")
        await it.sees("Edit recipient")
        await it.press("?")
        assert it.app.focused.value == "김영희?"  # behind what is there, not instead of it
        await it.press("backspace", "f1")
        await it.sees("Help", "What can be done here", "ctrl+s      Save")
        assert it.text().count("Everywhere") == 1
        assert "q  " not in it.text()
        await it.press("escape", "ctrl+p")
        await it.sees("More", "ctrl+s")
        assert "q  " not in it.text()  # it only types here
        await it.type("cancel")
        await it.press("enter")
        await it.sees_no("Edit recipient")
        await it.press("d")
        await it.sees("Delete recipient")
        await it.press("？")  # full-width
        await it.sees("Help", "Dialogs without fields")
        await it.press("escape", "ctrl+p")
        await it.type("delete")
        await it.press("enter")
        await it.sees("김영희 was deleted.")


async def test_a_form_that_is_saved_under_the_help_closes_with_it(world):
    async with console(world) as it:
        await it.press("e", "!")
        saved = it.app.screen
        it.send("ctrl+s")
        it.send("f1")
        await it.sees("Help")
        await it.until(lambda: not it.app.is_writing)
        await it.press("escape")
        await it.until(lambda: saved not in it.app.screen_stack)
        assert (await present(world)).name == "김영희!"
        await it.sees("김영희! was saved.")
