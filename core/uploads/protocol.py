"""What the console and the process that reads a workbook say to each other (see ``core.io.child``).

An ``Opening`` is asked, then a ``Question``; the answer is ``Ready``, then a ``Sheet``, its ``Rows`` and ``Done``,
or ``FileRefused``. Rows travel as JSON texts, arrays of ``GoodRow`` and of ``OtherRow``, their messages as they
are kept (``core.values.message``). The console only keeps them until the whole sheet has been read, so that
nothing is read while others wait for the database.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from core.uploads.dto import SheetLayout
from core.uploads.given_tags import GivenTag
from core.uploads.rows import GoodRow, OtherRow
from core.values.message import kept
from core.values.settings import UploadLimits

ROWS_PER_MESSAGE = 5_000
BYTES_PER_MESSAGE = 1 << 20


class Opening(msgspec.Struct, frozen=True):
    """What to open and how, asked before anything else: that needs no database, and most of the time.

    ``sheet`` is the one to read, "" for the first that fits.
    """

    limits: UploadLimits
    language: str
    sheet: str = ""
    file_name: str = ""


class Question(msgspec.Struct, frozen=True):
    """What to read and how: limits, language, and which organizations a row may name (by search key).

    ``sheet`` is the one to read, "" for the first that fits; ``mapping`` says which header is which field (see
    ``sheet.headers``), ``kept`` has what was said before, by the digest of the headers.
    """

    limits: UploadLimits
    language: str
    region: str
    organizations: dict[str, int]
    chosen: int | None
    chosen_name: str
    names: dict[int, str] = {}
    sheet: str = ""
    mapping: dict[str, str] = {}
    kept: dict[str, dict[str, str]] = {}
    file_name: str = ""

    @property
    def opening(self) -> Opening:
        """What is to be opened for it."""
        return Opening(self.limits, self.language, self.sheet, self.file_name)


class Ready(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """The process has loaded what it needs: how it ends from now on is the file's doing."""


class Sheet(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """The sheet is open: about how many rows it has, what was guessed about it, how it is laid out.

    Told a second time, it is read from its beginning, in another way: what was told before does not count.
    """

    rows: int
    notes: list[Any]
    layout: SheetLayout = SheetLayout()


class Rows(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """Some rows, checked. ``good`` and ``bad`` are JSON; ``guardians``: how many of the good ones give one.

    ``tags`` are those that no rows before have given; they are numbered on from the last one.
    """

    good: bytes
    good_count: int
    bad: bytes
    bad_count: int
    warnings: int
    guardians: int = 0
    tags: list[GivenTag] = []

    @property
    def count(self) -> int:
        """How many they are."""
        return self.good_count + self.bad_count


class FileRefused(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """The file as a whole cannot be taken, and why."""

    what: str
    hint: str
    layout: SheetLayout | None = None


class Done(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """Every row was sent; the notes that only the whole sheet could tell."""

    read: int
    notes: list[Any]


Message = Ready | Sheet | Rows | FileRefused | Done

decode_opening = msgspec.msgpack.Decoder(Opening).decode
decode_question = msgspec.msgpack.Decoder(Question).decode
decode: "msgspec.msgpack.Decoder[Message]" = msgspec.msgpack.Decoder(Message)
encode_rows = msgspec.json.Encoder(enc_hook=kept).encode
decode_rows: "msgspec.json.Decoder[list[GoodRow]]" = msgspec.json.Decoder(list[GoodRow])
decode_others: "msgspec.json.Decoder[list[OtherRow]]" = msgspec.json.Decoder(list[OtherRow])
decode_numbers: "Callable[[str], list[int]]" = msgspec.json.Decoder(list[int]).decode
