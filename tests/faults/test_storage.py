"""A file that is no database of this program's: one sentence and exit code 4, and not a byte of it changed."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from core.io.identity import of_process
from core.values.errors import StorageUnavailable
from tests.commands import Carecall
from tests.core.test_schema import (
    damaged,
    directory,
    empty,
    foreign,
    newer,
    text,
    truncated,
    without_its_head,
)
from tests.drivers import Console
from tests.factories import make_settings
from tests.faults.storage import COMMANDS, digests, is_told
from tui.app import ConsoleApp

pytestmark = pytest.mark.sqlite


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
    os.truncate(file, file.stat().st_size - 5_000)


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
