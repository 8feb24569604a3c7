"""The file to be taken in: opened once, so that what is hashed is what is read."""

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from core.files import HostFiles
from core.values.errors import InvalidInput
from core.values.i18n import _

_MEBIBYTE = 1 << 20
NAME_LONGEST = 255

Source = Path | bytes | BinaryIO


@dataclass(frozen=True, slots=True)
class WorkbookFile:
    """An open workbook and the SHA-256 of its bytes."""

    file: BinaryIO
    hash: str


@contextlib.contextmanager
def open_workbook(source: Source, maximum_mib: int) -> Iterator[WorkbookFile]:
    """The workbook of a path, an open file, or bytes, which are kept in a file without a name.

    Raises InvalidInput with the reason where it cannot be read or is too big.
    """
    with contextlib.ExitStack() as opened:
        file: Any = source
        if isinstance(source, bytes):
            file = opened.enter_context(tempfile.TemporaryFile())
            file.write(source)
            file.flush()
        elif isinstance(source, Path):
            file = opened.enter_context(HostFiles().open(str(source)))
        _refuse_too_big(os.fstat(file.fileno()).st_size, maximum_mib)
        file.seek(0)
        yield WorkbookFile(file, hashlib.file_digest(file, "sha256").hexdigest())


def _refuse_too_big(size: int, maximum_mib: int) -> None:
    if size <= maximum_mib * _MEBIBYTE:
        return
    raise InvalidInput(
        _("The file has {size} MiB.").format(size=-(-size // _MEBIBYTE)),
        _("At most {limit} MiB is taken; the setting upload.file_mib can raise that.").format(
            limit=maximum_mib
        ),
    )
