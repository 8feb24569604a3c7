"""Consoles forked from a process in which all is imported already: of what one costs, that is two thirds.

From there on they are what ``python -m tui`` is, with a session, a terminal and an environment of their own. Those
over SSH, in tmux and in screen, and all commands, start as a user's do.
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
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
_MESSAGE = 1 << 16
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
    """``carecall`` with these arguments in a terminal of so many rows and columns."""
    terminal, inside = os.openpty()
    termios.tcsetwinsize(inside, dimensions)
    ours, theirs = socket.socketpair(type=socket.SOCK_SEQPACKET)
    asked = json.dumps([list(arguments), dict(env), str(Path.cwd())]).encode()
    with theirs:
        socket.send_fds(_warm(), [asked], [inside, theirs.fileno()])
    os.close(inside)
    return WarmProcess(int(ours.recv(64)), terminal, ours)


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
    os.environ |= {"TEXTUAL_DISABLE_KITTY_KEY": "1", "TEXTUAL_ANIMATIONS": "none"}
    import tui

    for module in pkgutil.walk_packages(tui.__path__, "tui."):
        importlib.import_module(module.name)
    for name in ("core.app.services", *_LATER):
        importlib.import_module(name)
    gc.collect()
    gc.freeze()


def _serve(asking: socket.socket) -> int:
    """Fork what is asked for, until nobody is left to ask; in what was forked, gives its exit code."""
    while True:
        asked, (inside, told), _flags, _address = socket.recv_fds(asking, _MESSAGE, 2)
        if not asked:
            return 0
        if not os.fork():
            return _watch(json.loads(asked), inside, socket.socket(fileno=told))
        os.close(inside)
        os.close(told)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def _watch(asked: tuple[list[str], dict[str, str], str], inside: int, told: socket.socket) -> int:
    """Start it, and tell who asked its number and its end."""
    pid = os.fork()
    if not pid:
        return _be_console(*asked, inside)
    os.close(inside)
    told.send(str(pid).encode())
    status = os.waitpid(pid, 0)[1]
    with contextlib.suppress(BrokenPipeError):
        told.send(str(status).encode())
    os._exit(0)


def _be_console(
    arguments: list[str], environment: dict[str, str], directory: str, inside: int
) -> int:
    os.setsid()
    for number in range(3):
        os.dup2(inside, number)
    os.closerange(3, 256)
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    os.environ.clear()
    os.environ |= environment
    os.chdir(directory)
    time.tzset()
    sys.argv = ["carecall", *arguments]
    from tui.__main__ import main

    return main()


if __name__ == "__main__":
    _import_all()
    sys.exit(_serve(socket.socket(fileno=int(sys.argv[1]))))
