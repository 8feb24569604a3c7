"""How SQLite goes about a page of the list: along an index, with nothing read whole and nothing sorted."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from msgspec.structs import replace
from sqlalchemy import event

from core.app.actor import Actor
from core.app.services import Services
from core.demo import writer
from core.demo.generator import Plan
from core.recipients.dto import Page, RecipientFilter, RecipientQuery
from core.recipients.fields import FieldName
from core.recipients.listing import sqlite
from core.recipients.rules import Status
from core.values.roles import Role
from tests.factories import make_settings

pytestmark = pytest.mark.sqlite

SYSTEM = Actor(1, "kim", "kim", Role.SYSTEM, None, "root")
OF_HAEUNDAE = Actor(2, "lee", "lee", Role.ORGANIZATION, 1, "root")
SORTING = "USE TEMP B-TREE"
# those who have the same number, in organizations of their own, as versions of SQLite say it
OF_ONE_NUMBER = ("RIGHT PART OF ORDER BY", "LAST TERM OF ORDER BY")


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a sample database."""
    made = tmp_path_factory.mktemp("sample") / "carecall.db"
    asyncio.run(writer.make(made, Plan(300, 5, date(2026, 11, 23), "root")))
    return made


@pytest.fixture(scope="module", params=["analyzed", "never analyzed"])
def file(
    request: pytest.FixtureRequest, sample: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """It, and one of which SQLite knows nothing about the rows."""
    if request.param == "analyzed":
        return sample
    made = tmp_path_factory.mktemp("sample") / "carecall.db"
    made.write_bytes(sample.read_bytes())
    asyncio.run(_forget_statistics(made))
    return made


async def _forget_statistics(file: Path) -> None:
    services = await Services.open(make_settings(file.parent))
    async with services.database.transaction() as session:
        await session.execute(sa.text("DELETE FROM sqlite_stat1"))
    await services.close()


@pytest.fixture
async def services(file: Path) -> AsyncIterator[Services]:
    """Services on it."""
    opened = await Services.open(make_settings(file.parent))
    yield opened
    await opened.close()


@contextmanager
def executed(services: Services) -> Iterator[list[tuple[str, Any]]]:
    """The selects on recipients that are executed meanwhile."""
    seen: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, sql: str, parameters: Any, *_more: Any) -> None:
        if "FROM recipient" in sql or "JOIN recipients" in sql:
            seen.append((sql, parameters))

    engine = services.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


async def plans(services: Services, seen: list[tuple[str, Any]]) -> list[list[str]]:
    """What SQLite does for each of them."""
    explained = []
    async with services.database.engine.connect() as connection:
        for sql, parameters in seen:
            steps = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", parameters)
            explained.append([step.detail for step in steps])
    return explained


async def pages_of(services: Services, actor: Actor, query: RecipientQuery) -> list[list[str]]:
    """The plans of the first, last, next and previous page."""
    window = services.recipients.window
    with executed(services) as seen:
        first = await window(actor, query, Page(limit=5))
        last = await window(actor, query, Page(backward=True, limit=5))
        await window(actor, query, Page(first[-1][1], limit=5))
        await window(actor, query, Page(last[-1][1], backward=True, limit=5))
    assert len(seen) >= 4
    return await plans(services, seen)


def sorts(step: str, by: FieldName) -> bool:
    """Whether the step sorts more than those who share a number."""
    return SORTING in step and not (by is FieldName.PHONE and step.endswith(OF_ONE_NUMBER))


def reads_whole_table(step: str) -> bool:
    """Whether the step looks at every recipient (in the order of an index it stops when the page is full)."""
    return step.startswith("SCAN recipients") and "USING" not in step


# each sort by each of them, in the short suite one way, which is the other's other one
@pytest.mark.parametrize("other_way", [False, pytest.param(True, marks=pytest.mark.long)])
@pytest.mark.parametrize("actor", [SYSTEM, OF_HAEUNDAE], ids=lambda actor: actor.role)
async def test_a_page_follows_an_index(
    services: Services, monkeypatch: pytest.MonkeyPatch, actor: Actor, *, other_way: bool
) -> None:
    # as many as a large organization has, so that they are not simply sorted
    monkeypatch.setattr(sqlite, "FEW", 0)
    monkeypatch.setattr(sqlite, "MANY", 1)
    for at, sort in enumerate(FieldName):
        descending = bool((at + (actor is SYSTEM) + other_way) % 2)
        query = RecipientQuery(sort=sort, descending=descending)
        for steps in await pages_of(services, actor, query):
            assert not [step for step in steps if sorts(step, sort)], (query, steps)
            assert not [step for step in steps if reads_whole_table(step)], (query, steps)


async def test_a_next_page_begins_at_its_anchor_though_many_share_the_value(
    services: Services,
) -> None:
    for sort, descending in itertools.product(FieldName, (False, True)):
        await begins_at_its_anchor(services, sort, descending)


async def begins_at_its_anchor(services: Services, sort: FieldName, descending: bool) -> None:
    _first, _last, *others = await pages_of(
        services, SYSTEM, RecipientQuery(sort=sort, descending=descending)
    )
    for steps in others:
        anchor = "(phone=?)" if sort is FieldName.PHONE else "=? AND id"
        assert any(anchor in step for step in steps), (sort, steps)
        assert not [step for step in steps if step.startswith("SCAN recipients")], (sort, steps)


RARE = (
    RecipientQuery(search="뷁뷁"),
    RecipientQuery(search="뷁"),
    RecipientQuery(search="고혈압"),
    RecipientQuery(search="12345"),
    RecipientQuery(search="ㅃㅃㅃ"),
    RecipientQuery(search="ㅃㅃ"),
    RecipientQuery(search="뷁ㅇ"),
    RecipientQuery(search="ㄱ뷁"),
    RecipientQuery(search="ㄱ뷁 해운대"),
    RecipientQuery(organization_id=12),
    RecipientQuery(filter=RecipientFilter(statuses=frozenset({Status.PAUSED}))),
    RecipientQuery(filter=RecipientFilter(analyses=frozenset({"emergency"}))),
    RecipientQuery(filter=RecipientFilter(unanswered_streak=50)),
    RecipientQuery(filter=RecipientFilter(campaign="시범")),
    RecipientQuery(filter=RecipientFilter(registered_from=date(2030, 1, 1))),
    RecipientQuery(filter=RecipientFilter(last_call_from=date(2030, 1, 1))),
    RecipientQuery(filter=RecipientFilter(emergency_from=date(2030, 1, 1))),
    RecipientQuery(filter=RecipientFilter(resumes_within=0)),
    RecipientQuery(filter=RecipientFilter(no_call_days=9_000)),
    RecipientQuery(filter=RecipientFilter(getting_worse=True)),
    RecipientQuery(filter=RecipientFilter(results=frozenset({"unanswered"}), unanswered_streak=50)),
)


async def test_few_are_found_without_reading_the_others(
    services: Services,
) -> None:
    for query in RARE:
        with executed(services) as seen:
            by_name = replace(query, sort=FieldName.NAME, descending=False)
            await services.recipients.window(SYSTEM, by_name)
            await services.recipients.count(SYSTEM, query)
            assert [number async for number in services.views.numbers(SYSTEM, [query])]
        for steps in await plans(services, seen):
            # neither the table nor an index from end to end
            whole = ("SCAN recipients", "SCAN calls", "SCAN part")
            assert not [step for step in steps if step.startswith(whole)], (query, steps)
