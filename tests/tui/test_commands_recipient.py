"""``carecall recipient``: what the keys of the list do, with the same rules and refusals."""

import json
from pathlib import Path
from typing import Any

import pytest

from core.io.identity import of_process
from core.values.roles import Role
from tests.commands import Carecall
from tests.deliveries import PHONE, call, deliver, small_world
from tests.factories import World, make_services
from tests.workbooks import workbook


@pytest.fixture
async def world(tmp_path: Path) -> World:
    made = await make_services(tmp_path, account=of_process().account)
    await small_world(made)
    await deliver(made, call("c-1", analysis="negative"))
    await made.organization("Beta")
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


def added(carecall: Carecall, name: str, phone: str) -> str:
    """The ID of a new recipient."""
    words = ("recipient", "add", "--name", name, "--phone", phone, "--organization", "Haeundae")
    return str(rows(carecall, *words)[0]["id"])


def test_recipients_are_listed_and_shown(carecall: Carecall) -> None:
    added(carecall, "박지훈", "010-2222-3333")
    assert [row["name"] for row in rows(carecall, "recipient", "list", "--sort", "name")] == [
        "김영희",
        "박지훈",
    ]
    [row] = rows(carecall, "recipient", "list", "--analysis", "negative")
    assert (row["name"], row["status"], row["change"]) == ("김영희", "in-progress", None)
    assert len(rows(carecall, "recipient", "list", "--limit", "1")) == 1
    table = carecall.done("recipient", "list", "--search", "지훈")
    assert "박지훈" in table.out
    assert "1 recipient" in table.err
    carecall.done("recipient", "tag", "1", "--give", "독거")
    assert [row["id"] for row in rows(carecall, "recipient", "list", "--tag", "독거")] == [1]
    assert "No recipient matches." in carecall.done("recipient", "list", "--search", "nobody").err
    assert "Recipient name: 김영희" in carecall.done("recipient", "show", "1").out
    [shown] = rows(carecall, "recipient", "show", PHONE, "--organization", "Haeundae")
    assert shown["phone"] == PHONE
    assert carecall("recipient", "show", "99").code == 2


def test_a_recipient_is_added_and_edited(carecall: Carecall) -> None:
    recipient = added(carecall, "박지훈", "010-2222-3333")
    assert (
        carecall("recipient", "add", "--name", "x", "--phone", "12", "--organization", "Beta").code
        == 2
    )
    [row] = rows(carecall, "recipient", "edit", recipient, "--other-information", "혼자 사심")
    assert (row["name"], row["other_information"]) == ("박지훈", "혼자 사심")
    late = carecall("recipient", "edit", recipient, "--name", "박지후", "--version", "1")
    assert late.code == 2
    assert '"other_information":"혼자 사심"' in late.err
    moved = rows(carecall, "recipient", "edit", recipient, "--responsible", "Beta")
    assert moved[0]["organization"] == "Beta"
    assert carecall("--as", "kim", "recipient", "show", recipient).code == 2
    assert carecall("--as", "eve", "recipient", "edit", "1", "--name", "No").code == 3


def test_delete_restore_pause_and_resume(carecall: Carecall) -> None:
    assert rows(carecall, "recipient", "pause", "1", "--reason", "병원", "--until", "+7") == [
        {"paused": 1}
    ]
    assert rows(carecall, "recipient", "show", "1")[0]["status"] == "paused"
    assert carecall("recipient", "pause", "1").code == 2
    assert rows(carecall, "recipient", "resume", "1") == [{"resumed": 1}]
    told = carecall.done("recipient", "delete", PHONE, "--organization", "Haeundae").err
    assert "carecall recipient restore 1" in told
    assert carecall("recipient", "show", "1").code == 2
    added(carecall, "새사람", PHONE)
    kept = carecall("recipient", "restore", "1")
    assert kept.code == 1
    assert "stays deleted, since the number is taken" in kept.err


