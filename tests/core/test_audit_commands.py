"""``carecall audit list`` and ``verify``."""

import json
from pathlib import Path

import pytest

from core.app.services import Services
from core.io.identity import Identity, of_process
from core.recipients.rules import RecipientDraft
from tests.commands import Carecall, columns
from tests.core.test_audit import tamper
from tests.factories import make_services, next_phone

pytestmark = pytest.mark.sqlite


@pytest.fixture
async def carecall(tmp_path: Path) -> Carecall:
    account = of_process().account
    world = await make_services(tmp_path, account=account)
    client = await Services.open(world.settings)
    actor = await client.admins.sign_in(Identity(account, 0, client="192.0.2.5"))
    body = await world.organization("해운대")
    for name in ("김영희", "박철수"):
        await client.recipients.add(
            actor, RecipientDraft(name, next_phone(), "", organization_id=body)
        )
    await client.close()
    await world.close()
    return Carecall(tmp_path)


def test_the_list_is_shown_as_a_table(carecall: Carecall) -> None:
    head, *rows = columns(carecall.done("audit", "list").out)
    assert head == ["Time", "Login", "OS account", "Client", "Action", "Subject", "Details"]
    assert [row[1:6] for row in rows] == [
        ["root", of_process().account, "192.0.2.5", "recipient.add", "recipient 2"],
        ["root", of_process().account, "192.0.2.5", "recipient.add", "recipient 1"],
    ]
    assert len(columns(carecall.done("audit", "list", "--limit", "1").out)) == 2
    nothing = carecall.done("audit", "list", "--since", "+1")
    assert (nothing.out, nothing.told) == ("", ["There is no such audit record."])


def test_the_list_is_given_as_json_lines(carecall: Carecall) -> None:
    given = carecall.done("audit", "list", "--format", "jsonl", "--recipient", "1", "--until", "+0")
    [row] = [json.loads(line) for line in given.out.splitlines()]
    assert (row["action"], row["subject_id"], row["organization"]) == ("recipient.add", 1, "해운대")
    assert len(row["hash"]) == 64


def test_what_commands_printed_is_listed_among_the_looks(carecall: Carecall) -> None:
    carecall.done("task", "list", "--tab", "overdue", "--organization", "해운대")
    carecall.done("organization", "list")
    given = carecall.done("audit", "list", "--access", "--action", "look", "--json")
    [row] = [json.loads(line) for line in given.out.splitlines()]
    assert (row["action"], row["organization"], row["account"]) == (
        "look.list",
        "해운대",
        of_process().account,
    )
    fields = ["organization_id", "tab"]
    assert row["details"] == {"command": "task list", "fields": fields, "rows": 0}


@pytest.mark.parametrize(
    "arguments", [("--since", "yesterday"), ("--limit", "-1"), ("--recipient", "x")]
)
def test_a_wrong_option_is_told(carecall: Carecall, arguments: tuple[str, ...]) -> None:
    assert carecall("audit", "list", *arguments).code == 2


def test_verify_gives_the_head_and_finds_it_again(carecall: Carecall) -> None:
    whole = carecall.done("audit", "verify")
    assert "2 audit records are as they were written" in whole.err
    assert carecall("audit", "verify", "--head", whole.out.strip()).code == 0
    other = carecall("audit", "verify", "--head", "0123abcd")
    assert (other.code, other.out) == (1, "")
    assert "the end was cut off" in other.err


def test_verify_names_the_first_broken_record(carecall: Carecall) -> None:
    tamper(
        carecall.directory / "carecall.db", "UPDATE audit_records SET account = 'x' WHERE id = 2"
    )
    broken = carecall("audit", "verify")
    assert (broken.code, broken.out) == (1, "")
    assert "The audit record 2 was changed" in broken.err
