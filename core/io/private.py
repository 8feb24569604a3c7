"""Files that only their owner may read (0600), made in one way: new, through no link, complete or not at all.

``created`` and ``arriving`` make one that never goes over another, ``replaced`` one in the place of the former,
``appended`` opens one to add to. Whatever ends the program meanwhile, no half file is taken for a whole one.
"""

import contextlib
import errno
import functools
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO

from core.io import beneath
from core.io.reasons import why
from core.values.errors import InvalidInput, StorageFull
from core.values.i18n import _

_OWNER_ONLY = 0o600
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_NEW = os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_RDWR | os.O_CLOEXEC
_ADD = os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC
_FULL = (errno.ENOSPC, errno.EDQUOT)


@contextlib.contextmanager
def created(place: AbstractContextManager[int], name: str, typed: str) -> Iterator[BinaryIO]:
    """A new file in the folder; it has no name before it is complete.

    Raises InvalidInput, which names what was typed, where the path cannot be used, and StorageFull.
    """
    with (
        _full_told(),
        _becoming(place, name, typed) as (descriptor, _part),
        os.fdopen(descriptor, "wb", closefd=False) as file,
    ):
        yield file


@contextlib.contextmanager
def created_folder(place: AbstractContextManager[int], name: str, typed: str) -> Iterator[int]:
    """The descriptor of a new folder, 0700; it has its name once the block has ended well, else nothing is left.

    Raises as ``created``. One left behind by a kill is called ``.NAME.….part``.
    """
    told = functools.partial(translate_path_errors, typed)
    with contextlib.ExitStack() as held:
        with told():
            above = held.enter_context(place)
            _refuse_existing(above, name)
            part = f".{name[:60]}.{secrets.token_hex(4)}.part"
            os.mkdir(part, 0o700, dir_fd=above)
            held.callback(shutil.rmtree, part, ignore_errors=True, dir_fd=above)
            os.chmod(part, 0o700, dir_fd=above)  # whatever the umask
            folder = os.open(part, _FOLDER, dir_fd=above)
            held.callback(os.close, folder)
        with _full_told():
            yield folder
        with told():
            _refuse_existing(above, name)
            os.fsync(folder)
            # over a folder that has come meanwhile it fails, and so over a link
            os.rename(part, name, src_dir_fd=above, dst_dir_fd=above)
            os.fsync(above)


@contextlib.contextmanager
def _full_told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StorageFull(
                _("The disk is full; nothing was written."), _("Make room and try again.")
            ) from error
        raise


@contextlib.contextmanager
def arriving(path: Path) -> Iterator[Path]:
    """The same for what can only write to a path: the new file under another name in the same folder."""
    place = beneath.folder(path.parent)
    with _becoming(place, path.name, str(path), named=True) as (_descriptor, part):
        yield path.with_name(part)


@contextlib.contextmanager
def replaced(path: Path) -> Iterator[BinaryIO]:
    """A new file that takes the place of the former one, if there is any, when the block ends. Raises OSError.

    The folder is made where it is missing. A file left behind by a kill is called ``.NAME.….part``.
    """
    make_private_directory(path.parent)
    with (
        _becoming(beneath.folder(path.parent), path.name, named=True, over=True) as (descriptor, _),
        os.fdopen(descriptor, "wb", closefd=False) as file,
    ):
        yield file


def appended(path: Path | str, folder: int | None = None) -> BinaryIO:
    """The file (a name: in the open folder), made where it is missing, to be added to.

    Raises OSError, also where it is no ordinary file.
    """
    if isinstance(path, Path):
        make_private_directory(path.parent)
    descriptor = os.open(path, _ADD, _OWNER_ONLY, dir_fd=folder)
    try:
        beneath.require_ordinary(os.fstat(descriptor).st_mode)
        os.fchmod(descriptor, _OWNER_ONLY)
        return os.fdopen(descriptor, "ab")
    except BaseException:
        os.close(descriptor)
        raise


def make_private_file(file: Path) -> None:
    """Make the file where it does not exist, whatever the umask."""
    make_private_directory(file.parent)
    with contextlib.suppress(FileExistsError):
        os.close(_new(str(file)))


