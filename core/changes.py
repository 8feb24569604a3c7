"""Noticing that somebody else has changed the database."""

import asyncio
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db import Database, told_plainly

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
        self._signal: Signal = _Polling(database, interval)

    async def wait(self) -> None:
        """Return when the database has changed since the last call (the first: since now).

        Raises StorageUnavailable where the database cannot be asked; calling again is allowed.
        """
        await self._signal.changed()

    async def close(self) -> None:
        """Give the connection back."""
        await self._signal.close()


class _Polling:
    """Asks for a number that grows with each change, on one connection and outside of any transaction.

    SQLite's ``data_version`` is only comparable on one connection; each change leaves an audit record, so
    that the last one's ID does the same elsewhere.
    """

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
        query = (
            "PRAGMA data_version"
            if self._database.is_sqlite
            else "SELECT max(id) FROM audit_records"
        )
        with told_plainly():
            try:
                if self._connection is None:
                    self._connection = await self._database.engine.connect()
                version: object = await self._connection.scalar(sa.text(query))
                await self._connection.rollback()
            except BaseException:
                await self.close()
                raise
        return version
