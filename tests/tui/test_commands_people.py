"""What there is of a recipient by commands: each does what a key does, with the same refusals."""

import json
from pathlib import Path
from typing import Any

import pytest

from core.io.identity import of_process
from core.values.roles import Role
from tests.commands import Carecall
from tests.deliveries import PHONE, call, deliver, small_world, unanswered
from tests.factories import World, make_services


@pytest.fixture
async def world(tmp_path: Path) -> World:
    made = await make_services(tmp_path, account=of_process().account)
    await small_world(made)
    await deliver(made, call("c-1", analysis="negative", summary="Slept badly"), unanswered("c-2"))
    await made.admin("kim", Role.ORGANIZATION, 1, name="Kim")
    await made.admin("eve", Role.VIEWER, 1)
    await made.close()
    return made


@pytest.fixture
def carecall(world: World, tmp_path: Path) -> Carecall:
    return Carecall(tmp_path)


def rows(carecall: Carecall, *words: str) -> list[dict[str, Any]]:
    """What a command prints as JSON."""
    return [json.loads(line) for line in carecall.done(*words, "--json").out.splitlines()]


def test_calls_are_listed_and_a_conversation_is_read(carecall: Carecall) -> None:
    assert {row["external_id"] for row in rows(carecall, "call", "list", "1")} == {"c-1", "c-2"}
    by_number = carecall.done("call", "list", PHONE, "--organization", "Haeundae").out
    assert "c-1" in by_number
    assert "! negative" in by_number
    shown = carecall.done("call", "show", "c-1").out
    assert "김영희" in shown
    assert "Slept badly" in shown
    assert "네, 잘 잤어요." in shown
    [found] = rows(carecall, "call", "show", "c-1")
    assert [one["speaker"] for one in found["utterances"]] == ["ai", "recipient"]
    assert carecall("call", "show", "c-9").code == 2
    assert carecall("call", "list", "99").code == 2


def test_memory_is_edited_and_reset(carecall: Carecall) -> None:
    [before] = rows(carecall, "memory", "list", "1")
    [row] = rows(carecall, "memory", "edit", "1", "Sleeps badly")
    assert (row["content"], row["admin"]) == ("Sleeps badly", "Root")
    late = carecall("memory", "edit", "1", "Sleeps", "--version", str(before["version"]))
    assert late.code == 2
    assert '"content":"Sleeps badly"' in late.err
    assert "forgotten" in carecall.done("memory", "reset", "1").err
    assert "(reset)" in carecall.done("memory", "list", "1").out
    assert carecall("memory", "reset", "1").code == 2


def test_followups_are_added_to_a_call_once(carecall: Carecall) -> None:
    [row] = rows(carecall, "followup", "add", "c-1", "--type", "visited", "--details", "Fell")
    assert carecall("followup", "add", "c-1", "--type", "phoned").code == 2
    [edited] = rows(carecall, "followup", "edit", str(row["id"]), "--details", "Did not fall")
    assert (edited["action_type"], edited["details"]) == ("visited", "Did not fall")
    assert "Did not fall" in carecall.done("followup", "list", "1").out
    assert carecall("followup", "delete", str(row["id"]), "--version", "1").code == 2
    carecall.done("followup", "delete", str(row["id"]))
    assert rows(carecall, "followup", "list", "1") == []
    assert carecall("followup", "delete", str(row["id"])).code == 2


def test_memos_are_their_authors(carecall: Carecall) -> None:
    [row] = rows(carecall, "memo", "add", "1", "Likes tea")
    memo = str(row["id"])
    assert rows(carecall, "memo", "edit", memo, "Likes coffee")[0]["text"] == "Likes coffee"
    assert carecall("--as", "kim", "memo", "edit", memo, "No").code == 2
    assert carecall("--as", "eve", "memo", "add", "1", "No").code == 3
    assert "Likes coffee" in carecall.done("memo", "list", "1").out
    carecall.done("memo", "delete", memo)
    assert "There are no memos." in carecall.done("memo", "list", "1").err


def test_feedback_stands_as_it_is_said(carecall: Carecall) -> None:
    for verdict, wanted in (
        ("positive", "positive"),
        ("positive", "positive"),
        ("none", None),
        ("none", None),
    ):
        assert rows(carecall, "feedback", "c-1", verdict) == [{"call": "c-1", "verdict": wanted}]
    carecall.done("feedback", "c-1", "negative")
    assert rows(carecall, "call", "list", "1")[1]["own_verdict"] == "negative"


def test_contacts_are_kept_in_their_order(carecall: Carecall) -> None:
    [first] = rows(
        carecall,
        "contact",
        "add",
        "1",
        "--relation",
        "guardian",
        "--phone",
        "010-2222-3333",
        "--name",
        "딸",
    )
    [second] = rows(carecall, "contact", "add", "1", "--relation", "other", "--phone", "119")
    carecall.done("contact", "move", str(second["id"]), "1")
    assert [row["phone"] for row in rows(carecall, "contact", "list", "1")] == [
        "119",
        first["phone"],
    ]
    [edited] = rows(carecall, "contact", "edit", str(first["id"]), "--name", "아들")
    assert (edited["name"], edited["relation"], edited["phone"]) == (
        "아들",
        "guardian",
        first["phone"],
    )
    assert carecall("contact", "add", "1", "--relation", "other", "--phone", "abc").code == 2
    carecall.done("contact", "delete", str(second["id"]))
    assert len(rows(carecall, "contact", "list", "1")) == 1
