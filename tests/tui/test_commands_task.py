"""``carecall task`` and ``carecall tick``: what the keys of To do do, and what a timer does."""

import json
from pathlib import Path

import pytest
from rich.cells import cell_len

from core.io.identity import of_process
from core.values.roles import Role
from tests.commands import Carecall
from tests.deliveries import PHONE, call, deliver, small_world
from tests.factories import World, make_services
from tui.commands.table import table, told


@pytest.fixture
async def world(tmp_path: Path) -> World:
    made = await make_services(tmp_path, account=of_process().account)
    await small_world(made)
    await deliver(made, call("c-1", analysis="emergency"))
    await made.admin("kim", Role.ORGANIZATION, 1, name="Kim")
    await made.admin("eve", Role.VIEWER, 1)
    await made.close()
    return made


@pytest.fixture
def carecall(world: World, tmp_path: Path) -> Carecall:
    return Carecall(tmp_path)


def listed(carecall: Carecall, *more: str) -> list[dict[str, object]]:
    """The open tasks."""
    out = carecall.done("task", "list", "--json", *more).out
    return [json.loads(line) for line in out.splitlines()]


def test_a_task_goes_its_way_by_commands(carecall: Carecall) -> None:
    [first] = listed(carecall)
    task, version = str(first["id"]), str(first["version"])
    assert (first["kind"], first["name"], first["assignee_id"]) == ("emergency", "김영희", None)
    assert listed(carecall, "--tab", "mine") == []
    assert "everybody sees now" in carecall.done("task", "acknowledge", task).err
    again = carecall("task", "acknowledge", task)
    assert (again.code, "Root has acknowledged it already." in again.err) == (2, True)
    late = carecall("task", "later", task, "2h", "--version", version)
    assert late.code == 2
    assert "you know version 1, it is 2 now" in late.err
    assert json.loads(carecall.done("task", "take", task, "--json").out)["assignee"] == "Root"
    assert "is given: Kim" in carecall.done("task", "give", task, "kim").err
    assert carecall("task", "give", task, "eve").code == 2
    assert carecall("task", "take", task).code == 2
    put_off = json.loads(carecall.done("task", "later", task, "+1", "--json").out)
    assert put_off["tries"] == 1
    assert carecall("task", "later", task, "someday").code == 2
    carecall.done("task", "done", task, "--type", "visited", "--details", "Fell", "--next", "Ask the daughter",
                  "--next-due", "mon 9:00", "--next-to", "kim")  # fmt: skip
    [step] = listed(carecall)
    assert (step["kind"], step["text"], step["assignee"]) == (
        "next_step",
        "Ask the daughter",
        "Kim",
    )
    assert "is dropped." in carecall.done("task", "drop", str(step["id"]), "Moved away").err
    assert carecall("task", "drop", str(step["id"]), "x").code == 2
    assert carecall.done("task", "list").err == "There is nothing to do.\n"


def test_a_recipient_is_an_id_or_a_number_of_an_organization(carecall: Carecall) -> None:
    for recipient in (
        ["1"],
        [PHONE, "--organization", "haeundae"],
        ["010-1111-2222", "--organization", "Haeundae"],
    ):
        carecall.done("task", "add", "--due", "2h", recipient[0], "Look in", *recipient[1:])
    assert [one["recipient_id"] for one in listed(carecall)] == [1] * 4
    for wrong in (
        ["01011112222"],
        ["9"],
        ["010-9999-8888", "--organization", "Haeundae"],
        ["1", "--organization", "x"],
    ):
        assert carecall("task", "add", "--due", "2h", wrong[0], "x", *wrong[1:]).code == 2
    assert carecall("task", "add", "1", "  ", "--due", "2h").code == 2


def test_who_may_not_is_told(carecall: Carecall) -> None:
    assert len(listed(carecall, "--as", "eve")) == 1
    assert carecall("--as", "eve", "task", "take", "1").code == 3
    assert carecall("--as", "kim", "tick").code == 3
    assert carecall("--as", "kim", "task", "take", "7").code == 2


def test_a_timer_does_what_time_brings(carecall: Carecall) -> None:
    assert carecall.done("tick").out == (
        "Pauses ended: 0. Tasks made late for: 0. Open: 1, overdue: 0, emergencies that nobody has"
        " acknowledged: 1, of these escalated: 0.\n"
    )
    told = json.loads(carecall.done("tick", "--json").out)
    assert told == {"resumed": 0, "made": 0, "open": 1, "overdue": 0, "unseen": 1, "escalated": 0}


def test_a_table_fits_the_terminal() -> None:
    rows = [["1", "김영희" * 20, "three unanswered " * 5], ["2", "x", "y"]]
    for line in table(["ID", "Name", "What for"], rows, 40).splitlines():
        assert cell_len(line) <= 40
    assert "…" in table(["ID", "Name", "What for"], rows, 40)


def test_what_is_to_be_read_whole_goes_on_below() -> None:
    words = "이 호스트에는 플레이어가 없습니다: apt install mpv " * 3
    rows = [("ok", "소리", words), ("!", f"/var/lib/{'x' * 60}/carecall.db", "0644")]
    lines = told(["", "What", "Found"], rows, 60).splitlines()
    assert max(map(cell_len, lines)) <= 60
    assert "".join("".join(lines).split()).count("aptinstallmpv") == 3
    assert told(["", "What", "Found"], rows, None).splitlines()[1].endswith(words.strip())
