"""Makes the file of a sample database.

It is the one place that talks to SQLite directly: the file is private to it until it is complete, so that it
may leave out all that keeps data safe while it is filled (and only then). It is made under another name and
renamed when it is whole; whatever goes wrong, no half database is left.
"""

import contextlib
import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

from core.conversations import filling
from core.db import schema
from core.db.engine import Database
from core.db.errors import translate_errors
from core.demo.generator import Plan, insert_statement
from core.demo.helper import batches
from core.io.cancelling import Stop, in_thread
from core.io.private import make_private_directory
from core.values.errors import StorageUnavailable
from core.values.i18n import _

Progress = Callable[[int], None]

_ROWS, _WHOLE = 70, 100  # percent: the rows are in; all is done
_PRAGMAS = (
    "journal_mode=OFF",
    "synchronous=OFF",
    "locking_mode=EXCLUSIVE",
    "cache_size=-131072",
    "temp_store=MEMORY",
    "threads=2",
)
_FILL_SEARCH = "INSERT INTO recipient_search(recipient_search) VALUES ('rebuild')"


async def make(file: Path, plan: Plan, progress: Progress = lambda percent: None) -> None:
    """Make the sample database of the plan at ``file``; ``progress`` hears how many percent are done.

    It works in a thread of its own, so that it can be cancelled at any moment. Raises StorageUnavailable,
    also where another process is making one at this moment.
    """
    make_private_directory(file.parent)
    part = file.with_name(f"{file.name}.part")
    with _only_one(file.parent):
        try:
            _remove_halves(file.parent)
            database = Database(f"sqlite+aiosqlite:///{part}")
            await schema.upgrade(database)
            await database.close()
            with translate_errors():
                await in_thread(_Filling(part, plan, progress).run)
            await _index_conversations(part)
            part.replace(file)
        finally:
            _remove_halves(file.parent)


async def _index_conversations(part: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{part}")
    try:
        async with database.transaction() as session:
            await filling.begin_anew(session)
        await filling.fill(database, pause=0)
    finally:
        await database.close()


class _Filling:
    """Fills a database of the present schema: first the rows, then what makes them quick to find."""

    def __init__(self, part: Path, plan: Plan, progress: Progress) -> None:
        self._plan = plan
        self._progress = progress
        self._file = part
        self._stop = Stop()
        self._connection = sqlite3.connect(part, isolation_level=None, check_same_thread=False)

    def run(self, stop: Stop) -> None:
        """Fill it, or raise sqlite3.OperationalError where it was stopped; the file is of no use then."""
        self._stop = stop
        stop.ends(self._connection)
        with contextlib.closing(self._connection) as connection:
            journal_mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
            for pragma in _PRAGMAS:
                connection.execute(f"PRAGMA {pragma}")
            later = self._take_away()
            self._insert()
            for number, statement in enumerate(later):
                self._step(_ROWS + (_WHOLE - _ROWS) * number // len(later))
                connection.execute(statement)
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute(f"PRAGMA journal_mode={journal_mode}")
        with self._file.open("rb") as file:
            os.fsync(file.fileno())
        self._progress(_WHOLE)

    def _take_away(self) -> list[str]:
        """Drop what would be kept up to date with each row; gives the SQL that brings it back."""
        select = (
            "SELECT type, name, sql FROM sqlite_master WHERE type IN (?, ?) AND sql IS NOT NULL"
        )
        found = self._connection.execute(
            f"{select} ORDER BY type, name", ("index", "trigger")
        ).fetchall()
        for kind, name, _sql in found:
            self._connection.execute(f"DROP {kind} {name}")
        indexes = [sql for kind, _, sql in found if kind == "index"]
        triggers = [sql for kind, _, sql in found if kind == "trigger"]
        return [*indexes, _FILL_SEARCH, *triggers, "ANALYZE"]

    def _insert(self) -> None:
        with contextlib.closing(batches(self._plan)) as all_rows:
            for made, rows in all_rows:
                self._step(_ROWS * made // self._plan.recipients)
                self._connection.execute("BEGIN")
                for table, of_table in rows.items():
                    self._connection.executemany(insert_statement(table), of_table)
                self._connection.execute("COMMIT")

    def _step(self, percent: int) -> None:
        if self._stop():
            raise sqlite3.OperationalError("interrupted")
        self._progress(percent)


@contextlib.contextmanager
def _only_one(directory: Path) -> Iterator[None]:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise StorageUnavailable(
            _("Another carecall demo is making a sample database."),
            _("Wait until it has finished."),
        ) from error
    finally:
        os.close(descriptor)


def _remove_halves(directory: Path) -> None:
    for half in directory.glob("*.db.part*"):
        half.unlink(missing_ok=True)
