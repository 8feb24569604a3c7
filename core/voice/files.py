"""Opening a call's voice file below the voice directory, and nothing else.

Each part of the way is opened relative to the one before and no link is followed, so that neither a
name nor a link that somebody puts there leads out. The voice directory itself may be a link: the
host's admin made it.
"""

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

from core.values.errors import ActionBlocked, CoreError, NotFound
from core.values.i18n import _
from core.voice.rules import MAX_FILE_BYTES, check_relative

__all__ = ["check_relative", "open_voice_file"]

_COMMON = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
_GONE = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP}


def open_voice_file(voice_dir: Path, relative: str) -> BinaryIO:
    """The voice file, open for reading.

    Raises InvalidInput for a name that cannot be used, NotFound where nothing is there, and
    ActionBlocked where it is a link, no regular file, empty, too large or not to be read, and where it has
    another name beside: it might be another call's.
    """
    parts = check_relative(relative).split("/")
    directory = _open_voice_dir(voice_dir)
    try:
        for part in parts[:-1]:
            deeper = _open_part(directory, part, os.O_DIRECTORY)
            os.close(directory)
            directory = deeper
        file = _open_part(directory, parts[-1], 0)
    finally:
        os.close(directory)
    try:
        found = os.fstat(file)
        _check_names(found.st_nlink)
        _check_size(found.st_size)
        os.set_blocking(file, True)
        return os.fdopen(file, "rb")
    except BaseException:
        os.close(file)
        raise


def _open_voice_dir(voice_dir: Path) -> int:
    try:
        return os.open(voice_dir, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except FileNotFoundError:
        raise NotFound(
            _("The voice directory does not exist on this host."), _("Check the setting voice_dir.")
        ) from None
    except OSError as error:
        raise _explained(error) from None


def _open_part(directory: int, name: str, flags: int) -> int:
    try:
        # Asked before it is opened: opening alone makes some devices act.
        _check_kind(os.stat(name, dir_fd=directory, follow_symlinks=False).st_mode, flags)
        part = os.open(name, _COMMON | flags, dir_fd=directory)
    except OSError as error:
        raise _explained(error) from None
    try:
        _check_kind(os.fstat(part).st_mode, flags)
    except BaseException:
        os.close(part)
        raise
    return part


def _check_kind(mode: int, flags: int) -> None:
    if stat.S_ISLNK(mode):
        raise ActionBlocked(
            _("The way to the voice file leads over a link, which is not followed."),
            _("Put the file itself below the voice directory."),
        )
    if flags & os.O_DIRECTORY:
        if not stat.S_ISDIR(mode):
            raise _missing()
    elif not stat.S_ISREG(mode):
        raise ActionBlocked(_("The voice file is no regular file (a directory, device or pipe)."))


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


def _missing() -> NotFound:
    return NotFound(
        _("The voice file of this call is not there."),
        _("It may not have been delivered yet, or its retention time has ended."),
    )


def _explained(error: OSError) -> CoreError:
    if error.errno in _GONE:
        return _missing()
    if error.errno in {errno.EACCES, errno.EPERM}:
        return ActionBlocked(
            _("The voice file may not be read by this account."),
            _("Ask the owner of the voice directory for read permission."),
        )
    return ActionBlocked(
        _("The voice file cannot be read: {reason}.").format(
            reason=os.strerror(error.errno or errno.EIO)
        )
    )
