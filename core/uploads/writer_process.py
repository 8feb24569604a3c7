"""The process that writes a workbook; run by ``core.uploads.writer`` with the open file to write it to.

On standard input it gets messages, each a length of four bytes and MessagePack: the layout, lists of rows of
texts, and an empty list to save. Without that it ends and nothing was written. Where there is no room, it tells
the number of the error on standard output.
"""

import os
import struct
import sys
from typing import BinaryIO

import msgspec

from core.uploads.workbooks import Layout, TextSheet

LENGTH = struct.Struct(">I")
encode = msgspec.msgpack.Encoder().encode


def write(messages: BinaryIO, file: BinaryIO) -> bool:
    """Write what the messages bring; whether they came to an end."""
    layout = msgspec.msgpack.decode(_next(messages), type=Layout)
    sheet = TextSheet(layout)
    decode = msgspec.msgpack.Decoder(list[list[str]]).decode
    while data := _next(messages):
        rows = decode(data)
        if not rows:
            sheet.save(file)
            return True
        for row in rows:
            sheet.append(row)
    sheet.discard()
    return False


def _next(messages: BinaryIO) -> bytes:
    head = messages.read(LENGTH.size)
    return messages.read(LENGTH.unpack(head)[0]) if len(head) == LENGTH.size else b""


def main() -> int:
    """Write the workbook to the descriptor of the arguments."""
    try:
        with os.fdopen(int(sys.argv[1]), "wb") as file:
            return 0 if write(sys.stdin.buffer, file) else 1
    except OSError as error:
        sys.stdout.write(str(error.errno or ""))
        return 1


if __name__ == "__main__":
    sys.exit(main())
