"""The process that reads a workbook: limited in memory and time, so that a file can end it but nothing else.

Run by ``core.uploads.reader`` with the open workbook; gets a question and answers it (``core.uploads.protocol``).
"""

import gc
import importlib
import os
import sys
from collections.abc import Callable
from typing import BinaryIO

from core.io import child
from core.io.limits import bound
from core.uploads.dto import HeadersNotKnown
from core.uploads.protocol import (
    FileRefused,
    Opening,
    Question,
    Ready,
    decode_opening,
    decode_question,
)
from core.uploads.sheet import archive
from core.uploads.sheet.choosing import OpenedAhead
from core.uploads.sheet.kinds import Misread
from core.uploads.sheet.opening import open_book
from core.uploads.sheet.taking import Taker
from core.values import i18n
from core.values.errors import InvalidInput
from core.values.i18n import _


def answer(
    file: BinaryIO, opening: Opening, hear_question: Callable[[], Question], out: BinaryIO
) -> None:
    """Read the workbook and send what it holds, or why it cannot be read."""
    try:
        limits, name = opening.limits, opening.file_name
        book = OpenedAhead(open_book(file, limits, name), opening.sheet)
        question = hear_question()
        try:
            Taker(book, question, out).run()
        except Misread:
            # begins with its Sheet once more, so that all rows told so far are forgotten
            Taker(open_book(file, limits, name, carefully=True), question, out).run()
    except HeadersNotKnown as error:
        child.tell(out, FileRefused(error.what, error.hint, error.layout))
    except InvalidInput as error:
        child.tell(out, FileRefused(error.what, error.hint))
    except MemoryError:
        child.tell(
            out,
            FileRefused(
                _("The workbook needs more memory to be read than it may take."),
                _("Split it, or raise the setting upload.memory_mib ({limit}).").format(
                    limit=opening.limits.memory_mib
                ),
            ),
        )
    except (BrokenPipeError, KeyboardInterrupt):
        raise
    # whatever a parser raises over a damaged file, its panics (no Exception) included, is the file's fault
    except BaseException:  # noqa: BLE001
        reason = archive.damaged()
        child.tell(out, FileRefused(reason.what, reason.hint))


def main() -> int:
    """Answer what is asked on standard input about the descriptor in the arguments."""
    questions, out = child.enter()
    # nothing here lives long enough to be worth looking for
    gc.disable()
    opening = decode_opening(child.hear(questions) or b"")
    # a library that cannot be loaded would look like a damaged file
    for library in ("python_calamine", "phonenumbers"):
        importlib.import_module(library)
    limits = opening.limits
    bound(memory_mib=limits.memory_mib, cpu_seconds=limits.cpu_seconds, file_bytes=0)
    i18n.use(opening.language)
    child.tell(out, Ready())
    with os.fdopen(int(sys.argv[1]), "rb") as file:
        try:
            answer(file, opening, lambda: decode_question(child.hear(questions) or b""), out)
        except BrokenPipeError:
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
