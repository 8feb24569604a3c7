"""Recipients that may be one person, driven by keys at 80x24."""

import pytest

from core.duplicates.dto import MergeDraft
from core.io.identity import of_process
from core.values.roles import Role
from tests.drivers import console
from tests.factories import make_services


@pytest.fixture
async def world(tmp_path):
    made = await make_services(tmp_path, account=of_process().account)
    await made.organization("Haeundae")
    for name, number in (
        ("김영수", "+821011112222"),
        ("김영수", "+821011112223"),
        ("박지훈", "+821099998888"),
    ):
        await made.recipient(1, name, number, "혼자 사심" if number.endswith("3") else "")
    await made.services.memos.add(made.system, 2, "Likes tea")
    yield made
    await made.close()


async def test_two_are_merged_and_are_two_again(world):
    async with console(world, account=world.system.account) as it:
        await it.press("D")
        await it.sees(
            "Duplicates", "1 pair", "010-1111-2222", "010-1111-2223", "same name, near number"
        )
        await it.press("enter")
        await it.sees("Merge two recipients", "Who stays:", "1 memo", "혼자 사심", "(nothing)")
        await it.press("ctrl+s")
        await it.sees("김영수 is merged now", "Nobody seems to be there twice.")
        # the same key takes back whatever was done last here, and says what
        await it.press("z")
        await it.sees("1 pair", "From 김영수 went back: 1 memo.", "has as before: Other")
        await it.press("z")
        await it.sees("Nobody was merged or told apart here yet.")
        await it.press("enter", "ctrl+s")
        await it.sees("김영수 is merged now", "Nobody seems to be there twice.")
        await it.press("escape")
        await it.sees("2 recipients")
        assert (
            await world.services.recipients.get(world.system, 1)
        ).other_information == "혼자 사심"
        memos = await world.services.memos.list(world.system, 1)
        assert [one.text for one in memos] == ["Likes tea"]
        await it.press("z")
        await it.sees("3 recipients", "김영수 is back. From 김영수 went back: 1 memo.")
        assert await world.services.memos.list(world.system, 1) == []


async def test_what_is_typed_about_one_who_is_merged_meanwhile_stays(world):
    async with console(world, account=world.system.account) as it:
        await it.press("slash")
        await it.type("2223")
        await it.press("enter")
        await it.sees("1 of 3 recipients")
        await it.press("e")
        await it.sees("Edit recipient")
        await it.type("희")
        rows = [await world.services.recipients.get(world.system, one) for one in (1, 2)]
        draft = MergeDraft(rows[0].version, 2, rows[1].version)
        await world.services.duplicates.merge(world.system, 1, draft)
        await it.press("ctrl+s")
        await it.sees("Edit recipient", "김영수희", "(any more)")


async def test_two_are_told_apart_for_good_unless_it_is_taken_back(world):
    async with console(world, account=world.system.account) as it:
        await it.press("D")
        await it.sees("1 pair")
        await it.press("n")
        await it.sees("are two;", "Nobody seems to be there twice.")
        await it.press("z")
        await it.sees("1 pair", "It is open again whether 김영수 and 김영수 are one person.")
        await it.press("n", "escape", "D")
        await it.sees("Nobody seems to be there twice.")


async def test_a_viewer_is_told_why_not(world):
    await world.admin("eve", Role.VIEWER, 1, account="eve")
    async with console(world, account="eve") as it:
        await it.press("D")
        await it.sees("The role viewer reads only.")