def make_private_directory(directory: Path) -> None:
    """Make the directory with 0700, its missing parents too, whatever the umask."""
    for part in [*reversed(directory.parents), directory]:
        if not part.exists():
            part.mkdir(mode=0o700)
            part.chmod(0o700)


@contextlib.contextmanager
def _becoming(
    place: AbstractContextManager[int],
    name: str,
    typed: str = "",
    *,
    named: bool = False,
    over: bool = False,
) -> Iterator[tuple[int, str]]:
    """Descriptor and passing name ("" for none) of a new file, which gets its own name when the block ends."""
    told = functools.partial(translate_path_errors, typed) if typed else contextlib.nullcontext
    with contextlib.ExitStack() as held:
        part = ""
        with told():
            folder = held.enter_context(place)
            if not over:
                _refuse_existing(folder, name)
            descriptor = -1 if named else _nameless(folder)
            if descriptor < 0:
                part = f".{name[:60]}.{secrets.token_hex(4)}.part"
                descriptor = _new(part, folder)
                held.callback(_forget, folder, part)
            held.callback(os.close, descriptor)
            os.fchmod(descriptor, _OWNER_ONLY)
        yield descriptor, part
        if over:
            os.rename(part, name, src_dir_fd=folder, dst_dir_fd=folder)
            return
        os.fsync(descriptor)
        with told():
            _name(folder, part or f"/proc/self/fd/{descriptor}", name)


def new_file(name: str, folder: int) -> int:
    """The descriptor of a new file of a folder that is being made, 0600. Raises OSError."""
    return _new(name, folder)


def folder_within(name: str, folder: int) -> int:
    """The descriptor of a folder in one that is being made, 0700, made where it is missing. Raises OSError."""
    with contextlib.suppress(FileExistsError):
        os.mkdir(name, 0o700, dir_fd=folder)
        os.chmod(name, 0o700, dir_fd=folder)  # whatever the umask
    return os.open(name, _FOLDER, dir_fd=folder)


def _new(name: str, folder: int | None = None) -> int:
    descriptor = os.open(name, _NEW, _OWNER_ONLY, dir_fd=folder)
    os.fchmod(descriptor, _OWNER_ONLY)  # whatever the umask
    return descriptor


def _forget(folder: int, part: str) -> None:
    with contextlib.suppress(OSError):  # it has its own name by now
        os.unlink(part, dir_fd=folder)


def _nameless(folder: int) -> int:
    """A new file that has no name, so that nothing is left of it whatever ends the process; -1 where that is
    not possible: it takes Linux, a file system that can, and /proc to give it a name later.
    """
    if not hasattr(os, "O_TMPFILE") or not os.path.isdir("/proc/self/fd"):  # noqa: PTH112
        return -1
    try:
        return os.open(".", os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC, _OWNER_ONLY, dir_fd=folder)
    except OSError as error:
        if error.errno in (errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL):
            return -1
        raise


def _name(folder: int, source: str, name: str) -> None:
    """Give a complete file its name, which no other file has."""
    try:
        os.link(source, name, src_dir_fd=folder, dst_dir_fd=folder, follow_symlinks=True)
    except OSError as error:
        # file systems that know no second name: FAT, some that lie on the network
        if error.errno not in (errno.EPERM, errno.EOPNOTSUPP, errno.EMLINK) or "/" in source:
            raise
        _refuse_existing(folder, name)
        os.rename(source, name, src_dir_fd=folder, dst_dir_fd=folder)
    os.fsync(folder)


def _refuse_existing(folder: int, name: str) -> None:
    with contextlib.suppress(FileNotFoundError):
        os.stat(name, dir_fd=folder, follow_symlinks=False)
        raise FileExistsError


@contextlib.contextmanager
def translate_path_errors(typed: str) -> Iterator[None]:
    """Turn what the system says of a path into InvalidInput that names it."""
    try:
        yield
    except FileExistsError:
        raise InvalidInput(
            _("{file} exists already; it is not written over.").format(file=typed),
            _("Choose another name."),
        ) from None
    except (OSError, ValueError) as error:
        reason = why(error) if isinstance(error, OSError) and error.errno else ""
        raise InvalidInput(
            _("{file} cannot be used: {reason}.").format(file=typed, reason=reason or str(error)),
            _("Check the path and its permissions."),
        ) from None
