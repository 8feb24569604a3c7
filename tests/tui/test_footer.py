"""The footer says at any time which keys are possible now."""

import pytest

from tests.drivers import console
from tests.factories import World, make_services

POSSIBLE = ("e Edit", "d Delete", "p(Pause)")


@pytest.fixture
async def world(tmp_path):
    made = await make_services(tmp_path, account="root")
    first, second = await made.organization("가 복지관"), await made.organization("나 복지관")
    await made.recipient(first, "김영희")
    await made.recipient(second, "박철수")
    yield made
    await made.close()


async def test_it_follows_what_is_listed(world: World):
    async with console(world) as it:
        await it.sees(*POSSIBLE)
        await it.press("o", "나", "enter")
        await it.sees("1 of 2 recipients", "박철수", *POSSIBLE)
        await it.press("s", "enter")  # the same row stays under the cursor
        await it.sees("Registered at ▲", *POSSIBLE)
        await it.press("slash", "x")
        await it.sees("No recipient matches", "e(Edit)", "d(Delete)")
        await it.press("escape")
        await it.sees("박철수", *POSSIBLE)


async def test_it_shows_what_somebody_else_did_while_a_dialog_was_open(world: World):
    body = await world.organization("다 복지관")
    row = await world.recipient(body, "이민수")
    async with console(world, size=(100, 30)) as it:
        await it.sees("이민수", "p(Pause)")
        await it.press("s")
        await it.sees("Sort")
        await world.campaign("Morning", recipients=[row.id])
        await it.until(lambda: it.list.current.campaign == "Morning")
        await it.press("escape")
        await it.sees("p Pause")


async def test_dimmed_signs_are_told_from_their_parentheses(world: World):
    async with console(world) as it:
        await it.press("enter", "2")
        await it.sees("[ (Previous) ] Next")
        await it.press("]")
        await it.sees("[ Previous ] (Next)")


async def test_the_palette_opens_over_the_help_too(world: World):
    async with console(world) as it:
        await it.press("question_mark")
        await it.sees("esc Close")
        await it.press("ctrl+p")
        await it.sees("Find a command", "Close")
        await it.press("escape", "escape")
        await it.sees(*POSSIBLE)
