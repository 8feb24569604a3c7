"""The voice as text: times, blocks, and the line to hear it at the desk."""

import os
import subprocess
from pathlib import Path

import pytest

from core.voice.dto import BackendState, PlayerState, Playing
from tui.voice import columns


@pytest.mark.parametrize("call_id", ["c-1", "-c", "a;touch x", "$(touch x)", "it's", "`x`", "*"])
def test_no_shell_acts_on_the_id_in_the_copied_line(call_id: str, tmp_path: Path) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, text in {
        "ssh": 'shift; exec sh -c "$*"',
        "mpv": "cat",
        "carecall": """printf '%s\\n' "$@" """,
    }.items():
        (programs / name).write_text(f"#!/bin/sh\n{text}\n")
        (programs / name).chmod(0o755)
    done = subprocess.run(
        ["sh", "-c", columns.listen_command("host", call_id)],
        env={"PATH": f"{programs}:{os.environ['PATH']}"},
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert [word for word in done.stdout.splitlines() if word != "--"] == ["voice", call_id]
    assert not (tmp_path / "x").exists()


def test_times_and_blocks() -> None:
    assert [columns.clock(ms) for ms in (0, 999, 61_000, 3_600_000)] == [
        "0:00", "0:00", "1:01", "1:00:00",
    ]  # fmt: skip
    assert columns.blocks([0.0, 0.5, 1.0, 2.0]) == "▁▅██"
    assert columns.column_at(5_000, 10_000, 80) == 40
    assert columns.column_at(10_000, 10_000, 80) == 79
    assert columns.column_at(0, 0, 80) == 0


def test_one_way_that_does_not_work_has_its_reason_and_of_several_the_doctor_tells() -> None:
    ways = tuple(BackendState(name, False, f"No {name}.") for name in ("simpleaudio", "command"))
    failed = PlayerState(Playing.FAILED, refused=ways)
    assert columns.reasons(failed) == ["carecall doctor tells why, way by way."]
    assert columns.reasons(PlayerState(Playing.FAILED, refused=ways[1:])) == [
        "command: No command."
    ]
    assert columns.reasons(PlayerState(Playing.PLAYING, refused=ways)) == []
