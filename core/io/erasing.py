"""Erasing a file: its bytes are overwritten before its name goes."""

import os
import stat

from core.io import beneath

_BLOCK = bytes(1 << 20)


def erase_file(name: str, folder: int) -> None:
    """Overwrite and remove a file of the open folder; a link is removed itself. Raises OSError."""
    if stat.S_ISREG(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
        _overwrite(name, folder)
    os.unlink(name, dir_fd=folder)
    os.fsync(folder)


def _overwrite(name: str, folder: int) -> None:
    descriptor = beneath.open_file(name, folder, write=True)
    try:
        left = os.fstat(descriptor).st_size
        while left > 0:
            left -= os.write(descriptor, _BLOCK[:left])
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
