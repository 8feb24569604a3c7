"""Tells when another connection has changed the database."""

import asyncio

from sqlalchemy.ext.asyncio import AsyncConnection

from core.db import Database, told_plainly

INTERVAL_SECONDS = 1.0


class Watcher:
    """Asks SQLite's ``data_version`` on one connection of its own; no transaction stays open in between."""

    def __init__(self, database: Database, *, interval: float = INTERVAL_SECONDS) -> None:
        self._database = database
        self._interval = interval
        self._connection: AsyncConnection | None = None
        self._seen: object = None

    async def wait(self) -> None:
        """Return when the data is another than at the last return. Raises StorageUnavailable."""
        while True:
            found = await self._version()
            before, self._seen = self._seen, found
            if before is not None and before != found:
                return
            await asyncio.sleep(self._interval)

    async def _version(self) -> object:
        with told_plainly():
            if self._connection is None:
                self._connection = await self._database.engine.connect()
            version = (await self._connection.exec_driver_sql("PRAGMA data_version")).scalar_one()
            await self._connection.rollback()
        return version

    async def close(self) -> None:
        """Give the connection back."""
        if self._connection is not None:
            await self._connection.close()
            self._connection = None
