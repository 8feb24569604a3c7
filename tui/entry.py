"""The ``carecall`` command. Until it has something to clean up, ctrl+c ends it at once.

Python's own way, an exception wherever the program is, would show a traceback of the modules being imported.
"""

import contextlib
import os
import signal
from types import FrameType


def main() -> int:
    """Run the console or a command; gives the exit code."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupted)
    from tui.__main__ import main as run
    from tui.start_up import ended

    try:
        return run()
    finally:
        ended()


def _interrupted(number: int, _frame: FrameType | None) -> None:
    """Say that nothing was done yet, in the user's language as far as it is known, and end."""
    words = "Cancelled; nothing was done."
    with contextlib.suppress(Exception):  # what is half imported has no words
        from core.values.i18n import _

        words = str(_("Cancelled; nothing was done."))
    with contextlib.suppress(OSError):
        os.write(2, f"carecall: {words}\n".encode())
    os._exit(128 + number)
