"""Lines out of blocks of bytes, without ever holding more than one line, nor one that is too long."""

from collections.abc import AsyncIterable, AsyncIterator, Iterable
from dataclasses import dataclass

MAX_LINE_BYTES = 1024 * 1024

Blocks = AsyncIterable[bytes] | Iterable[bytes]


@dataclass(frozen=True, slots=True)
class Line:
    """A line and its number, counted from 1; ``data`` is None where it is longer than can be taken."""

    number: int
    data: bytes | None


class _Splitter:
    def __init__(self) -> None:
        self._number = 0
        self._parts: list[bytes] = []
        self._size = 0

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
        self._size += len(part)
        if self._size > MAX_LINE_BYTES:
            self._parts.clear()
        elif part:
            self._parts.append(part)

    def _take(self) -> Line:
        self._number += 1
        data = None if self._size > MAX_LINE_BYTES else b"".join(self._parts)
        self._parts, self._size = [], 0
        return Line(self._number, data)


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
