"""Why the system refuses, in the language in use: the system itself says it in English."""

import errno
import os

from core.io.beneath import NoOrdinaryFile
from core.values.i18n import N_, _

# as strerror says them; what is not here is told as it is
WORDS = (
    N_("No such file or directory"),
    N_("Permission denied"),
    N_("Operation not permitted"),
    N_("Is a directory"),
    N_("Not a directory"),
    N_("File exists"),
    N_("File name too long"),
    N_("File too large"),
    N_("No space left on device"),
    N_("Disk quota exceeded"),
    N_("Read-only file system"),
    N_("Too many levels of symbolic links"),
    N_("Too many open files"),
    N_("Input/output error"),
    N_("Bad file descriptor"),
    N_("Broken pipe"),
    N_("Invalid argument"),
)
NO_FILE = N_("It is no ordinary file")


def why(error: OSError) -> str:
    """The reason of this error."""
    if isinstance(error, NoOrdinaryFile) and error.errno == errno.EINVAL:  # a pipe, a device
        return _(NO_FILE)
    return _(os.strerror(error.errno)) if error.errno else str(error)
