"""Speaks to the host's syslog: the head of the chain after each change, or whole records (RFC 5424).

With the head, the end of the chain cannot be cut off unseen: only ID and hash go there, and ``carecall audit
verify --head HASH`` then looks for that record. Whole records are sent by ``core.app.audit.forwarding``.
"""

import asyncio
import contextlib
import fcntl
import os
import socket
import struct
import termios
from collections.abc import Iterator
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

SOCKET = "/dev/log"
LONGEST = 2_048  # bytes of a message: what RFC 5424 says that a receiver should take
PATIENCE = 2.0  # seconds for syslog to take what it was sent
_NOTICE_OF_AUTH = 4 * 8 + 5  # facility auth, severity notice
_LOOK_SECONDS = 0.005
# the number of private enterprises that RFC 5612 keeps for examples: this program has none of its own
_OURS = "carecall@32473"


def announce(record_id: int, record_hash: str) -> None:
    """Send the head of the chain to the host's syslog."""
    line = f"<{_NOTICE_OF_AUTH}>carecall: audit head id={record_id} hash={record_hash}"
    # A host whose syslog is down loses one line; the next one vouches for the records before it too.
    with (
        contextlib.suppress(OSError),
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as log,
    ):
        log.connect(SOCKET)
        log.send(line.encode("ascii"))


def messages(chain: str, number: int, at: datetime, text: str) -> Iterator[bytes]:
    """The record as messages of RFC 5424. ``text`` is ASCII; what is too long for one goes in numbered parts.

    Chain and number name the record, so that whoever gets it twice knows.
    """
    moment = at.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00")
    host = "".join(one for one in socket.gethostname()[:255] if "!" <= one <= "~") or "-"

    def head(part: int, of: int) -> str:
        named = f'chain="{chain}" number="{number}" part="{part}" of="{of}"'
        return f"<{_NOTICE_OF_AUTH}>1 {moment}Z {host} carecall - {chain} [{_OURS} {named}] "

    room = LONGEST - len(head(1_000, 1_000))
    parts = [text[start : start + room] for start in range(0, len(text), room)]
    for place, part in enumerate(parts, 1):
        yield (head(place, len(parts)) + part).encode("ascii")


class Log:
    """The host's syslog, spoken to so that it is known what it has taken. All raise OSError where it is away."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        try:
            self._place = _place()
            self._socket.connect(SOCKET)
        except BaseException:
            self._socket.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._socket.close()

    async def send(self, message: bytes) -> None:
        """Send it; waits a while where syslog is behind."""
        async with asyncio.timeout(PATIENCE):
            while True:
                with contextlib.suppress(BlockingIOError):
                    self._socket.send(message)
                    return
                await asyncio.sleep(_LOOK_SECONDS)

    async def taken(self) -> None:
        """Return when it has read all that was sent. What waits in its queue is lost when it ends."""
        async with asyncio.timeout(PATIENCE):
            while True:
                if not self._unread():
                    break
                await asyncio.sleep(_LOOK_SECONDS)
        # the queue of one that has ended is empty, too
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as again:
            again.connect(SOCKET)
        if _place() != self._place:
            raise ConnectionResetError

    def _unread(self) -> int:
        size = bytearray(4)
        fcntl.ioctl(self._socket, termios.TIOCOUTQ, size)
        return int(struct.unpack("i", size)[0])


def _place() -> tuple[int, int, int]:
    found = os.stat(SOCKET)  # noqa: PTH116
    return found.st_dev, found.st_ino, found.st_ctime_ns
