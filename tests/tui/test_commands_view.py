"""``carecall view``: what a script does with views."""

import asyncio
import json

import pytest

from core.io.identity import of_process
from core.values.roles import Role
from tests.commands import Carecall
from tests.deliveries import call, deliver
from tests.factories import make_services

pytestmark = pytest.mark.sqlite


def test_views_are_saved_listed_run_and_changed(tmp_path):
    async def fill():
        made = await make_services(tmp_path, account=of_process().account)
        body, _other = await made.organizations("Haeundae", "Suncheon")
        rows = [await made.recipient(body, name) for name in ("김영희", "박철수")]
        await made.campaign("Morning", recipients=[row.id for row in rows])
        await deliver(made, call("a", analysis="emergency", recipient_phone=rows[0].phone))
        await made.admin("eve", Role.VIEWER, body, name="Eve")
        await made.close()

    asyncio.run(fill())
    carecall = Carecall(tmp_path)

    def shown(*words):
        return [
            json.loads(line) for line in carecall.done("view", *words, "--json").out.splitlines()
        ]

    [made] = shown("save", "박씨", "--search", "박", "--emergency-from", "week")
    assert made["query"] == {"form": 1, "search": "박", "filter": {"emergency_from": "week"}}
    assert "already" in carecall("view", "save", "박씨").told[0]
    [again] = shown("save", "박씨", "--search", "박", "--status", "in-progress", "--replace")
    assert again["query"]["filter"] == {"statuses": ["in-progress"]}
    refused = carecall("view", "save", "박씨", "--replace", "--version", str(made["version"]))
    assert (refused.code, "changed this view meanwhile" in refused.told[0]) == (2, True)
    assert "Which organization?" in carecall("view", "save", "x", "--shared").told[0]
    carecall.done(
        "view",
        "save",
        "Emergencies",
        "--shared",
        "--organization",
        "Haeundae",
        "--emergency-from",
        "-7",
    )
    listed = {one["name"]: one for one in shown("list")}
    assert listed["박씨"]["number"] == listed["Emergencies"]["number"] == "1"
    assert listed["Emergencies"]["organization"] == "Haeundae"
    assert [one["id"] for one in shown("list")][2:] == [
        "emergencies", "not-reached", "resuming", "no-call", "getting-worse",
    ]  # fmt: skip
    told = carecall.done("view", "list").out
    assert "Emergencies of this week" in told
    assert "ready-made" in told
    assert "emergency" in carecall.done("view", "show", "Emergencies").out.casefold()

    # the ready-made ones by the name that is kept, in any language
    for name in ("emergencies", "Emergencies of this week", "Emergencies"):
        [row] = shown("run", name)
        assert row["name"] == "김영희"
    printed = carecall.done("view", "run", "박씨")
    assert "박철수" in printed.out
    assert printed.err == "1 recipient\n"
    looks = carecall.done("audit", "list", "--access", "--json").out.splitlines()
    seen = [json.loads(one) for one in looks]
    # who was listed is recorded, and nothing for what views are called and how many they find
    assert [one["details"]["fields"] for one in seen if one["action"] == "look.list"] == [
        ["search", "statuses"], ["emergency_from"], ["emergency_from"], ["emergency_from"],
    ]  # fmt: skip

    # an ID is one view's, whatever others are called
    for name in (made["id"], "emergencies"):
        [other] = shown("save", name, "--shared", "--organization", "Suncheon", "--search", "x")
        [found] = shown("show", name)
        assert (found["id"], other["name"]) == (name, name)
        carecall.done("view", "delete", other["id"])

    [renamed] = shown("rename", "박씨", "Park")
    assert (renamed["id"], renamed["name"]) == (made["id"], "Park")
    assert carecall("view", "rename", "no-call", "x").code == 2
    assert carecall("view", "run", "박씨").code == 2
    carecall.done("view", "move", "Park", "3")
    carecall.done("view", "start", "Park")
    assert [(one["name"], one["start"]) for one in shown("list")][2] == ("Park", True)
    carecall.done("view", "start")
    told = carecall.done("view", "delete", "Park").told[0]
    assert told == f"Deleted Park. Take it back with: carecall view restore {made['id']}"
    assert "Park" not in {one["name"] for one in shown("list")}
    carecall.done("view", "restore", made["id"])
    assert "Park" in {one["name"] for one in shown("list")}
    # a viewer opens the organization's and changes none
    assert carecall("--as", "eve", "view", "delete", "Emergencies").code == 3
    assert carecall("--as", "eve", "view", "save", "x", "--shared").code == 3
    assert "김영희" in carecall.done("--as", "eve", "view", "run", "Emergencies").out

    file = tmp_path / "list.xlsx"
    carecall.done("download", str(file), "--view", "Park", "--reason", "monthly report")
    assert file.read_bytes()[:2] == b"PK"
