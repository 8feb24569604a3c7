"""Times the queries of the recipient list: python -m benchmarks.list_queries DATABASE [DATABASE …]

Each figure is the least of some runs, in milliseconds, through ``RecipientService`` as the screen calls it:
what else the machine does only adds to it. A DATABASE is a file, as ``carecall demo --no-open`` makes it, or the
URL of one on PostgreSQL. Several stand side by side; with ``--growth`` as in ``docs/scaling.md``.
"""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from msgspec.structs import replace

from benchmarks.as_system import opened
from core.app.actor import Actor
from core.app.services import Services
from core.db.models import Recipient
from core.recipients.dto import Page, RecipientFilter, RecipientQuery
from core.recipients.fields import FieldName
from core.recipients.rules import Status

RUNS = 7
PAGE = 64
DEEP = 2_000  # rows into the list, where "next" and "previous" are measured

SEARCHES = (
    "010", "김", "김영", "영희", "이순자", "만복", "독거", "경로당", "홍", "심", "용태", "뷁", "뷁뷁", "뷁뷁뷁",
    "1234", "12345678", "010-1234", "78", "7", "+82 10-99", "김 독거", "황", "kim", "@", "90",
    "ㄱㅇㅅ", "ㄱ", "ㅃㅃ", "김ㅇ", "ㄱ숙", "뷁ㅇ", "기", "김 해운대", "해운대 ㄱㅇㅅ", "해운대",
    "김 영 수", "가" * 200,
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
            by_name = replace(query, sort=FieldName.NAME, descending=False)
            made += await self._pages(f"search {typed}, by name", by_name, only_ends=True)
            made.append(await self._count(f"search {typed}", query))
        return made

    async def _pages(
        self, what: str, query: RecipientQuery, *, only_ends: bool = False
    ) -> list[Line]:
        window = self._services.recipients.window
        lines = [
            await _timed(
                f"{what}: first page", lambda: window(self._actor, query, Page(limit=PAGE))
            ),
            await _timed(
                f"{what}: last page",
                lambda: window(self._actor, query, Page(backward=True, limit=PAGE)),
            ),
        ]
        if only_ends:
            return lines
        deep = await window(self._actor, query, Page(skip=DEEP, limit=1))
        if deep := deep or await window(self._actor, query, Page(skip=PAGE // 2, limit=1)):
            anchor = deep[0][1]
            for name, backward in (("next", False), ("previous", True)):

                async def page(backward: bool = backward) -> object:
                    return await window(
                        self._actor, query, Page(anchor, backward=backward, limit=PAGE)
                    )

                lines.append(await _timed(f"{what}: {name} page", page))
        return lines

    async def _count(self, what: str, query: RecipientQuery) -> Line:
        return await _timed(
            f"{what}: count", lambda: self._services.recipients.count(self._actor, query)
        )


def _sorted_queries() -> Iterator[tuple[str, RecipientQuery]]:
    for column in FieldName:
        for descending in (False, True):
            way = "down" if descending else "up"
            yield f"{column} {way}", RecipientQuery(sort=column, descending=descending)


def _filtered_queries() -> Iterator[tuple[str, RecipientQuery]]:
    yield "everything", RecipientQuery()
    for organization in (1, 5, 12):
        for column in (FieldName.REGISTERED_AT, FieldName.NAME, FieldName.CALL_DURATION):
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
        for column in (FieldName.REGISTERED_AT, FieldName.NAME):
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


async def _measure(database: str) -> tuple[int, list[Line]]:
    """The number of recipients, and the figures."""
    async with opened(database) as (services, actor):
        async with services.database.reading() as session:
            total = await session.scalar(sa.select(sa.func.count()).select_from(Recipient)) or 0
        sys.stderr.write(f"{total:,} recipients\n")
        return total, await Bench(services, actor).lines()


# rows of the table of docs/scaling.md: what, and how its lines begin and end
GROWTH = (
    ("first page, by a column of the recipient's own", "sort registered_at|sort name|sort call_d", "first page"),
    ("last page", "sort registered_at|sort name|sort call_d", "last page"),
    ("next page", "sort registered_at|sort name|sort call_d", "next page"),
    ("previous page", "sort registered_at|sort name|sort call_d", "previous page"),
    ("any page, by organization or campaign", "sort organization|sort campaign", "page"),
    ("an organization's first page", "organization ", "first page"),
    ("status, analysis, streak or campaign: first page", "filter ", "first page"),
    ("search of one letter or two: first page", "search 김:|search 홍:|search 김영:|search 영희:", "first page"),
    ("search of three and more: first page", "search 이순자:|search 경로당:|search 12345678:", "first page"),
    ("search that finds nothing: first page", "search 뷁", "first page"),
    ("initial consonants: first page", "search ㄱㅇㅅ:|search ㄱ:|search ㅃㅃ:|search ㄱ숙:", "first page"),
    ("a syllable not finished: first page", "search 김ㅇ:|search 기:|search 뷁ㅇ:", "first page"),
    ("words, organizations too: first page", "search 김 해|search 해운대|search 김 영", "first page"),
    ("search, sorted by name: first page", "search 영희,|search 독거,|search 이순자,|search 홍,", "first page"),
    ("a surname of every fifth, by name: first page", "search 김,", "first page"),
    ("count, all", "everything", "count"),
    ("count of a search", "search ", "count"),
)  # fmt: skip


def _growth(measured: list[tuple[int, list[Line]]]) -> Iterator[str]:
    """The slowest of each kind, for each database."""
    yield f"| ms | {' | '.join(f'{total:,}' for total, _lines in measured)} |"
    yield f"|---|{'--:|' * len(measured)}"
    for what, starts, end in GROWTH:
        beginnings = tuple(starts.split("|"))
        cells = []
        for _total, lines in measured:
            of_kind = [
                one.milliseconds
                for one in lines
                if one.what.startswith(beginnings) and one.what.endswith(end)
            ]
            cells.append(f"{max(of_kind):.0f}")
        yield f"| {what} | {' | '.join(cells)} |"


def main() -> None:
    """Print the table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("databases", nargs="+", metavar="DATABASE")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--growth", action="store_true")
    given = parser.parse_args()
    measured = [asyncio.run(_measure(database)) for database in given.databases]
    if given.json:
        for _total, lines in measured:
            found = {line.what: line.milliseconds for line in lines}
            print(json.dumps(found, ensure_ascii=False))
    elif given.growth:
        print("\n".join(_growth(measured)))
    else:
        for at, line in enumerate(measured[0][1]):
            figures = "".join(f"{lines[at].milliseconds:9.1f} ms" for _total, lines in measured)
            print(f"{figures}  {line.rows:>9,}  {line.what}")


if __name__ == "__main__":
    main()
