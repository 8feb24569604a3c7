"""Where an export goes: a folder of its own, or a ZIP file. Neither takes a name that was not made here."""

import contextlib
import os
import shutil
import zipfile
from datetime import datetime
from io import BytesIO
from typing import BinaryIO, Protocol

import msgspec

from core.exports.dto import Export
from core.io.private import folder_within, new_file
from core.values.message import plain
from core.values.text import escaped_json

_OWNER_ONLY = 0o600
_BLOCK = 1 << 18


class Sink(Protocol):
    """Takes the files of an export."""

    def add(self, name: str, content: bytes | BinaryIO) -> None:
        """Write a file; ``name`` may have one folder in it. Raises OSError."""


class FolderSink:
    """A folder that is open."""

    def __init__(self, folder: int, within: str = "") -> None:
        self._folder = folder
        self._within = within

    def below(self, folder: str) -> "FolderSink":
        """The same for a folder in it."""
        return FolderSink(self._folder, f"{self._within}{folder}/")

    def add(self, name: str, content: bytes | BinaryIO) -> None:
        """See ``Sink``."""
        *folders, last = f"{self._within}{name}".split("/")
        with contextlib.ExitStack() as opened:
            below = self._folder
            for part in folders:
                below = folder_within(part, below)
                opened.callback(os.close, below)
            with os.fdopen(new_file(last, below), "wb") as file:
                shutil.copyfileobj(_stream(content), file, _BLOCK)
                os.fsync(file.fileno())


class ZipSink:
    """A ZIP file; all of it lies in one folder, so that it does not spill where it is opened."""

    def __init__(self, archive: zipfile.ZipFile, folder: str, moment: datetime) -> None:
        self._archive = archive
        self._folder = folder
        self._moment = moment

    def add(self, name: str, content: bytes | BinaryIO) -> None:
        """See ``Sink``."""
        entry = zipfile.ZipInfo(f"{self._folder}/{name}", self._moment.timetuple()[:6])
        entry.external_attr = _OWNER_ONLY << 16
        entry.compress_type = zipfile.ZIP_DEFLATED
        with self._archive.open(entry, "w", force_zip64=True) as file:
            shutil.copyfileobj(_stream(content), file, _BLOCK)


def encoded(export: Export) -> bytes:
    """``data.json``: nothing in it that a terminal would act on."""
    text = msgspec.json.format(msgspec.json.encode(export, enc_hook=plain), indent=2).decode()
    return (escaped_json(text) + "\n").encode()


def _stream(content: bytes | BinaryIO) -> BinaryIO:
    return BytesIO(content) if isinstance(content, bytes) else content
