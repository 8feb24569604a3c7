"""What single libraries need for parts of an upload: read, validate and store the same rows."""

import contextlib
import sqlite3
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.upload import make_workbook


def seconds(rows: int) -> dict[str, float]:
    """Seconds of each for so many rows."""
    with tempfile.TemporaryDirectory() as kept:
        book = Path(kept) / "people.xlsx"
        make_workbook(book, rows)
        people: list[list[str]] = []
        return {
            "calamine": _timed(lambda: people.extend(_read(book))),
            "phonenumbers": _timed(lambda: _validate(people)),
            "sqlite3": _timed(lambda: _store(Path(kept) / "people.db", people)),
        }


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _read(book: Path) -> list[list[str]]:
    from python_calamine import CalamineWorkbook

    return CalamineWorkbook.from_path(book).get_sheet_by_index(0).to_python()[1:]


def _validate(people: list[list[str]]) -> None:
    import phonenumbers

    for person in people:
        assert phonenumbers.is_valid_number(phonenumbers.parse(person[1], "KR"))


def _store(file: Path, people: list[list[str]]) -> None:
    with contextlib.closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("CREATE TABLE people (id INTEGER PRIMARY KEY, a, b UNIQUE, c, d)")
        insert = "INSERT INTO people (a, b, c, d) VALUES (?, ?, ?, ?)"
        connection.executemany(insert, people)
