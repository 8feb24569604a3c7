"""Times the queries of the recipient list on a database: python -m benchmarks.list_queries FILE [--json]

Each figure is the least of some runs, in milliseconds, through ``RecipientService`` as the screen calls it:
what else the machine does only adds to it.
``carecall demo --no-open --recipients 1000000`` makes a database to measure.
"""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import sqlalchemy as sa

from core.actor import Actor, Role
from core.models import Admin, Recipient
from core.recipients.dto import RecipientFilter, RecipientQuery, SortColumn
from core.recipients.rules import Status
from core.services import Services
from core.settings import load

RUNS = 7
PAGE = 64
DEEP = 2_000  # rows into the list, where "next" and "previous" are measured

SEARCHES = (
    "010", "김", "김영", "영희", "이순자", "만복", "독거", "경로당", "홍", "심", "용태", "뷁", "뷁뷁", "뷁뷁뷁",
    "1234", "12345678", "010-1234", "78", "7", "+82 10-99", "김 독거", "황", "kim", "@", "90",
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One figure."""

    what: str
    milliseconds: float
    rows: int


class Bench:
    """The measurements on one database."""

    def __init__(self, services: Services, actor: Actor) -> None:
        self._services = services
        self._actor = actor

    async def lines(self) -> list[Line]:
        """All of them, one after the other."""
        made = []
        for what, query in _sorted_queries():
            made += await self._pages(f"sort {what}", query)
        for what, query in _filtered_queries():
            made += await self._pages(what, query, only_ends=True)
            made.append(await self._count(what, query))
        for typed in SEARCHES:
            query = RecipientQuery(search=typed)
            made += await self._pages(f"search {typed}", query, only_ends=True)
            by_name = replace(query, sort=SortColumn.NAME, descending=False)
            made += await self._pages(f"search {typed}, by name", by_name, only_ends=True)
            made.append(await self._count(f"search {typed}", query))
        return made

    async def _pages(
        self, what: str, query: RecipientQuery, *, only_ends: bool = False
    ) -> list[Line]:
        window = self._services.recipients.window
        lines = [
            await _timed(
                f"{what}: first page", lambda: window(self._actor, query, None, limit=PAGE)
            ),
            await _timed(
                f"{what}: last page",
                lambda: window(self._actor, query, None, backward=True, limit=PAGE),
            ),
        ]
        if only_ends:
            return lines
        deep = await window(self._actor, query, None, skip=DEEP, limit=1)
        if deep:
            anchor = deep[0][1]
            for name, backward in (("next", False), ("previous", True)):

                async def page(backward: bool = backward) -> object:
                    return await window(self._actor, query, anchor, backward=backward, limit=PAGE)

                lines.append(await _timed(f"{what}: {name} page", page))
        return lines

    async def _count(self, what: str, query: RecipientQuery) -> Line:
        return await _timed(
            f"{what}: count", lambda: self._services.recipients.count(self._actor, query)
        )


def _sorted_queries() -> Iterator[tuple[str, RecipientQuery]]:
    for column in SortColumn:
        for descending in (False, True):
            way = "down" if descending else "up"
            yield f"{column} {way}", RecipientQuery(sort=column, descending=descending)


def _filtered_queries() -> Iterator[tuple[str, RecipientQuery]]:
    yield "everything", RecipientQuery()
    for organization in (1, 5, 12):
        for column in (SortColumn.REGISTERED_AT, SortColumn.NAME, SortColumn.CALL_DURATION):
            yield (
                f"organization {organization}, by {column}",
                RecipientQuery(organization_id=organization, sort=column),
            )
    for what, narrowed in (
        ("paused", RecipientFilter(statuses=frozenset({Status.PAUSED}))),
        ("emergency", RecipientFilter(analyses=frozenset({"emergency"}))),
        ("streak 5", RecipientFilter(unanswered_streak=5)),
        ("streak 50", RecipientFilter(unanswered_streak=50)),
        ("campaign 순천", RecipientFilter(campaign="순천")),
    ):
        for column in (SortColumn.REGISTERED_AT, SortColumn.NAME):
            yield f"filter {what}, by {column}", RecipientQuery(filter=narrowed, sort=column)


async def _timed(what: str, act: Callable[[], Awaitable[object]]) -> Line:
    times = []
    for _ in range(RUNS):
        started = time.perf_counter()
        result = await act()
        times.append((time.perf_counter() - started) * 1000)
        if times[-1] > 3_000:
            break
    rows = result if isinstance(result, int) else len(result)  # type: ignore[arg-type]
    return Line(what, min(times), rows)


async def _measure(file: Path) -> list[Line]:
    settings = msgspec.structs.replace(load(), database=f"sqlite+aiosqlite:///{file}", region="KR")
    services = await Services.open(settings)
    try:
        async with services.database.reading() as session:
            admin = await session.scalar(sa.select(Admin).where(Admin.role == "system").limit(1))
            total = await session.scalar(sa.select(sa.func.count()).select_from(Recipient))
        assert admin is not None
        actor = Actor(admin.id, admin.login, admin.name, Role.SYSTEM, None, admin.account or "")
        sys.stderr.write(f"{total:,} recipients\n")
        return await Bench(services, actor).lines()
    finally:
        await services.close()


def main() -> None:
    """Print the table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    lines = asyncio.run(_measure(given.file))
    if given.json:
        print(json.dumps({line.what: line.milliseconds for line in lines}, ensure_ascii=False))
        return
    for line in lines:
        print(f"{line.milliseconds:9.1f} ms  {line.rows:>9,}  {line.what}")


if __name__ == "__main__":
    main()
