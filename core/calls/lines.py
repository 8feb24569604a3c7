"""Lines out of blocks of bytes, without ever holding more than one line, nor more of it than can be taken."""

import re
from collections.abc import AsyncIterable, AsyncIterator, Iterable

from msgspec import Struct

MAX_LINE_BYTES = 1024 * 1024
EMERGENCY = re.compile(rb'"analysis"\s*:\s*"emergency"')
_OVERLAP = 64  # bytes of what was looked through that are looked at again, for what is cut in two

Blocks = AsyncIterable[bytes] | Iterable[bytes]


class Line(Struct, frozen=True):
    """A line and its number, counted from 1; of one that is longer than can be taken, its beginning.

    ``emergency``: what is cut off says that the call is one.
    """

    number: int
    data: bytes
    too_long: bool = False
    emergency: bool = False


class _Splitter:
    def __init__(self) -> None:
        self._number = 0
        self._parts: list[bytes] = []
        self._size = 0
        self._seen = b""
        self._emergency = False

    def feed(self, block: bytes) -> list[Line]:
        """The lines that end in this block."""
        *whole, rest = block.split(b"\n")
        lines = []
        for part in whole:
            self._add(part)
            lines.append(self._take())
        self._add(rest)
        return lines

    def end(self) -> Line | None:
        """What came after the last line break."""
        return self._take() if self._size else None

    def _add(self, part: bytes) -> None:
        if kept := part[: max(0, MAX_LINE_BYTES - self._size)]:
            self._parts.append(kept)
        self._size += len(part)
        if self._size > MAX_LINE_BYTES and not self._emergency:
            looked_at = self._seen + part
            self._emergency = EMERGENCY.search(looked_at) is not None
            self._seen = looked_at[-_OVERLAP:]
        else:
            self._seen = (self._seen + part[-_OVERLAP:])[-_OVERLAP:]

    def _take(self) -> Line:
        self._number += 1
        too_long = self._size > MAX_LINE_BYTES
        line = Line(self._number, b"".join(self._parts), too_long, self._emergency)
        self._parts, self._size, self._seen, self._emergency = [], 0, b"", False
        return line


async def split(blocks: Blocks) -> AsyncIterator[Line]:
    """The lines in blocks of bytes of any size; the last one may lack its line break."""
    splitter = _Splitter()
    if isinstance(blocks, AsyncIterable):
        async for block in blocks:
            for line in splitter.feed(block):
                yield line
    else:
        for block in blocks:
            for line in splitter.feed(block):
                yield line
    if (last := splitter.end()) is not None:
        yield last
