"""``carecall audit list``, ``verify`` and ``review``."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.cells import cell_len

from core.app.services import Services
from core.db.models import AccessRecord, AuditRecord
from core.io.identity import Identity, of_process
from core.recipients.rules import RecipientDraft
from tests.commands import Carecall, columns
from tests.core.test_audit import tamper
from tests.factories import make_services, make_settings, next_phone

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
    assert row["details"] == {"command": "task list", "fields": fields, "rows": 0, "people": 0}


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
    # what is wrong stands last, where it is seen
    assert broken.told[-1] == "The 1 before it are as they were written."
    assert "records of access are as they were written" in broken.told[0]


REASON = "월간 보고서 작성용으로 구청 담당자에게 제출하기 위하여 내려받음"


@pytest.fixture
async def after_a_month(carecall: Carecall) -> Carecall:
    """One of records long ago, with texts that are wide."""
    services = await Services.open(make_settings(carecall.directory))
    actor = await services.admins.sign_in(Identity(of_process().account, 0))
    moment = datetime(2024, 10, 5, 12, tzinfo=UTC)
    common = {
        "at": moment, "admin_id": actor.admin_id, "account": actor.account, "organization_id": None,
        "client": "2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff",
    }  # fmt: skip
    async with services.database.transaction() as session:
        begin = {"action": "session.begin", "subject": "admin", "details": {"doing": "console"}}
        end = {"action": "session.end", "subject": "admin", "details": {"how": "killed"}}
        details = {"count": 1_240, "reason": f"{REASON}\x1b[31m"}
        taken = {"action": "recipient.download", "subject": "recipient", "details": details}
        session.add_all([AccessRecord(**common, **begin), AccessRecord(**common, **end)])
        session.add(AuditRecord(**common, **taken, previous_hash="", hash=""))
        for people in range(30):
            look = {"action": "look.details", "subject": "recipient", "details": {}}
            session.add(AccessRecord(**common, **look, subject_id=people + 1))
    await services.close()
    return carecall


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_review_fits_into_80_cells_and_brings_nothing_to_the_terminal(
    after_a_month: Carecall, language: str
) -> None:
    carecall = after_a_month
    told = carecall(
        "audit", "review", "--month", "2024-10", more={"CARECALL_LANGUAGE": language}
    ).out
    assert max(map(cell_len, told.splitlines())) <= 80
    assert "\x1b" not in told
    assert REASON in " ".join(told.split())
    for words in ("1,240", "2024-10-05  30", "2001:db8:aaaa"):
        assert words in told


def test_a_review_is_signed_and_told_as_one_object(after_a_month: Carecall) -> None:
    carecall = after_a_month
    told = carecall.done("audit", "review", "--month", "2024-10", "--sign", "점검함").out
    assert "점검함" in " ".join(told.split())
    given = json.loads(carecall.done("audit", "review", "--month", "2024-10", "--json").out)
    assert given["signed"][0]["figures"] == given["hash"]
    assert given["figures"]["left"][0]["people"] == 1_240
    assert given["figures"]["looked"][0]["busiest"] == {"day": "2024-10-05", "people": 30}
    doctor = carecall("doctor", more={"TERM": "xterm", "CARECALL_PLAYER": "off"}).out
    assert "no month is missing" in doctor
    assert carecall("audit", "review", "--month", "2024-13").code == 2
    assert carecall("audit", "review", "--sign", "x" * 501).code == 2


def test_doctor_names_a_month_that_nobody_has_signed(after_a_month: Carecall) -> None:
    carecall = after_a_month
    doctor = carecall("doctor", more={"TERM": "xterm", "CARECALL_PLAYER": "off"})
    [line] = [one for one in doctor.out.splitlines() if "Review of the records" in one]
    assert (doctor.code, line[:1]) == (1, "!")
    assert "2024-10 (개인정보의 안전성 확보조치 기준 제8조)" in line
