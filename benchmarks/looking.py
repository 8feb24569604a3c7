"""What it costs to record who looks: the details of a recipient opened, with the records and without.

Eight consoles at once on one SQLite file, each in a terminal of its own, from enter until the conversation of the
newest call stands on the screen (two accesses, recorded together); while nobody writes, and while somebody holds
the turn to write as an upload does. With and without in turns, each console compared with itself a moment before
or after: the figure is the median of these differences. While it is measured only bytes are taken, with their
times; what they come to on the screen is looked at afterwards. ``python -m benchmarks.looking`` (two and a
half minutes; the machine has to be quiet).
"""

import contextlib
import select
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

import pyte

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.console import DOWN, ENTER, HOME, environment
from benchmarks.details import make_database
from benchmarks.measuring import Line, table
from benchmarks.pty_probe import Probe

CONSOLES = 8
PEOPLE = (
    ("김하나", 3),
    ("이두리", 3),
    ("박세찬", 3),
    ("최네오", 3),
    ("정다온", 3),
)  # and so many calls of each
PAIRS = 24
QUIET = 0.2  # seconds without a byte of any of them: all has been drawn, and the neighbours read
PATIENCE = 30.0
GOAL = 1.1
ESCAPE = b"\x1b"
# the seam of the measurement: while a file is there, no access is kept, and all else is the same
PROGRAM = """
import os
from core.app.audit.access_log import AccessLog
kept = AccessLog.keep

async def keep(self, accesses):
    if not os.path.exists({flag!r}):
        await kept(self, accesses)

AccessLog.keep = keep
from tui.__main__ import main
raise SystemExit(main([]))
"""


@dataclass
class _Opened:
    """What each console needed: milliseconds until it is shown, and of the processor until all is quiet."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)


class _Consoles:
    """Eight of them on the list; ``opened`` opens the next recipient in all of them at the same moment."""

    def __init__(self, database: Path, flag: Path) -> None:
        command = [sys.executable, "-c", PROGRAM.format(flag=str(flag))]
        self._probes = [Probe(command, environment(database)) for _ in range(CONSOLES)]
        self._screens = [pyte.Screen(80, 24) for _ in self._probes]
        self._streams = [pyte.ByteStream(screen) for screen in self._screens]
        self.names = cycle(name for name, _calls in PEOPLE)
        self._until(f"{len(PEOPLE)} recipients", 120)
        for _once_round in PEOPLE:  # nothing is the first time
            self.opened(next(self.names))

    def opened(self, name: str, *, goes_on: bool = True) -> _Opened:
        """What it took each of them; the cursor goes on to the next one then."""
        ran = [probe.cpu_ms() for probe in self._probes]
        starts = []
        for probe in self._probes:
            starts.append(time.perf_counter())
            probe.send(ENTER)
        shown = self._until(f"{name} 7")
        found = _Opened(
            [(at - start) * 1000 for at, start in zip(shown, starts, strict=True)],
            [probe.cpu_ms() - before for probe, before in zip(self._probes, ran, strict=True)],
        )
        for probe in self._probes:
            probe.send(ESCAPE)
        self._until("Manage recipients")
        for probe in self._probes if goes_on else ():
            # the same again would be no other look
            probe.send(HOME if name == PEOPLE[-1][0] else DOWN)
        self._settle()
        return found

    def _until(self, text: str, patience: float = PATIENCE) -> list[float]:
        """Wait until it stands on each screen, and all are quiet; gives since when it does."""
        end, since = time.perf_counter() + patience, [0.0] * len(self._probes)
        while not all(since):
            for at, moment, data in self._settle():
                self._streams[at].feed(data)
                if not since[at] and text in "\n".join(self._screens[at].display):
                    since[at] = moment
            if time.perf_counter() > end:
                screens = "\n".join(screen.display[0] for screen in self._screens)
                raise TimeoutError(f"{text!r} is not shown:\n{screens}")
        return since

    def _settle(self) -> list[tuple[int, float, bytes]]:
        """What each of them writes until all are quiet, and when."""
        taken: list[tuple[int, float, bytes]] = []
        while ready := select.select(self._probes, [], [], QUIET)[0]:
            taken += [
                (self._probes.index(one), time.perf_counter(), one.read_now()) for one in ready
            ]
        return taken

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
        lines = _compared(consoles, flag, "nobody writes")
        with held(database):
            lines += _compared(consoles, flag, "somebody holds the turn to write")
    finally:
        consoles.close()
    return lines


def _compared(consoles: _Consoles, flag: Path, what: str) -> list[Line]:
    with_, without = _Opened(), _Opened()
    for number in range(PAIRS):
        name = next(consoles.names)
        # the same person in both, who has as many neighbours to be read ahead; neither is always the first
        for is_off, goes_on in ((number % 2 == 0, False), (number % 2 == 1, True)):
            flag.touch() if is_off else flag.unlink(missing_ok=True)
            taken, found = without if is_off else with_, consoles.opened(name, goes_on=goes_on)
            taken.wall += found.wall
            taken.cpu += found.cpu
    told = f"details opened, {CONSOLES} consoles, {what}"
    return [
        _line(told, with_.wall, without.wall, GOAL),
        _line(f"{told}: processor", with_.cpu, without.cpu, None),
    ]


def _line(what: str, with_: list[float], without: list[float], goal: float | None) -> Line:
    """The median of what each opening took more than that of the same console beside it, on top of the median."""
    more = [mine - its for mine, its in zip(with_, without, strict=True)]
    usual, extra = statistics.median(without), statistics.median(more)
    # where the median would lie with other openings of this kind, in 19 of 20 cases
    lower, upper = _between(more)
    return Line(
        what,
        1 + extra / usual,
        "x",
        goal,
        f"{1 + lower / usual:.3f}–{1 + upper / usual:.3f}",
        f"{usual:.1f} ms without, {extra:+.1f} ms with; {len(more)} pairs",
    )


def _between(values: list[float]) -> tuple[float, float]:
    """The bounds of the median that hold in 19 of 20 cases, by the binomial distribution."""
    ranked, half = sorted(values), 0.98 * len(values) ** 0.5
    middle = len(values) / 2
    return ranked[max(0, int(middle - half))], ranked[min(len(values) - 1, int(middle + half) + 1)]


def main() -> None:
    """Print them."""
    with tempfile.TemporaryDirectory() as kept:
        print(table(measure(Path(kept))))


if __name__ == "__main__":
    main()
