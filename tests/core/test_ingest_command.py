"""``carecall ingest``: summary, wrong lines, exit codes, the schema."""

import asyncio
import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from core.io.identity import of_process
from tests import warm
from tests.commands import Carecall
from tests.deliveries import call, lines, small_world
from tests.factories import environment, make_services

SAMPLE = Path(__file__).parent.parent / "data" / "calls.jsonl"


@pytest.fixture
async def world(tmp_path):
    made = await make_services(tmp_path, account=of_process().account)
    yield made
    await made.close()


async def prepare_sample(world) -> None:
    for name in ("해운대구 복지관", "순천시 노인복지과"):
        await world.organization(name)
    for name in ("아침 안부", "저녁 안부"):
        await world.campaign(name)
    bodies = {"해운대구 복지관": 1, "순천시 노인복지과": 2}
    found = [json.loads(line) for line in SAMPLE.read_text().splitlines()]
    for body, phone in {(one["organization"], one["recipient_phone"]) for one in found}:
        await world.recipient(bodies[body], "강영희", phone)


def carecall(tmp_path, *arguments: str, stdin: bytes = b"", **more: str):
    return warm.run(arguments, {**os.environ, **environment(tmp_path), **more}, stdin=stdin)


@pytest.mark.sqlite
async def test_the_command_takes_the_sample_in_once(world, tmp_path):
    await prepare_sample(world)
    first = await asyncio.to_thread(carecall, tmp_path, "ingest", str(SAMPLE))
    assert b"24 new, 0 updated, 0 unchanged, 0 failed" in first.stderr
    assert first.returncode == 0
    again = await asyncio.to_thread(carecall, tmp_path, "ingest", "-", stdin=SAMPLE.read_bytes())
    assert b"0 new, 0 updated, 24 unchanged, 0 failed" in again.stderr
    assert again.returncode == 0


@pytest.mark.sqlite
async def test_the_command_names_wrong_lines_and_ends_with_one(world, tmp_path):
    await small_world(world)
    wrong = lines(call(), call("c-2", duration_s=-1)) + b"{"
    ended = await asyncio.to_thread(carecall, tmp_path, "ingest", "-", stdin=wrong)
    told = ended.stderr.decode()
    assert ended.returncode == 1
    assert "line 2: duration_s must not be negative." in told
    assert "line 3: The line ends in the middle" in told
    assert "1 new, 0 updated, 0 unchanged, 2 failed" in told


@pytest.mark.sqlite
@pytest.mark.parametrize("arguments", [["ingest"], ["ingest", "no-such-file"], ["ingest", "."]])
async def test_the_command_refuses_what_it_cannot_read(world, tmp_path, arguments):
    ended = await asyncio.to_thread(carecall, tmp_path, *arguments)
    assert ended.returncode == 2
    assert ended.stderr.startswith(b"carecall: ")
    assert b"Traceback" not in ended.stderr


async def test_the_command_writes_the_schema_without_a_database(tmp_path):
    ended = await asyncio.to_thread(carecall, tmp_path, "ingest", "--schema")
    assert ended.returncode == 0
    assert b'"started_at"' in ended.stdout


def ctrl_c_is_known() -> None:
    """Whoever runs the suite in the background may have it ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def interrupted(tmp_path, delivered: str) -> tuple[int, str]:
    """The command ends by ctrl+c once it has told something of what was delivered."""
    with subprocess.Popen(
        [sys.executable, "-m", "tui", "ingest", "-"],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **environment(tmp_path)},
        text=True,
        preexec_fn=ctrl_c_is_known,
    ) as running:
        running.stdin.write(delivered)
        running.stdin.flush()
        told = running.stderr.readline()
        running.send_signal(signal.SIGINT)
        told += running.stderr.read()
        return running.wait(), told


@pytest.mark.sqlite
async def test_ctrl_c_ends_it_while_it_waits_and_sums_up(world, tmp_path):
    code, told = await asyncio.to_thread(interrupted, tmp_path, "{}\n{")
    assert code == 130
    assert "line 1: " in told
    assert "0 new, 0 updated, 0 unchanged, 1 failed" in told
    assert "Traceback" not in told


@pytest.mark.sqlite
async def test_ctrl_c_ends_it_between_two_lines_and_counts_what_is_saved(world, tmp_path):
    await small_world(world)
    delivered = lines(*(call(f"c-{at}") for at in range(100))).decode()
    code, told = await asyncio.to_thread(interrupted, tmp_path, "{}\n" + delivered)
    assert code == 130
    saved = await world.services.calls.count(world.system, 1)
    assert saved < 100
    assert f"{saved} new, 0 updated, 0 unchanged, 1 failed" in told
    assert "Traceback" not in told


def test_on_a_terminal_it_says_that_it_waits_and_how_to_end_it(tmp_path: Path) -> None:
    carecall = Carecall(tmp_path)
    carecall.done("init")
    ours, terminal = pty.openpty()
    os.write(ours, b"\x04")
    try:
        outcome = carecall.process("ingest", "-", stdin=terminal)
    finally:
        os.close(terminal)
        os.close(ours)
    assert outcome.code == 0
    assert outcome.told[0] == "Reading lines from the terminal: ctrl+d ends them, ctrl+c gives up."
