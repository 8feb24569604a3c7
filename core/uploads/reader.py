"""The console's end of the process that reads a workbook: starts it, takes its messages, ends it for sure."""

import contextlib
import signal
from collections.abc import AsyncIterator, Sequence
from typing import Any, Self

from core.io import child
from core.uploads import protocol
from core.uploads.dto import HeadersNotKnown
from core.uploads.protocol import Done, FileRefused, Message, Opening, Question, Ready, Rows, Sheet
from core.uploads.sheet import archive
from core.uploads.workbook_file import WorkbookFile
from core.values.errors import InvalidInput
from core.values.i18n import _
from core.values.jobs import Cancelled, Job

_MODULE = "core.uploads.sheet.worker"


@contextlib.asynccontextmanager
async def opened_ahead(workbook: WorkbookFile, opening: Opening) -> AsyncIterator[None]:
    """Have a process open the workbook while it is not known yet who reads it, and with which question.

    The first ``Reader`` of the workbook takes the process over; meanwhile nobody else may read the file, whose
    place both share.
    """
    # where none can be started, whoever reads it tries again, and is told why
    with contextlib.suppress(child.NotStarted):
        workbook.process = await _started(workbook, opening)
    try:
        yield
    finally:
        if workbook.process is not None:
            await workbook.process.close()


async def _started(workbook: WorkbookFile, opening: Opening) -> child.Child:
    process = await child.start(_MODULE, files=[workbook.file.fileno()])
    with contextlib.suppress(ConnectionError):  # receiving says why
        await process.send(opening)
    return process


class CachedReader:
    """What a check has read of a workbook, given once more as a ``Reader`` gives it."""

    def __init__(self, sheet: Sheet, notes: Sequence[Any], parts: Sequence[Rows], job: Job) -> None:
        self.sheet = sheet
        self.notes = tuple(notes)
        self._parts = parts
        self._job = job

    async def read(self) -> AsyncIterator[Rows | Sheet]:
        """All rows, in parts. Raises Cancelled."""
        total = sum(rows.count for rows in self._parts)
        read = 0
        for rows in self._parts:
            yield rows
            read += rows.count
            self._job.report(read, total)


class Reader:
    """A workbook being read in a process of its own. Use it as an async context manager."""

    def __init__(self, workbook: WorkbookFile, question: Question, job: Job) -> None:
        self._workbook = workbook
        self._question = question
        self._job = job
        self._child: child.Child | None = None
        self._is_ready = False
        self.sheet = Sheet(0, [])
        self.done = Done(0, [])

    async def __aenter__(self) -> Self:
        """Start the process and wait until the sheet is open.

        Raises InvalidInput where that cannot be, and NotStarted.
        """
        try:
            await self._start()
            self.sheet = await self._receive_sheet()
        except BaseException:
            await self._end()
            raise
        return self

    async def __aexit__(self, *_error: object) -> None:
        """End the process, whatever it is doing."""
        await self._end()

    @property
    def notes(self) -> tuple[Any, ...]:
        """What was guessed about the sheet; complete once all rows are read."""
        return (*self.sheet.notes, *self.done.notes)

    async def read(self) -> AsyncIterator[Rows | Sheet]:
        """All rows, in parts; after a sheet all of them once more, and none of those before count.

        Raises InvalidInput where the file turns out not to be readable, and Cancelled.
        """
        read = 0
        self._job.report(0, self.sheet.rows)
        while not isinstance(message := await self._receive(), Done):
            if isinstance(message, Sheet):
                # it is read once more, in another way
                self.sheet, read = message, 0
                yield message
            elif isinstance(message, Rows):
                yield message
                read += message.count
                self._job.report(read, max(self.sheet.rows, read))
        self.done = message
        await self._end()

    async def _start(self) -> None:
        question, workbook = self._question, self._workbook
        self._child, workbook.process = workbook.process, None
        if self._child is None:
            self._child = await _started(workbook, question.opening)
        self._job.when_cancelled(self._child.kill)
        with contextlib.suppress(ConnectionError):  # receiving says why
            await self._child.send(question)

    async def _receive_sheet(self) -> Sheet:
        if not isinstance(first := await self._receive(), Sheet):
            raise archive.damaged()
        return first

    async def _receive(self) -> Message:
        if (told := await self._next()) is None:
            raise await self._explain_end()
        message = protocol.decode.decode(told)
        if isinstance(message, Ready):
            self._is_ready = True
            return await self._receive()
        if isinstance(message, FileRefused):
            if message.layout is not None:
                raise HeadersNotKnown(message.what, message.hint, message.layout)
            raise InvalidInput(message.what, message.hint)
        return message

    async def _next(self) -> bytes | None:
        assert self._child is not None  # noqa: S101
        return await self._child.receive()

    async def _explain_end(self) -> InvalidInput | Cancelled | child.NotStarted:
        assert self._child is not None  # noqa: S101
        code = await self._child.wait()
        if self._job.cancelled:
            return Cancelled(_("Cancelled; nothing was saved."))
        if not self._is_ready:
            return child.NotStarted()
        limits = self._question.limits
        if code in (-signal.SIGXCPU, -signal.SIGKILL):
            return InvalidInput(
                _("The workbook takes too long to be read."),
                _("Split it, or raise the setting upload.cpu_seconds ({limit}).").format(
                    limit=limits.cpu_seconds
                ),
            )
        return InvalidInput(
            _("The workbook is damaged, or needs more memory to be read than it may take."),
            _("Save it again, split it, or raise the setting upload.memory_mib ({limit}).").format(
                limit=limits.memory_mib
            ),
        )

    async def _end(self) -> None:
        if self._child is not None:
            await self._child.close()
