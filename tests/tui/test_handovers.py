"""Hand-overs, driven by keys at 80x24: read, sign, confirm by somebody else; and the command."""

import asyncio
import json

import pytest

from core.io.identity import of_process
from core.values.roles import Role
from tests.commands import Carecall
from tests.drivers import console
from tests.factories import make_services
from tests.tui.todo import morning


@pytest.fixture
async def world(tmp_path):
    made = await make_services(tmp_path, account="root")
    await morning(made)
    for name in ("kim", "lee"):
        await made.admin(name, Role.ORGANIZATION, 1, name=name.title(), account=name)
    yield made
    await made.close()


async def test_one_signs_and_the_next_is_told_reads_and_confirms(world):
    async with console(world, account="kim") as it:
        await it.press("H")
        await it.sees(
            "Hand-over", "Haeundae", "Not signed yet.", "Open emergencies: 1", "김영희", "unseen"
        )
        await it.sees("s Sign", "nobody has it")
        await it.press("c")
        await it.sees("It is not signed yet.")
        await it.press("right_square_bracket")
        await it.sees("This is the last one.")
        # all of the report is reached by keys
        await it.press("G")
        await it.sees("Deleted: 0")
        await it.press("g")
        await it.sees("Not signed yet.")
        await it.press("s")
        await it.sees("Sign the hand-over", "2000 characters left", "ctrl+s Sign")
        await it.type("s c")
        await it.press("enter")
        await it.type("daughter comes at 5")
        await it.press("ctrl+s")
        await it.sees(
            "You have signed it.",
            "Signed by Kim",
            "Nobody has confirmed it yet.",
            "daughter comes at 5",
        )
        await it.press("c")
        await it.sees("You have signed it: somebody else confirms it.")
        await it.press("right_square_bracket")
        await it.sees("Not signed yet.")
        await it.press("s")
        await it.sees("Kim has just signed a hand-over, which nobody has confirmed")
        await it.press("escape")
        await it.sees("Manage recipients")
        await it.sees_no("has handed over")
    async with console(world, account="lee") as it:
        await it.sees("Kim has handed over", "H reads and confirms it.")
        await it.press("H")
        await it.sees("Signed by Kim", "daughter comes at 5")
        await it.press("c")
        await it.sees("it is your shift now", "Confirmed by Lee")
        await it.press("escape")
        await it.sees("Manage recipients")
        await it.sees_no("has handed over")
    # a system admin says whose
    async with console(world) as it:
        await it.press("H")
        await it.sees("Haeundae")
        await it.press("enter")
        await it.sees("Not signed yet.", "Open emergencies: 1")
        await it.press("left_square_bracket")
        await it.sees("Confirmed by Lee")
        await it.press("left_square_bracket")
        await it.sees("This is the first hand-over.")


@pytest.mark.sqlite
def test_the_command_prints_signs_and_confirms(tmp_path):
    async def fill():
        made = await make_services(tmp_path, account=of_process().account)
        await morning(made)
        await made.admin("lee", Role.ORGANIZATION, 1, name="Lee")
        await made.close()

    asyncio.run(fill())
    carecall = Carecall(tmp_path)
    told = carecall.done("handover").out
    assert "# Hand-over: Haeundae" in told
    assert "## Open emergencies: 1" in told
    assert "- **김영희** due" in told
    assert carecall("handover", "--last").code == 2
    (tmp_path / "text").write_bytes(b"\xff")
    with (tmp_path / "text").open() as odd:
        refused = carecall.process("handover", "--sign", "-", stdin=odd.fileno())
    assert "not text in UTF-8" in refused.err
    signed = json.loads(carecall.done("handover", "--sign", "*bye*", "--json").out)
    assert (signed["row"]["signed_by"], signed["row"]["text"]) == ("Root", "*bye*")
    refused = carecall("handover", "--confirm")
    assert "somebody else confirms it" in refused.told[0]
    assert refused.code
    assert "has just signed" in carecall("handover", "--sign", "again").told[0]
    confirmed = json.loads(carecall.done("--as", "lee", "handover", "--confirm", "--json").out)
    assert confirmed["row"]["confirmed_by"] == "Lee"
    assert r"> \*bye\*" in carecall.done("handover", "--last").out
    carecall.done("handover", "--last", str(tmp_path / "shift.xlsx"))
    # each is on record once: what was printed as a look, what was signed and confirmed as a change
    kept = carecall.done("audit", "list", "--access", "--action", "look.list", "--json").out
    printed = [json.loads(line)["details"]["command"] for line in kept.splitlines()]
    assert printed.count("handover") == 3
    assert (tmp_path / "shift.xlsx").read_bytes()[:2] == b"PK"
