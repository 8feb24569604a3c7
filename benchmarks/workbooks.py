"""``carecall upload`` and ``carecall download`` of a workbook, from enter to prompt, beside what libraries need.

``python -m benchmarks.workbooks [ROWS] [TURNS]``. The references take turns with them, each in a process of its
own; of those only the work itself counts, not the start of the interpreter. Beside the time from enter to prompt
stands that of the processor, over all processes of a command: it says more where others use the machine, and less
where two processes work side by side. The last lines are uploads into an empty database and into one of ten times
as many as the workbook has.
"""

import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.measuring import Line, Samples, ratio, table
from benchmarks.people import make_workbook, people

ROOT = Path(__file__).parent.parent
ROWS = 100_000
UPLOAD_GOAL, DOWNLOAD_GOAL, INTO_MANY_GOAL = 0.6, 0.35, 1.3
_MANY = 10
BOOK, CELLS = "people.xlsx", "cells.json"


def environment(directory: Path) -> dict[str, str]:
    """A host on which everything lies in this directory."""
    return {
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "HOME": str(directory),
        "PYTHONPATH": str(ROOT),
        "CARECALL_DATABASE": f"sqlite+aiosqlite:///{directory / 'carecall.db'}",
    }


def carecall(directory: Path, *words: str) -> tuple[float, float, float]:
    """Seconds from enter to prompt, those of the processor, and the most MiB that a process had resident."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "tui", *words],
        cwd=ROOT,
        env=environment(directory),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    assert process.stderr is not None
    said = process.stderr.read().decode()
    _pid, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - started
    if process.returncode:
        raise RuntimeError(f"carecall {words[0]} ended with {process.returncode}: {said[-200:]}")
    return seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def openpyxl_reads(directory: Path) -> None:
    """Every cell of the same file, and nothing done with it."""
    from openpyxl import load_workbook

    book = load_workbook(directory / BOOK, read_only=True)
    for _row in book.worksheets[0].iter_rows(values_only=True):
        pass


def calamine_reads(directory: Path) -> None:
    """The same with another reader."""
    from python_calamine import CalamineWorkbook

    CalamineWorkbook.from_path(directory / BOOK).get_sheet_by_index(0).to_python()


def phonenumbers_validates(directory: Path) -> None:
    """Every number parsed and found valid."""
    import phonenumbers

    for person in json.loads((directory / "people.json").read_text("utf-8")):
        assert phonenumbers.is_valid_number(phonenumbers.parse(person[1], "KR"))


def sqlite_stores(directory: Path) -> None:
    """Every row in a table with a unique number."""
    people = json.loads((directory / "people.json").read_text("utf-8"))
    with contextlib.closing(sqlite3.connect(directory / "people.db")) as connection, connection:
        connection.execute("DROP TABLE IF EXISTS people")
        connection.execute("CREATE TABLE people (id INTEGER PRIMARY KEY, a, b UNIQUE, c)")
        connection.executemany("INSERT INTO people (a, b, c) VALUES (?, ?, ?)", people)


def openpyxl_writes(directory: Path) -> None:
    """The same cells as the download has, in a bare write-only loop."""
    from openpyxl import Workbook

    rows = json.loads((directory / CELLS).read_text("utf-8"))
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        sheet.append(row)
    book.save(directory / "bare.xlsx")


REFERENCES: dict[str, Callable[[Path], None]] = {
    one.__name__: one
    for one in (
        openpyxl_reads,
        calamine_reads,
        phonenumbers_validates,
        sqlite_stores,
        openpyxl_writes,
    )
}


def reference(name: str, directory: Path) -> tuple[float, float]:
    """Seconds of a reference's own work, in a process of its own, and those of the processor."""
    code = (
        "import sys, time; from pathlib import Path; from benchmarks.workbooks import REFERENCES\n"
        "work = REFERENCES[sys.argv[1]]; started, used = time.perf_counter(), time.process_time()\n"
        "work(Path(sys.argv[2])); print(time.perf_counter() - started, time.process_time() - used)"
    )
    command = [sys.executable, "-c", code, name, str(directory)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    seconds, processor = map(float, done.stdout.split())
    return seconds, processor


@contextlib.contextmanager
def office(rows: int) -> Iterator[Path]:
    """A directory with an empty database, the organization, and the workbook."""
    with tempfile.TemporaryDirectory() as kept:
        directory = Path(kept)
        carecall(directory, "init")
        carecall(directory, "organization", "add", "Benchmark")
        shutil.copy(directory / "carecall.db", directory / "empty.db")
        make_workbook(directory / BOOK, rows)
        (directory / "people.json").write_text(json.dumps(people(rows)), "utf-8")
        yield directory


def measure(rows: int, turns: int) -> list[Line]:
    """Whole commands beside the references, in turns."""
    samples = Samples("workbooks")
    with office(rows) as directory:
        for _turn in range(turns):
            samples.take("upload_s upload_cpu_s upload_mib", lambda: _upload(directory, "empty.db"))
            samples.take("download_s download_cpu_s download_mib", lambda: _download(directory))
            for name in REFERENCES:
                samples.take(
                    f"{name}_s {name}_cpu_s",
                    lambda name=name: reference(name, directory),  # type: ignore[misc]
                )
    return lines(samples, rows)


def measure_into(rows: int, turns: int) -> list[Line]:
    """Uploads into a database of ten times as many beside such into none, in turns."""
    samples = Samples("uploads into many")
    with office(rows) as directory:
        everybody = people((_MANY + 1) * rows)
        for at in range(1, _MANY + 1):
            make_workbook(directory / "more.xlsx", rows, who=everybody[at * rows : (at + 1) * rows])
            carecall(directory, "upload", str(directory / "more.xlsx"))
        shutil.copy(directory / "carecall.db", directory / "full.db")
        make_workbook(directory / BOOK, rows, who=everybody[:rows])
        for _turn in range(turns):
            for name in ("empty", "full"):
                samples.take(
                    f"{name}_s {name}_cpu_s {name}_mib",
                    lambda name=name: _upload(directory, f"{name}.db"),  # type: ignore[misc]
                )
    goal = INTO_MANY_GOAL if rows >= ROWS else None
    what = f"carecall upload of {rows:,} into {_MANY * rows:,}, of one into none"
    told = f"{samples.best('full_s') or 0:.1f} s"
    return [
        ratio(what, (samples, "full_s"), (samples, "empty_s"), goal, told),
        ratio(f"{what}, processor", (samples, "full_cpu_s"), (samples, "empty_cpu_s"), None),
    ]


def _upload(directory: Path, database: str) -> tuple[float, float, float]:
    shutil.copy(directory / database, directory / "carecall.db")
    for suffix in ("-wal", "-shm", "-journal"):
        (directory / f"carecall.db{suffix}").unlink(missing_ok=True)
    return carecall(directory, "upload", str(directory / BOOK))


def _download(directory: Path) -> tuple[float, float, float]:
    target = directory / "download.xlsx"
    target.unlink(missing_ok=True)
    took = carecall(directory, "download", str(target), "--reason", "benchmark")
    if not (directory / CELLS).exists():
        from openpyxl import load_workbook

        book = load_workbook(target, read_only=True)
        cells = [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]
        (directory / CELLS).write_text(json.dumps(cells), "utf-8")
    return took


def lines(samples: Samples, rows: int) -> list[Line]:
    """Their lines; the goals are for workbooks of full size."""
    full = rows >= ROWS
    others = ", ".join(
        f"{name.replace('_', ' ')} {seconds:.1f} s"
        for name in REFERENCES
        if (seconds := samples.best(f"{name}_s")) is not None
    )
    upload = (samples, "upload_cpu_s"), (samples, "openpyxl_reads_cpu_s")
    download = (samples, "download_cpu_s"), (samples, "openpyxl_writes_cpu_s")
    up, down = (f"{samples.best(name) or 0:.1f} s" for name in ("upload_s", "download_s"))
    return [
        ratio(f"carecall upload of {rows:,}, of openpyxl only reading", (samples, "upload_s"),
              (samples, "openpyxl_reads_s"), UPLOAD_GOAL if full else None, f"{up}; {others}"),
        ratio(f"carecall download of {rows:,}, of a bare openpyxl loop", (samples, "download_s"),
              (samples, "openpyxl_writes_s"), DOWNLOAD_GOAL if full else None, down),
        ratio(f"carecall upload of {rows:,}, processor", *upload, None),
        ratio(f"carecall download of {rows:,}, processor", *download, None),
    ]  # fmt: skip


def main() -> None:
    """Measure and print."""
    rows, turns = (int(word) for word in (*sys.argv[1:], *(str(ROWS), "3")[len(sys.argv) - 1 :]))
    print(table([*measure(rows, turns), *measure_into(rows, turns)]))


if __name__ == "__main__":
    main()
