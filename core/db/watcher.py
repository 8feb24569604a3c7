"""Noticing that somebody else has changed the database."""

import asyncio
import contextlib
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.engine import CHANNEL, Database
from core.db.errors import translate_errors

INTERVAL = 1.0


class Signal(Protocol):
    """Where the news come from: ``changed`` returns when there are some."""

    async def changed(self) -> None:
        """Wait until the database has changed since the last call (the first: since now)."""

    async def close(self) -> None:
        """Give back what it holds."""


class Watcher:
    """Tells when the database has been changed, by this process or another."""

    def __init__(self, database: Database, *, interval: float = INTERVAL) -> None:
        self._signal: Signal = (
            _Polling(database, interval) if database.is_sqlite else _Listening(database)
        )

    async def wait(self) -> None:
        """Return when the database has changed since the last call (the first: since now).

        Raises StorageUnavailable where the database cannot be asked; calling again is allowed.
        """
        await self._signal.changed()

    async def close(self) -> None:
        """Give the connection back."""
        await self._signal.close()


class _Polling:
    """Asks SQLite's ``data_version``, on one connection (elsewhere it is another number), in no transaction."""

    def __init__(self, database: Database, interval: float) -> None:
        self._database = database
        self._interval = interval
        self._connection: AsyncConnection | None = None
        self._seen: object = None
        self._started = False

    async def changed(self) -> None:
        while True:
            fresh = self._connection is None
            version = await self._version()
            # after a lost connection nobody knows what happened in between
            news = self._started and (fresh or version != self._seen)
            self._seen, self._started = version, True
            if news:
                return
            await asyncio.sleep(self._interval)

    async def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    async def _version(self) -> object:
        with translate_errors(), self._database.patience():
            try:
                if self._connection is None:
                    self._connection = await self._database.engine.connect()
                version: object = await self._connection.scalar(sa.text("PRAGMA data_version"))
                await self._connection.rollback()
            except BaseException:
                await self.close()
                raise
        return version


class _Listening:
    """Waits for the notice that each write of PostgreSQL sends with its commit."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: AsyncConnection | None = None
        self._news = asyncio.Event()
        self._lost = False

    async def changed(self) -> None:
        if self._connection is None:
            await self._listen()
            if self._lost:  # nobody knows what happened in between
                self._lost = False
                return
        await self._news.wait()
        self._news.clear()
        if self._lost:
            await self.close()
            with translate_errors():
                raise ConnectionError("the server closed the connection")

    async def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(exc.DBAPIError, OSError):
                await connection.invalidate()
                await connection.close()

    async def _listen(self) -> None:
        with translate_errors():
            connection = await self._database.engine.connect()
            raw = await connection.get_raw_connection()
            driver: Any = raw.driver_connection
            await driver.add_listener(CHANNEL, lambda *_notice: self._news.set())
            driver.add_termination_listener(self._ended)
        self._connection = connection

    def _ended(self, _driver: Any) -> None:
        self._lost = True
        self._news.set()
