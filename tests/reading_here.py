"""Reads workbooks that are not hostile within the process of the tests: many more fit into a second."""

import io
import os

import pytest

from core.uploads import protocol, reader_process
from core.uploads.protocol import Message, Refused
from core.uploads.reader import Reader
from core.values.errors import InvalidInput


class ReaderHere(Reader):
    """What the process of a reader does, without the process."""

    async def _start(self) -> None:
        self._answers = io.BytesIO()
        with os.fdopen(os.dup(self._file.fileno()), "rb") as file:
            reader_process.answer(file, self._question, self._answers)
        self._answers.seek(0)

    async def _receive(self) -> Message:
        (length,) = protocol.LENGTH.unpack(self._answers.read(protocol.LENGTH.size))
        message = protocol.decode.decode(self._answers.read(length))
        if isinstance(message, Refused):
            raise InvalidInput(message.what, message.way_out)
        return message


def read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take uploads in without a process for each."""
    monkeypatch.setattr("core.uploads.service.Reader", ReaderHere)
