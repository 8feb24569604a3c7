"""The file to be taken in: opened once, so that what is hashed is what is read."""

import hashlib
import io
import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from core.errors import InvalidInput
from core.i18n import _

_MEBIBYTE = 1 << 20
NAME_LONGEST = 255


@dataclass(frozen=True, slots=True)
class WorkbookFile:
    """An open workbook and the SHA-256 of its bytes."""

    file: BinaryIO
    hash: str

    def close(self) -> None:
        """Close it."""
        self.file.close()


def open_workbook(source: Path | bytes, maximum_mib: int) -> WorkbookFile:
    """Open the workbook, or keep bytes in a file without a name. Raises InvalidInput with the reason."""
    if isinstance(source, bytes):
        _refuse_too_big(len(source), maximum_mib)
        kept = tempfile.TemporaryFile()  # noqa: SIM115 - its owner closes it
        kept.write(source)
        kept.flush()
        return WorkbookFile(kept, hashlib.sha256(source).hexdigest())
    file = _open(source)
    try:
        _refuse_too_big(os.fstat(file.fileno()).st_size, maximum_mib)
        return WorkbookFile(file, hashlib.file_digest(file, "sha256").hexdigest())
    except BaseException:
        file.close()
        raise


def _open(path: Path) -> io.BufferedReader:
    try:
        # a FIFO or a device would make the open itself wait
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        raise InvalidInput(
            _("There is no file {file}.").format(file=path), _("Check the path.")
        ) from None
    except OSError as error:
        raise InvalidInput(
            _("The file {file} cannot be read.").format(file=path), _("Check its permissions.")
        ) from error
    except ValueError:
        raise InvalidInput(_("This is no path of a file."), _("Check the path.")) from None
    kind = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(kind):
        os.close(descriptor)
        what = (
            _("{file} is a directory.") if stat.S_ISDIR(kind) else _("{file} is no ordinary file.")
        )
        raise InvalidInput(what.format(file=path), _("Choose the workbook itself."))
    return os.fdopen(descriptor, "rb")


def _refuse_too_big(size: int, maximum_mib: int) -> None:
    if size <= maximum_mib * _MEBIBYTE:
        return
    raise InvalidInput(
        _("The file has {size} MiB.").format(size=-(-size // _MEBIBYTE)),
        _("At most {limit} MiB is taken; the setting upload.file_mib can raise that.").format(
            limit=maximum_mib
        ),
    )
