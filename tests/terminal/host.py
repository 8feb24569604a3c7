"""A host for consoles in real terminals: a home directory, a database in it, and the command ``carecall``."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from core import identity
from tests.factories import World, environment, make_services
from tests.terminal.driver import Terminal

ROOT = Path(__file__).parents[2]
CARECALL = (sys.executable, "-m", "tui")
Made = TypeVar("Made")


class Host:
    """Everything of it lies in one directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.environment = {
            **environment(directory),
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "LANGUAGE": "en",
            "TERM": "xterm-256color",
        }

    @property
    def database(self) -> Path:
        """The database's file."""
        return self.directory / "carecall.db"

    @property
    def drafts(self) -> list[Path]:
        """The drafts that are kept now."""
        return sorted((self.directory / ".local/state/carecall/drafts").glob("*"))

    def fill(self, filling: Callable[[World], Awaitable[Made]]) -> Made:
        """Make the database and put into it what the function does; whoever runs the tests is a system admin."""

        async def make() -> Made:
            account = identity.of_process().account
            world = await make_services(
                self.directory,
                {"CARECALL_DATABASE": f"sqlite+aiosqlite:///{self.database}"},
                account=account,
            )
            try:
                return await filling(world)
            finally:
                await world.close()

        return asyncio.run(make())

    def console(self, *arguments: str, width: int = 80, height: int = 24, **more: str) -> Terminal:
        """A console in a terminal of its own; ``more`` are environment variables."""
        return Terminal(
            [*CARECALL, *arguments], {**self.environment, **more}, width=width, height=height
        )

    def carecall(self, *arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
        """Run a command without a terminal."""
        return subprocess.run(
            [*CARECALL, *arguments],
            env={**self.environment, **more},
            cwd=self.directory,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
