"""What a command gets: arguments, settings, streams and, when it asks, the services and who acts."""

import argparse
import contextlib
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from core.identity import Identity
from core.settings import Settings

if TYPE_CHECKING:
    from core.actor import Actor
    from core.services import Services

DONE = 0
SOME_FAILED = 1


@dataclass(frozen=True)
class CommandContext:
    """One run of one command."""

    arguments: argparse.Namespace
    settings: Settings
    identity: Identity
    out: TextIO = sys.stdout
    err: TextIO = sys.stderr

    @contextlib.asynccontextmanager
    async def signed_in(self) -> "AsyncIterator[tuple[Services, Actor]]":
        """The services on the database of the settings, and the admin behind this process.

        Raises StorageUnavailable and NotPermitted.
        """
        from core.services import Services

        services = await Services.open(self.settings)
        try:
            yield services, await services.admins.sign_in(self.identity)
        finally:
            await services.close()

    def say(self, text: str) -> None:
        """A line for a person, on standard error, so that data on standard output stays clean."""
        from core.text import replace_forbidden

        self.err.write(replace_forbidden(text) + "\n")
