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
from typing import Any

from benchmarks.pty_probe import Probe

DOWN, PAGE_DOWN, END, HOME = b"\x1b[B", b"\x1b[6~", b"\x1b[F", b"\x1b[H"
ROOT = Path(__file__).parent.parent
ROUNDS = 5


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


def bare(rows: int = 100) -> Figures:
    """The reference; with many rows only how it starts."""
    command = [sys.executable, "-m", "benchmarks.bare_table", str(rows)]
    return _measure(
        f"bare DataTable, {rows:,} rows",
        lambda **size: Probe(command, environment(), **size),
        "김철수3",
        only_start=rows > 100,
    )


def console(database: Path) -> Figures:
    """The console on this database."""
    command = [sys.executable, "-m", "tui"]
    return _measure(
        f"carecall on {database.stem}",
        lambda **size: Probe(command, environment(database), **size),
        "010-",
        console_keys=True,
    )


def _measure(
    what: str,
    start: Callable[..., Probe],
    first_row: str,
    *,
    only_start: bool = False,
    console_keys: bool = False,
) -> Figures:
    seconds = []
    for _round in range(1 if only_start else ROUNDS):
        probe = start()
        seconds.append(probe.until(first_row))
        probe.settle(0.5)
        resident = probe.resident_mib()
        probe.close()
    if only_start:
        return Figures(what, statistics.median(seconds), resident, 0, 0, 0, 0, 0)
    probe = start(width=120, height=40)
    probe.until(first_row)
    probe.settle(1.0)
    down = probe.press(DOWN, 10)
    probe.close()
    probe = start()
    probe.until(first_row)
    if console_keys:
        probe.shows("000 recipients")  # opened and counted
    probe.settle(1.0)
    page = probe.press(PAGE_DOWN, 3)
    more: dict[str, Any] = {}
    if console_keys:
        more["last_ms"] = probe.press(END, 1, 0.6)[1]
        probe.press(HOME, 1, 0.6)
        more["search_ms"], more["typing_ms"] = _search(start)
    more["dialog_bytes"] = probe.press(b"a" if console_keys else b"m", 1, 0.6)[0]
    probe.press(b"\x1b", 1, 0.6)
    probe.settle(1.0)
    idle = probe.settle(10)[0] if not _noisy(probe) else -1
    probe.close()
    return Figures(what, statistics.median(seconds), resident, *down, *page, idle, **more)


def _search(start: Callable[..., Probe]) -> tuple[float, float]:
    """Milliseconds to the first page of a search, after its last key; and to a key's echo meanwhile."""
    pages, echoes = [], []
    for _round in range(ROUNDS):
        probe = start()
        probe.shows("000 recipients")
        probe.settle(0.5)
        probe.press(b"/", 1, 0.6)
        page, echo = probe.search("순자")
        pages.append(page)
        echoes.append(echo)
        probe.close()
    return statistics.median(pages), max(echoes)


def _noisy(probe: Probe) -> bool:
    return probe.settle(0.5)[0] > 0


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
