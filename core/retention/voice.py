"""Erasing a voice file: its bytes are overwritten before its name goes."""

import errno
import os
import stat
from pathlib import Path

from core.errors import InvalidInput
from core.voice.rules import check_relative

_BLOCK = bytes(1 << 20)
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_GONE = {errno.ENOENT, errno.ENOTDIR}


def erase_voice_file(voice_dir: Path, relative: str) -> bool:
    """Overwrite and remove the file; gives whether nothing of it is left.

    No link on the way is followed; one in the place of the file is removed itself. A file with another name
    beside (a hard link) is left as it is: removing this name would leave it, overwriting might be another's loss.
    """
    try:
        *folders, name = check_relative(relative).split("/")
    except InvalidInput:
        return True  # such a name was never a voice file's
    try:
        here = os.open(voice_dir, _FOLDER)
    except OSError as error:
        return error.errno in _GONE
    try:
        for part in folders:
            deeper = os.open(part, _FOLDER | os.O_NOFOLLOW, dir_fd=here)
            os.close(here)
            here = deeper
        found = os.stat(name, dir_fd=here, follow_symlinks=False)
        if stat.S_ISREG(found.st_mode):
            if found.st_nlink > 1:
                return False
            _overwrite(name, here)
        os.unlink(name, dir_fd=here)
        os.fsync(here)
    except OSError as error:
        return error.errno in _GONE
    finally:
        os.close(here)
    return True


def _overwrite(name: str, folder: int) -> None:
    flags = os.O_WRONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    descriptor = os.open(name, flags, dir_fd=folder)
    try:
        left = os.fstat(descriptor).st_size
        while left > 0:
            left -= os.write(descriptor, _BLOCK[:left])
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
