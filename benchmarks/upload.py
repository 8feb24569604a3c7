"""An upload beside openpyxl only reading the same file, a download beside a bare openpyxl loop, in one run.

``python -m benchmarks.upload [ROWS] [ROUNDS]``. Each figure is the best of its rounds, which take turns, and each
runs in a process of its own, so that its peak of resident memory is its own. ``--into DATABASE`` uploads into a
copy of a database instead of an empty one.
"""

import argparse
import asyncio
import json
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
ROWS = 100_000
ROUNDS = 3
UPLOAD_GOAL, DOWNLOAD_GOAL = 0.6, 1.3
_FAMILY, _GIVEN = (
    "김이박최정강조윤장임",
    ("영희", "순자", "정숙", "말순", "옥자", "철수", "영수", "병철"),
)
_NOTES = ("", "독거, 청력 약함", "보호자: 딸", "고혈압 복약", "주 2회 방문")


@dataclass(frozen=True, slots=True)
class Figure:
    """One kind of work: how long, and how much memory at its peak (its children's apart)."""

    seconds: float
    peak_mib: float
    child_peak_mib: float
    rows: int


def make_workbook(path: Path, rows: int) -> None:
    """A workbook of recipients without a fault."""
    from openpyxl import Workbook

    chance = random.Random(rows)
    numbers = chance.sample(range(20_000_000, 59_000_000), rows)
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(["수신인 이름", "휴대폰 번호", "기타 정보", "담당 기관"])
    for at in range(rows):
        digits = f"{numbers[at]:08}"
        name = chance.choice(_FAMILY) + chance.choice(_GIVEN)
        phone = f"010-{digits[:4]}-{digits[4:]}"
        sheet.append([name, phone, chance.choice(_NOTES), "Benchmark"])
    book.save(path)


def upload(directory: Path) -> int:
    """Take the workbook in: read, validated, checked for duplicates, stored, results written."""
    from core.services import Services
    from core.settings import load

    async def run() -> int:
        services = await Services.open(load(_environment(directory)))
        actor = await _actor(services)
        result = await services.uploads.take_in(actor, directory / "people.xlsx", again=True)
        await services.close()
        return result.read

    return asyncio.run(run())


def download(directory: Path) -> int:
    """Write every recipient of the benchmark's organization to a workbook."""
    from core.files import HostFiles
    from core.recipients.dto import RecipientQuery
    from core.services import Services
    from core.settings import load

    async def run() -> int:
        services = await Services.open(load(_environment(directory)))
        actor = await _actor(services)
        organization = (await services.organizations.by_name(actor, "Benchmark")).id
        target = directory / "download.xlsx"
        target.unlink(missing_ok=True)
        with HostFiles().create(str(target)) as file:
            count = await services.downloads.write(actor, RecipientQuery(organization), file)
        await services.close()
        return count

    return asyncio.run(run())


def openpyxl_reads(directory: Path) -> int:
    """The reference of the upload: every cell of the same file, and nothing done with it."""
    from openpyxl import load_workbook

    book = load_workbook(directory / "people.xlsx", read_only=True)
    return sum(1 for _row in book.worksheets[0].iter_rows(values_only=True)) - 1


def openpyxl_writes(directory: Path) -> int:
    """The reference of the download: the same cells, ready in memory, in a bare write-only loop."""
    from openpyxl import Workbook

    rows = json.loads((directory / "cells.json").read_text("utf-8"))
    started = time.perf_counter()
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        sheet.append(row)
    book.save(directory / "bare.xlsx")
    _Clock.seconds = time.perf_counter() - started
    return len(rows) - 1


class _Clock:
    """The seconds that count, where not all of the work does."""

    seconds = 0.0


WORK: dict[str, Callable[[Path], int]] = {
    "upload": upload,
    "download": download,
    "openpyxl-reads": openpyxl_reads,
    "openpyxl-writes": openpyxl_writes,
}


def _environment(directory: Path) -> dict[str, str]:
    return {
        "HOME": str(directory),
        "CARECALL_DATABASE": f"sqlite+aiosqlite:///{directory / 'carecall.db'}",
    }


