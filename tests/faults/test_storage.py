"""A database that cannot be used: one sentence and exit code 4, or a notice, and not a byte of it changed."""

import contextlib
import hashlib
import os
import resource
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from core import db
from core.errors import StorageUnavailable
from core.identity import of_process
from tests.commands import Carecall, Outcome
from tests.core.test_schema import (
    damaged,
    directory,
    empty,
    foreign,
    newer,
    text,
    truncated,
    without_its_head,
    without_rights,
)
from tests.deliveries import call, lines
from tests.drivers import Console
from tests.factories import make_services, make_settings
from tests.workbooks import workbook
from tui.app import ConsoleApp

pytestmark = pytest.mark.sqlite

# reading, writing, and the host's own; files lie in the directory of the database
COMMANDS = (
    "call-list",
    "download -",
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
    "download -",
    "upload people.xlsx",
    "ingest call.jsonl",
    "organization add Suyeong",
    "admin disable kim",
    "backup copy.db",
)


def missing(file: Path) -> None:
    file.unlink(missing_ok=True)


def a_link_to_nowhere(file: Path) -> None:
    missing(file)
    file.symlink_to(file.with_name("nowhere.db"))


def replaced_by(make: Callable[[Path], None]) -> Callable[[Path], None]:
    def made(file: Path) -> None:
        file.unlink()
        make(file)

    return made


def truncated_within_a_page(file: Path) -> None:
    os.truncate(file, file.stat().st_size - 1_000)


def half_of_it_zeros(file: Path) -> None:
    size = file.stat().st_size
    with file.open("r+b") as stream:
        stream.seek(4096)
        stream.write(bytes(size - 4096))


FAULTS: dict[str, Callable[[Path], None]] = {
    "missing": missing,
    "a link to nowhere": a_link_to_nowhere,
    "empty": replaced_by(empty),
    "not a database": replaced_by(text),
    "a database of another program": replaced_by(foreign),
    "a directory": replaced_by(directory),
    "made by a newer version": newer,
    "truncated": truncated,
    "truncated within a page": truncated_within_a_page,
    "without its head": without_its_head,
    "damaged": damaged,
    "zeros": half_of_it_zeros,
}


async def _made(place: Path) -> None:
    world = await make_services(place, account=of_process().account)
    body = await world.organization()
    rows = await world.recipients(body, 20)
    await world.campaign(recipients=[row.id for row in rows])
    await world.admin("kim")
    await world.close()
    (place / "people.xlsx").write_bytes(workbook([["김철수", "010-1234-5678", "", "Haeundae"]]))
    (place / "call.jsonl").write_bytes(lines(call(recipient_phone=rows[0].phone)))


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with a database that nothing is wrong with, never changed."""
    import asyncio

    place = tmp_path_factory.mktemp("sound")
    asyncio.run(_made(place))
    return place


@pytest.fixture
def place(sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, which is also where the commands are typed."""
    place = tmp_path / "place"
    shutil.copytree(sound, place)
    monkeypatch.chdir(place)
    return place


def digests(place: Path) -> dict[str, str]:
    """What lies in the directory."""
    return {
        one.name: hashlib.sha256(one.read_bytes()).hexdigest() if one.is_file() else ""
        for one in place.iterdir()
    }


def is_told(done: Outcome, words: str = "The") -> None:
    """One sentence, and exit code 4."""
    assert (done.code, done.out) == (StorageUnavailable.exit_code, ""), done
    assert len(done.told) == 1, done
    assert done.err.startswith(f"carecall: {words}"), done


@pytest.mark.parametrize("fault", FAULTS)
def test_no_command_changes_a_database_that_cannot_be_used(place: Path, fault: str) -> None:
    FAULTS[fault](place / "carecall.db")
    before = digests(place)
    carecall = Carecall(place)
    for command in COMMANDS:
        is_told(carecall(*command.split()))
        assert digests(place) == before, command
    assert carecall("db", "status").code == StorageUnavailable.exit_code
    assert digests(place) == before


@pytest.mark.parametrize("fault", FAULTS)
async def test_the_console_ends_with_a_sentence(place: Path, fault: str) -> None:
    FAULTS[fault](place / "carecall.db")
    before = digests(place)
    app = ConsoleApp(make_settings(place), of_process())
    async with app.run_test(size=(80, 24)) as pilot:
        console = Console(app, pilot)
        await console.until(lambda: app.return_code is not None, "the console has ended")
    assert app.return_code == StorageUnavailable.exit_code
    assert app.failure
    assert app.failure.startswith("The")
    assert "unexpected" not in app.failure
    assert digests(place) == before


# the file is sound, and cannot be used


