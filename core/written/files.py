"""The files that a console may read and make.

Whoever runs the console under an account of their own uses that account's files. Whoever comes in by a forced
command shares the account with others, so that paths are limited to a folder of the admin's own: nothing above it,
no link followed. ``file_access`` gives the one that holds; screens know no other way to a file:

    access = file_access(settings, identity, actor.login)
    access.entries("records")           # what a file browser lists
    completions("records/ki", entries)  # what the path may become: ["records/kim.xlsx"]
    with access.open("recipients.xlsx") as file: ...
    with access.create("list.xlsx") as file: ...    # a new one, removed again where the work with it fails
"""

import contextlib
import errno
import os
import stat
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from msgspec import Struct

from core.io import beneath
from core.io.erasing import erase_file
from core.io.identity import Identity
from core.io.private import created, created_folder, make_private_directory, translate_path_errors
from core.values.errors import InvalidInput
from core.values.i18n import _
from core.values.settings import Settings
from core.values.text import search_key
from core.written.dto import WrittenFile

_MOST = 20_000  # entries of a folder


class Entry(Struct, frozen=True):
    """A file or folder of a listing."""

    name: str
    is_folder: bool


class FileAccess(Protocol):
    """A way to files. Every method raises InvalidInput with the reason where a path cannot be used."""

    @property
    def folder(self) -> Path:
        """Where names without a folder lie; shown to the admin."""

    @property
    def is_limited(self) -> bool:
        """Whether only ``folder`` and what is below it can be used."""

    def open(self, typed: str) -> BinaryIO:
        """An ordinary file, to be read; whoever gets it closes it."""

    def create(self, typed: str) -> contextlib.AbstractContextManager[BinaryIO]:
        """A new file, 0600, to be written: never over another one, never through a link."""

    def create_folder(self, typed: str) -> contextlib.AbstractContextManager[int]:
        """A new folder, 0700, open to be filled: never in the place of anything, never through a link."""

    def entries(self, typed: str = "") -> list[Entry]:
        """What lies in a folder, folders first; hidden ones are left out."""


def file_access(settings: Settings, identity: Identity, login: str) -> FileAccess:
    """The way to files that holds for this console."""
    if identity.over_ssh:
        return OwnFiles(settings.data_dir, login)
    return HostFiles()


class HostFiles:
    """All files that the account may use."""

    is_limited = False

    @property
    def folder(self) -> Path:
        """The working directory."""
        return Path.cwd()

    def open(self, typed: str) -> BinaryIO:
        """See ``FileAccess``. Links are followed: they lead to what the account may read anyway."""
        path = _expanded(typed)
        with translate_path_errors(typed):
            return _opened(path, None, typed)

    @contextlib.contextmanager
    def create(self, typed: str) -> Iterator[BinaryIO]:
        """See ``FileAccess``."""
        path = _expanded(typed)
        with created(beneath.folder(path.parent), path.name, typed) as file:
            yield file

    @contextlib.contextmanager
    def create_folder(self, typed: str) -> Iterator[int]:
        """See ``FileAccess``."""
        path = _expanded(typed)
        with created_folder(beneath.folder(path.parent), path.name, typed) as folder:
            yield folder

    def entries(self, typed: str = "") -> list[Entry]:
        """See ``FileAccess``."""
        with translate_path_errors(typed), beneath.folder(_expanded(typed or ".")) as folder:
            return _listed(folder, follow=True)


