"""Who owns the database, which decides whether ``--as`` is believed: the file, and the directory it lies in."""

import os
from pathlib import Path

import pytest

from core.admins.service import is_owner

SOMEBODY = 65_534


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A database file of this account, in a directory of its own."""
    directory = tmp_path / "data"
    directory.mkdir(mode=0o700)
    file = directory / "carecall.db"
    file.touch(mode=0o600)
    return file


def test_ones_own_file_in_ones_own_directory(database: Path) -> None:
    assert is_owner(database, os.getuid())


def test_not_in_a_directory_that_others_may_write(database: Path) -> None:
    database.parent.chmod(0o770)
    assert not is_owner(database, os.getuid())


def test_not_a_file_that_others_may_write(database: Path) -> None:
    database.chmod(0o606)
    assert not is_owner(database, os.getuid())


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give files away")
@pytest.mark.parametrize("given_away", ["file", "directory"])
def test_not_where_the_file_or_its_directory_is_somebody_elses(
    database: Path, given_away: str
) -> None:
    os.chown(database.parent, 0, 0)
    os.chown(database, SOMEBODY, SOMEBODY)
    assert is_owner(database, SOMEBODY), "root's directory is as good as one's own"
    other = SOMEBODY - 1
    os.chown(database if given_away == "file" else database.parent, other, other)
    assert not is_owner(database, SOMEBODY)
