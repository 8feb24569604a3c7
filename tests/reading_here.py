"""Reads and writes workbooks that are not hostile within the process of the tests: many more fit in a second."""

import io
import os
from collections.abc import Sequence
from typing import BinaryIO, Self

import pytest

from core.io import child
from core.uploads import writer_process
from core.uploads.reader import Reader
from core.uploads.sheet import worker
from core.uploads.workbooks import Layout
from core.uploads.writer import SheetWriter


class ReaderHere(Reader):
    """What the process of a reader does, without the process."""

    async def _start(self) -> None:
        self._answers = io.BytesIO()
        with os.fdopen(os.dup(self._workbook.file.fileno()), "rb") as file:
            question = self._question
            worker.answer(file, question.opening, lambda: question, self._answers)
        self._answers.seek(0)

    async def _next(self) -> bytes | None:
        return child.hear(self._answers)


class WriterHere(SheetWriter):
    """What the process of a writer does, without the process."""

    def __init__(self, layout: Layout) -> None:
        self._messages = io.BytesIO(child.framed(layout))
        self._messages.seek(0, io.SEEK_END)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        pass

    async def append(self, rows: Sequence[Sequence[str]]) -> None:
        if rows:
            self._messages.write(child.framed(rows))

    async def save(self, file: BinaryIO) -> None:
        self._messages.write(child.framed([]))
        self._messages.seek(0)
        workbook = io.BytesIO()
        assert writer_process.write(self._messages, workbook)
        file.write(workbook.getvalue())


def read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take uploads in without a process for each."""
    monkeypatch.setattr("core.uploads.service.Reader", ReaderHere)


def write_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write downloads and results without a process for each."""
    for module in ("download", "reading"):
        monkeypatch.setattr(f"core.uploads.{module}.SheetWriter", WriterHere)