def test_two_are_merged_and_two_again(carecall: Carecall) -> None:
    other = added(carecall, "김영희", "010-1111-2223")
    [pair] = rows(carecall, "recipient", "duplicates")
    assert (pair["first"]["id"], str(pair["second"]["id"])) == (1, other)
    assert pair["reasons"] == ["near number"]
    carecall.done("recipient", "apart", "1", other)
    assert rows(carecall, "recipient", "duplicates") == []
    carecall.done("recipient", "apart", "1", other, "--undo")
    carecall.done("memo", "add", other, "Likes tea")
    told = carecall.done("recipient", "merge", "1", other, "--take", "phone").err
    assert f"carecall recipient restore {other}" in told
    assert rows(carecall, "recipient", "show", "1")[0]["phone"] == "+821011112223"
    assert [row["text"] for row in rows(carecall, "memo", "list", "1")] == ["Likes tea"]
    carecall.done("recipient", "restore", other)
    assert rows(carecall, "recipient", "show", "1")[0]["phone"] == PHONE
    assert rows(carecall, "memo", "list", "1") == []
    assert carecall("recipient", "merge", "1", "1").code == 2


def test_a_masked_number_is_printed_for_a_reason(
    carecall: Carecall, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    config = tmp_path / "config/carecall/config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('mask_phones_for = ["viewer"]\n')
    carecall.done("contact", "add", "1", "--relation", "guardian", "--phone", "010-9876-5432")
    eve = ("--as", "eve")
    for what in ("recipient", "contact"):
        refused = carecall(*eve, what, "reveal", "1")
        assert refused.code == 2
        assert "Reason is missing." in refused.err
    why = ("--reason", "nobody answers")
    assert carecall.done(*eve, "recipient", "reveal", "1", *why).out == "010-1111-2222\n"
    [found] = rows(carecall, *eve, "contact", "reveal", "1", *why)
    assert found == {"id": 1, "phone": "+821098765432"}
    assert carecall.done("recipient", "reveal", "1").out == "010-1111-2222\n"
    told = carecall.done("audit", "list", "--admin", "eve").out
    assert told.count("reason=nobody answers") == 2


def test_who_sees_no_numbers_edits_the_other_fields(
    carecall: Carecall, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the core gives of a number is not typed anew; what is typed is a number or refused."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    config = tmp_path / "config/carecall/config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('mask_phones_for = ["organization"]\n')
    carecall.done("contact", "add", "1", "--relation", "guardian", "--phone", "010-9876-5432")
    kim = ("--as", "kim")
    [contact] = rows(carecall, *kim, "contact", "edit", "1", "--name", "Her daughter")
    assert (contact["name"], contact["phone"]) == ("Her daughter", "+8210****5432")
    [row] = rows(carecall, *kim, "recipient", "edit", "1", "--other-information", "301호")
    assert (row["other_information"], row["phone"]) == ("301호", "+8210****2222")
    assert rows(carecall, "contact", "list", "1")[0]["phone"] == "+821098765432"
    assert rows(carecall, "recipient", "show", "1")[0]["phone"] == "+821011112222"
    edited = carecall(*kim, "contact", "edit", "1", "--phone", "010-****-0000")
    assert edited.code == 2


def test_uploads_and_what_was_deleted_are_refused_as_by_keys(
    carecall: Carecall, tmp_path: Path
) -> None:
    file = tmp_path / "rows.xlsx"
    file.write_bytes(workbook([["최민수", "010-4444-5555", "", ""], ["정하나", "12", "", ""]]))
    assert carecall("upload", str(file), "--organization", "Haeundae").code == 1
    assert "정하나" in carecall.done("--as", "eve", "uploads", "show", "1", "--failed").out
    for words in ("uploads undo 1", "uploads correct 1 3 --phone 010-5555-6666", "recipient deleted",
                  "recipient restore --last"):  # fmt: skip
        assert carecall("--as", "eve", *words.split()).code == 3, words
    for words in ("uploads show 99", "uploads correct 1 99", "uploads correct 1 3", "uploads undo 99",
                  "recipient restore", "recipient restore --last", "recipient restore 1 --last",
                  "recipient restore 1 2 --phone 010-5555-6666"):  # fmt: skip
        assert carecall(*words.split()).code == 2, words
    fixed = carecall("uploads", "correct", "1", "2")
    assert fixed.code == 2
    assert "carecall recipient edit" in fixed.err
    [row, _failed] = rows(carecall, "uploads", "show", "1")
    carecall.done("recipient", "edit", str(row["recipient_id"]), "--other-information", "kept")
    undone = carecall("uploads", "undo", "1", "--json")
    assert undone.code == 1
    assert json.loads(undone.out) == {
        "upload": 1,
        "deleted": 0,
        "kept": 1,
        "kept_names": ["최민수"],
    }
