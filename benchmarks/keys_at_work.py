"""How soon a key is answered while an upload or a download runs: ``python -m benchmarks.keys_at_work DATABASE``.

The key is escape in the dialog of the work, which says at once that it is cancelling; 100 ms of its answer go into
waiting whether it is the beginning of a longer sequence. It is pressed at different moments; the slowest counts.
Work that is over before the moment comes gives no sample, which is told.
"""

import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks.console import ERASE_LINE
from benchmarks.measuring import Line, Samples, line, table
from benchmarks.people import make_workbook
from benchmarks.pty_probe import Probe
from benchmarks.workbooks import carecall, environment

MOMENTS = (0.3, 0.8, 1.4, 2.0)  # seconds into the work
ROWS = 100_000
SAVE, ESCAPE, TAB = b"\x13", b"\x1b", b"\t"


class _Work:
    """The console on a copy of a database, with a workbook beside it."""

    def __init__(self, directory: Path, database: Path) -> None:
        shutil.copy(database, directory / "carecall.db")
        self._directory = directory
        carecall(directory, "organization", "add", "Benchmark")
        make_workbook(directory / "people.xlsx", ROWS)

    def answer(self, kind: str, moment: float) -> float:
        """Milliseconds to the answer, at this moment of this work."""
        target = self._directory / ("people.xlsx" if kind == "upload" else f"out-{moment}.xlsx")
        command = [sys.executable, "-m", "tui"]
        probe = Probe(command, environment(self._directory), width=100, height=30)
        try:
            probe.shows("000 recipients")
            probe.settle(0.5)
            probe.send(b"u" if kind == "upload" else b"w")
            probe.shows("Upload recipients" if kind == "upload" else "Download")
            probe.settle(0.3)
            probe.press(ERASE_LINE + str(target).encode(), 1, 0.3)
            probe.shows(target.name)
            if kind == "download":
                probe.press(TAB, 1, 0.3)
                probe.send(b"bench")  # the reason
                probe.shows("bench")
            probe.send(SAVE)
            probe.shows("%", 20)  # the work has begun
            probe.settle_for(moment)
            probe.mark()
            probe.send(ESCAPE)
            return probe.until("Cancell", 10) * 1000
        finally:
            probe.close()


def measure(database: Path, *, fast: bool) -> list[Line]:
    """A key during an upload and during a download; ``fast`` tries half of the moments."""
    samples = Samples("keys while work runs")
    with tempfile.TemporaryDirectory() as kept:
        work = _Work(Path(kept), database)
        for kind in ("upload", "download"):
            for moment in MOMENTS[:: 2 if fast else 1]:
                # the most of them counts, so it is no time to take the least of
                samples.take(
                    f"{kind}_slowest", lambda kind=kind, moment=moment: work.answer(kind, moment)
                )  # type: ignore[misc]
    return [
        Line(one.what, one.figure, "ms", one.goal, one.noise, one.reference)
        for kind in ("upload", "download")
        for one in [line(f"a key during the {kind}", samples, f"{kind}_slowest", 200)]
    ]


def main() -> None:
    """Print them."""
    print(table(measure(Path(sys.argv[1]).absolute(), fast=False)))


if __name__ == "__main__":
    main()
