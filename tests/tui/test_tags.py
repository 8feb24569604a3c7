"""Tags by keys: given and taken, made new, found again; and by command."""

from pathlib import Path

import pytest

from core.io.identity import of_process
from core.recipients.dto import Selection
from tests.commands import Carecall, columns
from tests.drivers import console
from tests.factories import World, make_services


async def test_tags_are_ticked_made_and_found(tmp_path: Path) -> None:
    world = await make_services(tmp_path, account="root")
    body = await world.organization("해운대")
    kim, lee = [await world.recipient(body, name) for name in ("김영수", "이순자")]
    both = Selection(frozenset({kim.id}))
    await world.services.tags.change(world.system, both, 1, add=["고위험"])
    async with console(world) as it:
        await it.press("A", "T")
        await it.sees("Tags", "2 recipients", "[-] 고위험  1/2", "[-] some of them")
        await it.sees("this cannot be undone")
        await it.type("ㄱㅇ")
        await it.press("enter")  # some of them have it: all, now
        await it.type("주 2회")
        await it.sees("[ ] 주 2회  new")
        await it.press("enter", "ctrl+s")
        await it.sees("✓ The tags of 2 recipients were saved.")
        assert await world.services.tags.of_recipient(world.system, lee.id) == ["고위험", "주 2회"]
        await it.press("slash")
        await it.type("이 2회")
        await it.sees("1 of 2 recipients")
        await it.press("enter", "T")
        await it.sees("[x] 고위험", "[x] 주 2회")
        await it.press("tab", "down", "space", "ctrl+s")
        await it.sees("✓ The tags of 이순자 were saved.")
        assert await world.services.tags.of_recipient(world.system, lee.id) == ["고위험"]
        await it.press("slash", "escape", "f")
        await it.sees("Detailed search")
        it.app.screen.query_one("#field-tags").input.focus()  # type: ignore[attr-defined]
        await it.type("고위험, 주 2회")
        await it.press("ctrl+s")
        await it.sees("1 of 2 recipients", "김영수")
        await it.press("enter")
        await it.sees("Tags: 고위험, 주 2회")
        await it.press("T")
        await it.type("a,b")
        await it.sees("no comma")
        await it.press("escape", "escape")
    await world.close()


@pytest.fixture
async def carecall(tmp_path: Path) -> Carecall:
    world: World = await make_services(tmp_path, account=of_process().account)
    await world.recipient(await world.organization("해운대"), "김영희", "010-1234-5678")
    await world.close()
    return Carecall(tmp_path)


def test_tags_by_command(carecall: Carecall) -> None:
    told = carecall.done("recipient", "tag", "1", "--give", "고위험", "--give", "주 2회").err
    assert told == "김영희 has these tags now: 고위험, 주 2회.\n"
    carecall.done("tag", "rename", "고위험", "High risk")
    carecall.done(
        "recipient", "tag", "010 1234 5678", "--take", "주 2회", "--organization", "해운대"
    )
    assert columns(carecall.done("tag", "list").out) == [
        ["Tag", "Recipients", "Organization"],
        ["High risk", "1", "해운대"],
        ["주 2회", "0", "해운대"],
    ]
    assert carecall.done("tag", "delete", "HIGH  risk").err == "The tag High risk was deleted.\n"
    assert carecall("tag", "delete", "High risk").code == 2
