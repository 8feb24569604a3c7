"""The first start from the one file: unpacks what this Python needs.

Whole or not at all: it is unpacked beside its place and moved there at last. Two starts at once wait for each
other; what one that was ended has left behind, and older versions that nobody runs, are cleared away.
"""

import compileall
import contextlib
import errno
import fcntl
import hashlib
import io
import os
import secrets
import shutil
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import made
import place
import words

_PART = ".part-"


def unpack(folder: Path, there: Path, layers: dict[str, str]) -> None:
    """Unpack these layers (name: SHA-256) to a place in the folder. Raises place.Refused and OSError."""
    umask = os.umask(0o077)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        place.refuse_what_others_may_change(folder)
        with _alone(folder):
            if place.held(there):  # another start was quicker
                return
            words.say(words.UNPACKING, version=made.VERSION)
            _clear_away(folder)
            _unpack(_part(folder), there, layers)
            place.held(there)
    finally:
        os.umask(umask)


def _unpack(part: Path, there: Path, layers: dict[str, str]) -> None:
    part.mkdir()
    try:
        for name, digest in layers.items():
            data = _layer(name)
            if hashlib.sha256(data).hexdigest() != digest:
                raise place.Damaged(sys.argv[0])
            with zipfile.ZipFile(io.BytesIO(data)) as layer:
                layer.extractall(part)
        # the process that reads workbooks may write nothing, so it could not keep what it compiles
        compileall.compile_dir(str(part), quiet=2, stripdir=str(part), prependdir=str(there))
        os.sync()  # whatever ends the host next, nothing that is half there has the name
        try:
            part.rename(there)
        except OSError as error:  # where there are no locks
            if error.errno not in (errno.EEXIST, errno.ENOTEMPTY):
                raise
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _layer(name: str) -> bytes:
    try:
        return bytes(__loader__.get_data(str(Path(__loader__.archive, name))))
    except (OSError, EOFError, ImportError) as error:
        raise place.Damaged(sys.argv[0]) from error


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """No other start unpacks in the meantime."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _clear_away(folder: Path) -> None:
    for path in folder.iterdir():
        if path.name in made.PLACES.values():  # of another Python
            continue
        with contextlib.suppress(OSError):
            descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                # who looks for it now finds none, and no half of one
                shutil.rmtree(path.rename(_part(folder)), ignore_errors=True)
            finally:
                os.close(descriptor)


def _part(folder: Path) -> Path:
    return folder / f"{_PART}{secrets.token_hex(8)}"
