"""What the detailed search asks of calls and pauses: who is found, and who is not."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.db.models import Recipient
from core.recipients.dto import RecipientFilter, RecipientQuery, Selection
from core.trends.rules import Change, Measure
from core.values.days import Ago
from core.values.times import now
from tests.deliveries import call, deliver, minutes_ago, unanswered
from tests.factories import World, make_services

_DAY = 24 * 60
NAMES = ("긴급", "부재", "정상", "오래전", "휴식", "새로옴")


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """An emergency two days ago and a good call since; two unanswered; one good; one 20 days ago; one that pauses
    until in three days, called never; one who came today."""
    made = await make_services(tmp_path)
    body = await made.organization("Haeundae")
    rows = {name: await made.recipient(body, name) for name in NAMES}
    await made.campaign("Morning", recipients=[row.id for row in rows.values()])
    async with made.database.transaction() as session:
        await session.execute(
            sa.update(Recipient)
            .where(Recipient.name != "새로옴")
            .values(registered_at=now() - timedelta(days=60))
        )

    def to(name: str, at: float) -> dict[str, str]:
        return {"recipient_phone": rows[name].phone, "started_at": minutes_ago(at)}

    await deliver(
        made,
        call("a", analysis="emergency", **to("긴급", 2 * _DAY)),
        call("b", **to("긴급", 60)),
        unanswered("c", **to("부재", 90)),
        unanswered("d", **to("부재", 60)),
        call("e", **to("정상", 60)),
        call("f", analysis="emergency", **to("오래전", 20 * _DAY)),
    )
    resting = Selection(ids=frozenset({rows["휴식"].id}))
    await made.services.participations.pause(
        made.system, resting, 1, resumes_at=now() + timedelta(days=3)
    )
    async with made.database.transaction() as session:
        for name, change in (("정상", Change(Measure.ANSWERS, 70)), ("긴급", Change(None, 100))):
            await session.execute(
                sa.update(Recipient).where(Recipient.name == name).values(change=change.kept)
            )
    yield made
    await made.close()


ASKED = (
    (RecipientFilter(results=frozenset({"unanswered"})), "부재"),
    (RecipientFilter(results=frozenset({"connected"})), "긴급 정상 오래전"),
    (RecipientFilter(results=frozenset({"connected", "unanswered"})), "긴급 부재 정상 오래전"),
    (RecipientFilter(emergency_from=Ago(3)), "긴급"),
    (RecipientFilter(emergency_from=Ago(1)), ""),
    (RecipientFilter(emergency_from=Ago(30)), "긴급 오래전"),
    (RecipientFilter(no_call_days=14), "오래전 휴식"),
    (RecipientFilter(no_call_days=14, last_call_from=Ago(25)), "오래전"),
    (RecipientFilter(resumes_within=4), "휴식"),
    (RecipientFilter(resumes_within=2), ""),
    (RecipientFilter(registered_from=Ago(1)), "새로옴"),
    (RecipientFilter(getting_worse=True), "정상"),
    (RecipientFilter(last_call_to=Ago(2)), "오래전"),
)


async def test_who_is_found(world: World) -> None:
    for asked, found in ASKED:
        query = RecipientQuery(filter=asked)
        rows = await world.services.recipients.window(world.system, query)
        assert {row.name for row, _place in rows} == set(found.split()), asked
        assert await world.services.recipients.count(world.system, query) == len(rows)
        [number] = [one async for one in world.services.views.numbers(world.system, [query])]
        assert (number.count, number.is_more) == (len(rows), False)


async def test_who_is_resumed_early_resumes_no_more(world: World) -> None:
    query = RecipientQuery(filter=RecipientFilter(resumes_within=7))
    [(row, _place)] = await world.services.recipients.window(world.system, query)
    await world.services.participations.resume(world.system, Selection(ids=frozenset({row.id})), 1)
    assert await world.services.recipients.count(world.system, query) == 0
