"""One field of the selected, by keys and by command."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.io.identity import of_process
from core.recipients.dto import RecipientQuery, Selection
from core.recipients.rules import ManyDraft
from tests.commands import Carecall
from tests.drivers import console
from tests.factories import World, make_services


async def people(world: World) -> dict[str, tuple[str, str, tuple[str, ...]]]:
    rows = await world.services.recipients.window(world.system, RecipientQuery())
    return {row.name: (row.organization, row.other_information, row.tags) for row, _ in rows}


async def test_a_field_of_the_selected_is_chosen_and_saved(tmp_path: Path) -> None:
    world = await make_services(tmp_path, account="root")
    here, there = await world.organizations("해운대", "속초")
    kim = await world.recipient(here, "김영수", "010-7000-0001")
    await world.recipient(here, "이순자")
    await world.recipient(there, "박정희", "010-7000-0001")
    async with console(world, size=(80, 24)) as it:
        await it.press("A", "E")
        await it.sees("Edit a field of the selected", "3 recipients:", "cannot be undone")
        await it.sees("(x) Other information", "left empty, it clears it")
        await it.press("enter")
        await it.type("새 주소")
        others = Selection(frozenset({kim.id}))
        draft = ManyDraft({"other_information": "딸이 돌봄"})
        await world.services.recipients.edit_many(world.system, others, 1, draft)
        await it.press("ctrl+s")
        await it.sees("1 of 3 stays as it is", "김영수: Somebody else has saved")
        await it.press("escape")
        await it.sees("✓ 2 recipients were saved.")
        assert {name: one[1] for name, one in (await people(world)).items()} == {
            "김영수": "딸이 돌봄", "이순자": "새 주소", "박정희": "새 주소",
        }  # fmt: skip
        await it.press("A", "ㄸ", "j", "tab", "ctrl+s")  # its twin in Hangul mode
        await it.sees("Say which tags.")
        await it.type("고위험; 주 2회")
        await it.press("ctrl+s")
        await it.sees("✓ 3 recipients were saved.")
        await it.press("A", "E", "j", "j", "tab")
        await it.type("고위험")
        await it.press("ctrl+s")
        await it.sees("✓ 3 recipients were saved.")
        assert {one[2] for one in (await people(world)).values()} == {("주 2회",)}
        await it.press("A", "E", "G", "tab", "enter")
        await it.sees("속초")
        await it.type("속초")
        await it.press("enter")
        await it.sees("Responsible organization  속초")
        await it.press("ctrl+s")
        await it.sees("1 of 3 stays as it is", "belongs to 박정희 in the other organization")
        await it.press("escape")
        assert {name: one[0] for name, one in (await people(world)).items()} == {
            "김영수": "해운대", "이순자": "속초", "박정희": "속초",
        }  # fmt: skip
        # what was typed is asked about; the field under the cursor is nothing to lose
        await it.press("A", "E", "j", "tab")
        await it.type("x")
        await it.press("escape")
        await it.sees("What you typed will be lost.")
    await world.close()


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    made = await make_services(tmp_path, account=of_process().account)
    here, there = await made.organizations("해운대", "속초")
    for body, name, number in (
        (here, "김영수", "010-7000-0001"),
        (here, "이순자", "010-7000-0002"),
        (there, "박정희", "010-7000-0001"),
    ):
        await made.recipient(body, name, number)
    yield made
    await made.close()


async def test_by_command_several_who_are_named_or_found(world: World, tmp_path: Path) -> None:
    await asyncio.to_thread(by_command, Carecall(tmp_path))
    assert await people(world) == {
        "김영수": ("해운대", "", ("주 2회",)),
        "이순자": ("속초", "", ()),
        "박정희": ("속초", "독거", ("주 2회",)),
    }


def by_command(carecall: Carecall) -> None:

    def edit(*words: str) -> dict[str, object]:
        found: dict[str, object] = json.loads(
            carecall.done("recipient", "edit", *words, "--json").out
        )
        return found

    assert edit("1", "3", "--give", "고위험", "--other-information", "독거")["edited"] == 2
    assert edit("--tag", "고위험", "--take", "고위험", "--give", "주 2회", "--yes")["edited"] == 2
    assert edit("--search", "ㄱㅇㅅ", "--other-information", "", "--yes")["edited"] == 1
    moved = carecall(
        "recipient", "edit", "--organization", "해운대", "--responsible", "속초", "--yes"
    )
    assert moved.code == 1
    assert "Saved 1 recipient." in moved.err
    assert "김영수: Mobile phone number 010-7000-0001 belongs to 박정희" in moved.err
    assert "주 2회" in carecall.done("recipient", "list").out
    for words, told in (
        (("--give", "x"), "Say whom."),
        (("1", "2"), "Say what is to be changed."),
        (("1", "2", "--name", "x"), "those of one recipient"),
        (("1", "--tag", "주 2회", "--give", "x"), "not both"),
        (("--tag", "없음", "--give", "x", "--yes"), "No recipient matches."),
    ):
        refused = carecall("recipient", "edit", *words)
        assert (refused.code, told in refused.err) == (2, True), (words, refused.err)
