"""Feedback: one verdict of each admin on each call, withdrawn by the same again."""

import pytest
import sqlalchemy as sa

from core.calls.rules import Verdict
from core.db.models import AuditRecord
from core.values.errors import NotFound, NotPermitted
from core.values.roles import Role
from tests.deliveries import call, deliver, small_world
from tests.factories import make_services


@pytest.fixture
async def world(tmp_path):
    made = await make_services(tmp_path)
    await small_world(made)
    await deliver(made, call())
    yield made
    await made.close()


async def verdicts(world, actor):
    details = await world.services.calls.get(actor, 1)
    own = details.call.own_verdict
    return own, details.call.positive, details.call.negative


async def test_the_same_again_withdraws_and_the_other_replaces(world):
    give = world.services.feedback.give
    assert await give(world.system, 1, Verdict.POSITIVE) is Verdict.POSITIVE
    assert await verdicts(world, world.system) == (Verdict.POSITIVE, 1, 0)
    assert await give(world.system, 1, Verdict.NEGATIVE) is Verdict.NEGATIVE
    assert await verdicts(world, world.system) == (Verdict.NEGATIVE, 0, 1)
    assert await give(world.system, 1, Verdict.NEGATIVE) is None
    assert await verdicts(world, world.system) == (None, 0, 0)


async def test_who_said_what_is_kept(world):
    kim = await world.admin("kim", Role.ORGANIZATION, 1, name="Kim")
    await world.services.feedback.give(world.system, 1, Verdict.POSITIVE)
    await world.services.feedback.give(kim, 1, Verdict.NEGATIVE)
    details = await world.services.calls.get(kim, 1)
    assert {(one.admin, one.verdict) for one in details.feedback} == {
        ("Root", "positive"),
        ("Kim", "negative"),
    }
    assert await verdicts(world, kim) == (Verdict.NEGATIVE, 1, 1)
    assert await verdicts(world, world.system) == (Verdict.POSITIVE, 1, 1)


async def test_each_verdict_and_withdrawal_has_its_audit_record(world):
    for _ in range(2):
        await world.services.feedback.give(world.system, 1, Verdict.POSITIVE)
    async with world.database.reading() as session:
        found = await session.execute(
            sa.select(AuditRecord.action, AuditRecord.details).where(
                AuditRecord.action.startswith("feedback")
            )
        )
        assert [tuple(row) for row in found] == [
            ("feedback.give", {"recipient": 1, "verdict": "positive"}),
            ("feedback.withdraw", {"recipient": 1, "verdict": "positive"}),
        ]


async def test_viewers_and_strangers_are_refused(world):
    viewer = await world.admin("park", Role.VIEWER, 1)
    with pytest.raises(NotPermitted):
        await world.services.feedback.give(viewer, 1, Verdict.POSITIVE)
    stranger = await world.admin("lee", Role.ORGANIZATION, await world.organization("Suncheon"))
    with pytest.raises(NotFound):
        await world.services.feedback.give(stranger, 1, Verdict.POSITIVE)
    assert await verdicts(world, world.system) == (None, 0, 0)
