"""A disk without room: what is not saved is told, and nothing is saved in part."""

import contextlib
import resource
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands import Carecall
from tests.faults.storage import WRITING, digests, fill_in, is_told, opened
from tests.workbooks import workbook

pytestmark = pytest.mark.sqlite

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
