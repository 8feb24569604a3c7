"""Starting without the garbage collector (see ``docs/adr/0002-argparse-and-start-up.md``)."""

import contextlib
import gc
from collections.abc import Iterator

_COMMAND_THRESHOLD = 50_000  # objects; a command imports the core while it runs


@contextlib.contextmanager
def starting() -> Iterator[None]:
    """What is imported stays: nothing of it is looked through for garbage. Ends at the latest with the process."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def started() -> None:
    """The console is open: collect again, but leave alone what the start has made."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def ended() -> None:
    """The process ends: it looks through nothing for garbage any more, a fifth of the time of a short command."""
    gc.freeze()


def command_begins() -> None:
    """A command is about to run: collect again, seldom."""
    gc.set_threshold(_COMMAND_THRESHOLD)
    gc.enable()
