"""A connection to SQLite that a cancelled read does not tear.

Cancelling an awaited aiosqlite call only stops the waiting: its thread goes on, and a statement whose rows nobody
fetches stays open, also beyond the end of its connection, and with it a lock that keeps every writer out for good.
Here closing a connection closes its statements first, and always comes to an end.

A turn of the thread costs as much as a small statement, and aiosqlite takes four for each: for the cursor, the
statement, the rows, the end. Here one does where there are few rows.
"""

import asyncio
import contextlib
import sqlite3
import weakref
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from typing import Any

import aiosqlite
from aiosqlite.core import _STOP_RUNNING_SENTINEL, set_result

_ROWS_AT_ONCE = 64
_FIRST_ROWS = 100  # more than a page of a list


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


class Cursor:
    """What SQLAlchemy wants of a cursor, for one statement; it brings its first rows along."""

    arraysize = 1

    def __init__(
        self, in_thread: Callable[..., Awaitable[Any]], made: Callable[[], sqlite3.Cursor]
    ) -> None:
        self._in_thread = in_thread
        self._made = made
        self._cursor: Any = None
        self._first: list[Any] = []
        self._goes_on = False  # whether there may be more rows than the first

    async def __aenter__(self) -> "Cursor":
        return self

    @property
    def description(self) -> Any:
        """The columns, or None where the statement gives no rows."""
        return self._cursor.description

    @property
    def rowcount(self) -> int:
        """How many rows were changed."""
        return int(self._cursor.rowcount)

    @property
    def lastrowid(self) -> Any:
        """The ID of the row that was added last."""
        return self._cursor.lastrowid

    async def execute(self, sql: str, parameters: Any = ()) -> None:
        """Execute it, and fetch the first rows."""
        self._goes_on = True  # also where the waiting for it is cancelled
        self._first = await self._in_thread(self._begin, sql, parameters)
        self._goes_on = len(self._first) == _FIRST_ROWS

    def _begin(self, sql: str, parameters: Any) -> list[Any]:
        self._cursor = self._made()
        self._cursor.execute(sql, parameters)
        return self._cursor.fetchmany(_FIRST_ROWS) if self._cursor.description else []

    async def executemany(self, sql: str, parameters: Iterable[Any]) -> None:
        """Execute it for each of these; it gives no rows."""

        def begin() -> None:
            self._cursor = self._made().executemany(sql, parameters)

        await self._in_thread(begin)

    async def fetchone(self) -> Any:
        """The next row, or None."""
        return next(iter(await self.fetchmany(1)), None)

    async def fetchmany(self, size: int | None = None) -> Sequence[Any]:
        """The next rows."""
        size = size or self.arraysize
        rows, self._first = self._first[:size], self._first[size:]
        if self._goes_on and len(rows) < size:
            rows += await self._in_thread(self._cursor.fetchmany, size - len(rows))
            self._goes_on = len(rows) == size
        return rows

    async def fetchall(self) -> Sequence[Any]:
        """All other rows."""
        rows, self._first = self._first, []
        if self._goes_on:
            rows += await self._in_thread(self._cursor.fetchall)
            self._goes_on = False
        return rows

    async def close(self) -> None:
        """End the statement; one whose rows are all here has ended."""
        if self._goes_on:
            self._goes_on = False
            await self._in_thread(lambda: self._cursor and self._cursor.close())


class Connection(aiosqlite.Connection):
    """May be stopped and closed in any order, as often as one likes."""

    _stopped: "asyncio.Future[Any] | None" = None

    def cursor(self) -> Cursor:  # type: ignore[override]
        """For one statement."""
        return Cursor(self._execute, lambda: self._connection.cursor())  # type: ignore[union-attr]

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
