"""What the process is before anything else begins: no core dumps, and three standard streams.

A core dump would hold names and numbers. Where a standard stream is closed (``carecall upload - <&-``), the next
file to be opened would take its number, and what is meant for a person would go into the database.
"""

import os
import sys

from core.io.limits import bound

# a closed stream stays one that fails: standard input cannot be read, standard output not be written
_INSTEAD = {0: os.O_WRONLY, 1: os.O_RDONLY, 2: os.O_WRONLY}


def begin() -> None:
    """Make it so; a second time changes nothing."""
    bound()
    for number, flags in _INSTEAD.items():
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, flags)  # takes the lowest number that is free: this one
    sys.stdin = sys.stdin or open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = sys.stdout or open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
