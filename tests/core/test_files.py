"""Files of one's own account, or, behind a forced command, of a folder of one's own and nothing else."""

import os
import stat
import unicodedata
from pathlib import Path

import pytest

from core.io.identity import Identity
from core.values.errors import InvalidInput, StorageFull
from core.written.files import (
    Entry,
    FileAccess,
    HostFiles,
    OwnFiles,
    completions,
    file_access,
    folder_of,
)
from tests.factories import make_settings

SECRET = b"of somebody else"


@pytest.fixture
def own(tmp_path: Path) -> OwnFiles:
    """kim's files, with a file in them; outside of them lies what is somebody else's."""
    (tmp_path / "data").mkdir()
    files = OwnFiles(tmp_path / "data", "kim")
    assert files.entries() == []
    (files.folder / "list.xlsx").write_bytes(b"mine")
    (files.folder / "old").mkdir()
    (files.folder / "old/list.xlsx").write_bytes(b"older")
    (tmp_path / "secret").write_bytes(SECRET)
    (tmp_path / "data/files/lee").mkdir()
    (tmp_path / "data/files/lee/list.xlsx").write_bytes(SECRET)
    return files


def read(access: FileAccess, typed: str) -> bytes:
    with access.open(typed) as file:
        return file.read()


def write(access: FileAccess, typed: str) -> None:
    with access.create(typed) as file:
        file.write(b"new")


@pytest.mark.parametrize(
    "typed",
    ["list.xlsx", " list.xlsx ", "./list.xlsx", "~/list.xlsx", "{folder}/list.xlsx", "old/../x"],
)
def test_names_mean_files_of_the_own_folder(own: OwnFiles, typed: str) -> None:
    if ".." in typed:
        with pytest.raises(InvalidInput, match="own folder"):
            own.open(typed)
    else:
        assert read(own, typed.format(folder=own.folder)) == b"mine"


@pytest.mark.parametrize(
    "typed",
    [
        "/etc/passwd", "../../../secret", "../lee/list.xlsx", "~/../lee/list.xlsx", "{data}/files/lee/list.xlsx",
        "{folder}/../lee/list.xlsx", "//etc/passwd", "{folder}2/x", "a\0b", "{secret}",
    ],
)  # fmt: skip
def test_nothing_else_is_read_made_or_listed(own: OwnFiles, tmp_path: Path, typed: str) -> None:
    typed = typed.format(
        data=tmp_path / "data", folder=own.folder, secret=os.path.relpath(tmp_path / "secret")
    )
    for use in (read, write):
        with pytest.raises(InvalidInput, match="own folder"):
            use(own, typed)
    with pytest.raises(InvalidInput):
        own.entries(typed)


def test_no_link_is_followed(own: OwnFiles, tmp_path: Path) -> None:
    (own.folder / "link.xlsx").symlink_to(tmp_path / "secret")
    (own.folder / "up").symlink_to(tmp_path)
    (own.folder / "nowhere.xlsx").symlink_to(tmp_path / "made")
    for typed in ("link.xlsx", "up/secret"):
        with pytest.raises(InvalidInput, match="cannot be used"):
            own.open(typed)
    for typed in ("link.xlsx", "nowhere.xlsx", "up/made"):
        with pytest.raises(InvalidInput):
            write(own, typed)
    with pytest.raises(InvalidInput):
        own.entries("up")
    assert [entry.name for entry in own.entries()] == ["old", "list.xlsx"]
    assert not (tmp_path / "made").exists()
    assert (tmp_path / "secret").read_bytes() == SECRET


@pytest.mark.parametrize("what", ["files", "files/kim"])
def test_the_folder_itself_is_no_link(tmp_path: Path, what: str) -> None:
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / what
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InvalidInput):
        write(OwnFiles(tmp_path, "kim"), "x")
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.parametrize("umask", [0o000, 0o777])
def test_folder_and_files_are_private_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        own = OwnFiles(tmp_path, "kim")
        write(own, "new.xlsx")
        write(HostFiles(), str(tmp_path / "host.xlsx"))
    finally:
        os.umask(before)
    modes = [stat.S_IMODE(file.stat().st_mode) for file in (own.folder, own.folder.parent)]
    assert modes == [0o700, 0o700]
    for file in (own.folder / "new.xlsx", tmp_path / "host.xlsx"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.fixture(params=["own", "host"])
def either(
    request: pytest.FixtureRequest, own: OwnFiles, monkeypatch: pytest.MonkeyPatch
) -> FileAccess:
    if request.param == "own":
        return own
    monkeypatch.chdir(own.folder)
    return HostFiles()


def test_a_file_is_never_written_over(either: FileAccess) -> None:
    with pytest.raises(InvalidInput, match="not written over"):
        write(either, "list.xlsx")
    assert read(either, "list.xlsx") == b"mine"


def test_a_file_whose_work_fails_goes_again(either: FileAccess) -> None:
    def fail() -> None:
        with either.create("new.xlsx") as file:
            file.write(b"half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert not (either.folder / "new.xlsx").exists()


def test_a_full_disk_is_told(either: FileAccess) -> None:
    def fail() -> None:
        with either.create("new.xlsx"):
            raise OSError(28, "No space left on device")

    with pytest.raises(StorageFull, match="disk is full"):
        fail()
    assert not (either.folder / "new.xlsx").exists()


def test_only_ordinary_files_are_read(either: FileAccess) -> None:
    os.mkfifo(either.folder / "pipe")
    for typed, words in (
        ("old", "is a directory"),
        ("pipe", "no ordinary file"),
        ("none", "No such file"),
        ("list.xlsx/x", "Not a directory"),
        ("", "is missing"),
    ):
        with pytest.raises(InvalidInput, match=words):
            either.open(typed)


def test_a_folder_is_listed_and_a_path_completed(either: FileAccess) -> None:
    (either.folder / ".hidden").write_bytes(b"")
    assert either.entries() == [Entry("old", True), Entry("list.xlsx", False)]
    assert either.entries("old") == [Entry("list.xlsx", False)]

    def completed(typed: str) -> list[str]:
        return completions(typed, either.entries(folder_of(typed)))

    assert completed("") == ["old/", "list.xlsx"]
    assert completed("li") == completed("LI") == ["list.xlsx"]
    assert completed("old/") == ["old/list.xlsx"]
    assert completed("ol") == ["old/"]
    assert completed("x") == []


def test_a_name_that_macos_wrote_is_completed(either: FileAccess) -> None:
    name = unicodedata.normalize("NFD", "명단.xlsx")
    (either.folder / name).write_bytes(b"")
    assert completions("명", either.entries()) == [name]


def test_links_of_the_own_account_are_followed_to_read(tmp_path: Path) -> None:
    (tmp_path / "there").write_bytes(b"mine")
    (tmp_path / "link").symlink_to(tmp_path / "there")
    assert read(HostFiles(), str(tmp_path / "link")) == b"mine"
    with pytest.raises(InvalidInput, match="not written over"):
        write(HostFiles(), str(tmp_path / "link"))


def test_a_forced_command_limits_the_files(tmp_path: Path) -> None:
    settings = make_settings(tmp_path)
    limited = file_access(settings, Identity("carecall", 1, act_as="kim", over_ssh=True), "kim")
    assert limited.is_limited
    assert limited.folder == settings.data_dir / "files/kim"
    assert not file_access(settings, Identity("kim", 1), "kim").is_limited
