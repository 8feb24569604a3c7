"""The console on databases of different sizes beside a bare DataTable with 100 rows, in one run.

``python -m benchmarks.console DATABASE [DATABASE …]``: databases as ``carecall demo --only-make`` makes them.
"""

import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from benchmarks.pty_probe import Probe

DOWN, PAGE_DOWN, END, HOME = b"\x1b[B", b"\x1b[6~", b"\x1b[F", b"\x1b[H"
ROOT = Path(__file__).parent.parent
IDLE_SECONDS = 10
COUNTED = "000 recipients"  # at the top of the list, once the core is open and has counted
COMMON = "김 010 2"  # every fifth has the first, everybody the second


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured of one program. Seconds, bytes, milliseconds, MiB."""

    what: str
    first_rows_s: float
    resident_mib: float
    down_bytes: float = 0
    down_ms: float = 0
    page_bytes: float = 0
    page_ms: float = 0
    idle_bytes: int = 0
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


def bare(rows: int = 100, *, idle_seconds: float = IDLE_SECONDS) -> Figures:
    """The reference; with many rows only how it starts."""
    command = [sys.executable, "-m", "benchmarks.bare_table", str(rows)]
    program = _Program(lambda **size: Probe(command, environment(), **size), "김철수3")
    what = f"bare DataTable, {rows:,} rows"
    probe, *started = program.started()
    if rows > 100:
        probe.close()
        return Figures(what, *started, rows=rows)
    page = probe.press(PAGE_DOWN, 3)
    idle = probe.settle_for(idle_seconds)
    dialog = _dialog(probe, b"m")
    return Figures(what, *started, *program.cursor_down(), *page, idle, dialog)


def console(database: Path, *, idle_seconds: float = IDLE_SECONDS) -> Figures:
    """The console on this database."""
    command = [sys.executable, "-m", "tui"]
    program = _Program(
        lambda **size: Probe(command, environment(database), **size), "010-", then=COUNTED
    )
    probe, *started = program.started()
    page = probe.press(PAGE_DOWN, 3)
    last = probe.press(END, 1, 0.6)[1]
    probe.press(HOME, 1, 0.6)
    idle = probe.settle_for(idle_seconds)
    dialog = _dialog(probe, b"a")
    return Figures(
        f"carecall on {database.stem}", *started, *program.cursor_down(), *page, idle, dialog,
        last, *_search(program),
    )  # fmt: skip


def combined(passes: Sequence[Figures]) -> Figures:
    """The least time of each kind, to which whatever else the machine does only adds; the most of all else."""
    best = {
        field.name: min(found) if field.name.endswith(("_s", "_ms")) else max(found)
        for field in fields(Figures)
        for found in [[getattr(one, field.name) for one in passes]]
    }
    return Figures(**best)


@dataclass(frozen=True, slots=True)
class _Program:
    """How it is started, the text of its first row, and what it shows once it is ready for every key."""

    start: Callable[..., Probe]
    first_row: str
    then: str = ""

    def started(self, **size: int) -> tuple[Probe, float, float]:
        """One that has nothing more to do; seconds to its first rows, and its resident MiB now."""
        probe = self.start(**size)
        seconds = probe.until(self.first_row)
        if self.then:
            probe.shows(self.then)
        probe.settle(0.7)
        return probe, seconds, probe.resident_mib()

    def cursor_down(self) -> tuple[float, float]:
        """Bytes and milliseconds, at 120x40."""
        probe = self.started(width=120, height=40)[0]
        down = probe.press(DOWN, 10)
        probe.close()
        return down


def _dialog(probe: Probe, key: bytes) -> float:
    """Bytes of a dialog that this key opens."""
    dialog = probe.press(key, 1, 0.3)[0]  # a bare one's cursor blinks every half second
    probe.shows("Save")
    probe.close()
    return dialog


def _search(program: _Program) -> tuple[float, float, float]:
    """Milliseconds to the first page of a search, after its last key; to a key's echo; to one in slow queries."""
    probe = program.started()[0]
    probe.press(b"/", 1, 0.6)
    page, echo = probe.search("순자")
    probe.press(b"\x15", 1, 0.6)  # empty the field
    slow = _during_slow_queries(probe)
    probe.close()
    return page, echo, slow


def _during_slow_queries(probe: Probe) -> float:
    """Milliseconds to the slowest echo while queries of what very many have run, one after the other."""
    echoes = []
    for _round in range(2):
        for key in COMMON:
            echoes.append(probe.echo(key.encode()))
            probe.settle_for(
                0.15
            )  # longer than the search waits for another key: its query has begun
        probe.press(b"\x15", 1, 0.6)
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
