"""The console on databases of different sizes beside a bare DataTable with 100 rows, in one run.

``python -m benchmarks.console DATABASE [DATABASE …]``: databases as ``carecall demo --only-make`` makes them.
"""

import json
import os
import statistics
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.pty_probe import Probe

DOWN, PAGE_DOWN, END, HOME = b"\x1b[B", b"\x1b[6~", b"\x1b[F", b"\x1b[H"
ROOT = Path(__file__).parent.parent
ROUNDS = 5
IDLE_SECONDS = 10
COUNTED = "000 recipients"  # at the top of the list, once the core is open and has counted
COMMON = "김 010 2"  # every fifth has the first, everybody the second


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured of one program. Seconds, bytes, milliseconds, MiB."""

    what: str
    first_rows_s: float
    resident_mib: float
    down_bytes: float
    down_ms: float
    page_bytes: float
    page_ms: float
    idle_bytes: int
    dialog_bytes: float = 0
    last_ms: float = 0
    search_ms: float = 0
    typing_ms: float = 0
    slow_query_ms: float = 0
    rows: int = 0


def environment(database: Path | None = None) -> dict[str, str]:
    """The environment of the measured program: nothing of the host's settings."""
    variables = {
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "HOME": os.environ["HOME"],
        "PYTHONPATH": str(ROOT),
    }
    if database is not None:
        variables["CARECALL_DATABASE"] = f"sqlite+aiosqlite:///{database}"
    return variables


def bare(rows: int = 100, rounds: int = ROUNDS) -> Figures:
    """The reference; with many rows only how it starts."""
    command = [sys.executable, "-m", "benchmarks.bare_table", str(rows)]
    program = _Program(lambda **size: Probe(command, environment(), **size), "김철수3")
    what = f"bare DataTable, {rows:,} rows"
    if rows > 100:
        return Figures(what, *program.starts(1), 0, 0, 0, 0, 0, rows=rows)
    started, down = program.starts(rounds), program.cursor_down()
    probe = program.settled()
    page = probe.press(PAGE_DOWN, 3)
    dialog, idle = _dialog_and_idle(probe, b"m")
    return Figures(what, *started, *down, *page, idle, dialog)


def console(database: Path, rounds: int = ROUNDS) -> Figures:
    """The console on this database."""
    command = [sys.executable, "-m", "tui"]
    program = _Program(
        lambda **size: Probe(command, environment(database), **size), "010-", then=COUNTED
    )
    started, down = program.starts(rounds), program.cursor_down()
    probe = program.settled()
    page = probe.press(PAGE_DOWN, 5)
    ends = []
    for _round in range(rounds):
        ends.append(probe.press(END, 1, 0.6)[1])
        probe.press(HOME, 1, 0.6)
    dialog, idle = _dialog_and_idle(probe, b"a")
    return Figures(
        f"carecall on {database.stem}", *started, *down, *page, idle, dialog,
        statistics.median(ends), *_search(program, rounds), _during_a_slow_query(program),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Program:
    """How it is started, the text of its first row, and what it shows once it is ready for every key."""

    start: Callable[..., Probe]
    first_row: str
    then: str = ""

    def starts(self, rounds: int) -> tuple[float, float]:
        """Seconds to the first rows (the median), and resident MiB when all is there."""
        seconds, resident = [], []
        for _round in range(rounds):
            probe = self.start()
            seconds.append(probe.until(self.first_row))
            self._get_ready(probe)
            resident.append(probe.resident_mib())
            probe.close()
        return statistics.median(seconds), max(resident)

    def cursor_down(self) -> tuple[float, float]:
        """Bytes and milliseconds, at 120x40."""
        probe = self.settled(width=120, height=40)
        down = probe.press(DOWN, 10)
        probe.close()
        return down

    def settled(self, **size: int) -> Probe:
        """One that has nothing more to do."""
        probe = self.start(**size)
        probe.until(self.first_row)
        self._get_ready(probe)
        return probe

    def _get_ready(self, probe: Probe) -> None:
        if self.then:
            probe.shows(self.then)
        probe.settle(0.7)


def _dialog_and_idle(probe: Probe, key: bytes) -> tuple[float, int]:
    """Bytes of a dialog that this key opens; bytes while nobody does anything, before it is opened."""
    idle = probe.settle_for(IDLE_SECONDS)
    dialog = probe.press(key, 1, 0.6)[0]
    probe.shows("Save")
    probe.close()
    return dialog, idle


def _search(program: _Program, rounds: int) -> tuple[float, float]:
    """Milliseconds to the first page of a search, after its last key; and to a key's echo meanwhile."""
    pages, echoes = [], []
    for _round in range(rounds):
        probe = program.settled()
        probe.press(b"/", 1, 0.6)
        page, echo = probe.search("순자")
        pages.append(page)
        echoes.append(echo)
        probe.close()
    return statistics.median(pages), max(echoes)


def _during_a_slow_query(program: _Program) -> float:
    """Milliseconds to the slowest echo of a key while queries of what very many have run, one after the other."""
    probe = program.settled()
    probe.press(b"/", 1, 0.6)
    echoes = []
    for _round in range(3):
        for key in COMMON:
            echoes.append(probe.echo(key.encode()))
            probe.settle_for(
                0.15
            )  # longer than the search waits for another key: its query has begun
        probe.press(b"\x15", 1, 0.6)  # empty the field
    probe.close()
    return max(echoes)


def main() -> None:
    """Print the table, and the same as JSON on the last line."""
    rows = [bare(), *(console(Path(name).absolute()) for name in sys.argv[1:])]
    reference = rows[0]
    for row in rows:
        ratio = row.first_rows_s / reference.first_rows_s
        print(
            f"{row.what:32} first rows {row.first_rows_s:5.2f} s ({ratio:4.2f} x)"
            f"  memory {row.resident_mib:5.0f} MiB  down {row.down_bytes:5.0f} B {row.down_ms:4.1f} ms"
            f"  page {row.page_bytes:5.0f} B {row.page_ms:4.1f} ms  idle {row.idle_bytes} B"
            f"  dialog {row.dialog_bytes:.0f} B  last {row.last_ms:.0f} ms  search {row.search_ms:.0f} ms"
        )
    print(json.dumps([asdict(row) for row in rows], ensure_ascii=False))


if __name__ == "__main__":
    main()
