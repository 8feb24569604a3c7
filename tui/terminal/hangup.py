"""Signals that end the console: what is typed is kept, writes are waited for, and it is gone within 5 s."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import NoReturn

WRITES_SECONDS = 3.0  # how long a write under way is waited for
LAST_RESORT_SECONDS = 4.5
ENDING = (signal.SIGHUP, signal.SIGTERM, signal.SIGINT)


class HangUp:
    """Which signal came; it is handled on the loop once there is one."""

    def __init__(self) -> None:
        self.number = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._act: Callable[[], object] | None = None

    @property
    def came(self) -> bool:
        """Whether the console has been told to end."""
        return self.number != 0

    @property
    def exit_code(self) -> int:
        """What a process ends with that a signal ended."""
        return 128 + self.number

    def lost(self) -> None:
        """The terminal is gone."""
        self.tell(signal.SIGHUP)

    def install(self) -> None:
        """Take the signals from now on, until the process ends."""
        for number in ENDING:
            signal.signal(number, self._taken)

    def left(self) -> None:
        """The console ends by itself: one more ctrl+c, by then a signal again, changes nothing."""
        if signal.getsignal(signal.SIGINT) == self._taken and not self.came:
            signal.signal(signal.SIGINT, signal.SIG_IGN)

    def act_on(self, loop: asyncio.AbstractEventLoop, act: Callable[[], object]) -> None:
        """Call this on the loop when a signal comes, or has come already."""
        self._loop, self._act = loop, act
        if self.came:
            loop.call_soon(act)

    def _taken(self, number: int, _frame: FrameType | None) -> None:
        self.tell(number)

    def end(self) -> NoReturn:
        """End the process without waiting for a write that waits for somebody else; it is rolled back."""
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError):
                stream.flush()
        os._exit(self.exit_code)

    def tell(self, number: int) -> None:
        """End the console as this signal does; from any thread, a second time changes nothing."""
        if self.came:
            return
        self.number = number
        # whatever hangs, a terminal that takes nothing or a locked database: the kernel ends the process
        signal.setitimer(signal.ITIMER_REAL, LAST_RESORT_SECONDS)
        if self._loop is not None and self._act is not None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: the console is ending
                self._loop.call_soon_threadsafe(self._act)
