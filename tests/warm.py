"""``carecall``, forked from a process that has imported all of it: two thirds of what a process of ours costs.

From there on it is what ``python -m tui`` is, with a session, streams, a directory and an environment of its own.
What is about the start itself starts as a user's does: signals, closed streams, locales, all over SSH and in tmux.
"""

import atexit
import contextlib
import fcntl
import functools
import gc
import importlib
import io
import json
import os
import pkgutil
import select
import socket
import subprocess
import sys
import tempfile
import termios
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import sqlalchemy.orm

ROOT = Path(__file__).parents[1]
_MESSAGE = 1 << 16
_before: list[object] = []  # streams that would close theirs when they go
_LATER = (
    "asyncpg",
    "sqlalchemy.dialects.postgresql.asyncpg",
    "sqlalchemy.dialects.sqlite.aiosqlite",
)


# --- the side of the tests ---


class WarmProcess:
    """A console in a terminal of its own, as ``PtyProcess`` has it."""

    def __init__(self, pid: int, terminal: int, told: socket.socket) -> None:
        self.pid = pid
        self.fd = terminal
        self.fileobj = io.FileIO(terminal, "r+")
        self.exitstatus: int | None = None
        self.signalstatus: int | None = None
        self._told = told

    def isalive(self) -> bool:
        """Whether it has not ended; then it is known how it did."""
        if self.exitstatus is not None or self.signalstatus is not None:
            return False
        if not select.select([self._told], [], [], 0)[0]:
            return True
        status = int(self._told.recv(64))
        self._told.close()
        if os.WIFSIGNALED(status):
            self.signalstatus = os.WTERMSIG(status)
        else:
            self.exitstatus = os.WEXITSTATUS(status)
        return False

    def setwinsize(self, rows: int, columns: int) -> None:
        """Give the terminal another size."""
        termios.tcsetwinsize(self.fd, (rows, columns))


def spawn(
    arguments: Sequence[str], env: Mapping[str, str], dimensions: tuple[int, int]
) -> WarmProcess:
    """It, with these arguments in a terminal of so many rows and columns."""
    terminal, inside = os.openpty()
    termios.tcsetwinsize(inside, dimensions)
    pid, told = _started(arguments, env, Path.cwd(), [inside] * 3)
    os.close(inside)
    return WarmProcess(pid, terminal, told)


def run(
    arguments: Sequence[str],
    env: Mapping[str, str],
    *,
    stdin: int | bytes = b"",
    stdout: int | None = None,
) -> "subprocess.CompletedProcess[bytes]":
    """It, with these arguments, to its end; ``stdout``: where its output goes instead of coming back."""
    with (
        tempfile.TemporaryFile() as given,
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as err,
    ):
        if isinstance(stdin, bytes):
            given.write(stdin)
            given.seek(0)
            stdin = given.fileno()
        streams = [stdin, out.fileno() if stdout is None else stdout, err.fileno()]
        _pid, told = _started(arguments, env, ROOT, streams)
        with told:
            code = os.waitstatus_to_exitcode(int(told.recv(64)))
        for file in (out, err):
            file.seek(0)
        return subprocess.CompletedProcess(["carecall", *arguments], code, out.read(), err.read())


def _started(
    arguments: Sequence[str], env: Mapping[str, str], directory: Path, streams: Sequence[int]
) -> tuple[int, socket.socket]:
    """Its number, and where its end is told."""
    ours, theirs = socket.socketpair(type=socket.SOCK_SEQPACKET)
    asked = json.dumps([list(arguments), dict(env), str(directory)]).encode()
    with theirs:
        socket.send_fds(_warm(), [asked], [theirs.fileno(), *streams])
    return int(ours.recv(64)), ours


@functools.cache
def _warm() -> socket.socket:
    ours, theirs = socket.socketpair(type=socket.SOCK_SEQPACKET)
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", __name__, str(theirs.fileno())],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "LANG": "en_US.UTF-8"},
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
        )

    @atexit.register
    def end() -> None:
        ours.close()
        process.wait(10)

    return ours


# --- the process from which they are forked ---


def _import_all() -> None:
    # what ``prepare`` sets before Textual is imported
    os.environ |= {
        "TEXTUAL_DISABLE_KITTY_KEY": "1",
        "TEXTUAL_ANIMATIONS": "none",
        "TEXTUAL_THEME": "ansi-dark",
    }
    import tui

    for module in pkgutil.walk_packages(tui.__path__, "tui."):
        importlib.import_module(module.name)
    for name in ("core.app.services", *_LATER):
        importlib.import_module(name)
    sqlalchemy.orm.configure_mappers()
    gc.collect()
    gc.freeze()


def _serve(asking: socket.socket) -> int:
    """Fork what is asked for, until nobody is left to ask; in what was forked, gives its exit code."""
    while True:
        asked, (*given,), _flags, _address = socket.recv_fds(asking, _MESSAGE, 4)
        if not asked:
            return 0
        if not os.fork():
            return _watch(json.loads(asked), *given)
        for number in given:
            os.close(number)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def _watch(asked: tuple[list[str], dict[str, str], str], told: int, *streams: int) -> int:
    """Start it, and tell who asked its number and its end."""
    pid = os.fork()
    if not pid:
        return _be_carecall(*asked, streams)
    for number in streams:
        os.close(number)
    with contextlib.suppress(BrokenPipeError), socket.socket(fileno=told) as socket_of_asker:
        socket_of_asker.send(str(pid).encode())
        socket_of_asker.send(str(os.waitpid(pid, 0)[1]).encode())
    os._exit(0)


def _be_carecall(
    arguments: list[str], environment: dict[str, str], directory: str, streams: Sequence[int]
) -> int:
    os.setsid()
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    os.closerange(3, 256)
    if os.isatty(0):
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    _before.extend((sys.stdin, sys.stdout, sys.stderr))
    lines = 1 if os.isatty(1) else -1
    sys.stdin, sys.stdout, sys.stderr = (
        open(number, mode, buffering, encoding="utf-8", closefd=False)  # noqa: SIM115
        for number, mode, buffering in ((0, "r", -1), (1, "w", lines), (2, "w", 1))
    )
    sys.__stdin__, sys.__stdout__, sys.__stderr__ = sys.stdin, sys.stdout, sys.stderr
    os.environ.clear()
    os.environ |= environment
    os.chdir(directory)
    time.tzset()
    sys.argv = ["carecall", *arguments]
    from tui.__main__ import main

    code = main()
    # Python's own end, but without taking down all that was imported: half of what a short command costs
    threading._shutdown()
    atexit._run_exitfuncs()
    with contextlib.suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    _import_all()
    sys.exit(_serve(socket.socket(fileno=int(sys.argv[1]))))
