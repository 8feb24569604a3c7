"""The ``carecall`` command. Until it has something to clean up, ctrl+c ends it as any other signal does.

Python's own way, an exception wherever the program is, would show a traceback of the modules being imported.
"""

import signal


def main() -> int:
    """Run the console or a command; gives the exit code."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from tui.__main__ import main as run

    return run()
