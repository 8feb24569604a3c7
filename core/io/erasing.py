"""Erasing a file: its bytes are overwritten before its name goes."""

import os
import stat

_BLOCK = bytes(1 << 20)


def erase_file(name: str, folder: int) -> None:
    """Overwrite and remove a file of the open folder; a link is removed itself. Raises OSError."""
    about = os.stat(name, dir_fd=folder, follow_symlinks=False)
    if stat.S_ISREG(about.st_mode):
        overwrite(name, folder)
    os.unlink(name, dir_fd=folder)
    os.fsync(folder)


def overwrite(name: str, folder: int) -> None:
    """Write zeros over every byte of the file. Raises OSError."""
    flags = os.O_WRONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    descriptor = os.open(name, flags, dir_fd=folder)
    try:
        left = os.fstat(descriptor).st_size
        while left > 0:
            left -= os.write(descriptor, _BLOCK[:left])
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
