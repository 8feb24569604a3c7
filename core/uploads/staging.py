"""Rows of an upload in temporary tables: what takes time is done with them before anybody has to wait.

Each has a place, from 1 without a gap, as long as none of them is taken away.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from core.uploads.rows import GoodRow, OtherRow, position

PLACE = "place"
_NAMES: dict[type[msgspec.Struct], str] = {GoodRow: "staged_good", OtherRow: "staged_others"}
_JSON: dict[type[msgspec.Struct], Sequence[str]] = {
    GoodRow: ("warnings",),
    OtherRow: ("given", "reasons", "warnings"),
}


def table(kind: type[msgspec.Struct]) -> str:
    """The table of such rows."""
    return f"temp.{_NAMES[kind]}"


def column(kind: type[msgspec.Struct], name: str) -> str:
    """The column of the attribute."""
    return f"f{position(kind, name)}"


async def begin(connection: AsyncConnection) -> None:
    """Make the tables."""
    for kind, name in _NAMES.items():
        columns = ", ".join(column(kind, one) for one in kind.__struct_fields__)
        statement = f"CREATE TEMP TABLE {name} ({PLACE} INTEGER PRIMARY KEY, {columns})"
        await connection.exec_driver_sql(statement)


async def forget(connection: AsyncConnection) -> None:
    """Take all rows away."""
    for kind in _NAMES:
        await connection.exec_driver_sql(f"DELETE FROM {table(kind)}")  # noqa: S608


async def add(connection: AsyncConnection, kind: type[msgspec.Struct], encoded: bytes) -> None:
    """Add rows, which are encoded as a JSON array of arrays."""
    columns = ", ".join(column(kind, one) for one in kind.__struct_fields__)
    marks = ", ".join("?" * len(kind.__struct_fields__))
    statement = f"INSERT INTO {table(kind)} ({columns}) VALUES ({marks})"  # noqa: S608
    # many at once by the driver, which is several times as quick as SQLite in taking a JSON text apart
    await connection.exec_driver_sql(statement, _values(kind, encoded))


def _values(kind: type[msgspec.Struct], encoded: bytes) -> list[tuple[Any, ...]]:
    """What is stored of each row: its attributes, JSON as a text."""
    columns: list[Sequence[Any]] = list(zip(*msgspec.json.decode(encoded), strict=True))
    for name in _JSON[kind]:
        at = position(kind, name)
        columns[at] = [msgspec.json.encode(one).decode() for one in columns[at]]
    return list(zip(*columns, strict=True))
