"""How soon a key is answered while an upload or a download runs: ``python -m benchmarks.keys_at_work DATABASE``.

The key is escape in the dialog of the work, which says at once that it is cancelling; 100 ms of its answer go into
waiting whether it is the beginning of a longer sequence. It is pressed at different moments; the slowest counts.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.console import ROOT, environment
from benchmarks.pty_probe import Probe
from benchmarks.upload import make_workbook

MOMENTS = (0.3, 0.8, 1.4, 2.0)  # seconds into the work
ROWS = 100_000


class _Work:
    """The console on a copy of a database, with a workbook beside it."""

    def __init__(self, directory: Path, database: Path) -> None:
        copy = directory / "carecall.db"
        shutil.copy(database, copy)
        self._directory = directory
        self._environment = {**environment(copy), "HOME": str(directory)}
        subprocess.run(
            [sys.executable, "-m", "tui", "organization", "add", "Benchmark"],
            env=self._environment,
            check=True,
            capture_output=True,
        )
        make_workbook(directory / "people.xlsx", ROWS)

    def answer(self, kind: str, moment: float) -> float:
        """Milliseconds to the answer, at this moment of this work."""
        target = self._directory / ("people.xlsx" if kind == "upload" else f"out-{moment}.xlsx")
        probe = Probe([sys.executable, "-m", "tui"], self._environment, width=100, height=30)
        try:
            probe.shows("000 recipients")
            probe.settle(0.5)
            probe.send(b"u" if kind == "upload" else b"w")
            probe.shows("ctrl+s Save")
            probe.press(b"\x15" + str(target).encode(), 1, 0.3)
            probe.shows(target.name)
            if kind == "download":
                probe.press(b"\t", 1, 0.3)
                probe.send(b"bench")  # the reason
                probe.shows("bench")
            probe.send(b"\x13")
            probe.shows("%")  # the work has begun
            probe.settle_for(moment)
            probe.mark()
            probe.send(b"\x1b")
            return probe.until("Cancell", 10) * 1000
        finally:
            probe.close()


def slowest(database: Path, *, fast: bool = False) -> dict[str, float]:
    """The slowest answer during an upload and a download, in milliseconds; ``fast`` tries half of the moments."""
    with tempfile.TemporaryDirectory() as kept:
        work = _Work(Path(kept), database)
        return {
            kind: max(work.answer(kind, moment) for moment in MOMENTS[:: 2 if fast else 1])
            for kind in ("upload", "download")
        }


def main() -> None:
    """Print them."""
    for kind, milliseconds in slowest((ROOT / sys.argv[1]).absolute()).items():
        print(f"a key during {kind:10} {milliseconds:6.0f} ms")


if __name__ == "__main__":
    main()
