"""Erasing a voice file: its bytes are overwritten before its name goes, and the folders that are empty then."""

import contextlib
import errno
import os
import stat
from pathlib import Path

from core.io import beneath
from core.io.erasing import erase_file
from core.values.errors import InvalidInput
from core.voice.rules import ORGANIZATIONS, check_relative
from core.voice.waveform import forget_waveform

_GONE = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP}  # nothing behind a link is this call's


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
        with beneath.folder(voice_dir, folders) as folder:
            found = os.stat(name, dir_fd=folder, follow_symlinks=False)
            if stat.S_ISREG(found.st_mode):
                if found.st_nlink > 1:
                    return False
                if waveforms is not None:
                    _forget_waveform(name, folder, waveforms)
            erase_file(name, folder)
    except OSError as error:
        if error.errno not in _GONE:
            return False
    _remove_empty(voice_dir, folders)
    return True


def _remove_empty(voice_dir: Path, folders: list[str]) -> None:
    """Remove the folders that nothing is left in: what they are called may tell of somebody, too.

    Those of the organizations stay.
    """
    kept = 2 if folders[:1] == [ORGANIZATIONS] else 0
    with contextlib.suppress(OSError):  # it is not empty, or somebody else's
        for depth in range(len(folders), kept, -1):
            with beneath.folder(voice_dir, folders[: depth - 1]) as above:
                os.rmdir(folders[depth - 1], dir_fd=above)


def _forget_waveform(name: str, folder: int, waveforms: Path) -> None:
    """It is found by what the file holds, so that it goes first."""
    descriptor = beneath.open_file(name, folder)
    try:
        forget_waveform(descriptor, waveforms)
    finally:
        os.close(descriptor)
