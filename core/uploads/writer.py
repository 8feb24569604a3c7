"""Writes a workbook in a process of its own: the console goes on meanwhile, and both cores have work."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Sequence
from typing import BinaryIO, Self

from core.io import child
from core.uploads.workbooks import Layout
from core.values.errors import CoreError
from core.values.i18n import _

_MODULE = "core.uploads.writer_process"
_AHEAD = 8 << 20  # bytes; rows are read while the process starts


class SheetWriter:
    """A workbook of text cells being written. Use it as an async context manager."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        # a file without a name: it is gone with the last process that has it open, however that ends
        self._workbook = tempfile.TemporaryFile()  # noqa: SIM115 - closed at the end
        self._child: child.Child | None = None

    async def __aenter__(self) -> Self:
        """Start the process."""
        descriptor = self._workbook.fileno()
        self._child = await child.start(_MODULE, files=[descriptor])
        self._child.let_wait(_AHEAD)
        await self._send(self._layout)
        return self

    async def __aexit__(self, *_error: object) -> None:
        """End the process, whatever it is doing, and leave nothing behind."""
        assert self._child is not None  # noqa: S101
        await self._child.close()
        self._workbook.close()

    async def append(self, rows: Sequence[Sequence[str]]) -> None:
        """Write these rows."""
        if rows:
            await self._send(rows)

    async def save(self, file: BinaryIO) -> None:
        """Write the whole workbook to the file. Raises OSError where there is no room for it."""
        await self._send([])
        if (failure := await self._failure()) is not None:
            raise failure
        self._workbook.seek(0)
        await asyncio.to_thread(shutil.copyfileobj, self._workbook, file)

    async def _send(self, message: object) -> None:
        assert self._child is not None  # noqa: S101
        try:
            await self._child.send(message)
        except ConnectionError:
            raise await self._failure() or _not_written() from None

    async def _failure(self) -> Exception | None:
        """What the process says at its end: the number of an error, or 0 where all is written."""
        assert self._child is not None  # noqa: S101
        if (told := await self._child.receive()) is None:
            return _not_written()
        number = child.decode(told)
        return OSError(number, os.strerror(number)) if number else None


def _not_written() -> CoreError:
    return CoreError(_("The workbook could not be written."), _("Try again."))
