"""What is done to very many, in parts: each part is a transaction of its own, and nobody waits for all of them.

A part holds the write lock for about a second at most, and between two parts others have their turn. What ends in
the middle, because it was cancelled or failed, has done whole parts, and tells how many.
"""

import asyncio
import json
import time
from array import array
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from core.db.engine import USUAL_CACHE_KIB, Database
from core.db.rows import is_sqlite
from core.io.cancelling import CancelledTooLate
from core.values.errors import CoreError
from core.values.jobs import FEW, Done, Job

LONGEST_PART = 40_000
WANTED_SECONDS = 0.7  # that the lock is held for a part
TURN_SECONDS = (
    0.1  # SQLite's longest sleep between two looks at a lock: long enough for anybody who waits
)
CACHE_KIB = 49_152
_READ = 20_000
_AT_ONCE = 500

Part = Callable[[AsyncSession, Sequence[int]], Awaitable[int]]


async def ids_of(session: AsyncSession, select: sa.Select[Any]) -> "array[int]":
    """The IDs that the select gives, eight bytes each."""
    found = array("q")
    result = await session.stream_scalars(select.execution_options(yield_per=_READ))
    async for part in result.partitions():
        found.extend(part)
    return found


def pieces(found: Sequence[Any], size: int = _AT_ONCE) -> Iterator[Sequence[Any]]:
    """All of it, so many at once."""
    return (found[start : start + size] for start in range(0, len(found), size))


def among(session: AsyncSession, column: Any, ids: Sequence[int]) -> sa.ColumnElement[bool]:
    """Whether the column is one of these, in one parameter, however many they are. They are sorted."""
    if len(ids) and ids[-1] - ids[0] == len(ids) - 1:
        between: sa.ColumnElement[bool] = column.between(ids[0], ids[-1])
        return between
    return one_of(session, column, ids, sa.BigInteger())


def one_of(
    session: AsyncSession, column: Any, values: Sequence[Any], kind: sa.types.TypeEngine[Any]
) -> sa.ColumnElement[bool]:
    """Whether the column is one of these values of the kind, in one parameter, however many they are."""
    if is_sqlite(session):
        each = sa.func.json_each(json.dumps(list(values))).table_valued("value")
        found: sa.ColumnElement[bool] = column.in_(sa.select(each.c.value))
        return found
    return column == sa.any_(sa.literal(list(values), ARRAY(kind)))  # type: ignore[no-any-return]


async def still(
    session: AsyncSession, column: Any, ids: Sequence[int], *conditions: sa.ColumnElement[bool]
) -> Sequence[int]:
    """Those of the IDs for which the conditions hold now; as a rule all of them."""
    which = among(session, column, ids), *conditions
    count = await session.scalar(sa.select(sa.func.count(column)).where(*which))
    if count == len(ids):
        return ids
    return await ids_of(session, sa.select(column).where(*which).order_by(column))


async def in_parts(
    database: Database,
    ids: Sequence[int],
    work: Part,
    job: Job | None = None,
    *,
    few: int | None = None,
) -> Done:
    """Do the work to the IDs (sorted), a part after the other; ``work`` gives to how many it was done.

    Few are one transaction; ``few`` is less where much hangs on each. What fails before anything was done
    is raised; later it is told in the result.
    """
    job = job or Job()
    total, at, done = len(ids), 0, 0
    size = few = few or FEW
    job.tell(0, total)
    with database.at_work():
        while at < total:
            if job.cancelled:
                return Done(done, total, cancelled=True)
            part = ids[at : at + size]
            begun = time.monotonic()
            try:
                async with database.transaction() as session:
                    begun = time.monotonic()
                    changed = await _with_room(session, work, part, total)
            except CancelledTooLate:
                job.tell(at + len(part), total)
                raise
            except CoreError as error:
                if not done:
                    raise
                return Done(done, total, error)
            at, done = at + len(part), done + changed
            job.tell(at, total)
            if at < total:
                size = _next_size(size, time.monotonic() - begun, few)
                await asyncio.sleep(TURN_SECONDS if database.is_sqlite else 0)
    return Done(done, total)


async def _with_room(session: AsyncSession, work: Part, part: Sequence[int], total: int) -> int:
    """Do it with more memory for pages, where there are many: each of them changes pages of many indexes."""
    if total <= FEW or not is_sqlite(session):
        return await work(session, part)
    await session.execute(sa.text(f"PRAGMA cache_size=-{CACHE_KIB}"))
    done = await work(session, part)
    await session.execute(sa.text(f"PRAGMA cache_size=-{USUAL_CACHE_KIB}"))
    return done


def _next_size(size: int, seconds: float, few: int) -> int:
    """How many are the next part, so that it holds the lock for about as long as is wanted.

    Never very few: a part changes a page of every index for nearly each of its rows, and the next part the same
    pages again.
    """
    wanted = size * WANTED_SECONDS / max(seconds, 0.001)
    return int(min(max(wanted, few), size * 1.5, LONGEST_PART))
