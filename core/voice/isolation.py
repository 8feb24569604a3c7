"""What lets a child process crash, hang or print without harming the console, and end with it."""

import ctypes
import os
import signal
import sys
from typing import BinaryIO

try:
    import resource
except ImportError:  # pragma: no cover - every system with a terminal console has it
    resource = None  # type: ignore[assignment]

_SET_PARENT_DEATH_SIGNAL = 1
_MAX_MEMORY = 3 << 30
_prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None


def take_pipes() -> tuple[BinaryIO, BinaryIO]:
    """The command and the event pipe, taken off standard input and output, which lead nowhere from
    then on.

    Sound libraries and ALSA's plug-ins print to the descriptors 1 and 2 themselves.
    """
    commands, events = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)
    return os.fdopen(commands, "rb"), os.fdopen(events, "wb", buffering=0)


def die_with_parent() -> None:
    """Have the kernel kill this process when the thread that started it ends (Linux only)."""
    if _prctl is not None:
        _prctl(_SET_PARENT_DEATH_SIGNAL, int(signal.SIGKILL), 0, 0, 0)


def limit_harm() -> None:
    """No core file with a voice in it, and a bound to what a damaged file makes a decoder take."""
    if resource is None:  # pragma: no cover
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = _MAX_MEMORY if hard == resource.RLIM_INFINITY else min(_MAX_MEMORY, hard)
    try:
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    except (ValueError, OSError):  # macOS knows the limit but refuses it
        return
