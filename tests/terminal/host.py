"""A host for consoles in real terminals: a home directory, a database in it, and the command ``carecall``."""

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from core.app.services import Services
from core.io import identity
from tests import warm
from tests.factories import World, environment, make_services, make_settings
from tests.terminal.driver import Terminal

ROOT = Path(__file__).parents[2]
CARECALL = (sys.executable, "-m", "tui")
Done = TypeVar("Done")
_COUNT = re.compile(r"\d recipients? ")


class Host:
    """Everything of it lies in one directory. Whoever runs the tests is a system admin there."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.who = identity.of_process()
        self.environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "LANGUAGE": "en",
            "TERM": "xterm-256color",
            **environment(directory, CARECALL_DATABASE=asyncio.run(self._make())),
        }

    async def _make(self) -> str:
        world = await make_services(self.directory, account=self.who.account)
        await world.close()
        return world.settings.database

    def do(self, work: Callable[[World], Awaitable[Done]]) -> Done:
        """Run this on the host's database, as another process would."""

        async def run() -> Done:
            database = self.environment["CARECALL_DATABASE"]
            services = await Services.open(
                make_settings(self.directory, CARECALL_DATABASE=database)
            )
            try:
                return await work(World(services, await services.admins.sign_in(self.who)))
            finally:
                await services.close()

        return asyncio.run(run())

    @property
    def drafts(self) -> list[Path]:
        """The drafts that are kept now."""
        return sorted((self.directory / ".local/state/carecall/drafts").glob("*"))

    @property
    def whole_drafts(self) -> list[Path]:
        """Those of them that are written to their end."""
        return [draft for draft in self.drafts if draft.suffix == ".json"]

    def console(
        self,
        *arguments: str,
        width: int = 80,
        height: int = 24,
        cold: bool = False,
        **more: str,
    ) -> Terminal:
        """A console in a terminal of its own; ``more`` are environment variables.

        ``cold``, or with arguments: in a process that has yet to import all of it.
        """
        variables = {**self.environment, **more}
        if cold or arguments:
            return Terminal([*CARECALL, *arguments], variables, width=width, height=height)
        return Terminal((), variables, width=width, height=height, spawn=warm.spawn)

    def opened(self, *arguments: str, **more: str) -> Terminal:
        """A console whose list has been read and counted."""
        it = self.console(*arguments, **more)
        it.until(lambda: _COUNT.search(it.text()), "the list is counted")
        return it

    def carecall(self, *arguments: str, **more: str) -> "subprocess.CompletedProcess[bytes]":
        """Run a command without a terminal."""
        return warm.run(arguments, {**self.environment, **more})
