"""Bytes and milliseconds of a key: the paged table at 1,000,000 rows, a DataTable with 100.

Each is alone in a bare Textual app behind a pseudo-terminal: ``python -m benchmarks.table_bytes``.
"""

import fcntl
import os
import pty
import select
import statistics
import struct
import sys
import termios
import time
from collections.abc import Sequence

from textual.app import App, ComposeResult
from textual.widgets import DataTable

from tui.widgets.paged_table import Column, PagedTable, TableRow

ROWS = 1_000_000
COLUMNS = [
    Column("name", "Recipient name", 16, frozen=True),
    Column("phone", "Mobile phone number", 15),
    Column("organization", "Organization", 14),
    Column("registered", "Registered at", 16),
    Column("status", "Status", 12),
    Column("calls", "Calls", 6, "right"),
    Column("connected", "Connected", 9, "right"),
    Column("completed", "Completed", 9, "right"),
]
DOWN, PAGE_DOWN, END = b"\x1b[B", b"\x1b[6~", b"\x1b[F"
QUIET = 0.15  # seconds without a byte: the key is answered


def row(index: int) -> TableRow:
    """A made-up recipient."""
    paused = index % 5 == 0
    return TableRow(
        key=index,
        cells=(
            f"김철수{index}",
            f"010-{index // 10_000:04}-{index % 10_000:04}",
            "해운대구청",
            "2026-11-20 10:00",
            "paused" if paused else "in progress",
            "90",
            "87%",
            "81%",
        ),
        styles=("", "", "", "", "warning" if paused else "", "", "", ""),
    )


async def fetch(start: int, stop: int) -> Sequence[TableRow]:
    """The rows of a list that nobody holds."""
    return [row(index) for index in range(start, min(stop, ROWS))]


class PagedApp(App[None]):
    """Nothing but the paged table."""

    CSS = "PagedTable { & > .paged-table--warning { color: $warning; } }"

    def compose(self) -> ComposeResult:
        """The table, its rows counted."""
        table = PagedTable(fetch)
        table.columns = COLUMNS
        table.total = ROWS
        yield table


class DataTableApp(App[None]):
    """Nothing but Textual's own table, which holds its rows."""

    def compose(self) -> ComposeResult:
        """The table, filled."""
        table: DataTable[str] = DataTable(cursor_type="row")
        for column in COLUMNS:
            table.add_column(column.label, width=column.width)
        for index in range(100):
            table.add_row(*row(index).cells)
        yield table


APPS: dict[str, type[App[None]]] = {"paged": PagedApp, "datatable": DataTableApp}


class Terminal:
    """An app behind a pseudo-terminal that counts what it writes."""

    def __init__(self, app: str, theme: str, width: int, height: int) -> None:
        self._pid, self._fd = pty.fork()
        if self._pid == 0:
            size = {"COLUMNS": str(width), "LINES": str(height)}
            colours = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
            command = [sys.executable, "-m", "benchmarks.table_bytes", app, theme]
            os.execve(sys.executable, command, {**os.environ, **size, **colours})
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        self.read_until_quiet(1.5)

    def read_until_quiet(self, quiet: float = QUIET) -> tuple[int, float]:
        """Bytes written until nothing more comes, and milliseconds to the last of them."""
        started = last = time.perf_counter()
        count = 0
        while select.select([self._fd], [], [], quiet)[0]:
            count += len(os.read(self._fd, 65536))
            last = time.perf_counter()
        return count, (last - started) * 1000

    def press(self, key: bytes, times: int) -> tuple[float, float]:
        """Median bytes and milliseconds of a key."""
        answers = []
        for _again in range(times):
            os.write(self._fd, key)
            answers.append(self.read_until_quiet())
        return tuple(statistics.median(column) for column in zip(*answers, strict=True))  # type: ignore[return-value]

    def close(self) -> None:
        """End the app."""
        os.write(self._fd, b"\x11")
        self.read_until_quiet()
        os.close(self._fd)
        os.waitpid(self._pid, 0)


def measure(app: str, theme: str, width: int, height: int) -> list[str]:
    """One line of the table for each key."""
    terminal = Terminal(app, theme, width, height)
    lines = []
    keys = (("cursor down", DOWN, 10), ("page down", PAGE_DOWN, 3), ("end", END, 1))
    for name, key, times in keys:
        count, milliseconds = terminal.press(key, times)
        where = f"{width}x{height}"
        lines.append(
            f"{app:10} {theme:13} {where:7} {name:12} {count:7.0f} B {milliseconds:7.1f} ms"
        )
    idle, _time = terminal.read_until_quiet(2)
    lines.append(f"{app:10} {theme:13} {width}x{height:<4} {'idle 2 s':12} {idle:7} B")
    terminal.close()
    return lines


def main() -> None:
    """Measure both tables, side by side."""
    for theme in ("textual-dark", "ansi-dark"):
        for width, height in ((120, 40), (80, 24)):
            for app in APPS:
                print(*measure(app, theme, width, height), sep="\n")


if __name__ == "__main__":
    if len(sys.argv) == 3:
        bench_app = APPS[sys.argv[1]]()
        bench_app.theme = sys.argv[2]
        bench_app.run(mouse=False)
    else:
        main()
