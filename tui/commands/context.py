"""What a command gets: arguments, settings, streams and, when it asks, the services and who acts."""

import argparse
import contextlib
import os
import re
import shutil
import sys
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import TYPE_CHECKING, BinaryIO, TextIO

from msgspec import Struct, field

from core.io.identity import Identity
from core.io.reasons import why
from core.values.errors import CoreError
from core.values.i18n import _
from core.values.message import plain
from core.values.settings import Settings
from core.values.text import displayed, displayed_line, escaped_json
from tui.commands.signals import Signals

if TYPE_CHECKING:
    from core.app.actor import Actor
    from core.app.services import Services

DONE = 0
SOME_FAILED = 1
_BLOCK = 1 << 18
_BREAKS_WITHIN = re.compile("\r(?!\n)|[\u2028\u2029]")


def discard_output() -> None:
    """Let what is left of standard output go nowhere, so that the end of the process says nothing."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def output_failed(error: OSError) -> CoreError:
    """Give standard output up, since it takes nothing more; gives what the user reads of it."""
    discard_output()
    return CoreError(
        _("The output cannot be written: {reason}.").format(reason=why(error)),
        _("Check the disk or the program that reads it."),
    )


class CommandContext(Struct, frozen=True):
    """One run of one command."""

    arguments: argparse.Namespace
    settings: Settings
    identity: Identity
    out: TextIO = field(default_factory=lambda: sys.stdout)
    err: TextIO = field(default_factory=lambda: sys.stderr)
    signals: Signals = field(default_factory=Signals)

    @contextlib.asynccontextmanager
    async def signed_in(self) -> "AsyncIterator[tuple[Services, Actor]]":
        """The services on the database of the settings, and the admin behind this process.

        Raises StorageUnavailable and NotPermitted.
        """
        from core.app.services import Services

        services = await Services.open(self.settings, self._say_waiting)
        try:
            yield services, await services.admins.sign_in(self.identity, self.doing)
        finally:
            await services.close()

    @property
    def doing(self) -> str:
        """The words of the command, as the records of access have them."""
        words = (self.arguments.command, getattr(self.arguments, "action", None))
        return " ".join(word for word in words if word)

    @property
    def width(self) -> int | None:
        """How many cells a line on standard output has, where that is a terminal."""
        if not self.out.isatty():
            return None
        return shutil.get_terminal_size().columns

    def _say_waiting(self, waits: bool) -> None:
        if waits:
            self.say(_("The database is in use by another program; waiting for it."))

    def write(self, text: str) -> None:
        """Lines for a person, on standard output, without anything that a terminal would act on.

        Raises CoreError where they cannot be written.
        """
        self._write(_BREAKS_WITHIN.sub(" ", displayed(text)))

    def write_json(self, encoded: str) -> None:
        """JSON, on standard output: what a terminal would act on is escaped. Raises as ``write``."""
        self._write(escaped_json(encoded))

    def write_rows(self, rows: Iterable[object]) -> None:
        """Each as one JSON object a line. Raises as ``write``."""
        import msgspec

        for row in rows:
            self.write_json(msgspec.json.encode(row, enc_hook=plain).decode() + "\n")

    def write_bytes(self, file: BinaryIO) -> None:
        """What is left of a file, on standard output, as it is. Raises as ``write``."""
        self.out.flush()
        with self._told_where_it_fails():
            while block := file.read(_BLOCK):
                self.out.buffer.write(block)
            self.out.buffer.flush()

    def say(self, text: str) -> None:
        """A line for a person, on standard error, so that data on standard output stays clean."""
        self.err.write(displayed_line(text) + "\n")

    def _write(self, text: str) -> None:
        with self._told_where_it_fails():
            self.out.write(text)

    @contextlib.contextmanager
    def _told_where_it_fails(self) -> Iterator[None]:
        try:
            with self.signals.at_once():
                yield
        except BrokenPipeError:
            raise
        except OSError as error:
            raise output_failed(error) from error
