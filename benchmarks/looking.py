"""What it costs to record who looks: the details of a recipient opened, with the records and without.

Eight consoles at once on one SQLite file, each in a terminal of its own, from the key enter until the conversation
of the newest call stands on the screen (two looks); while nobody writes, and while somebody holds the turn to
write as an upload does. With and without in turns, in the same consoles: ``python -m benchmarks.looking``.
"""

import contextlib
import sqlite3
import statistics
import sys
import tempfile
import threading
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.console import DOWN, ENTER, HOME, environment
from benchmarks.details import make_database
from benchmarks.measuring import Line, table
from benchmarks.pty_probe import Probe

CONSOLES = 8
PEOPLE = (("김하나", 3), ("이두리", 3), ("박세찬", 3), ("최네오", 3))  # and so many calls of each
ROUNDS = 8
GOAL = 1.1
ESCAPE = b"\x1b"
# the seam of the measurement: while a file is there, no look is kept, and all else is the same
PROGRAM = """
import os
from core.app.audit.looks import Looks
kept = Looks.keep

async def keep(self, looks):
    if not os.path.exists({flag!r}):
        await kept(self, looks)

Looks.keep = keep
from tui.__main__ import main
raise SystemExit(main([]))
"""


class _Consoles:
    """Eight of them on the list; ``opened`` opens the next recipient in all of them at the same moment."""

    def __init__(self, database: Path, flag: Path) -> None:
        command = [sys.executable, "-c", PROGRAM.format(flag=str(flag))]
        self._probes = [Probe(command, environment(database)) for _ in range(CONSOLES)]
        self._names = cycle(name for name, _calls in PEOPLE)
        for probe in self._probes:
            probe.shows(f"{len(PEOPLE)} recipients", 120)
            probe.settle(0.5)

    def opened(self) -> float:
        """Milliseconds, the median of all consoles."""
        name, needed = next(self._names), []

        def opening(probe: Probe) -> None:
            needed.append(probe.answer(ENTER, f"{name} 7"))

        threads = [threading.Thread(target=opening, args=(probe,)) for probe in self._probes]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if len(needed) < CONSOLES:
            raise TimeoutError("not all of them have opened the details")
        for probe in self._probes:
            probe.answer(ESCAPE, "Manage recipients")
            # somebody else each time: the same again is one look
            probe.send(HOME if name == PEOPLE[-1][0] else DOWN)
        for probe in self._probes:
            probe.settle(0.05)
        return statistics.median(needed)

    def close(self) -> None:
        for probe in self._probes:
            probe.close()


@contextlib.contextmanager
def held(database: Path) -> Iterator[None]:
    """Somebody holds the turn to write, as an upload that is being saved."""
    with contextlib.closing(sqlite3.connect(database, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        yield
        writer.execute("ROLLBACK")


def measure(directory: Path) -> list[Line]:
    """Both, in turns."""
    database, flag = make_database(directory, PEOPLE), directory / "without"
    consoles = _Consoles(database, flag)
    try:
        lines = [_compared(consoles, flag, "nobody writes")]
        with held(database):
            lines.append(_compared(consoles, flag, "somebody holds the turn to write"))
    finally:
        consoles.close()
    return lines


def _compared(consoles: _Consoles, flag: Path, what: str) -> Line:
    with_: list[float] = []
    without: list[float] = []
    for number in range(2 * ROUNDS):
        # off on, on off, off on, …: neither is always the first of a pair
        is_off = number % 4 in (0, 3)
        flag.touch() if is_off else flag.unlink(missing_ok=True)
        (without if is_off else with_).append(consoles.opened())
    turns = [mine / its for mine, its in zip(with_, without, strict=True)]
    least = f"{min(without):.0f} to {min(with_):.0f} ms; medians {statistics.median(without):.0f}"
    return Line(
        f"details opened, {CONSOLES} consoles, {what}",
        statistics.median(with_) / statistics.median(without),
        "x",
        GOAL,
        f"{min(turns):.3g}–{max(turns):.3g}",
        f"{least} and {statistics.median(with_):.0f} ms",
    )


def main() -> None:
    """Print them."""
    with tempfile.TemporaryDirectory() as kept:
        print(table(measure(Path(kept))))


if __name__ == "__main__":
    main()
