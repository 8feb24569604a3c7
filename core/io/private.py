"""New files that have no name before they are complete, never go over another one, and are private (0600).

Whatever ends the program meanwhile, no half file is taken for a whole one.
"""

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from core.values.errors import InvalidInput, StorageFull
from core.values.i18n import _

_OWNER_ONLY = 0o600
_NEW = os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_RDWR | os.O_CLOEXEC


@contextlib.contextmanager
def arriving(path: Path) -> Iterator[Path]:
    """A new file, 0600, under another name in the same folder, for what can only write to a path.

    It gets its own name when the block ends, never in the place of another file, and goes where the block fails.
    Raises InvalidInput where the path cannot be used.
    """
    with path_told_plainly(str(path)):
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    with _held(folder):
        _refuse_existing(folder, path.name, str(path))
        part = _part_of(path.name)
        with path_told_plainly(str(path)):
            descriptor = os.open(part, _NEW, _OWNER_ONLY, dir_fd=folder)
        try:
            os.fchmod(descriptor, _OWNER_ONLY)
            yield path.with_name(part)
            os.fsync(descriptor)
            _name(folder, part, path.name, str(path))
        finally:
            os.close(descriptor)
            with contextlib.suppress(OSError):
                os.unlink(part, dir_fd=folder)


@contextlib.contextmanager
def created(folder: int, name: str, typed: str) -> Iterator[BinaryIO]:
    """A new file in the folder, whose descriptor is closed; it has no name before it is complete."""
    with _held(folder):
        _refuse_existing(folder, name, typed)
        part = ""
        with path_told_plainly(typed):
            descriptor = _nameless(folder)
            if descriptor < 0:
                part = _part_of(name)
                descriptor = os.open(part, _NEW, _OWNER_ONLY, dir_fd=folder)
        try:
            with os.fdopen(descriptor, "wb") as file:
                os.fchmod(descriptor, _OWNER_ONLY)
                yield file
                file.flush()
                os.fsync(descriptor)
                _name(folder, part or f"/proc/self/fd/{descriptor}", name, typed)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise StorageFull(
                    _("The disk is full; nothing was written."), _("Make room and try again.")
                ) from error
            raise
        finally:
            if part:
                with contextlib.suppress(OSError):
                    os.unlink(part, dir_fd=folder)


@contextlib.contextmanager
def _held(folder: int) -> Iterator[None]:
    try:
        yield
    finally:
        os.close(folder)


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


def _part_of(name: str) -> str:
    return f".{name[:60]}.{secrets.token_hex(4)}.part"


def _name(folder: int, source: str, name: str, typed: str) -> None:
    """Give a complete file its name, which no other file has."""
    with path_told_plainly(typed):
        try:
            os.link(source, name, src_dir_fd=folder, dst_dir_fd=folder, follow_symlinks=True)
        except OSError as error:
            # file systems that know no second name: FAT, some that lie on the network
            if error.errno not in (errno.EPERM, errno.EOPNOTSUPP, errno.EMLINK) or "/" in source:
                raise
            _refuse_existing(folder, name, typed)
            os.rename(source, name, src_dir_fd=folder, dst_dir_fd=folder)
        os.fsync(folder)


def _refuse_existing(folder: int, name: str, typed: str) -> None:
    with path_told_plainly(typed), contextlib.suppress(FileNotFoundError):
        os.stat(name, dir_fd=folder, follow_symlinks=False)
        raise FileExistsError


@contextlib.contextmanager
def path_told_plainly(typed: str) -> Iterator[None]:
    """Turn what the system says of a path into InvalidInput that names it."""
    try:
        yield
    except FileExistsError:
        raise InvalidInput(
            _("{file} exists already; it is not written over.").format(file=typed),
            _("Choose another name."),
        ) from None
    except (OSError, ValueError) as error:
        reason = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else ""
        raise InvalidInput(
            _("{file} cannot be used: {reason}.").format(file=typed, reason=reason or str(error)),
            _("Check the path and its permissions."),
        ) from None


def make_private_directory(directory: Path) -> None:
    """Make the directory with 0700, its missing parents too, whatever the umask."""
    for part in [*reversed(directory.parents), directory]:
        if not part.exists():
            part.mkdir(mode=0o700)
            part.chmod(0o700)


def make_private_file(file: Path) -> None:
    """Make the file with 0600 where it does not exist, whatever the umask."""
    make_private_directory(file.parent)
    with contextlib.suppress(FileExistsError):
        descriptor = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW, 0o600)
        os.fchmod(descriptor, stat.S_IRUSR | stat.S_IWUSR)
        os.close(descriptor)
