"""A program behind a pseudo-terminal: when a text appears, what a key costs, how much memory it holds."""

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import statistics
import struct
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyte

QUIET = 0.15  # seconds without a byte: the key is answered
NEVER_QUIET = 10.0  # seconds after which something blinks
PATIENCE = 2.0  # seconds that a busy machine has for the first byte
_ESCAPES = re.compile(rb"\x1b\[[0-9;?]*[ -/]*[@-~]")


class Probe:
    """One program. Times are seconds from its start; sizes are those of its own process."""

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        width: int = 80,
        height: int = 24,
        directory: Path | None = None,
    ) -> None:
        self.started = time.perf_counter()
        self.written = b""
        self._size = width, height
        self._all = b""
        self._pid, self._fd = pty.fork()
        if self._pid == 0:
            if directory is not None:
                os.chdir(directory)
            os.execve(command[0], list(command), {"TERM": "xterm-256color", **environment})
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    def _read(self, patience: float) -> bytes:
        if not select.select([self._fd], [], [], patience)[0]:
            return b""
        try:
            data = os.read(self._fd, 65536)
        except OSError:
            return b""
        self.written += data
        self._all += data
        return data

    def until(self, text: str, patience: float = 20) -> float:
        """Seconds from the start (or the last ``mark``) until the text is written."""
        wanted = text.encode()
        end = time.perf_counter() + patience
        while wanted not in _ESCAPES.sub(b"", self.written):
            if time.perf_counter() > end:
                raise TimeoutError(f"{text!r} did not appear")
            self._read(0.5)
        return time.perf_counter() - self.started

    def shows(self, text: str, patience: float = 20) -> None:
        """Wait until the text stands on the screen, however it got there."""
        end = time.perf_counter() + patience
        while text not in "\n".join(self._screen().display):
            if time.perf_counter() > end:
                raise TimeoutError(f"{text!r} is not shown")
            self._read(0.1)

    def _screen(self) -> pyte.Screen:
        screen = pyte.Screen(*self._size)
        pyte.ByteStream(screen).feed(self._all)
        return screen

    def mark(self) -> None:
        """Count time and text from here."""
        self.started = time.perf_counter()
        self.written = b""

    def settle(self, quiet: float = QUIET, patience: float = 0) -> tuple[int, float]:
        """Bytes written until nothing more comes, and milliseconds to the last of them."""
        started = last = time.perf_counter()
        count, wait = 0, max(patience, quiet)
        while last - started < NEVER_QUIET and (data := self._read(wait)):
            count, wait = count + len(data), quiet
            last = time.perf_counter()
        return count, (last - started) * 1000

    def settle_for(self, seconds: float) -> int:
        """Take what is written for so long; gives how many bytes."""
        end, count = time.perf_counter() + seconds, 0
        while (left := end - time.perf_counter()) > 0:
            count += len(self._read(left))
        return count

    def send(self, keys: bytes) -> None:
        """Press keys."""
        os.write(self._fd, keys)

    def press(self, keys: bytes, times: int = 1, quiet: float = QUIET) -> tuple[float, float]:
        """Median bytes and milliseconds of a key."""
        answers = []
        for _again in range(times):
            self.send(keys)
            answers.append(self.settle(quiet, PATIENCE))
        byte_counts, milliseconds = zip(*answers, strict=True)
        return statistics.median(byte_counts), statistics.median(milliseconds)

    def echo(self, keys: bytes, patience: float = 30) -> float:
        """Milliseconds from pressing the keys to the first byte that comes back."""
        started = time.perf_counter()
        self.send(keys)
        while not self._read(0.05):
            if time.perf_counter() - started > patience:
                raise TimeoutError("the keys were not answered")
        return (time.perf_counter() - started) * 1000

    def answer(self, keys: bytes, text: str, patience: float = 30) -> float:
        """Milliseconds from pressing the keys until the text stands on the screen."""
        screen = self._screen()
        stream = pyte.ByteStream(screen)
        started = time.perf_counter()
        self.send(keys)
        while text not in "\n".join(screen.display):
            if time.perf_counter() - started > patience:
                raise TimeoutError(f"{text!r} is not shown")
            stream.feed(self._read(0.05))
        return (time.perf_counter() - started) * 1000

    def search(self, text: str, patience: float = 30) -> tuple[float, float]:
        """Type a search: milliseconds until all rows on the screen have it, and the slowest echo of a key."""
        screen = pyte.Screen(80, 24)
        stream = pyte.ByteStream(screen)
        stream.feed(self.written)
        self.written = b""
        echoes = [self.echo(character.encode()) for character in text]
        started = time.perf_counter()
        while True:
            data, self.written = self.written, b""
            stream.feed(data)
            rows = [line for line in screen.display if "010-" in line]
            if rows and all(text in row for row in rows):
                return (time.perf_counter() - started) * 1000, max(echoes)
            if time.perf_counter() - started > patience:
                raise TimeoutError(f"the search for {text!r} was not shown")
            self._read(0.05)

    def fileno(self) -> int:
        """To wait for several at once."""
        return self._fd

    def read_now(self) -> bytes:
        """What is written already."""
        return self._read(0)

    def cpu_ms(self) -> float:
        """Milliseconds that all of its threads have run so far."""
        tasks = Path(f"/proc/{self._pid}/task").glob("*/schedstat")
        return sum(int(task.read_text("ascii").split()[0]) for task in tasks) / 1e6

    def resident_mib(self) -> float:
        """Resident memory now, in MiB."""
        status = Path(f"/proc/{self._pid}/status").read_text("ascii")
        match = re.search(r"VmRSS:\s+(\d+)", status)
        return int(match[1]) / 1024 if match else 0.0

    def end(self, sign: int, patience: float = 30) -> int:
        """Send this signal and wait; gives the exit code as a shell has it, -1 where it had to be killed."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._pid, sign)
        deadline = time.perf_counter() + patience
        while (ended := os.waitpid(self._pid, os.WNOHANG))[0] == 0:
            if time.perf_counter() > deadline:
                os.kill(self._pid, signal.SIGKILL)
                os.waitpid(self._pid, 0)
                os.close(self._fd)
                return -1
            self._read(0.1)
        os.close(self._fd)
        code = os.waitstatus_to_exitcode(ended[1])
        return 128 - code if code < 0 else code

    def close(self) -> None:
        """End the program."""
        self.end(signal.SIGTERM, 5)
