"""Writes a workbook in a process of its own: the console goes on meanwhile, and both cores have work."""

import asyncio
import contextlib
import os
import shutil
import tempfile
from collections.abc import Sequence
from types import TracebackType
from typing import BinaryIO, Self

from core.uploads import process
from core.uploads.workbooks import Layout
from core.uploads.writer_process import LENGTH, encode
from core.values.errors import CoreError
from core.values.i18n import _

_MODULE = "core.uploads.writer_process"
_GONE = (BrokenPipeError, ConnectionResetError)


class SheetWriter:
    """A workbook of text cells being written. Use it as an async context manager."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        # a file without a name: it is gone with the last process that has it open, however that ends
        self._workbook = tempfile.TemporaryFile()  # noqa: SIM115 - closed at the end
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        """Start the process."""
        descriptor = self._workbook.fileno()
        self._process = await process.start(_MODULE, str(descriptor), files=[descriptor])
        await self._send(encode(self._layout))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the process, whatever it is doing, and leave nothing behind."""
        assert self._process is not None  # noqa: S101
        with contextlib.suppress(ProcessLookupError):
            if self._process.returncode is None:
                self._process.kill()
        await self._process.wait()
        self._workbook.close()

    async def append(self, rows: Sequence[Sequence[str]]) -> None:
        """Write these rows."""
        if rows:
            await self._send(encode(rows))

    async def save(self, file: BinaryIO) -> None:
        """Write the whole workbook to the file. Raises OSError where there is no room for it."""
        assert self._process is not None  # noqa: S101
        assert self._process.stdin is not None  # noqa: S101
        assert self._process.stdout is not None  # noqa: S101
        await self._send(encode([]))
        self._process.stdin.close()
        told = await self._process.stdout.read()
        if await self._process.wait() != 0:
            raise _failure(told)
        self._workbook.seek(0)
        await asyncio.to_thread(shutil.copyfileobj, self._workbook, file)

    async def _send(self, data: bytes) -> None:
        assert self._process is not None  # noqa: S101
        assert self._process.stdin is not None  # noqa: S101
        assert self._process.stdout is not None  # noqa: S101
        try:
            self._process.stdin.write(LENGTH.pack(len(data)) + data)
            await self._process.stdin.drain()
        except _GONE:
            raise _failure(await self._process.stdout.read()) from None


def _failure(told: bytes) -> Exception:
    if told.isdigit():
        number = int(told)
        return OSError(number, os.strerror(number))
    return CoreError(_("The workbook could not be written."), _("Try again."))
