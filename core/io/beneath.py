"""Opening what lies below a directory: each part from the one before it, no link followed.

The directory itself may be a link, since the host's admin made it; neither a name nor a link that somebody puts
below it leads out. All raise OSError: ELOOP for a link in the way, ``NoOrdinaryFile`` for a device or pipe.
"""

import contextlib
import errno
import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
# a pipe that nobody writes to would wait, a terminal become this process's own
_FILE = os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


class NoOrdinaryFile(OSError):
    """A folder (EISDIR) or something stranger stands where a file is wanted."""


@contextlib.contextmanager
def folder(directory: Path, parts: Sequence[str] = (), *, made: int = 0) -> Iterator[int]:
    """The descriptor of a folder below the directory. The first so many parts are the console's own: 0700, and
    made where they are missing.
    """
    here = os.open(directory, _FOLDER)
    try:
        for number, part in enumerate(parts):
            if number < made:
                with contextlib.suppress(FileExistsError):
                    os.mkdir(part, 0o700, dir_fd=here)
                    os.chmod(part, 0o700, dir_fd=here)  # whatever the umask
            _refuse_link(os.stat(part, dir_fd=here, follow_symlinks=False).st_mode)
            deeper = os.open(part, _FOLDER | os.O_NOFOLLOW, dir_fd=here)
            os.close(here)
            here = deeper
            if number < made:
                os.fchmod(here, 0o700)
        yield here
    finally:
        os.close(here)


def open_file(
    name: str | Path, below: int | None = None, *, write: bool = False, follow: bool = False
) -> int:
    """The descriptor of an ordinary file of the open folder, to read or to write over.

    ``follow`` a link only where whoever names the file may read what it leads to anyway.
    """
    # asked before it is opened, since opening alone makes some devices act, and after, since it may be another now
    require_ordinary(os.stat(name, dir_fd=below, follow_symlinks=follow).st_mode)
    flags = _FILE | (os.O_WRONLY if write else os.O_RDONLY) | (0 if follow else os.O_NOFOLLOW)
    descriptor = os.open(name, flags, dir_fd=below)
    try:
        require_ordinary(os.fstat(descriptor).st_mode)
        os.set_blocking(descriptor, True)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def every_file(below: int) -> Iterator[tuple[str, str, int]]:
    """Each name below the open folder that is no folder: its path from there, and it with its own open folder."""
    for path, _folders, names, opened in os.fwalk(dir_fd=below, follow_symlinks=False):
        for name in names:
            yield os.path.normpath(f"{path}/{name}"), name, opened


def _refuse_link(mode: int) -> None:
    if stat.S_ISLNK(mode):
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))


def require_ordinary(mode: int) -> None:
    """Raise where the mode of a file is that of a link, a folder, a device or a pipe."""
    _refuse_link(mode)
    if not stat.S_ISREG(mode):
        kind = errno.EISDIR if stat.S_ISDIR(mode) else errno.EINVAL
        raise NoOrdinaryFile(kind, os.strerror(kind))
