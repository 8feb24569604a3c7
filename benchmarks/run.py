"""``make bench``: speed and size, each with its goal and with what others need in the same run.

It makes sample databases of 100,000 and 1,000,000 recipients once and keeps them in ``.bench/``; with FAST=1 in
the environment of 10,000 and 100,000, and it measures less often and with smaller workbooks.
``CARECALL_BENCH_DATA`` names another directory for them. ``--compare FILE`` shows an earlier run beside this one.
It ends with a table whatever happens: what could not be measured is a line that says why.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import traceback
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks import finding, keys_at_work, todo, views, workbooks, write_lock
from benchmarks.console import IDLE_SECONDS, ROOT, TURNS, Bare, Console
from benchmarks.measuring import Line, comparison, line, ratio, table

KEPT = ROOT / ".bench"
SIZES, FAST_SIZES = (100_000, 1_000_000), (10_000, 100_000)
SEED = 1
GROWTH = (
    ("first rows", "first_rows_s"), ("usable", "usable_s"), ("memory", "resident_mib"),
    ("cursor down", "down_ms"), ("cursor down, bytes", "down_bytes"), ("next page", "page_ms"),
    ("next page, bytes", "page_bytes"), ("dialog", "dialog_bytes"), ("last row", "last_ms"),
    ("search", "search_ms"),
)  # fmt: skip


def database(recipients: int) -> Path:
    """The sample database of so many recipients; made where it is not there, and anew for each new schema."""
    data = Path(os.environ.get("CARECALL_BENCH_DATA") or KEPT / "data").absolute()
    file = data / "carecall" / "demo" / f"carecall-{recipients}-{SEED}.db"
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    command = ["demo", "--recipients", str(recipients), "--seed", str(SEED), "--no-open"]
    subprocess.run(
        [sys.executable, "-m", "tui", *command],
        cwd=ROOT,
        env={**os.environ, "XDG_DATA_HOME": str(data)},
        check=True,
    )
    return file


def screens(small: Path, great: Path, rows: int, turns: int) -> list[Line]:
    """A bare app and the console on both sizes, in turns, so that what else the machine does befalls all."""
    bare, on_small, on_great, large = Bare(), Console(small), Console(great), Bare(rows)
    large.samples.take("first_rows_s resident_mib", large.first_rows)
    for turn in range(turns):
        for program in (bare, on_small, on_great):
            program.turn(0 if turn else IDLE_SECONDS)
    mine, its, many = on_great.samples, bare.samples, large.samples

    def theirs(name: str, unit: str) -> str:
        best = its.best(name)
        return "" if best is None else f"DataTable: {best:.4g} {unit}"

    started = (
        f"{mine.best('first_rows_s') or 0:.2f} s; bare, 100 rows: {its.best('first_rows_s') or 0:.2f} s;"
        f" {rows:,} rows: {many.best('first_rows_s') or 0:.2f} s"
    )
    sizes = (
        f"bare, 100 rows: {its.best('resident_mib') or 0:.0f};"
        f" {rows:,} rows: {many.best('resident_mib') or 0:.0f}"
    )
    reference = (its, "first_rows_s")
    grown = [
        ratio(f"10 times the rows: {what}", (mine, name), (on_small.samples, name), 1.3,
              f"{on_small.samples.best(name) or 0:.4g} to {mine.best(name) or 0:.4g} {name.rpartition('_')[2]}")
        for what, name in GROWTH
    ]  # fmt: skip
    return [
        ratio("first rows, of a bare app's", (mine, "first_rows_s"), reference, 1.3, started),
        ratio("usable (enter opens the details), of a bare app's first rows", (mine, "usable_s"), reference, 2.0,
              f"{mine.best('usable_s') or 0:.2f} s"),
        line("resident memory", mine, "resident_mib", 110, sizes),
        line("cursor down, 120x40", mine, "down_bytes", 500, theirs("down_bytes", "bytes")),
        line("cursor down, 120x40", mine, "down_ms", 15, theirs("down_ms", "ms")),
        line("page down, 80x24", mine, "page_bytes", 5_000, theirs("page_bytes", "bytes")),
        line("a dialog opened, 80x24", mine, "dialog_bytes", 12_000, theirs("dialog_bytes", "bytes")),
        line("idle for 10 s", mine, "idle_bytes", 0, theirs("idle_bytes", "bytes")),
        line("last row", mine, "last_ms", 150),
        line("next page", mine, "page_ms", 150, theirs("page_ms", "ms")),
        line("search typed, first page", mine, "search_ms", 200),
        line("a key typed into the search", mine, "typing_ms", 200),
        line("a key during a slow query", mine, "slow_query_ms", 200),
        *grown,
    ]  # fmt: skip


def measure(*, fast: bool) -> list[Line]:
    """Every line, one after the other, so that none disturbs another."""
    small, great = map(database, FAST_SIZES if fast else SIZES)
    rows = 20_000 if fast else workbooks.ROWS
    parts: list[tuple[str, Callable[[], list[Line]]]] = [
        ("a bare app and the console", lambda: screens(small, great, rows, 2 if fast else TURNS)),
        ("upload and download", lambda: workbooks.measure(rows, 2 if fast else 3)),
        ("uploads into many", lambda: workbooks.measure_into(rows, 2)),
        ("the write lock", write_lock.measure),
        ("what there is to do", lambda: todo.measure(great)),
        ("views", lambda: views.measure(great)),
        ("finding", lambda: finding.measure(great)),
        ("keys while work runs", lambda: keys_at_work.measure(small, fast=fast)),
    ]
    lines: list[Line] = []
    for what, part in parts:
        sys.stderr.write(f"measuring {what} …\n")
        try:
            lines += part()
        except Exception as error:  # noqa: BLE001 - what was measured before is not thrown away
            traceback.print_exc()
            lines.append(
                Line(what, None, "", reference=" ".join(f"{type(error).__name__}: {error}".split()))
            )
    return lines


def machine() -> str:
    """What it was measured on."""
    packages = ", ".join(
        f"{name} {version(name)}" for name in ("textual", "sqlalchemy", "openpyxl")
    )
    return f"{os.cpu_count()} cores, Python {platform.python_version()}, {packages}"


def _read(file: Path) -> list[Line]:
    return [Line(**line) for line in json.loads(file.read_text("utf-8"))["lines"]]


def main() -> None:
    """Measure, print the table, keep it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--compare", type=Path, metavar="FILE", help="an earlier run's JSON")
    parser.add_argument(
        "--fast", action="store_true", default=os.environ.get("FAST", "") not in ("", "0")
    )
    given = parser.parse_args()
    before = _read(given.compare) if given.compare else None
    loaded = os.getloadavg()[0]
    lines = measure(fast=given.fast)
    KEPT.mkdir(exist_ok=True)
    kept = KEPT / f"{datetime.now().astimezone():%Y-%m-%dT%H%M%S}.json"
    load = f"load {loaded:.1f} when it began, {os.getloadavg()[0]:.1f} when it ended"
    result = {
        "fast": given.fast,
        "machine": f"{machine()}; {load}",
        "lines": [asdict(one) for one in lines],
    }
    kept.write_text(json.dumps(result, ensure_ascii=False, indent=1), "utf-8")
    recipients = max(FAST_SIZES if given.fast else SIZES)
    print(f"{recipients:,} recipients; {result['machine']}\n\n{table(lines)}")
    if before:
        print(f"\n{comparison(before, lines)}")
    sys.stderr.write(f"kept in {kept}\n")


if __name__ == "__main__":
    main()
