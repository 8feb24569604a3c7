"""``carecall voice`` as it is typed: at the host, into a pipe, and over ssh."""

import asyncio
import os
import pty
import pwd
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests import warm
from tests.commands import Carecall, Outcome
from tests.deliveries import call, deliver, small_world
from tests.factories import environment, make_services
from tests.ssh_server import ssh_server
from tests.voice_samples import SAMPLE

ROOT = Path(__file__).parents[2]


class Host:
    """A host with a database, the calls c-1 (with a voice file) and c-2 (without)."""

    def __init__(self, directory: Path) -> None:
        (directory / "voice/2026").mkdir(parents=True)
        shutil.copyfile(SAMPLE, directory / "voice/2026/c-1.wav")
        database = asyncio.run(_filled(directory))
        self.environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            **environment(directory, CARECALL_DATABASE=database),
        }
        self._directory = directory

    def carecall(self, *words: str) -> Outcome:
        """Run it within this process."""
        return Carecall(self._directory)(*words, more=self.environment)

    def run(self, *words: str) -> "subprocess.CompletedProcess[bytes]":
        return warm.run(words, self.environment)


async def _filled(directory: Path) -> str:
    world = await make_services(directory, account=pwd.getpwuid(os.getuid()).pw_name)
    await small_world(world)
    await deliver(world, call("c-1", voice_file="2026/c-1.wav"), call("c-2"))
    await world.close()
    return world.settings.database


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Host:
    return Host(tmp_path_factory.mktemp("host"))


@pytest.mark.parametrize("words", [("c-1",), ("c-1", "-")])
def test_standard_output_gets_the_files_bytes(host: Host, words: tuple[str, ...]) -> None:
    done = host.run("voice", *words)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == SAMPLE.read_bytes()


def test_a_file_gets_them_privately_and_is_never_overwritten(host: Host, tmp_path: Path) -> None:
    target = tmp_path / "heard.wav"
    assert host.carecall("voice", "c-1", str(target)).code == 0
    assert target.read_bytes() == SAMPLE.read_bytes()
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    target.write_bytes(b"mine")
    again = host.carecall("voice", "c-1", str(target))
    assert again.code == 2
    assert "exists already" in again.err
    assert target.read_bytes() == b"mine"


@pytest.mark.parametrize(
    ("call_id", "why"),
    [("c-2", "no voice file"), ("no-such-call", "There is no call"), ("", "There is no call")],
)
def test_what_cannot_be_given_has_a_reason_and_leaves_no_file(
    host: Host, tmp_path: Path, call_id: str, why: str
) -> None:
    target = tmp_path / "heard.wav"
    done = host.carecall("voice", call_id, str(target))
    assert done.code == 2
    assert why in done.err
    assert not target.exists()


def test_a_directory_that_is_not_there_is_named(host: Host, tmp_path: Path) -> None:
    done = host.carecall("voice", "c-1", str(tmp_path / "none/heard.wav"))
    assert done.code == 2
    assert "cannot be used" in done.err


def test_a_reader_that_goes_away_is_no_error(host: Host) -> None:
    words = [sys.executable, "-m", "tui", "voice", "c-1"]
    writing = subprocess.Popen(
        words, env=host.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert writing.stdout
    assert writing.stderr
    assert writing.stdout.read(4) == b"RIFF"
    writing.stdout.close()
    assert writing.wait(60) == 0
    assert writing.stderr.read() == b""
    writing.stderr.close()


def test_a_terminal_gets_no_sound(host: Host) -> None:
    ours, theirs = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-m", "tui", "voice", "c-1"],
        env=host.environment, stdout=theirs, stderr=subprocess.PIPE, timeout=60, check=False,
    )  # fmt: skip
    os.close(theirs)
    os.close(ours)
    assert done.returncode == 2
    assert b"mpv -" in done.stderr


def test_over_ssh_the_desk_gets_the_files_bytes(
    host: Host, tmp_path_factory: pytest.TempPathFactory
) -> None:
    directory = tmp_path_factory.mktemp("ssh")
    command = directory / "carecall"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tui "$@"\n')
    command.chmod(0o755)
    with ssh_server(directory, host.environment) as server:
        done = subprocess.run(
            server.command(str(command), "voice", "c-1"),
            capture_output=True,
            timeout=60,
            check=False,
        )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == SAMPLE.read_bytes()
