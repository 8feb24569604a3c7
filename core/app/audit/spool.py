"""Where records of looking are kept until the database takes them in, on SQLite.

A file of this process in a folder beside the database (0700, 0600), one JSON object a line. It is on the disk
before anything is shown, and waits for no lock but its own. Whoever takes records in reads the files of all
processes; those of a process that has ended go then. Why it is so: ``docs/adr/0024-records-of-access.md``.
"""

import contextlib
import fcntl
import json
import os
import secrets
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from msgspec import Struct

from core.io import beneath
from core.io.private import appended

ENDING = ".looks"
Line = Mapping[str, Any]


class Spool:
    """The records of this process, for one database file."""

    def __init__(self, database: Path) -> None:
        self.folder = folder_of(database)
        self._turn = threading.Lock()
        self._file: BinaryIO | None = None
        self._name = ""
        self._count = 0

    def add(self, lines: Sequence[Line]) -> None:
        """Put the records on the disk. Raises OSError, and then nothing may be shown."""
        with self._turn:
            file = self._file or self._begin()
            text = b""
            for line in lines:
                self._count += 1
                named = {**line, "key": f"{self._name}-{self._count}"}
                text += json.dumps(named, ensure_ascii=False).encode() + b"\n"
            before = os.fstat(file.fileno()).st_size
            try:
                _write_whole(file.fileno(), text)
                os.fdatasync(file.fileno())
            except OSError:
                os.ftruncate(file.fileno(), before)
                raise

    def close(self) -> None:
        """Let others see that this process adds no more."""
        with self._turn:
            if self._file is not None:
                self._file.close()
            self._file = None

    def _begin(self) -> BinaryIO:
        while True:
            self._name, self._count = secrets.token_hex(8), 0
            name = f"{self._name}{ENDING}"
            with _opened(self.folder, made=1) as folder:
                file = appended(name, folder)
                fcntl.flock(file, fcntl.LOCK_EX)
                # somebody may have found it while it was nobody's, and have put it away
                with contextlib.suppress(FileNotFoundError):
                    found = os.stat(name, dir_fd=folder, follow_symlinks=False)
                    if os.path.samestat(found, os.fstat(file.fileno())):
                        os.fsync(folder)  # so that its name is there after a power cut, too
                        self._file = file
                        return file
                file.close()


class SpoolFile(Struct, frozen=True):
    """The records of one process. ``unreadable`` lines are none; ``has_ended`` tells that it adds no more."""

    name: str
    lines: Sequence[Line]
    unreadable: int
    has_ended: bool


class Collection:
    """What lies in the spool of a database now. Those of ended processes are held until ``close``."""

    def __init__(self, database: Path) -> None:
        self._folder = folder_of(database)
        self._ended: dict[str, int] = {}
        self.found: list[SpoolFile] = []

    def read(self) -> None:
        """Read all of it. Raises OSError."""
        with contextlib.suppress(FileNotFoundError), _opened(self._folder) as folder:
            for name in sorted(os.listdir(folder)):  # noqa: PTH208
                if name.endswith(ENDING):
                    with contextlib.suppress(FileNotFoundError):
                        self._read(name, folder)

    def _read(self, name: str, folder: int) -> None:
        descriptor = beneath.open_file(name, folder)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._ended[name] = descriptor
        except BlockingIOError:
            pass  # its process still adds to it
        with os.fdopen(descriptor, "rb", closefd=name not in self._ended) as file:
            content = file.read()
        complete, _newline, _torn = content.rpartition(
            b"\n"
        )  # what is torn was never followed by anything shown
        lines = [_parsed(line) for line in complete.splitlines()]
        good = [line for line in lines if line is not None]
        key = name.removesuffix(ENDING)
        self.found.append(SpoolFile(key, good, len(lines) - len(good), name in self._ended))

    def forget(self) -> None:
        """Remove the files of ended processes, which were taken in."""
        with _opened(self._folder) as folder:
            for name in self._ended:
                os.unlink(name, dir_fd=folder)

    def close(self) -> None:
        """Let go of the files."""
        for descriptor in self._ended.values():
            os.close(descriptor)
        self._ended.clear()


def _opened(folder: Path, *, made: int = 0) -> contextlib.AbstractContextManager[int]:
    """The folder beside the database; a link in its place is not followed."""
    return beneath.folder(folder.parent, (folder.name,), made=made)


def _write_whole(descriptor: int, content: bytes) -> None:
    while content:
        content = content[os.write(descriptor, content) :]


def folder_of(database: Path) -> Path:
    """Where the records for this database file wait."""
    return database.with_name(f"{database.name}-access")


def _parsed(line: bytes) -> Line | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
