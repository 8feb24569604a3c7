"""Compound files (OLE2), in which old Excel workbooks and other documents lie: a small file system in a file.

Its chains may lead in circles and its sizes may lie; every one is followed for no longer than the file is.
"""

import struct
from typing import BinaryIO

from msgspec import Struct

from core.uploads.sheet.archive import cut_off, damaged
from core.values.errors import InvalidInput

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SECTOR = 512  # the smallest
_ENTRY = 128
_LAST = 0xFFFFFFFA  # this and what is greater is no sector
_IN_HEADER = 109  # sectors of the table of sectors named in the header
_SMALL = 64
_LARGEST_DIRECTORY = 10_000  # entries
_STREAM, _ROOT = 2, 5


class _Entry(Struct, frozen=True):
    name: str
    kind: int
    start: int
    size: int


class CompoundFile:
    """The streams of a compound file.

    Raises InvalidInput where it contradicts itself, or names parts of itself that lie behind its end.
    """

    def __init__(self, file: BinaryIO) -> None:
        file.seek(0)
        self._data = file.read()
        try:
            self._open()
        except (struct.error, IndexError) as error:
            raise self.broken() from error

    def _open(self) -> None:
        data = self._data
        (shift,) = struct.unpack_from("<H", data, 30)
        if shift not in (9, 12) or not data.startswith(SIGNATURE):
            raise damaged()
        self._size = 1 << shift
        self._count = max(0, (len(data) - 1) // self._size)
        directory, small_below = struct.unpack_from("<I", data, 48)[0], 56
        (self._small_below,) = struct.unpack_from("<I", data, small_below)
        small_table, _n, more, more_count = struct.unpack_from("<IIII", data, 60)
        self._next = self._table(more, more_count)
        entries = self._chain(directory)
        self._entries = [
            self._entry(entries[at : at + _ENTRY])
            for at in range(0, min(len(entries), _LARGEST_DIRECTORY * _ENTRY), _ENTRY)
        ]
        root = next((entry for entry in self._entries if entry.kind == _ROOT), None)
        self._small = self._chain(root.start)[: root.size] if root and root.size else b""
        table = self._chain(small_table) if small_table < _LAST else b""
        self._small_next = list(struct.unpack(f"<{len(table) // 4}I", table))

    def _sector(self, number: int) -> bytes:
        if number >= self._count:
            raise cut_off()
        start = (number + 1) * self._size
        return self._data[start : start + self._size]

    def _table(self, more: int, more_count: int) -> list[int]:
        """Which sector follows which."""
        sectors = list(struct.unpack_from(f"<{_IN_HEADER}I", self._data, 76))
        per_sector = self._size // 4
        for _at in range(min(more_count, self._count)):
            if more >= _LAST:
                break
            named = struct.unpack(f"<{per_sector}I", self._sector(more))
            sectors += named[:-1]
            more = named[-1]
        found: list[int] = []
        for sector in sectors:
            if sector < _LAST and len(found) < self._count:
                found += struct.unpack(f"<{per_sector}I", self._sector(sector))
        return found

    def _chain(self, start: int) -> bytes:
        pieces: list[bytes] = []
        at = start
        while at < _LAST:
            if len(pieces) > self._count:
                raise damaged()
            pieces.append(self._sector(at))
            at = self._next[at]
        return b"".join(pieces)

    @staticmethod
    def _entry(data: bytes) -> _Entry:
        length, kind = struct.unpack_from("<HB", data, 64)
        start, size = struct.unpack_from("<II", data, 116)
        name = data[: max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
        return _Entry(name, kind, start, size)

    def broken(self) -> InvalidInput:
        """The reason for a file that cannot be read: one that ends within a part of itself is cut off."""
        return cut_off() if len(self._data) % _SECTOR else damaged()

    @property
    def names(self) -> set[str]:
        """The names of its streams."""
        return {entry.name for entry in self._entries if entry.kind == _STREAM}

    def stream(self, name: str) -> bytes:
        """The content of a stream."""
        entry = next(one for one in self._entries if one.kind == _STREAM and one.name == name)
        try:
            if entry.size >= self._small_below:
                return self._chain(entry.start)[: entry.size]
            return self._small_chain(entry)
        except (struct.error, IndexError) as error:
            raise self.broken() from error

    def _small_chain(self, entry: _Entry) -> bytes:
        pieces: list[bytes] = []
        at = entry.start
        while at < _LAST and len(pieces) * _SMALL < entry.size:
            if len(pieces) > len(self._small_next):
                raise damaged()
            pieces.append(self._small[at * _SMALL : (at + 1) * _SMALL])
            at = self._small_next[at]
        return b"".join(pieces)[: entry.size]
