"""A connection to SQLite that a cancelled read does not tear.

Cancelling an awaited aiosqlite call only stops the waiting: its thread goes on, and a statement whose rows nobody
fetches stays open, also beyond the end of its connection, and with it a lock that keeps every writer out for good.
Here closing a connection closes its statements first, and always comes to an end.
"""

import asyncio
import contextlib
import sqlite3
import weakref
from collections.abc import Iterable
from functools import partial
from typing import Any

import aiosqlite
from aiosqlite.core import _STOP_RUNNING_SENTINEL, set_result

_ROWS_AT_ONCE = 64


class _Statements(sqlite3.Connection):
    """Knows its cursors."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._open: weakref.WeakSet[sqlite3.Cursor] = weakref.WeakSet()

    def cursor(self, *args: Any, **more: Any) -> Any:
        made = super().cursor(*args, **more)
        self._open.add(made)
        return made

    def close(self) -> None:
        for cursor in list(self._open):
            cursor.close()
        super().close()


class Connection(aiosqlite.Connection):
    """May be stopped and closed in any order, as often as one likes."""

    _stopped: "asyncio.Future[Any] | None" = None

    async def _connect(self) -> aiosqlite.Connection:
        try:
            return await super()._connect()
        except (sqlite3.Error, asyncio.CancelledError):
            # its thread would answer a loop that is gone by then, and print that nobody listened
            await self.close()
            raise

    async def close(self) -> None:
        """Close it once what it has been asked before is done."""
        if (stopped := self.stop()) is not None:
            await asyncio.shield(stopped)

    def stop(self) -> "asyncio.Future[Any] | None":
        """End the thread, which closes the file. Asked a second time it would never answer."""
        if self._running:
            self._running = False
            try:
                loop = asyncio.get_running_loop()
            except RuntimeError:
                loop = None
            self._stopped = loop.create_future() if loop else None
            if self._connection is not None:
                # nobody waits for the result of a statement that is under way
                self._connection.interrupt()
            self._tx.put_nowait((None, partial(self._end, loop, self._stopped)))
        return self._stopped

    def _end(
        self, loop: "asyncio.AbstractEventLoop | None", stopped: "asyncio.Future[Any] | None"
    ) -> object:
        if self._connection is not None:
            # an interrupt is in force until a statement begins, and would keep the last one who closes from
            # writing the write-ahead log back into the file
            with contextlib.suppress(sqlite3.Error):
                self._connection.execute("SELECT 1").close()
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
        self._connection = None
        if loop is not None and stopped is not None:
            # nobody may wait any more: the loop has ended, or who waited was cancelled
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(set_result, stopped, None)
        return _STOP_RUNNING_SENTINEL


def connect(file: str, *, pragmas: Iterable[str] = (), **arguments: Any) -> Connection:
    """A connection with these pragmas, to be awaited; the other arguments are those of ``sqlite3.connect``."""

    def open_file() -> sqlite3.Connection:
        made = sqlite3.connect(file, factory=_Statements, **arguments)
        try:
            for pragma in pragmas:
                made.execute(f"PRAGMA {pragma}").close()
        except BaseException:
            made.close()
            raise
        return made

    connection = Connection(open_file, _ROWS_AT_ONCE)
    # the thread of a write that waits for a lock keeps no process from ending
    connection._thread.daemon = True
    return connection
