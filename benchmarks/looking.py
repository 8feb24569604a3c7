"""What it costs to record who looks: the details of a recipient opened, with the records and without.

Eight consoles at once on one SQLite file, each in a terminal of its own, from the key enter until the conversation
of the newest call stands on the screen (two looks); while nobody writes, and while somebody holds the turn to
write as an upload does. In turns, with and without, in the same run: ``python -m benchmarks.looking``.
"""

import contextlib
import os
import sqlite3
import statistics
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.console import DOWN, ENTER, HOME, ROOT, environment
from benchmarks.details import make_database
from benchmarks.measuring import Line, Samples, ratio, table
from benchmarks.pty_probe import Probe

CONSOLES = 8
PEOPLE = (("김하나", 3), ("이두리", 3), ("박세찬", 3), ("최네오", 3))  # and so many calls of each
TURNS = 3
GOAL = 1.1
ESCAPE = b"\x1b"
# the seam of the measurement: a console that keeps no look, and is the same in all else
WITHOUT = """
from core.app.audit.looks import Looks

async def keep(self, looks):
    pass

Looks.keep = keep
from tui.__main__ import main
raise SystemExit(main())
"""
WITH = "from core.app.audit.looks import Looks\nfrom tui.__main__ import main\nraise SystemExit(main())\n"


class _Consoles:
    """Eight of them on the list, with the records or without."""

    def __init__(self, database: Path, program: str) -> None:
        command = [sys.executable, "-c", program]
        self._probes = [Probe(command, environment(database)) for _ in range(CONSOLES)]
        for probe in self._probes:
            probe.shows(f"{len(PEOPLE)} recipients", 60)
            probe.settle(0.5)

    def opened(self) -> list[float]:
        """Milliseconds to the details, each time, of all consoles at the same moment."""
        needed: list[float] = []

        def opening(probe: Probe, text: str) -> None:
            needed.append(probe.answer(ENTER, text))

        for name, _calls in PEOPLE:
            threads = [
                threading.Thread(target=opening, args=(probe, f"{name} 7"))
                for probe in self._probes
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            for probe in self._probes:
                probe.press(ESCAPE, 1, 0.4)
                probe.press(DOWN, 1, 0.2)  # somebody else each time: the same again is one look
        for probe in self._probes:
            probe.press(HOME, 1, 0.4)
        if len(needed) < len(PEOPLE) * CONSOLES:
            raise TimeoutError("not all of them have opened the details")
        return needed

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


def measure(database: Path) -> list[Line]:
    """Both, in turns."""
    with_, without = Samples("with records"), Samples("without")
    for _turn in range(TURNS):
        for samples, program in ((without, WITHOUT), (with_, WITH)):
            consoles = _Consoles(database, program)
            try:
                samples.take("quiet_ms", lambda c=consoles: statistics.median(c.opened()))  # type: ignore[misc]
                with held(database):
                    samples.take("held_ms", lambda c=consoles: statistics.median(c.opened()))  # type: ignore[misc]
            finally:
                consoles.close()
    kinds = (("nobody writes", "quiet_ms"), ("somebody holds the turn to write", "held_ms"))
    return [
        ratio(
            f"details opened, {CONSOLES} consoles, {what}",
            (with_, name),
            (without, name),
            GOAL,
            told(name, with_, without),
        )
        for what, name in kinds
    ]


def told(name: str, with_: Samples, without: Samples) -> str:
    """The figures of which it is the ratio."""
    least = f"{without.best(name) or 0:.0f} to {with_.best(name) or 0:.0f} ms"
    return f"{least}; {without.noise(name)} / {with_.noise(name)}"


def main() -> None:
    """Print them."""
    os.chdir(ROOT)
    with tempfile.TemporaryDirectory() as kept:
        database = make_database(Path(kept), PEOPLE)
        print(table(measure(database)))


if __name__ == "__main__":
    main()
