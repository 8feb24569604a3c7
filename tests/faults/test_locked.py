"""A database that another program has locked for long."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.db import engine
from core.values.errors import StorageUnavailable
from tests.commands import Carecall
from tests.faults.storage import digests, fill_in, opened

pytestmark = pytest.mark.sqlite


@pytest.fixture
def locked(place: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[sqlite3.Connection]:
    """Another program has the database for itself, for longer than anybody waits."""
    monkeypatch.setattr(engine, "WAIT_TOLD_SECONDS", 0.02)
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_MS", 200)
    with contextlib.closing(sqlite3.connect(place / "carecall.db", isolation_level=None)) as other:
        yield other


@pytest.mark.parametrize("lock", ["EXCLUSIVE", "IMMEDIATE"])
def test_a_command_says_that_it_waits_and_gives_up(
    place: Path, locked: sqlite3.Connection, lock: str
) -> None:
    locked.execute(f"BEGIN {lock}")
    before = digests(place)
    for command in ("call-list", "organization add Suyeong"):
        done = Carecall(place)(*command.split())
        assert done.code == StorageUnavailable.exit_code
        *waits, gave_up = done.told
        assert set(waits) == {"The database is in use by another program; waiting for it."}
        assert gave_up.startswith("carecall: The database is locked by another program.")
    assert digests(place) == before


async def test_a_console_says_that_it_waits_and_goes_on_afterwards(
    place: Path, locked: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_MS", 30_000)
    async with opened(place) as console:
        await fill_in(console)
        locked.execute("BEGIN IMMEDIATE")
        await console.press("ctrl+s")
        await console.sees("The database is in use by another program; waiting for it.")
        await console.press("shift+tab", "shift+tab", "end")
        await console.type("7")
        await console.sees("010555566667")  # keys are answered meanwhile
        locked.execute("ROLLBACK")
        await console.sees("박철수 was added.")
        await console.sees_no("waiting for it")
