"""Erasing what was written out so long ago that its time is over, whoever wrote it."""

import contextlib
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from core.io.erasing import erase_file


def erase_written(data_dir: Path, before: datetime) -> tuple[int, int]:
    """Erase the files of every admin's folder last written before then; gives how many, and how many cannot be."""
    erased = left = 0
    moment = before.timestamp()
    for name, folder in every_file(data_dir / "files"):
        try:
            if os.stat(name, dir_fd=folder, follow_symlinks=False).st_mtime < moment:
                erase_file(name, folder)
                erased += 1
        except FileNotFoundError:
            continue
        except OSError:
            left += 1
    return erased, left


def every_file(folder: Path) -> Iterator[tuple[str, int]]:
    """Each name below the folder that is no folder, with the open one that it lies in; no link is followed."""
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        for _path, _folders, names, opened in os.fwalk(folder, follow_symlinks=False):
            for name in names:
                yield name, opened
