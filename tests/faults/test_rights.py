"""A sound database that this account may not write, read or reach."""

import concurrent.futures.thread  # noqa: F401  # an account without rights may not read Python's own files
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands import Carecall
from tests.core.test_schema import without_rights
from tests.faults.storage import COMMANDS, WRITING, digests, fill_in, is_told, opened

pytestmark = pytest.mark.sqlite


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
    async with opened(reachable) as console:
        # what it writes of itself when it opens, it writes with its rights
        await console.until(
            lambda: (
                console.app.is_ready
                and all(one.is_finished for one in console.app.workers if one.group == "upkeep")
            ),
            "the upkeep is done",
        )
        before = digests(reachable)
        with without_rights():
            await fill_in(console)
            await console.press("ctrl+s")
            await console.sees("The database is read-only.", "Add recipient", "박철수")
        assert digests(reachable) == before


def test_a_directory_of_another_account_is_not_told_as_an_empty_one(reachable: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can make a directory of another account")
    own = reachable / "own"
    own.mkdir(mode=0o700)
    (reachable / "carecall.db").rename(own / "carecall.db")
    with without_rights():
        is_told(Carecall(own)("organization", "list"), "This account may not open the database at")
