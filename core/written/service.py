"""The files that an admin wrote out, for that admin: listed, fetched, deleted. Nobody sees another's."""

import asyncio
import os
from typing import BinaryIO

from core.app.actor import Actor, reread
from core.app.audit import trail
from core.db.engine import Database
from core.files import OwnFiles
from core.values.settings import Settings
from core.written.dto import WrittenFile


class WrittenService:
    """The actor's own folder, ``files/LOGIN``."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings

    async def list(self, actor: Actor) -> list[WrittenFile]:
        """Every file there, the oldest first."""
        async with self._database.reading() as session:
            actor = await reread(session, actor)
        return await asyncio.to_thread(self._folder(actor).every)

    async def fetch(self, actor: Actor, name: str) -> BinaryIO:
        """The file, open for reading; that is recorded. Raises InvalidInput where there is none."""
        async with self._database.reading() as session:
            actor = await reread(session, actor)
        file = await asyncio.to_thread(self._folder(actor).open, name)
        try:
            await self._record(actor, "file.download", os.fstat(file.fileno()).st_size)
        except BaseException:
            file.close()  # nobody gets what is not recorded
            raise
        return file

    async def delete(self, actor: Actor, name: str) -> None:
        """Overwrite and remove the file. Raises InvalidInput where there is none."""
        async with self._database.reading() as session:
            actor = await reread(session, actor)
        size = await asyncio.to_thread(self._folder(actor).erase, name)
        await self._record(actor, "file.delete", size)

    def _folder(self, actor: Actor) -> OwnFiles:
        return OwnFiles(self._settings.data_dir, actor.login)

    async def _record(self, actor: Actor, action: str, size: int) -> None:
        """A name may say whom the file is about, and is not kept."""
        async with self._database.transaction() as session:
            actor = await reread(session, actor)
            await trail.record(session, actor, action, "file", details={"bytes": size})
