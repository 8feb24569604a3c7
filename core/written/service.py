"""The files that an admin wrote out, for that admin: listed, fetched, deleted. Nobody sees another's."""

import asyncio
import os
from typing import BinaryIO

from core.app.actor import Actor
from core.app.audit import trail
from core.app.permissions import READERS, Outcome, Shows
from core.app.use_case import Service, Steps, use_case
from core.written.dto import WrittenFile
from core.written.files import OwnFiles


class WrittenService(Service, name="written"):
    """The actor's own folder, ``files/LOGIN``."""

    @use_case(READERS, "steps", elsewhere=Outcome.DONE, shows=Shows.NOBODY)
    async def list(self, steps: Steps) -> list[WrittenFile]:
        """Every file there, the oldest first."""
        return await asyncio.to_thread(self._folder(steps.actor).every)

    @use_case(READERS, "steps", elsewhere=Outcome.DONE, shows=Shows.RECORDED)
    async def fetch(self, steps: Steps, name: str) -> BinaryIO:
        """The file, open for reading; that is recorded. Raises InvalidInput where there is none."""
        file = await asyncio.to_thread(self._folder(steps.actor).open, name)
        try:
            await self._record(steps, "file.download", os.fstat(file.fileno()).st_size)
        except BaseException:
            file.close()  # nobody gets what is not recorded
            raise
        return file

    @use_case(READERS, "steps", elsewhere=Outcome.DONE, shows=Shows.NOBODY)
    async def delete(self, steps: Steps, name: str) -> None:
        """Overwrite and remove the file. Raises InvalidInput where there is none."""
        size = await asyncio.to_thread(self._folder(steps.actor).erase, name)
        await self._record(steps, "file.delete", size)

    def _folder(self, actor: Actor) -> OwnFiles:
        return OwnFiles(self._settings.data_dir, actor.login)

    async def _record(self, steps: Steps, action: str, size: int) -> None:
        """A name may say whom the file is about, and is not kept."""
        async with steps.writing() as (session, actor):
            await trail.record(
                session, actor, action, "file",
                organization_id=actor.organization_id, details={"bytes": size},
            )  # fmt: skip
