"""The order of the list: whatever windows are asked for, they are those of the list sorted in Python."""

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.db.models import NEVER, NO_VALUE, Recipient
from core.recipients.dto import Page, RecipientQuery, RecipientRow
from core.recipients.fields import FieldName
from core.recipients.listing.pager import Pager
from core.values.times import now
from tests.factories import World, make_services

COUNT = 60


async def full_of_ties(directory: Path) -> World:
    """Recipients whose values repeat, so that the order hangs on the ID as well."""
    world = await make_services(directory)
    organizations = [await world.organization(name) for name in ("Busan", "가나", "Ansan")]
    rows = [
        await world.recipient(
            organizations[at % 3],
            f"{'김이박'[at % 3]}{at % 5}",
            other_information=f"{at % 4 or ''}",
        )
        for at in range(COUNT)
    ]
    await world.campaign("Evening", recipients=[row.id for row in rows[::2]])
    await world.campaign("Later", state="scheduled", recipients=[row.id for row in rows[1::4]])
    start = now()
    async with world.database.transaction() as session:
        for at, row in enumerate(rows):
            await session.execute(
                sa.update(Recipient)
                .where(Recipient.id == row.id)
                .values(
                    registered_at=start + timedelta(hours=at % 7),
                    last_call_at=NEVER if at % 5 == 0 else start + timedelta(hours=at % 3),
                    total_calls=at % 4,
                    connection_rate=NO_VALUE if at % 4 == 0 else (at % 3) / 3,
                    completion_rate=NO_VALUE if at % 2 else 0.5,
                    answer_length=at % 6,
                    call_duration=(at % 9) / 7,
                )
            )
    return world


def in_order(rows: list[RecipientRow], sort: FieldName, *, descending: bool) -> list[int]:
    """Those without a value come last, whichever way the others are sorted."""

    def value(row: RecipientRow) -> object:
        return getattr(row, sort.value)

    def has_none(row: RecipientRow) -> bool:
        return value(row) in (None, "")

    def key(row: RecipientRow) -> tuple[object, int]:
        return (None if has_none(row) else value(row), row.id)

    valued = sorted((row for row in rows if not has_none(row)), key=key, reverse=descending)  # type: ignore[arg-type]
    others = sorted((row for row in rows if has_none(row)), key=key, reverse=descending)  # type: ignore[arg-type]
    return [row.id for row in (*valued, *others)]


windows = st.lists(st.tuples(st.integers(0, COUNT + 5), st.integers(1, 20)), min_size=1, max_size=8)


async def test_any_windows_are_those_of_the_sorted_list(tmp_path: Path) -> None:
    world = await full_of_ties(tmp_path)
    recipients = world.services.recipients
    everything = await recipients.window(world.system, RecipientQuery(), Page(limit=1000))
    rows = [row for row, _ in everything]
    cases = st.tuples(st.sampled_from(FieldName), st.booleans(), st.booleans(), windows)
    drawn: list[tuple[FieldName, bool, bool, list[tuple[int, int]]]] = []

    @settings(max_examples=60, database=None, suppress_health_check=list(HealthCheck))
    @given(cases)
    def draw(case: tuple[FieldName, bool, bool, list[tuple[int, int]]]) -> None:
        drawn.append(case)

    draw()
    for sort, descending, counted, wanted in drawn:
        expected = in_order(rows, sort, descending=descending)
        query = RecipientQuery(sort=sort, descending=descending)
        pager = Pager(recipients.window, world.system, query)
        pager.total = COUNT if counted else None
        for start, size in wanted:
            page = [row.id for row in await pager.rows(start, start + size)]
            assert page == expected[start : start + size], (sort, descending, counted, wanted)
        at = wanted[0][0] % COUNT
        assert await recipients.index_of(world.system, query, expected[at]) == at, (sort, at)
    found = RecipientQuery(search="김0", sort=FieldName.CAMPAIGN)
    listed = [row.id for row, _ in await recipients.window(world.system, found)]
    assert await recipients.index_of(world.system, found, listed[2]) == 2
    other = next(row.id for row in rows if row.id not in listed)
    assert await recipients.index_of(world.system, found, other) is None
    await world.close()


@pytest.mark.parametrize("descending", [False, True])
async def test_a_page_from_the_end_needs_nothing_before_it(
    tmp_path: Path, *, descending: bool
) -> None:
    world = await full_of_ties(tmp_path)
    query = RecipientQuery(sort=FieldName.NAME, descending=descending)
    pager = Pager(world.services.recipients.window, world.system, query)
    everything = [row.id for row in await pager.rows(0, COUNT)]
    fresh = Pager(world.services.recipients.window, world.system, query)
    fresh.total = COUNT
    assert [row.id for row in await fresh.rows(COUNT - 5, COUNT)] == everything[-5:]
    await world.close()