class OwnFiles:
    """The files below a folder of the admin's own, which is made where it is missing."""

    is_limited = True

    def __init__(self, data_dir: Path, login: str) -> None:
        self._data_dir = data_dir
        self._login = login

    @property
    def folder(self) -> Path:
        """The admin's own folder."""
        return self._data_dir / "files" / self._login

    def open(self, typed: str) -> BinaryIO:
        """See ``FileAccess``."""
        *folders, name = self._parts(typed)
        with translate_path_errors(typed), self._below(folders) as folder:
            return _opened(name, folder, typed)

    @contextlib.contextmanager
    def create(self, typed: str) -> Iterator[BinaryIO]:
        """See ``FileAccess``."""
        *folders, name = self._parts(typed)
        with created(self._below(folders), name, typed) as file:
            yield file

    @contextlib.contextmanager
    def create_folder(self, typed: str) -> Iterator[int]:
        """See ``FileAccess``."""
        *folders, name = self._parts(typed)
        with created_folder(self._below(folders), name, typed) as folder:
            yield folder

    def entries(self, typed: str = "") -> list[Entry]:
        """See ``FileAccess``."""
        folders = self._parts(typed, may_be_empty=True)
        with translate_path_errors(typed), self._below(folders) as folder:
            return _listed(folder, follow=False)

    def every(self) -> list[WrittenFile]:
        """Every ordinary file below the folder, the oldest first."""
        found = []
        with translate_path_errors(str(self.folder)), self._below([]) as below:
            for path, name, folder in beneath.every_file(below):
                about = os.stat(name, dir_fd=folder, follow_symlinks=False)
                if stat.S_ISREG(about.st_mode):
                    moment = datetime.fromtimestamp(about.st_mtime, UTC)
                    found.append(WrittenFile(path, about.st_size, moment))
        return sorted(found, key=lambda file: (file.written_at, file.name))

    def erase(self, typed: str) -> int:
        """Overwrite and remove a file; gives how large it was."""
        *folders, name = self._parts(typed)
        with translate_path_errors(typed), self._below(folders) as folder:
            size = os.stat(name, dir_fd=folder, follow_symlinks=False).st_size
            erase_file(name, folder)
        return size

    def _parts(self, typed: str, *, may_be_empty: bool = False) -> list[str]:
        path = typed.strip()
        own = f"{self.folder}/"
        if f"{path}/" == own:
            path = ""
        path = path.removeprefix(own).removeprefix("~/")
        parts = [part for part in path.split("/") if part not in ("", ".")]
        if path.startswith("/") or ".." in parts or "\0" in path:
            raise InvalidInput(
                _("Here only files in your own folder can be used: {folder}").format(
                    folder=self.folder
                ),
                _("Type the name of one of them."),
            )
        if not parts and not may_be_empty:
            raise InvalidInput(_("The path is missing."), _("Type the name of a file."))
        return parts

    @contextlib.contextmanager
    def _below(self, folders: list[str]) -> Iterator[int]:
        make_private_directory(self._data_dir)
        with beneath.folder(self._data_dir, ["files", self._login, *folders], made=2) as folder:
            yield folder


def _expanded(typed: str) -> Path:
    try:
        path = Path(typed.strip()).expanduser()
    except RuntimeError:
        path = Path(typed)
    if not typed.strip() or "\0" in typed:
        raise InvalidInput(_("The path is missing."), _("Type the path of a file."))
    return path


def _opened(name: str | Path, folder: int | None, typed: str) -> BinaryIO:
    """The file of the open folder; without one any file, over links, too."""
    try:
        return os.fdopen(beneath.open_file(name, folder, follow=folder is None), "rb")
    except beneath.NoOrdinaryFile as error:
        is_folder = error.errno == errno.EISDIR
        what = _("{file} is a directory.") if is_folder else _("{file} is no ordinary file.")
        raise InvalidInput(what.format(file=typed), _("Choose another.")) from None


def _listed(folder: int, *, follow: bool) -> list[Entry]:
    found: list[Entry] = []
    with os.scandir(folder) as listing:
        for entry in listing:
            if entry.name.startswith(".") or len(found) == _MOST:
                continue
            with contextlib.suppress(OSError):  # it went away, or its link leads nowhere
                is_folder = entry.is_dir(follow_symlinks=follow)
                if is_folder or entry.is_file(follow_symlinks=follow):
                    found.append(Entry(entry.name, is_folder))
    return sorted(found, key=lambda entry: (not entry.is_folder, entry.name))


def folder_of(typed: str) -> str:
    """The folder whose entries a typed path may become, as it is typed."""
    folder, slash, _start = typed.rpartition("/")
    return folder + slash


def completions(typed: str, entries: Sequence[Entry]) -> list[str]:
    """What the typed path may become, a folder ending in ``/``; ``entries`` are those of ``folder_of(typed)``.

    Names in decomposed form (NFD, as macOS writes them) are the same names, and case does not matter.
    """
    folder = folder_of(typed)
    start = search_key(typed[len(folder) :])
    return [
        f"{folder}{entry.name}{'/' if entry.is_folder else ''}"
        for entry in entries
        if search_key(entry.name).startswith(start)
    ]
