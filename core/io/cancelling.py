"""Being cancelled (ctrl+c, SIGTERM, a key of the console) in the middle of something that has to come to its end.

Cancelling only ends the waiting: a commit goes on, and so does a thread. Whoever cancels has to know which it was.
"""

import asyncio
import contextlib
import sqlite3
import threading
from collections.abc import Awaitable, Callable
from typing import TypeVar

_STEPS = 20_000  # of SQLite's machine: some milliseconds
Result = TypeVar("Result")


class CancelledTooLate(asyncio.CancelledError):
    """Who cancelled was too late: it is done and saved."""


class Stop:
    """Tells a thread that nobody wants its result any more."""

    def __init__(self) -> None:
        self._told = threading.Event()

    def __call__(self) -> bool:
        """Whether it has been told."""
        return self._told.is_set()

    def tell(self) -> None:
        """Nobody wants it any more."""
        self._told.set()

    def ends(self, connection: sqlite3.Connection) -> None:
        """Let every statement of the connection end as interrupted once it is told."""
        connection.set_progress_handler(self, _STEPS)


async def whole(work: Awaitable[object]) -> bool:
    """Wait until it has come to its end; gives whether it was cancelled meanwhile."""
    task, cancelled = asyncio.ensure_future(work), False
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            cancelled = True
    task.result()
    return cancelled


async def in_thread(work: Callable[[Stop], Result]) -> Result:
    """Do it in a thread. Where that is cancelled, the thread is told so, and has ended when this returns."""
    stop = Stop()
    task = asyncio.ensure_future(asyncio.to_thread(work, stop))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        stop.tell()
        with contextlib.suppress(Exception):  # whatever it is by now, nobody asked for it any more
            await task
        raise
