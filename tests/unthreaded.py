"""Statements of SQLite done on the spot, not in the thread of their connection: a quarter of the suite's work.

A turn of that thread costs as much as a small statement; a user's console takes it so that no long one stops
a key. Where a statement would have to wait for somebody's lock, the thread does it. The processes that tests
start have their threads, and so have the tests that are marked ``threads``.
"""

import sqlite3
from asyncio import sleep  # some tests put another one into its place
from collections.abc import Callable
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

from core.db.sqlite_driver import Connection

_in_thread = Connection._execute
_wanted = True


class _Waiting:
    """How a connection waits for locks: in its thread only."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.wanted = _wanted
        self.turns = 0  # of the thread, under way
        (self.milliseconds,) = connection.execute("PRAGMA busy_timeout").fetchone()
        if self.wanted:
            _wait_for(connection, 0)

    def patiently(self, connection: sqlite3.Connection, do: Callable[[], Any]) -> Any:
        """Do it, after whoever holds the lock."""
        _wait_for(connection, self.milliseconds)
        try:
            return do()
        finally:
            _wait_for(connection, 0)


def _wait_for(connection: sqlite3.Connection, milliseconds: int) -> None:
    connection.execute(f"PRAGMA busy_timeout={milliseconds}").close()


_waiting: "WeakKeyDictionary[sqlite3.Connection, _Waiting]" = WeakKeyDictionary()


def do_on_the_spot(wanted: bool = True) -> None:
    """Whether connections that are made from now on do so."""
    global _wanted
    _wanted = wanted
    Connection._execute = _execute  # type: ignore[method-assign]


async def _execute(self: Connection, do: Callable[..., Any], *args: Any, **more: Any) -> Any:
    if not self._running or (connection := self._connection) is None:
        return await _in_thread(self, do, *args, **more)
    if (waiting := _waiting.get(connection)) is None:
        waiting = _waiting[connection] = _Waiting(connection)
    if not waiting.wanted or waiting.turns:
        return await _in_thread(self, do, *args, **more)
    try:
        return do(*args, **more)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or not waiting.milliseconds:
            raise
    finally:
        await sleep(0)  # others go on, as they would meanwhile
    waiting.turns += 1
    try:
        return await _in_thread(self, waiting.patiently, connection, partial(do, *args, **more))
    finally:
        waiting.turns -= 1
