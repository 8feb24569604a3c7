"""Reads workbooks that are not hostile within the process of the tests: many more fit into a second."""

import io
import os

import pytest

from core.io import child
from core.uploads.reader import Reader
from core.uploads.sheet import worker


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


def read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take uploads in without a process for each."""
    monkeypatch.setattr("core.uploads.service.Reader", ReaderHere)
