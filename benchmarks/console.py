"""The console on a database of any size beside a bare DataTable with 100 rows: what its screens take.

``python -m benchmarks.console DATABASE [DATABASE …]``: databases as ``carecall demo --no-open`` makes them.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.measuring import Samples
from benchmarks.pty_probe import Probe

DOWN, PAGE_DOWN, END, HOME, ENTER = b"\x1b[B", b"\x1b[6~", b"\x1b[F", b"\x1b[H", b"\r"
ERASE_LINE = b"\x15"
ROOT = Path(__file__).parent.parent
IDLE_SECONDS = 10.0
COUNTED = "000 recipients"  # at the top of the list, once the core is open and has counted
FIRST_ROW, BARE_FIRST_ROW = "010-", "김철수3"
COMMON = "김 010 2"  # every fifth has the first, everybody the second
TURNS = 5


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


class Bare:
    """The reference; ``rows`` other than 100 only for how it starts."""

    def __init__(self, rows: int = 100) -> None:
        self.samples = Samples(f"bare DataTable, {rows:,} rows")
        self._command = [sys.executable, "-m", "benchmarks.bare_table", str(rows)]

    def start(self, **size: int) -> Probe:
        """A new one."""
        return Probe(self._command, environment(), **size)

    def first_rows(self) -> tuple[float, float]:
        """Seconds to its first rows, resident MiB then."""
        with _closing(self.start()) as probe:
            seconds = probe.until(BARE_FIRST_ROW)
            probe.settle(0.7)
            return seconds, probe.resident_mib()

    def turn(self, idle_seconds: float) -> None:
        """Take one sample of each."""
        take = self.samples.take
        take("first_rows_s resident_mib", self.first_rows)
        with _settled(self.start, BARE_FIRST_ROW) as probe:
            take("page_bytes page_ms", lambda: probe.press(PAGE_DOWN, 3))
            if idle_seconds:
                take("idle_bytes", lambda: probe.settle_for(idle_seconds))
            take("dialog_bytes", lambda: probe.press(b"m", 1, 0.3)[0])
        take("down_bytes down_ms", lambda: _cursor_down(self.start, BARE_FIRST_ROW))


class Console:
    """The console on this database."""

    def __init__(self, database: Path) -> None:
        self.samples = Samples(f"carecall on {database.stem}")
        self._environment = environment(database)

    def start(self, **size: int) -> Probe:
        """A new one."""
        return Probe([sys.executable, "-m", "tui"], self._environment, **size)

    def first_rows(self) -> tuple[float, float]:
        """Seconds to its first rows; resident MiB once it has nothing more to do."""
        with _closing(self.start()) as probe:
            seconds = probe.until(FIRST_ROW)
            probe.shows(COUNTED)
            probe.settle(0.7)
            return seconds, probe.resident_mib()

    def usable(self) -> float:
        """Seconds until the details are there, when enter is pressed as soon as rows are shown."""
        with _closing(self.start()) as probe:
            seconds = probe.until(FIRST_ROW)
            # what stands on the screen: letters that stood there already are not written again
            return seconds + probe.answer(ENTER, "Recipient details") / 1000

    def turn(self, idle_seconds: float) -> None:
        """Take one sample of each."""
        take = self.samples.take
        take("first_rows_s resident_mib", self.first_rows)
        take("usable_s", self.usable)
        with _settled(self.start, FIRST_ROW, COUNTED) as probe:
            take("page_bytes page_ms", lambda: probe.press(PAGE_DOWN, 3))
            take("last_ms", lambda: probe.press(END, 1, 0.6)[1])
            probe.press(HOME, 1, 0.6)
            if idle_seconds:
                take("idle_bytes", lambda: probe.settle_for(idle_seconds))
            take("dialog_bytes", lambda: _dialog(probe))
        take("down_bytes down_ms", lambda: _cursor_down(self.start, FIRST_ROW, COUNTED))
        with _settled(self.start, FIRST_ROW, COUNTED) as probe:
            probe.press(b"/", 1, 0.6)
            take("search_ms typing_ms", lambda: probe.search("순자"))
            probe.press(ERASE_LINE, 1, 0.6)
            take("slow_query_ms", lambda: _during_slow_queries(probe))


@contextmanager
def _closing(probe: Probe) -> Iterator[Probe]:
    try:
        yield probe
    finally:
        probe.close()


@contextmanager
def _settled(start: Callable[..., Probe], *shown: str, **size: int) -> Iterator[Probe]:
    """One that has nothing more to do; what never shows is found by what is measured then."""
    with _closing(start(**size)) as probe:
        for text in shown:
            try:
                probe.shows(text)
            except TimeoutError as error:
                sys.stderr.write(f"{error}\n")
        probe.settle(0.7)
        yield probe


def _cursor_down(start: Callable[..., Probe], *shown: str) -> tuple[float, float]:
    """Bytes and milliseconds, at 120x40."""
    with _settled(start, *shown, width=120, height=40) as probe:
        return probe.press(DOWN, 10)


def _dialog(probe: Probe) -> float:
    """Bytes of the form for a new recipient."""
    count = probe.press(b"a", 1, 0.3)[0]
    probe.shows("Add recipient")
    return count


def _during_slow_queries(probe: Probe) -> float:
    """Milliseconds to the slowest echo while queries of what very many have run, one after the other."""
    echoes = []
    for _round in range(2):
        for key in COMMON:
            echoes.append(probe.echo(key.encode()))
            # longer than the search waits for another key: its query has begun
            probe.settle_for(0.15)
        probe.press(ERASE_LINE, 1, 0.6)
    return max(echoes)


def main() -> None:
    """Measure the named databases once and print every sample."""
    for program in (Bare(), *(Console(Path(name).absolute()) for name in sys.argv[1:])):
        program.turn(IDLE_SECONDS)
        told = "  ".join(
            f"{name} {values[0]:.4g}" for name, values in program.samples.taken.items()
        )
        print(f"{program.samples.what:32} {told}")


if __name__ == "__main__":
    main()
