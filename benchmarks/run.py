"""``make bench``: speed and size, each with its goal and with what others need in the same run.

It makes sample databases of 100,000 and 1,000,000 recipients once and keeps them in ``.bench/``; with FAST=1 in
the environment of 10,000 and 100,000, and it measures less often and with smaller workbooks.
``CARECALL_BENCH_DATA`` names another directory for them. ``--compare FILE`` shows an earlier run beside this one.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from dataclasses import asdict
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks import figures, keys_at_work, references, upload
from benchmarks.console import IDLE_SECONDS, ROOT, Figures, bare, combined, console
from benchmarks.figures import Line

KEPT = ROOT / ".bench"
SIZES, FAST_SIZES = (100_000, 1_000_000), (10_000, 100_000)
SEED = 1
TURNS = 5


def database(recipients: int) -> Path:
    """The sample database of so many recipients; made where it is not there."""
    data = Path(os.environ.get("CARECALL_BENCH_DATA") or KEPT / "data").absolute()
    file = data / "carecall" / "demo" / f"carecall-{recipients}-{SEED}.db"
    if not file.exists():
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        command = ["demo", "--recipients", str(recipients), "--seed", str(SEED), "--no-open"]
        subprocess.run(
            [sys.executable, "-m", "tui", *command],
            cwd=ROOT,
            env={**os.environ, "XDG_DATA_HOME": str(data)},
            check=True,
        )
    return file


def measure(*, fast: bool) -> list[Line]:
    """Every line, one after the other, so that none disturbs another."""
    small, great = map(database, FAST_SIZES if fast else SIZES)
    rows = 20_000 if fast else upload.ROWS
    told("a bare app and the console")
    # they take turns, so that what else the machine does befalls all of them
    turns = [_turn(small, great, idle_seconds=IDLE_SECONDS)]
    turns += [_turn(small, great, idle_seconds=0) for _again in range(1 if fast else TURNS - 1)]
    reference, on_small, on_great = map(combined, zip(*turns, strict=True))
    large = bare(rows)
    lines = figures.screen_lines(on_great, reference, large)
    lines += figures.growth_lines(on_small, on_great)
    told("upload and download")
    best = upload.compare(rows, 1 if fast else upload.ROUNDS)
    lines += figures.workbook_lines(best, references.seconds(rows))
    told("keys while work runs")
    return lines + figures.key_lines(keys_at_work.slowest(small, fast=fast))


def _turn(small: Path, great: Path, **how: float) -> tuple[Figures, Figures, Figures]:
    return bare(**how), console(small, **how), console(great, **how)


def told(what: str) -> None:
    """Say on standard error what is measured now."""
    sys.stderr.write(f"measuring {what} …\n")


def machine() -> str:
    """What it was measured on."""
    packages = ", ".join(
        f"{name} {version(name)}" for name in ("textual", "sqlalchemy", "openpyxl")
    )
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} cores, Python {platform.python_version()}, {packages};"
        f" load when it ended {load:.1f}"
    )


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
    lines = measure(fast=given.fast)
    KEPT.mkdir(exist_ok=True)
    kept = KEPT / f"{datetime.now().astimezone():%Y-%m-%dT%H%M%S}.json"
    result = {"fast": given.fast, "machine": machine(), "lines": [asdict(line) for line in lines]}
    kept.write_text(json.dumps(result, ensure_ascii=False, indent=1), "utf-8")
    recipients = max(FAST_SIZES if given.fast else SIZES)
    print(f"{recipients:,} recipients; {machine()}\n\n{figures.table(lines)}")
    if before:
        print(f"\n{figures.comparison(before, lines)}")
    sys.stderr.write(f"kept in {kept}\n")


if __name__ == "__main__":
    main()
