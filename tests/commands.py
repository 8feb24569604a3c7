"""Running ``carecall`` as a script would, with its output and its exit code."""

import contextlib
import io
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from unittest import mock

from msgspec import Struct
from rich.cells import cell_len

from tests import warm
from tui.__main__ import main

ROOT = Path(__file__).parents[1]


_of_init: list[bytes] = []


class Outcome(Struct, frozen=True):
    """What a command left: its exit code, standard output and standard error."""

    code: int
    out: str
    err: str

    @property
    def told(self) -> list[str]:
        """The lines on standard error."""
        return self.err.splitlines()


class Carecall(Struct, frozen=True):
    """``carecall`` on the database in a directory."""

    directory: Path

    def environment(self, **more: str) -> dict[str, str]:
        """That of this test, with the database and the voice files in the directory."""
        return {
            **os.environ,
            "CARECALL_DATABASE": f"sqlite+aiosqlite:///{self.directory / 'carecall.db'}",
            "CARECALL_VOICE_DIR": str(self.directory / "voice"),
            **more,
        }

    def __call__(self, *arguments: str, more: Mapping[str, str] | None = None) -> Outcome:
        """Run it within this process, which is much faster."""
        out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2))
        with (
            mock.patch.dict(os.environ, self.environment(**(more or {})), clear=True),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            try:
                code = main(arguments)
            except SystemExit as ended:
                code = int(ended.code or 0)
        return _outcome(code, *(stream.detach().getvalue() for stream in (out, err)))

    def process(
        self,
        *arguments: str,
        more: Mapping[str, str] | None = None,
        stdin: int | bytes = b"",
        stdout: int | None = None,
    ) -> Outcome:
        """Run it in a process of its own, as a shell does."""
        env = self.environment(**(more or {}))
        done = warm.run(arguments, env, stdin=stdin, stdout=stdout)
        return _outcome(done.returncode, done.stdout, done.stderr)

    def cold_process(
        self, *arguments: str, more: Mapping[str, str] | None = None, stdout: int = subprocess.PIPE
    ) -> Outcome:
        """The same, from its start: the streams are those that Python makes of the host's settings."""
        done = subprocess.run(
            [sys.executable, "-m", "tui", *arguments],
            cwd=ROOT,
            env=self.environment(**(more or {})),
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.PIPE,
            check=False,
        )
        return _outcome(done.returncode, done.stdout or b"", done.stderr)

    def initialised(self) -> "Carecall":
        """The same, with what ``carecall init`` leaves; that is made once for the process."""
        file = self.directory / "carecall.db"
        if not _of_init:
            self.done("init")
            _of_init.append(file.read_bytes())
        else:
            file.touch(0o600)
            file.write_bytes(_of_init[0])
        return self

    def done(self, *arguments: str) -> Outcome:
        """Run what has to succeed."""
        outcome = self(*arguments)
        assert outcome.code == 0, outcome.err
        return outcome


def _outcome(code: int, out: bytes, err: bytes) -> Outcome:
    # no command may ever show one
    assert b"Traceback" not in err, err
    return Outcome(code, out.decode(), err.decode())


def columns(table: str) -> list[list[str]]:
    """The cells of a table, cut where the heads begin, counted in cells of the terminal."""
    lines = table.splitlines()
    starts = [
        at
        for at, character in enumerate(lines[0])
        if character != " " and (at == 0 or lines[0][:at].endswith("  "))
    ]
    return [_cut(line, starts) for line in lines]


def _cut(line: str, starts: list[int]) -> list[str]:
    cells = [""] * len(starts)
    at = 0
    for character in line:
        column = max(number for number, start in enumerate(starts) if start <= at)
        cells[column] += character
        at += cell_len(character)
    return [cell.rstrip() for cell in cells]
