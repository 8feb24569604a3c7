"""What the tests of a database that cannot be used share: the commands, what is told, a console, a form."""

import contextlib
import hashlib
import os
from collections.abc import AsyncIterator
from pathlib import Path

from core.io.identity import of_process
from core.values.errors import StorageUnavailable
from tests.commands import Outcome
from tests.drivers import Console, console_of
from tests.factories import make_settings

# reading, writing, and the host's own; files lie in the directory of the database
COMMANDS = (
    "call-list",
    "download - --reason check",
    "upload people.xlsx",
    "upload people.xlsx --dry-run",
    "ingest call.jsonl",
    "voice c-1",
    "organization list",
    "organization add Suyeong",
    "admin disable kim",
    "campaign start Morning",
    "audit list",
    "audit verify",
    "erase --expired",
    "backup copy.db",
    "db upgrade",
)
WRITING = (
    "call-list",
    "download - --reason check",
    "upload people.xlsx",
    "ingest call.jsonl",
    "organization add Suyeong",
    "admin disable kim",
    "backup copy.db",
)


def digests(place: Path) -> dict[str, str]:
    """What lies in the directory, but for who signed in."""
    return {
        one.name: hashlib.sha256(one.read_bytes()).hexdigest() if one.is_file() else ""
        for one in place.iterdir()
        if one.name != "carecall.db-access"
    }


def is_told(done: Outcome, words: str = "The") -> None:
    """One sentence, and exit code 4."""
    assert (done.code, done.out) == (StorageUnavailable.exit_code, ""), done
    assert len(done.told) == 1, done
    assert done.err.startswith(f"carecall: {words}"), done


@contextlib.asynccontextmanager
async def opened(place: Path) -> AsyncIterator[Console]:
    """A console on the database there, its list read."""
    settings = make_settings(place, XDG_STATE_HOME=os.environ["XDG_STATE_HOME"])
    async with console_of(settings, of_process()) as console:
        assert not console.app.failure
        yield console


async def fill_in(console: Console) -> None:
    """Type a recipient into the form, all but saving it."""
    await console.press("a")
    await console.sees("Add recipient")
    await console.type("박철수")
    await console.press("tab")
    await console.type("01055556666")
    await console.press("tab", "tab", "enter")
    await console.sees("Type a part of the name", "› Haeundae")
    await console.press("enter")
    await console.sees_no("Type a part of the name")
