"""What a command gets: arguments, settings, streams and, when it asks, the services and who acts."""

import argparse
import contextlib
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TextIO

from core.errors import CoreError
from core.i18n import _
from core.identity import Identity
from core.settings import Settings

if TYPE_CHECKING:
    from core.actor import Actor
    from core.services import Services

DONE = 0
SOME_FAILED = 1


def discard_output() -> None:
    """Let what is left of standard output go nowhere, so that the end of the process says nothing."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def output_failed(error: OSError) -> CoreError:
    """Give standard output up, since it takes nothing more; gives what the user reads of it."""
    discard_output()
    return CoreError(
        _("The output cannot be written: {reason}.").format(reason=error.strerror),
        _("Check the disk or the program that reads it."),
    )


@dataclass(frozen=True)
class CommandContext:
    """One run of one command."""

    arguments: argparse.Namespace
    settings: Settings
    identity: Identity
    out: TextIO = field(default_factory=lambda: sys.stdout)
    err: TextIO = field(default_factory=lambda: sys.stderr)

    @contextlib.asynccontextmanager
    async def signed_in(self) -> "AsyncIterator[tuple[Services, Actor]]":
        """The services on the database of the settings, and the admin behind this process.

        Raises StorageUnavailable and NotPermitted.
        """
        from core.services import Services

        services = await Services.open(self.settings, self._say_waiting)
        try:
            yield services, await services.admins.sign_in(self.identity)
        finally:
            await services.close()

    def _say_waiting(self, waits: bool) -> None:
        if waits:
            self.say(_("The database is in use by another program; waiting for it."))

    def write(self, text: str) -> None:
        """Data, on standard output, as it is. Raises CoreError where it cannot be written."""
        try:
            self.out.write(text)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise output_failed(error) from error

    def say(self, text: str) -> None:
        """A line for a person, on standard error, so that data on standard output stays clean."""
        from core.text import replace_forbidden

        self.err.write(replace_forbidden(text) + "\n")