@pytest.fixture
def reachable(sound: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy that an account without any rights reaches; to it the database is read-only."""
    with tempfile.TemporaryDirectory() as made:
        place = Path(made)
        shutil.copytree(sound, place, dirs_exist_ok=True)
        (place / "carecall.db").chmod(0o444)
        place.chmod(0o555)
        monkeypatch.chdir(place)
        for variable in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
            monkeypatch.setenv(variable, made)
        yield place
        place.chmod(0o755)


def test_a_read_only_database_can_be_read_and_no_more(reachable: Path) -> None:
    before = digests(reachable)
    carecall = Carecall(reachable)
    with without_rights():
        assert "Haeundae" in carecall.done("organization", "list").out
        for command in WRITING:
            if command.startswith(("upload", "backup")):
                continue  # what they start, and where they write, that account may not use anyway
            is_told(carecall(*command.split()), "The database is read-only.")
    assert digests(reachable) == before


def test_a_database_that_this_account_may_not_read_is_told(reachable: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can make a file of another account")
    (reachable / "carecall.db").chmod(0o400)
    before = digests(reachable)
    carecall = Carecall(reachable)
    with without_rights():
        for command in COMMANDS:
            is_told(carecall(*command.split()), "The database cannot be opened.")
    assert digests(reachable) == before


async def test_a_form_on_a_read_only_database_says_so_and_stays(reachable: Path) -> None:
    before = digests(reachable)
    async with opened(reachable) as console:
        with without_rights():
            await fill_in(console)
            await console.press("ctrl+s")
            await console.sees("The database is read-only.", "Add recipient", "박철수")
    assert digests(reachable) == before


@contextlib.asynccontextmanager
async def opened(place: Path) -> AsyncIterator[Console]:
    """A console on the database there, its list read."""
    app = ConsoleApp(
        make_settings(place, XDG_STATE_HOME=os.environ["XDG_STATE_HOME"]), of_process()
    )
    async with app.run_test(size=(80, 24)) as pilot:
        console = Console(app, pilot)
        await console.until(lambda: app.is_open or app.failure, "the core is open")
        await console.quiet()
        yield console


async def fill_in(console: Console) -> None:
    """Type a recipient into the form, all but saving it."""
    await console.press("a")
    await console.sees("Add recipient")
    await console.type("박철수")
    await console.press("tab")
    await console.type("01055556666")
    await console.press("tab", "tab", "enter")
    await console.sees("Type a part of the name", "│ Haeundae")
    await console.press("enter")
    await console.sees_no("Type a part of the name")


# locked for long


@pytest.fixture
def locked(place: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[sqlite3.Connection]:
    """Another program has the database for itself, for longer than anybody waits."""
    monkeypatch.setattr(db, "WAIT_TOLD_SECONDS", 0.02)
    monkeypatch.setattr(db, "BUSY_TIMEOUT_MS", 200)
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
    monkeypatch.setattr(db, "BUSY_TIMEOUT_MS", 30_000)
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


# no room

MANY = [[f"이{at}", f"010{30_000_000 + at}", "", "Haeundae"] for at in range(1_500)]


@contextlib.contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    """The kernel refuses whatever goes beyond, as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_where_the_file_cannot_grow_nothing_is_saved(place: Path) -> None:
    (place / "many.xlsx").write_bytes(workbook(MANY))
    before = digests(place)
    with files_no_larger_than((place / "carecall.db").stat().st_size):
        is_told(Carecall(place)("upload", "many.xlsx"))
    assert digests(place) == before
    assert Carecall(place).done("upload", "many.xlsx").out.startswith("read 1500, created 1500")


@pytest.fixture
def small_disk(sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy on a file system that has no room left."""
    disk = tmp_path / "disk"
    disk.mkdir(mode=0o700)
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m,mode=0700", "none", str(disk)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("only who may mount a file system can fill a small one")
    try:
        shutil.copytree(sound, disk, dirs_exist_ok=True)
        (disk / "many.xlsx").write_bytes(workbook(MANY))
        with (disk / "filler").open("wb", buffering=0) as filler, contextlib.suppress(OSError):
            while filler.write(bytes(4096)):
                pass
        monkeypatch.chdir(disk)
        yield disk
    finally:
        monkeypatch.undo()
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


def test_on_a_full_disk_every_change_is_told_and_none_is_kept(small_disk: Path) -> None:
    before = digests(small_disk)
    carecall = Carecall(small_disk)
    assert "Haeundae" in carecall.done("organization", "list").out
    for command in (*WRITING, "upload many.xlsx"):
        is_told(carecall(*command.split()), "The disk is full; nothing was saved.")
        assert digests(small_disk) == before, command


async def test_a_form_on_a_full_disk_says_so_and_can_be_saved_once_there_is_room(
    small_disk: Path,
) -> None:
    async with opened(small_disk) as console:
        await fill_in(console)
        await console.press("ctrl+s")
        await console.sees("The disk is full; nothing was saved.", "Add recipient", "박철수")
        (small_disk / "filler").unlink()
        await console.press("ctrl+s")
        await console.sees("박철수 was added.")
