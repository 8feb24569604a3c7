"""The file to be taken in: opened once, so that what is hashed is what is read."""

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from msgspec import Struct

from core.io.child import Child
from core.values.errors import InvalidInput
from core.values.i18n import _
from core.values.text import fold_line, replace_forbidden
from core.written.files import HostFiles

_MEBIBYTE = 1 << 20
NAME_LONGEST = 255


class WorkbookFile(Struct):
    """An open workbook and the SHA-256 of its bytes; ``process`` where one opens it already (see ``reader``)."""

    file: BinaryIO
    hash: str
    process: Child | None = None


Source = Path | bytes | BinaryIO | WorkbookFile


@contextlib.contextmanager
def open_workbook(source: Source, maximum_mib: int) -> Iterator[WorkbookFile]:
    """The workbook of a path, an open file, or bytes, which are kept in a file without a name.

    One that is open already is given as it is. Raises InvalidInput with the reason where it cannot be read or is
    too big.
    """
    if isinstance(source, WorkbookFile):
        yield source
        return
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


def shown_name(name: str) -> str:
    """The name of a file as it is told and kept."""
    return fold_line(replace_forbidden(name))[:NAME_LONGEST]


def _refuse_too_big(size: int, maximum_mib: int) -> None:
    if size <= maximum_mib * _MEBIBYTE:
        return
    raise InvalidInput(
        _("The file has {size} MiB.").format(size=-(-size // _MEBIBYTE)),
        _("At most {limit} MiB is taken; the setting upload.file_mib can raise that.").format(
            limit=maximum_mib
        ),
    )
