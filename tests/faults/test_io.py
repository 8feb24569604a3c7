"""Files of the console's own, and those of others that it opens, where somebody puts something in the way."""

import contextlib
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from core.io import beneath, private
from core.io.drafts import Drafts, directory
from core.values.errors import InvalidInput

SECRET = b"of somebody else"


def create(path: Path) -> None:
    with private.created(beneath.folder(path.parent), path.name, str(path)) as file:
        file.write(b"new")


def create_by_name(path: Path) -> None:
    with private.arriving(path) as part:
        part.write_bytes(b"new")


def replace(path: Path) -> None:
    with private.replaced(path) as file:
        file.write(b"new")


def append(path: Path) -> None:
    with private.appended(path) as file:
        file.write(b"new")


def make_empty(path: Path) -> None:
    private.make_private_file(path)
    with path.open("r+b") as file:
        file.write(b"new")


WAYS = [create, create_by_name, replace, append]
Way = Callable[[Path], None]


def read(directory: Path, *parts: str) -> bytes:
    with beneath.folder(directory, parts[:-1]) as folder:
        descriptor = beneath.open_file(parts[-1], folder)
    with os.fdopen(descriptor, "rb") as file:
        return file.read()


@pytest.mark.parametrize("way", [*WAYS, make_empty])
@pytest.mark.parametrize("umask", [0o000, 0o777])
def test_a_file_is_private_whatever_the_umask(tmp_path: Path, way: Way, umask: int) -> None:
    before = os.umask(umask)
    try:
        way(tmp_path / "made")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "made").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["made"]
    assert (tmp_path / "made").read_bytes() == b"new"


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("target", ["secret", "nowhere"])
def test_nothing_is_written_through_a_link(tmp_path: Path, way: Way, target: str) -> None:
    (tmp_path / "secret").write_bytes(SECRET)
    (tmp_path / "made").symlink_to(target)
    with contextlib.suppress(OSError, InvalidInput):
        way(tmp_path / "made")
    assert (tmp_path / "secret").read_bytes() == SECRET
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("way", WAYS)
def test_a_pipe_in_the_way_holds_nobody_up(tmp_path: Path, way: Way) -> None:
    os.mkfifo(tmp_path / "made")
    if way is replace:  # takes its place
        way(tmp_path / "made")
        assert (tmp_path / "made").read_bytes() == b"new"
    else:
        with pytest.raises((OSError, InvalidInput)):
            way(tmp_path / "made")
        assert (tmp_path / "made").is_fifo()


def test_no_database_is_made_behind_a_link(tmp_path: Path) -> None:
    (tmp_path / "carecall.db").symlink_to("nowhere")
    private.make_private_file(tmp_path / "carecall.db")
    assert not (tmp_path / "nowhere").exists()


def test_a_log_that_others_could_read_is_private_from_then_on(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"old ")
    (tmp_path / "log").chmod(0o666)
    append(tmp_path / "log")
    assert stat.S_IMODE((tmp_path / "log").stat().st_mode) == 0o600
    assert (tmp_path / "log").read_bytes() == b"old new"


@pytest.mark.parametrize("way", [create, create_by_name, replace])
def test_of_work_that_fails_nothing_is_left(
    tmp_path: Path, way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_descriptor: int) -> None:
        raise KeyboardInterrupt

    if way is replace:
        (tmp_path / "made").write_bytes(b"former")
        monkeypatch.setattr(os, "rename", lambda *_names, **_folders: fail(0))
    else:
        monkeypatch.setattr(os, "fsync", fail)
    open_before = len(list(Path("/dev/fd").iterdir()))
    with pytest.raises(KeyboardInterrupt):
        way(tmp_path / "made")
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"former"] * (way is replace)
    assert len(list(Path("/dev/fd").iterdir())) == open_before


def test_what_a_kill_leaves_of_a_draft_goes_with_the_next_start(tmp_path: Path) -> None:
    mine = Drafts(tmp_path, "sqlite+aiosqlite:////srv/carecall.db", 1)
    kept = mine.begin()
    kept.save("recipient.add", {"name": "김유신"})
    kept.release()
    draft = next(directory(tmp_path).iterdir())
    draft.rename(draft.with_name(f".{draft.name}.0a1b2c3d.part"))
    assert mine.left_behind() == []
    assert list(directory(tmp_path).iterdir()) == []


@pytest.mark.parametrize("linked", ["a", "a/b", "a/b/file"])
def test_no_part_of_the_way_is_a_link(tmp_path: Path, linked: str) -> None:
    (tmp_path / "own/a/b").mkdir(parents=True)
    (tmp_path / "own/a/b/file").write_bytes(SECRET)
    (tmp_path / "own" / linked).rename(tmp_path / "there")
    (tmp_path / "own" / linked).symlink_to(tmp_path / "there")
    with pytest.raises(OSError, match="symbolic links"):
        read(tmp_path / "own", "a", "b", "file")


@pytest.mark.parametrize("swapped", ["a", "a/b", "a/b/file"])
def test_a_part_that_becomes_a_link_meanwhile_leads_nowhere(
    tmp_path: Path, swapped: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place, content in (("own/a/b", b"mine"), ("theirs", SECRET), ("theirs/b", SECRET)):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "file").write_bytes(content)
    look, part = os.stat, tmp_path / "own" / swapped
    theirs = tmp_path / "theirs" / ("file" if part.is_file() else "")

    def look_and_swap(name: str, **more: object) -> os.stat_result:
        found = look(name, **more)
        if name == part.name:
            part.rename(tmp_path / "away")
            part.symlink_to(theirs)
        return found

    monkeypatch.setattr(os, "stat", look_and_swap)
    with pytest.raises(OSError, match=r"symbolic links|Not a directory"):
        read(tmp_path / "own", "a", "b", "file")
