"""Signals that end a command: its work is cancelled, which cleans up, and it ends with 128 and their number.

One that is ignored when the command starts (``nohup``, a background job) stays ignored.
"""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator
from types import FrameType
from typing import Any

from core.values.errors import CoreError

ENDING = (signal.SIGHUP, signal.SIGTERM, signal.SIGINT)
LAST_RESORT_SECONDS = (
    8.0  # whatever hangs: a database that others lock, a disk that does not answer
)


class Signals:
    """Which signal came while the command works, and what it does then."""

    def __init__(self) -> None:
        self.number = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[int] | None = None
        self._instead: Callable[[], object] | None = None
        self._breaks = False

    @property
    def exit_code(self) -> int:
        """What a process ends with that a signal ended."""
        return 128 + self.number

    def run(self, work: Coroutine[Any, Any, int]) -> int:
        """Run the command's work; gives its exit code, or the signal's where one came."""
        with self._taken():
            return asyncio.run(self._watched(work))

    @contextlib.contextmanager
    def gently(self, stop: Callable[[], object]) -> Iterator[None]:
        """Meanwhile the first signal calls this, and only a second one cancels the work."""
        self._instead = stop
        try:
            yield
        finally:
            self._instead = None

    @contextlib.contextmanager
    def at_once(self) -> Iterator[None]:
        """Meanwhile the loop does not run (a reader takes no output): a signal is raised where it comes."""
        if self.number:
            raise asyncio.CancelledError
        self._breaks = True
        try:
            yield
        finally:
            self._breaks = False

    async def _watched(self, work: Coroutine[Any, Any, int]) -> int:
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        if self.number:
            self._cancel()
        try:
            code = await work
        except (asyncio.CancelledError, CoreError):
            if not self.number:
                raise
        else:
            if not self.number:
                return code
        finally:
            self._task = None
        return self.exit_code

    @contextlib.contextmanager
    def _taken(self) -> Iterator[None]:
        before = {}
        # a signal is taken in the main thread only
        with contextlib.suppress(ValueError):
            for number in ENDING:
                if signal.getsignal(number) is not signal.SIG_IGN:
                    before[number] = signal.signal(number, self._came)
        try:
            yield
        finally:
            for number, handler in before.items():
                # the end is near: one more ctrl+c changes nothing, and what was done is done
                ours = handler is not signal.default_int_handler
                ended = signal.SIG_DFL if ours else handler
                signal.signal(number, signal.SIG_IGN if self.number else ended)
            if self.number:
                with contextlib.suppress(OSError, ValueError):  # what nobody took is not waited for
                    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    def _came(self, number: int, _frame: FrameType | None) -> None:
        first, self.number = not self.number, self.number or number
        if first:
            signal.signal(signal.SIGALRM, self._give_up)
            instead, self._instead = self._instead, None
            if instead is not None:
                self._soon(instead)
                return
            signal.setitimer(signal.ITIMER_REAL, LAST_RESORT_SECONDS)
        if self._breaks:
            self._breaks = False
            raise asyncio.CancelledError
        self._soon(self._cancel)

    def _soon(self, act: Callable[[], object]) -> None:
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: the command has ended
                self._loop.call_soon_threadsafe(act)

    def _cancel(self) -> None:
        signal.setitimer(signal.ITIMER_REAL, LAST_RESORT_SECONDS)
        if self._task is not None and not self._task.cancelling():
            self._task.cancel()

    def _give_up(self, _number: int, _frame: FrameType | None) -> None:
        os._exit(self.exit_code)
