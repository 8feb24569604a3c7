"""Opening a call's voice file below the voice directory, and nothing else.

No link is followed (see ``core.io.beneath``), and no other name of the file taken for it.
"""

import errno
import os
from pathlib import Path
from typing import BinaryIO

from core.io import beneath
from core.io.reasons import why
from core.values.errors import ActionBlocked, CoreError, NotFound
from core.values.i18n import _
from core.voice.rules import MAX_FILE_BYTES, check_relative

__all__ = ["check_relative", "open_voice_file"]


def open_voice_file(voice_dir: Path, relative: str) -> BinaryIO:
    """The voice file, open for reading.

    Raises InvalidInput for a name that cannot be used, NotFound where nothing is there, and
    ActionBlocked where it is a link, no regular file, empty, too large or not to be read, and where it has
    another name beside: it might be another call's.
    """
    *folders, name = check_relative(relative).split("/")
    try:
        with beneath.folder(voice_dir, folders) as folder:
            file = os.fdopen(beneath.open_file(name, folder), "rb")
    except OSError as error:
        raise _no_directory() if not voice_dir.exists() else _explained(error) from None
    try:
        found = os.fstat(file.fileno())
        _check_names(found.st_nlink)
        _check_size(found.st_size)
    except BaseException:
        file.close()
        raise
    return file


def _check_names(links: int) -> None:
    if links > 1:
        raise ActionBlocked(
            _(
                "The voice file has another name on this host (a hard link), so that it may be another call's."
            ),
            _("Put a copy in its place."),
        )


def _check_size(size: int) -> None:
    if size == 0:
        raise ActionBlocked(_("The voice file is empty."))
    if size > MAX_FILE_BYTES:
        raise ActionBlocked(
            _("The voice file has {size} MiB; at most {maximum} can be played.").format(
                size=size >> 20, maximum=MAX_FILE_BYTES >> 20
            )
        )


def _no_directory() -> NotFound:
    return NotFound(
        _("The voice directory does not exist on this host."), _("Check the setting voice_dir.")
    )


def _missing() -> NotFound:
    return NotFound(
        _("The voice file of this call is not there."),
        _("It may not have been delivered yet, or its retention time has ended."),
    )


def _explained(error: OSError) -> CoreError:
    if isinstance(error, beneath.NoOrdinaryFile):
        return ActionBlocked(_("The voice file is no regular file (a directory, device or pipe)."))
    if error.errno == errno.ELOOP:
        return ActionBlocked(
            _("The way to the voice file leads over a link, which is not followed."),
            _("Put the file itself below the voice directory."),
        )
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return _missing()
    if error.errno in {errno.EACCES, errno.EPERM}:
        return ActionBlocked(
            _("The voice file may not be read by this account."),
            _("Ask the owner of the voice directory for read permission."),
        )
    return ActionBlocked(_("The voice file cannot be read: {reason}.").format(reason=why(error)))