async def _actor(services: "Services") -> "Actor":  # type: ignore[name-defined]  # noqa: F821
    from core.identity import Identity, of_process

    who = of_process()
    return await services.admins.sign_in(Identity(who.account, who.uid, "", "benchmark"))


async def _prepare(directory: Path, into: Path | None) -> None:
    """A database with the benchmark's admin and organization."""
    from core import schema
    from core.actor import Role
    from core.db import Database
    from core.models import Admin, Organization
    from core.settings import load
    from core.times import now

    settings = load(_environment(directory))
    if into is not None:
        shutil.copy(into, directory / "empty.db")
        shutil.copy(into, directory / "carecall.db")
    database = Database(settings.database)
    await schema.upgrade(database)
    async with database.transaction() as session:
        session.add(Organization(name="Benchmark", name_key="benchmark", created_at=now()))
        session.add(Admin(login="benchmark", role=Role.SYSTEM.value, created_at=now()))
    await database.close()
    shutil.copy(directory / "carecall.db", directory / "empty.db")


def measure(work: str, directory: Path) -> Figure:
    """Do the work in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.upload", "--work", work, "--in", str(directory)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return Figure(**json.loads(done.stdout))


def _do(work: str, directory: Path) -> None:
    started = time.perf_counter()
    rows = WORK[work](directory)
    seconds = _Clock.seconds or time.perf_counter() - started
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    figure = {"seconds": seconds, "peak_mib": _peak(), "child_peak_mib": children, "rows": rows}
    sys.stdout.write(json.dumps(figure))


def _peak() -> float:
    """The most that this process ever had resident; what its parent had before it was started does not count."""
    status = Path("/proc/self/status")
    if status.exists():
        found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text("ascii"))
        if found:
            return int(found[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _keep_cells(directory: Path) -> None:
    from openpyxl import load_workbook

    book = load_workbook(directory / "download.xlsx", read_only=True)
    rows = [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]
    (directory / "cells.json").write_text(json.dumps(rows), "utf-8")


def compare(rows: int = ROWS, rounds: int = ROUNDS, into: Path | None = None) -> dict[str, Figure]:
    """The best round of each kind of work."""
    best: dict[str, Figure] = {}
    with tempfile.TemporaryDirectory() as kept:
        directory = Path(kept)
        asyncio.run(_prepare(directory, into))
        make_workbook(directory / "people.xlsx", rows)
        for _round in range(rounds):
            shutil.copy(directory / "empty.db", directory / "carecall.db")
            for work in WORK:
                if work == "openpyxl-writes" and not (directory / "cells.json").exists():
                    _keep_cells(directory)
                figure = measure(work, directory)
                if work not in best or figure.seconds < best[work].seconds:
                    best[work] = figure
    return best


def lines(best: dict[str, Figure]) -> list[str]:
    """A table of them, with their ratios and goals."""
    told = []
    for work, reference, goal in (
        ("upload", "openpyxl-reads", UPLOAD_GOAL),
        ("download", "openpyxl-writes", DOWNLOAD_GOAL),
    ):
        figure, other = best[work], best[reference]
        child = f" (reader {figure.child_peak_mib:.0f})" if figure.child_peak_mib else ""
        told.append(
            f"{work:10} {figure.rows:>9,} rows {figure.seconds:7.2f} s"
            f"  {figure.peak_mib:4.0f} MiB{child}\n"
            f"{reference:20} {other.seconds:15.2f} s  {other.peak_mib:4.0f} MiB\n"
            f"{'':10} ratio {figure.seconds / other.seconds:.2f} (goal {goal})"
        )
    return told


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="?", type=int, default=ROWS)
    parser.add_argument("rounds", nargs="?", type=int, default=ROUNDS)
    parser.add_argument(
        "--into", type=Path, help="a database as carecall demo --only-make makes it"
    )
    parser.add_argument("--work", choices=list(WORK), help=argparse.SUPPRESS)
    parser.add_argument("--in", dest="directory", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.work:
        _do(given.work, given.directory)
        return
    sys.stdout.write("\n".join(lines(compare(given.rows, given.rounds, given.into))) + "\n")


if __name__ == "__main__":
    os.umask(0o077)
    main()
