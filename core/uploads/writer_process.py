"""The process that writes a workbook; run by ``core.uploads.writer`` with the open file to write it to.

It gets the layout, lists of rows of texts, and an empty list to save; without that it ends and nothing is
written. At the end it tells 0, or the number of the error where there was no room.
"""

import errno
import os
import sys
from typing import BinaryIO

import msgspec

from core.io import child
from core.uploads.workbooks import Layout, TextSheet


def write(messages: BinaryIO, file: BinaryIO) -> bool:
    """Write what the messages bring; whether they came to an end."""
    sheet = TextSheet(msgspec.msgpack.decode(child.hear(messages) or b"", type=Layout), file)
    decode = msgspec.msgpack.Decoder(list[list[str]]).decode
    while (data := child.hear(messages)) is not None:
        rows = decode(data)
        if not rows:
            sheet.save()
            return True
        sheet.append(rows)
    return False


def main() -> int:
    """Write the workbook to the descriptor of the arguments."""
    messages, answers = child.enter()
    try:
        with os.fdopen(int(sys.argv[1]), "wb") as file:
            whole = write(messages, file)
    except OSError as error:
        child.tell(answers, error.errno or errno.EIO)
        return 1
    if whole:
        child.tell(answers, 0)
    return 0 if whole else 1


if __name__ == "__main__":
    sys.exit(main())
