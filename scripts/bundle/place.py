"""Where the one file is unpacked to, and whether that is this account's alone."""

import contextlib
import fcntl
import os
import stat
from pathlib import Path


class Refused(Exception):
    """Somebody else might have put there, or could change, what would be run: the path."""


class Damaged(Refused):
    """The file is not as it was made: its path."""


def cache() -> Path:
    """The directory for all versions."""
    base = Path(os.environ.get("XDG_CACHE_HOME", ""))
    if not base.is_absolute():
        base = Path("~/.cache").expanduser()
    return base.resolve() / "carecall" / "bundle"


def held(there: Path) -> bool:
    """Whether it is there. Until this process ends it is in use then, and no newer version clears it away."""
    try:
        folder = os.open(str(there), os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return False
    except OSError:
        if os.path.lexists(str(there)):  # a link, or a file
            raise Refused(there) from None
        raise
    # a file system without locks refuses; nothing is cleared away there
    with contextlib.suppress(OSError):
        fcntl.flock(folder, fcntl.LOCK_SH)
    try:
        same = os.path.samestat(there.stat(), os.fstat(folder))
    except FileNotFoundError:
        same = False
    if not same:
        os.close(folder)
    return same


def refuse_what_others_may_change(there: Path) -> None:
    """Raises Refused unless this directory is this account's alone, and each one above it its own or root's."""
    me = os.geteuid()
    found = there.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != me or found.st_mode & 0o077:
        raise Refused(there)
    for path in there.parents:
        found = path.lstat()
        # in a directory such as /tmp nobody takes away what is another's
        open_to_all = found.st_mode & 0o022 and not found.st_mode & stat.S_ISVTX
        if open_to_all or found.st_uid not in (me, 0):
            raise Refused(path)


def tell(error: Exception, folder: Path) -> int:
    """Say why nothing was run, and what to do; gives the exit code."""
    import words

    if isinstance(error, Damaged):
        words.say(words.DAMAGED, path=error)
        return 2
    if isinstance(error, Refused):
        words.say(words.OPEN, path=error)
        return 2
    words.say(words.UNUSABLE, path=folder, reason=getattr(error, "strerror", error))
    return 4
