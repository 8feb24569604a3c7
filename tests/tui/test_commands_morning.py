"""``docs/morning.md``: a whole morning's work done by its commands alone, each line as it stands there."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from core.contacts.rules import ContactDraft
from core.io.identity import of_process
from core.values.roles import Role
from tests.commands import Carecall
from tests.deliveries import PHONE, call, deliver, small_world, unanswered
from tests.factories import make_services
from tests.voice_samples import SAMPLE

PAGE = (Path(__file__).parents[2] / "docs/morning.md").read_text("utf-8")
LINES = re.findall(r"^    carecall (.+)$", PAGE, re.MULTILINE)
FALL = [
    {"at_s": 0.0, "speaker": "ai", "text": "안녕하세요, 어르신."},
    {"at_s": 2.4, "speaker": "recipient", "text": "화장실에서 넘어졌어요."},
]


@pytest.fixture
async def carecall(tmp_path: Path) -> Carecall:
    """The night has brought an emergency, and somebody who has not answered three times; kim comes, then lee."""
    world = await make_services(tmp_path, account=of_process().account)
    body = await small_world(world)
    other = await world.recipient(body, "박철수", "010-2345-6789")
    await world.admin("kim", Role.ORGANIZATION, body)
    await world.admin("lee", Role.ORGANIZATION, body)
    voice = tmp_path / "voice"
    voice.mkdir(exist_ok=True)
    (voice / "c-1.wav").write_bytes(SAMPLE.read_bytes())
    fall = call("c-1", analysis="emergency", utterances=FALL, voice_file="c-1.wav")
    silent = [unanswered(f"c-{at}", recipient_phone=other.phone) for at in (2, 3, 4)]
    await deliver(world, fall, *silent)
    draft = ContactDraft("guardian", "Her son", "010-9876-5432")
    await world.services.contacts.add(world.system, 1, draft)
    await world.close()
    return Carecall(tmp_path)


def test_a_morning_is_done_by_the_commands_of_its_page(carecall: Carecall, tmp_path: Path) -> None:
    def rows(*words: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in carecall.done(*words, "--json").out.splitlines()]

    first, second = rows("task", "list")
    assert (first["kind"], second["kind"]) == ("emergency", "unanswered")
    [contact], [memory] = rows("contact", "list", "1"), rows("memory", "list", "1")[:1]
    named = {
        "TASK": first["id"],
        "OTHER": second["id"],
        "RECIPIENT": 1,
        "CALL": "c-1",
        "OTHER-CALL": "c-4",
        "CONTACT": contact["id"],
        "MEMORY": memory["id"],
        "heard.wav": tmp_path / "heard.wav",
    }
    printed = {}
    for line in LINES:
        words = [str(named.get(word, word)) for word in shlex.split(line)]
        who = "lee" if words[-1] in ("--last", "--confirm") else "kim"
        printed[line] = carecall.done("--as", who, *words).out
    assert "넘어졌어요" in printed["call show CALL"]
    assert "[넘어졌]어요" in printed["search 넘어졌"]
    assert (tmp_path / "heard.wav").read_bytes() == SAMPLE.read_bytes()
    assert "Her son stays until tomorrow" in printed["handover --last"]
    assert PHONE not in printed["call-list"]
    [left] = [one for one in rows("task", "list") if one["kind"] == "next_step"]
    assert (left["text"], left["assignee"]) == ("Ask how she is", "kim")
    assert [one["action_type"] for one in rows("followup", "list", "1")] == ["guardian contacted"]
    changes = {one["action"] for one in rows("audit", "list", "--admin", "kim", "--limit", "0")}
    assert {"task.acknowledge", "task.take", "task.done", "memo.add", "handover.sign"} <= changes
    looks = {one["action"] for one in rows("audit", "list", "--access", "--limit", "0")}
    assert "session.begin" in looks


def test_it_is_so_in_processes_of_their_own(carecall: Carecall) -> None:
    """As a shell starts them: what one printed, the next one is asked."""
    listed = carecall.process("task", "list", "--json", "--limit", "1")
    task = json.loads(listed.out)
    taken = carecall.process("task", "take", str(task["id"]), "--version", str(task["version"]))
    assert taken.code == 0, taken.err
    late = carecall.process("task", "take", str(task["id"]), "--version", str(task["version"]))
    assert late.code == 2
