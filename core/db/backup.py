"""A copy of a SQLite database, consistent while others write."""

import contextlib
import sqlite3
from pathlib import Path

from core.db.engine import BUSY_TIMEOUT_MS
from core.db.errors import translate_errors
from core.io.cancelling import Stop

_PAGES = 4_096  # of the copy, between two looks at whether it is still wanted


def copy_whole(source: Path, target: Path, stop: Stop) -> None:
    """Copy a SQLite database as it is at one moment, without a journal beside the copy."""
    patience = BUSY_TIMEOUT_MS / 1000

    def go_on(_status: int, _left: int, _all: int) -> None:
        if stop():
            raise sqlite3.OperationalError("interrupted")

    with (
        translate_errors(),
        contextlib.closing(sqlite3.connect(source, timeout=patience)) as read,
        contextlib.closing(sqlite3.connect(target)) as written,
    ):
        # a reader of this moment, whom no writer makes start again
        read.execute("BEGIN")
        read.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
        # the copy is no database yet, and its journal would hold personal data beside it
        written.execute("PRAGMA journal_mode=OFF")
        read.backup(written, pages=_PAGES, progress=go_on)
