"""Copying every row of a SQLite database into an empty PostgreSQL database."""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db import schema
from core.db.engine import Database
from core.db.errors import is_about_a_value, translate_errors
from core.db.models import Base, Call, ConversationFill, ConversationGrams, MemoryDetail
from core.values.errors import CoreError, InvalidInput, StorageUnavailable
from core.values.i18n import _

BATCH = 2_000
# the index of conversations is another one on PostgreSQL: it is filled there, while the console is used
_FILLED_ANEW = {ConversationFill.__tablename__, ConversationGrams.__tablename__}
Progress = Callable[[int], None]


@asynccontextmanager
async def locked(source: Database) -> AsyncIterator[AsyncConnection]:
    """A connection on the source, which others may read and nobody may change, and that changes nothing."""
    with translate_errors():
        async with source.engine.execution_options(carecall_write=True).connect() as connection:
            await connection.begin()
            try:
                yield connection
            finally:
                await connection.rollback()


@asynccontextmanager
async def filled(target: Database) -> AsyncIterator[AsyncConnection]:
    """The one transaction on the target, its tables made."""
    with translate_errors():
        async with target.changing.begin() as connection:
            await schema.upgrade_within(connection)
            yield connection


class Move:
    """Copies each table, in the order of their foreign keys."""

    def __init__(self, here: AsyncConnection, there: AsyncConnection, progress: Progress) -> None:
        self._here = here
        self._there = there
        self._progress = progress
        self._done = 0
        self._total = 0

    async def run(self) -> dict[str, int]:
        tables = [one for one in Base.metadata.sorted_tables if one.name not in _FILLED_ANEW]
        wanted = {table.name: await _count(self._here, table) for table in tables}
        self._total = sum(wanted.values())
        for table in tables:
            await self._copy(table)
            await self._set_sequence(table)
        found = {table.name: await _count(self._there, table) for table in tables}
        for name, count in wanted.items():
            if found[name] != count:
                raise StorageUnavailable(
                    _("Of the table {table}, {found} of {count} rows have arrived.").format(
                        table=name, found=found[name], count=count
                    ),
                    _("Nothing was kept; the old database is as it was."),
                )
        await self._there.execute(
            sa.update(ConversationFill).values(
                call_id=sa.select(sa.func.coalesce(sa.func.max(Call.id), 0)).scalar_subquery(),
                memory_id=sa.select(
                    sa.func.coalesce(sa.func.max(MemoryDetail.id), 0)
                ).scalar_subquery(),
            )
        )
        await self._there.execute(sa.text("ANALYZE"))
        self._progress(100)
        return found

    async def _copy(self, table: sa.Table) -> None:
        select = sa.select(table).order_by(*table.primary_key.columns)
        async with self._here.stream(select.execution_options(yield_per=BATCH)) as result:
            async for rows in result.mappings().partitions():
                await self._insert(table, [dict(row) for row in rows])
                self._done += len(rows)
                self._progress(min(99, 100 * self._done // self._total))

    async def _insert(self, table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
        try:
            await self._there.execute(sa.insert(table), rows)
        except exc.DBAPIError as error:
            if not is_about_a_value(error):
                raise
            raise _does_not_fit(table, rows) from None  # the error shows the row

    async def _set_sequence(self, table: sa.Table) -> None:
        """Let the next ID be one that was never given, not even to a row that is gone."""
        column = table.autoincrement_column
        if column is None or len(table.primary_key.columns) > 1:
            return
        last = await self._here.scalar(sa.select(sa.func.max(column))) or 0
        if table.dialect_kwargs.get("sqlite_autoincrement"):
            query = sa.text("SELECT seq FROM sqlite_sequence WHERE name = :name")
            last = max(last, await self._here.scalar(query, {"name": table.name}) or 0)
        if last:
            sequence = sa.func.pg_get_serial_sequence(table.name, column.name)
            await self._there.execute(sa.select(sa.func.setval(sequence, last)))


def _does_not_fit(table: sa.Table, rows: Sequence[dict[str, Any]]) -> CoreError:
    columns = [column.name for column in table.primary_key.columns]
    first, last = (_key(rows[at], columns) for at in (0, -1))
    return InvalidInput(
        _("A row of the table {table} does not fit into PostgreSQL ({first} to {last}).").format(
            table=table.name, first=first, last=last
        ),
        _("Nothing was kept; the old database is as it was."),
    )


def _key(row: dict[str, Any], columns: Iterable[str]) -> str:
    return ".".join(str(row[column]) for column in columns)


async def _count(connection: AsyncConnection, table: sa.Table) -> int:
    return int(await connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0)
