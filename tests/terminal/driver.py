"""A real pseudo-terminal with a program in it: press keys, read the screen, keep every byte that was written."""

import contextlib
import errno
import os
import select
import signal
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

import pyte
from ptyprocess import PtyProcess

PATIENCE_SECONDS = 30.0
_TURN = 0.05

KEYS = {
    "enter": "\r", "escape": "\x1b", "tab": "\t", "shift+tab": "\x1b[Z", "space": " ", "backspace": "\x7f",
    "up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D", "home": "\x1b[H", "end": "\x1b[F",
    "pageup": "\x1b[5~", "pagedown": "\x1b[6~", "f1": "\x1bOP",
} | {f"ctrl+{letter}": chr(ord(letter) - 96) for letter in "abcdefghijklmnopqrstuvwxyz"}  # fmt: skip


class Terminal:
    """One program in a terminal of its own."""

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        width: int = 80,
        height: int = 24,
        spawn: Callable[..., Any] = PtyProcess.spawn,
    ) -> None:
        self._screen = pyte.Screen(width, height)
        self._stream = pyte.ByteStream(self._screen)
        self._process = spawn(list(command), env=dict(environment), dimensions=(height, width))
        self.pid: int = self._process.pid
        self._fd: int = self._process.fd
        self.raw = b""
        self._is_gone = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # keys

    def press(self, *keys: str) -> None:
        """Press these keys, by name or as the character itself, one after the other."""
        for key in keys:
            self.send(KEYS.get(key, key).encode())
            if key == "escape":
                self.read(0.15)  # what follows at once would be one sequence with it

    def type(self, text: str) -> None:
        """Type a text."""
        self.send(text.encode())

    def paste(self, text: str) -> None:
        """Paste a text, as terminals do it: between brackets."""
        self.send(b"\x1b[200~" + text.encode() + b"\x1b[201~")

    def send(self, data: bytes) -> None:
        """Send these bytes."""
        while data:
            data = data[os.write(self._fd, data[:1024]) :]
            self.read(0)

    # the screen

    def read(self, patience: float = _TURN) -> bytes:
        """Take what the program writes; waits so long for the first of it."""
        taken = b""
        while not self._is_gone and select.select([self._fd], [], [], patience)[0]:
            try:
                data = os.read(self._fd, 65536)
            except OSError as error:
                if error.errno != errno.EIO:
                    raise
                data = b""
            if not data:
                self._is_gone = True
                break
            taken += data
            patience = 0
        self.raw += taken
        self._stream.feed(taken)
        return taken

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows."""
        return self._screen.columns, self._screen.lines

    @property
    def is_raw(self) -> bool:
        """Whether keys come one by one; a terminal that was given back has lines again."""
        return not termios.tcgetattr(self._fd)[3] & termios.ICANON

    def text(self) -> str:
        """The screen as a person reads it, a line for each row."""
        return "\n".join(self._screen.display)

    def words(self) -> str:
        """The screen as running text: line breaks are taken out, and what lies beside a box."""
        lines = (line.partition("│")[2].rpartition("│")[0] or line for line in self._screen.display)
        return " ".join(" ".join(lines).split())

    def line_of(self, text: str) -> str:
        """The row of the screen with this text in it; an empty one for none."""
        return next((line for line in self._screen.display if text in line), "")

    def cursor_line(self) -> str:
        """The row of the list that is marked, by its reversed cells."""
        for y, line in enumerate(self._screen.display):
            cells = self._screen.buffer[y]
            if y > 1 and sum(cells[x].reverse for x in range(self._screen.columns)) > 60:
                return line
        return ""

    @property
    def cursor(self) -> tuple[int, str] | None:
        """Where the terminal's own cursor stands: the column, and that line; None while it is hidden."""
        at = self._screen.cursor
        return None if at.hidden else (at.x, self._screen.display[at.y])

    def reads(self, text: str, column: int | None = None) -> None:
        """Wait until the cursor stands on the line with this text, in this column if it is said."""

        def is_there() -> bool:
            x, line = self.cursor or (0, "")
            return text in line and column in (None, x)

        self.until(is_there, f"the cursor on {text!r}, column {column}")

    def until(self, condition: Callable[[], object], what: str = "") -> None:
        """Wait until the condition holds; fails with the screen if it never does."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            self.read()
            if time.monotonic() > end or (self._is_gone and not condition()):
                raise AssertionError(f"never: {what or condition}\n{self.text()}")

    def sees(self, *texts: str) -> None:
        """Wait until each text is on the screen, broken into lines or not."""
        for text in texts:
            self.until(lambda t=text: t in self.text() or t in self.words(), f"sees {text!r}")

    def sees_no(self, *texts: str) -> None:
        """Wait until none of the texts is on the screen."""
        for text in texts:
            self.until(lambda t=text: t not in self.text(), f"no longer sees {text!r}")

    def mark(self) -> int:
        """Where the bytes written from now on begin."""
        self.settle()
        return len(self.raw)

    def settle(self, quiet: float = 0.3) -> None:
        """Wait until nothing is written for so long."""
        while self.read(quiet):
            pass

    # the terminal and its process

    def resize(self, width: int, height: int) -> None:
        """Give the terminal another size."""
        self._screen.resize(height, width)
        self._process.setwinsize(height, width)

    def signal(self, number: int) -> None:
        """Send the program a signal."""
        os.kill(self.pid, number)

    def hang_up(self) -> None:
        """The terminal vanishes, as with a lost link."""
        self._close_terminal()

    def ends(self) -> int:
        """Wait for the program's end; its exit code, or minus the signal that ended it."""
        end = time.monotonic() + PATIENCE_SECONDS
        while self._process.isalive():
            self.read() if not self._is_gone else time.sleep(_TURN)
            if time.monotonic() > end:
                raise AssertionError(f"never ended\n{self.text()}")
        self.read(0)
        if self._process.signalstatus is not None:
            return -int(self._process.signalstatus)
        return int(self._process.exitstatus or 0)

    def close(self) -> None:
        """End the program, whatever it does."""
        if self._process.isalive():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            self.ends()
        self._close_terminal()

    def _close_terminal(self) -> None:
        # through the file object that owns the descriptor: closed beside it, its number would be closed a second
        # time when the object goes, and be another terminal's by then
        self._is_gone = True
        self._process.fileobj.close()
        self._process.closed = True
