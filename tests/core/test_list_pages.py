"""However a page of the list is found, it is the page of the sorted list."""

import itertools
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from core.app.actor import Actor
from core.app.services import Services
from core.db.models import NEVER, NO_VALUE
from core.demo import writer
from core.demo.generator import Plan
from core.recipients import queries
from core.recipients.dto import Anchor, Page, RecipientFilter, RecipientQuery
from core.recipients.fields import FieldName
from core.recipients.listing import search, sqlite
from core.recipients.listing.keyset import SORT_KEYS
from core.recipients.rules import Status
from core.values.roles import Role
from tests.factories import make_settings

pytestmark = pytest.mark.sqlite

SYSTEM = Actor(1, "kim", "kim", Role.SYSTEM, None, "root")
OF_HAEUNDAE = Actor(2, "lee", "lee", Role.ORGANIZATION, 1, "root")
LIMIT = 40
# one of each kind: in an index of its own, in one within an organization, group by group; each way once
SORTS = (
    (FieldName.NAME, False),
    (FieldName.CALL_DURATION, True),
    (FieldName.CONNECTION_RATE, False),
    (FieldName.LAST_CALL_AT, False),
    (FieldName.OTHER_INFORMATION, True),
    (FieldName.REGISTERED_AT, True),
    (FieldName.PHONE, False),
    (FieldName.ORGANIZATION, True),
    (FieldName.CAMPAIGN, False),
    (FieldName.CAMPAIGN, True),
)
NO_VALUES = {
    FieldName.CALL_DURATION: NO_VALUE,
    FieldName.CONNECTION_RATE: NO_VALUE,
    FieldName.LAST_CALL_AT: NEVER,
    FieldName.OTHER_INFORMATION: "",
    FieldName.CAMPAIGN: "",
}

NARROWED = {
    "everything": RecipientQuery(),
    "organization": RecipientQuery(organization_id=2),
    "a letter": RecipientQuery(search="김"),
    "the last letter of a text": RecipientQuery(search="상"),
    "two letters": RecipientQuery(search="영희"),
    "a word": RecipientQuery(search="고혈압"),
    "words": RecipientQuery(search="김 010"),
    "digits": RecipientQuery(search="010 2"),
    "a digit": RecipientQuery(search="7"),
    "quotes and wildcards": RecipientQuery(search="\"% _'"),
    "nothing": RecipientQuery(search="뷁"),
    "initials": RecipientQuery(search="ㄱㅇ"),
    "a syllable by its initial": RecipientQuery(search="ㄱ영 해운대"),
    "status": RecipientQuery(filter=RecipientFilter(statuses=frozenset({Status.PAUSED}))),
    "analysis": RecipientQuery(
        filter=RecipientFilter(analyses=frozenset({"emergency", "negative"}))
    ),
    "streak": RecipientQuery(filter=RecipientFilter(unanswered_streak=2)),
    "campaign": RecipientQuery(filter=RecipientFilter(campaign="안부")),
    "days": RecipientQuery(
        filter=RecipientFilter(registered_to=date(2025, 6, 1), last_call_from=date(2026, 11, 10))
    ),
    "several": RecipientQuery(
        search="이", filter=RecipientFilter(statuses=frozenset({Status.IN_PROGRESS}), phone="010")
    ),
}
# few, many, near: so small or so large that each way is gone
WAYS = {"as it is": None, "sorts": (10_000, 10_000, 1), "walks": (0, 0, 1), "near": (0, 1, 9)}
_SHORT = ("everything", "words", "several")  # of these the short suite tries each way and sort
ALL = [*itertools.product(NARROWED, WAYS)]
# who asks for which sort
WHO = {
    "in turn": [*zip(itertools.cycle((SYSTEM, OF_HAEUNDAE)), SORTS, strict=False)],
    "some": [*zip(itertools.cycle((SYSTEM, OF_HAEUNDAE)), SORTS[::3], strict=False)],
    "the others": [*zip(itertools.cycle((OF_HAEUNDAE, SYSTEM)), SORTS, strict=False)],
}


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a sample database."""
    import asyncio

    made = tmp_path_factory.mktemp("sample") / "carecall.db"
    asyncio.run(writer.make(made, Plan(100, 5, date(2026, 11, 23), "root")))
    return made


@pytest.fixture
async def services(file: Path) -> AsyncIterator[Services]:
    """Services on it."""
    opened = await Services.open(make_settings(file.parent))
    yield opened
    await opened.close()


async def ids_in_order(services: Services, actor: Actor, query: RecipientQuery) -> list[int]:
    """All that match, sorted here: those without a value last, whichever way the others are."""
    key = SORT_KEYS[query.sort].label("sort_value")
    async with services.database.reading() as session:
        conditions = await search.matching(session, actor, query, services.settings)
        found = (await session.execute(queries.rows(key).where(*conditions))).all()
    found.sort(key=lambda row: (row.sort_value, row.id), reverse=query.descending)
    none = NO_VALUES.get(query.sort)
    return [row.id for row in sorted(found, key=lambda row: row.sort_value == none)]


async def ids_by_pages(
    services: Services, actor: Actor, query: RecipientQuery, backward: bool
) -> list[int]:
    """All that match, page after page."""
    found: list[int] = []
    anchor: Anchor | None = None
    while True:
        page = await services.recipients.window(
            actor, query, Page(anchor, backward=backward, limit=LIMIT)
        )
        found += [row.id for row, _ in page]
        if len(page) < LIMIT:
            return found
        anchor = page[-1][1]


@pytest.mark.parametrize(
    ("narrowed", "way", "who"),
    [
        *(
            (narrowed, way, "in turn" if narrowed in _SHORT else "some")
            for narrowed, way in ALL
            if way == "as it is" or narrowed in _SHORT
        ),
        *(
            pytest.param(narrowed, way, "the others", marks=pytest.mark.long)
            for narrowed, way in ALL
        ),
    ],
)
async def test_pages_follow_each_other_without_a_gap(
    services: Services, monkeypatch: pytest.MonkeyPatch, narrowed: str, way: str, who: str
) -> None:
    if (numbers := WAYS[way]) is not None:
        for name, number in zip(("FEW", "MANY", "NEAR"), numbers, strict=True):
            monkeypatch.setattr(sqlite, name, number)
    counted = set()
    for actor, (sort, descending) in WHO[who]:
        query = RecipientQuery(
            organization_id=NARROWED[narrowed].organization_id,
            search=NARROWED[narrowed].search,
            filter=NARROWED[narrowed].filter,
            sort=sort,
            descending=descending,
        )
        wanted = await ids_in_order(services, actor, query)
        assert await ids_by_pages(services, actor, query, backward=False) == wanted
        assert await ids_by_pages(services, actor, query, backward=True) == wanted[::-1]
        if actor not in counted:  # their order is nothing to it
            assert await services.recipients.count(actor, query) == len(wanted)
            counted.add(actor)
        skipped = await services.recipients.window(actor, query, Page(skip=5, limit=LIMIT))
        assert [row.id for row, _ in skipped] == wanted[5 : 5 + LIMIT]


async def test_what_the_search_finds_is_there_to_be_found(services: Services) -> None:
    matches = {
        name: len(await ids_in_order(services, SYSTEM, query)) for name, query in NARROWED.items()
    }
    assert [name for name, count in matches.items() if not count] == [
        "quotes and wildcards",
        "nothing",
    ]
