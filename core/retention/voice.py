"""Erasing a voice file: its bytes are overwritten before its name goes."""

import errno
import os
import stat
from pathlib import Path

from core.io.erasing import overwrite
from core.values.errors import InvalidInput
from core.voice.rules import check_relative
from core.voice.waveform import forget_waveform

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_GONE = {errno.ENOENT, errno.ENOTDIR}


def erase_voice_file(voice_dir: Path, relative: str, waveforms: Path | None = None) -> bool:
    """Overwrite and remove the file, and its waveform; gives whether nothing of it is left.

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
            if waveforms is not None:
                _forget_waveform(name, here, waveforms)
            overwrite(name, here)
        os.unlink(name, dir_fd=here)
        os.fsync(here)
    except OSError as error:
        return error.errno in _GONE
    finally:
        os.close(here)
    return True


def _forget_waveform(name: str, folder: int, waveforms: Path) -> None:
    """It is found by what the file holds, so that it goes first."""
    descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    try:
        forget_waveform(descriptor, waveforms)
    finally:
        os.close(descriptor)
