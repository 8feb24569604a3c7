"""What was written out, whoever wrote it: how many files, and erasing those whose time is over."""

import contextlib
import os
from datetime import datetime
from pathlib import Path

from core.io import beneath
from core.io.erasing import erase_file


def erase_written(data_dir: Path, before: datetime) -> tuple[int, int]:
    """Erase the files of every admin's folder last written before then; gives how many, and how many cannot be."""
    erased = left = 0
    with (
        contextlib.suppress(FileNotFoundError, NotADirectoryError),
        beneath.folder(data_dir, ["files"]) as own,
    ):
        for _path, name, folder in beneath.every_file(own):
            try:
                about = os.stat(name, dir_fd=folder, follow_symlinks=False)
                if about.st_mtime < before.timestamp():
                    erase_file(name, folder)
                    erased += 1
            except FileNotFoundError:
                continue
            except OSError:
                left += 1
    return erased, left


def count_written(data_dir: Path) -> int:
    """How many files lie in the admins' folders."""
    with (
        contextlib.suppress(OSError),
        beneath.folder(data_dir, ["files"]) as own,
    ):
        return sum(1 for _one in beneath.every_file(own))
    return 0
