"""One hand-over for a shift: what it tells, who signs, who takes over, and what is left of whoever is erased."""

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa

from core.db.models import Handover as Stored
from core.db.models import Recipient
from core.handovers import service
from core.handovers.rules import Section
from core.recipients.dto import Selection
from core.recipients.rules import RecipientDraft
from core.tasks.dto import NextStep
from core.tasks.rules import TaskKind
from core.values import times
from core.values.errors import ActionBlocked, Conflict, InvalidInput, NotPermitted
from core.values.roles import Role
from core.values.times import now
from tests.audit_trail import actions
from tests.core.people import make_world
from tests.deliveries import call, deliver, minutes_ago, small_world, unanswered
from tests.factories import make_services


@pytest.fixture
async def world(tmp_path):
    made = await make_services(tmp_path)
    await small_world(made)
    yield made
    await made.close()


async def staff(world):
    """Two admins of the organization and one who reads."""
    return [
        await world.admin(name, role, 1)
        for name, role in (
            ("kim", Role.ORGANIZATION),
            ("lee", Role.ORGANIZATION),
            ("eve", Role.VIEWER),
        )
    ]


def told(found):
    """The numbers of a report, without what there is none of."""
    return {part.section: part.count for part in found.parts if part.count}


def part_of(found, section):
    return next(part for part in found.parts if part.section is section)


async def a_shift(world, kim):
    """A day's work of kim; gives the recipients with an emergency, unanswered calls, a pause, a delete."""
    people = [await world.recipient(1, name) for name in ("강하나", "나두리", "다세찬", "라네모")]
    await world.campaign("Evening", recipients=[one.id for one in people])
    one, two, three, four = people
    tasks = world.services.tasks
    await deliver(
        world,
        call("e-1", analysis="emergency", recipient_phone=one.phone, started_at=minutes_ago(80)),
        call("n-1", analysis="negative", recipient_phone=one.phone),
        *(
            unanswered(f"u-{at}", recipient_phone=two.phone, started_at=minutes_ago(50 - at))
            for at in range(3)
        ),
    )
    by_kind = {task.kind: task for task in await tasks.of_recipient(kim, one.id)}
    step = NextStep("Phone the daughter", now() + timedelta(days=1))
    await tasks.done(kim, by_kind[TaskKind.NEGATIVE].id, action_type="phoned", next_step=step)
    await world.services.participations.pause(kim, Selection(ids=frozenset({three.id})), 1)
    await world.services.recipients.delete(kim, Selection(ids=frozenset({four.id})), 1)
    return people


async def test_a_report_tells_what_happened_and_what_is_left(world):
    kim, _lee, eve = await staff(world)
    one, two, three, four = await a_shift(world, kim)
    found = await world.services.handovers.unsigned(kim, 1)
    assert told(found) == {
        Section.OPEN_EMERGENCIES: 1, Section.PROMISED: 1, Section.NOT_REACHED: 1,
        Section.NEW_EMERGENCIES: 1, Section.DONE: 1, Section.PAUSED: 1, Section.DELETED: 1,
    }  # fmt: skip
    named = {part.section: [item.name for item in part.items] for part in found.parts if part.items}
    assert named[Section.OPEN_EMERGENCIES] == named[Section.DONE] == ["강하나"]
    assert (named[Section.NOT_REACHED], named[Section.PAUSED]) == (["나두리"], ["다세찬"])
    [step] = part_of(found, Section.PROMISED).items
    assert (step.text, step.who, step.kind) == ("Phone the daughter", "kim", TaskKind.NEXT_STEP)
    [done] = part_of(found, Section.DONE).items
    assert (done.who, done.kind) == ("kim", TaskKind.NEGATIVE)
    [deleted] = part_of(found, Section.DELETED).items
    assert (deleted.name, deleted.who) == ("라네모", "kim")
    # whom a viewer does not see by name is counted all the same
    seen = await world.services.handovers.unsigned(eve, 1)
    assert told(seen) == told(found)
    assert [item.name for item in part_of(seen, Section.DELETED).items] == [None]
    assert {one.id, two.id, three.id, four.id} == {
        item.recipient_id for part in found.parts for item in part.items
    }


async def test_one_signs_another_confirms_and_it_stays_as_it_was(world):
    handovers = world.services.handovers
    kim, lee, eve = await staff(world)
    [one, *_others] = await a_shift(world, kim)
    with pytest.raises(InvalidInput):
        await handovers.sign(kim, 1, "x" * 2_001, None)
    made = await handovers.sign(kim, 1, " Line one \nline two ", None)
    assert (made.row.signed_by, made.row.text) == ("kim", "Line one\nline two")
    # until somebody else has confirmed it, it is said to everybody but its signer
    assert await handovers.waiting(kim) == []
    for actor in (lee, eve, world.system):
        assert [row.id for row in await handovers.waiting(actor)] == [made.row.id]
    with pytest.raises(ActionBlocked, match="somebody else confirms it"):
        await handovers.confirm(kim, made.row.id)
    with pytest.raises(NotPermitted):
        await handovers.confirm(eve, made.row.id)
    confirmed = await handovers.confirm(lee, made.row.id)
    assert (confirmed.row.confirmed_by, confirmed.parts) == ("lee", made.parts)
    with pytest.raises(ActionBlocked, match="lee has confirmed it"):
        await handovers.confirm(world.system, made.row.id)
    assert await handovers.waiting(world.system) == []
    assert [row for row in await actions(world) if "handover" in row] == [
        "handover.sign", "handover.confirm",
    ]  # fmt: skip
    # what happens later is not in it, but in the next one
    for task in await world.services.tasks.of_recipient(kim, one.id):
        if task.closed_at is None:
            await world.services.tasks.done(lee, task.id)
    assert told(await handovers.get(lee, made.row.id)) == told(made)
    following = await handovers.unsigned(lee, 1)
    assert following.row.since == made.row.signed_at
    assert following.before == made.row.id
    assert told(following) == {Section.NOT_REACHED: 1, Section.DONE: 2}


async def test_two_who_sign_at_once_make_one(world):
    handovers = world.services.handovers
    kim, lee, _eve = await staff(world)
    for turn in range(3):
        before = (await handovers.unsigned(kim, 1)).before
        results = await asyncio.gather(
            *(handovers.sign(who, 1, who.login, before) for who in (kim, lee)),
            return_exceptions=True,
        )
        refused = [one for one in results if isinstance(one, Exception)]
        assert len(refused) == 1, results
        assert isinstance(refused[0], Conflict)
        assert len(await handovers.list(kim)) == turn + 1
        [waiting] = await handovers.waiting(world.system)
        await handovers.confirm(world.system, waiting.id)


async def test_a_shift_that_has_just_ended_does_not_end_again(world, monkeypatch):
    handovers = world.services.handovers
    kim, lee, _eve = await staff(world)
    made = await handovers.sign(kim, 1, "", None)
    with pytest.raises(ActionBlocked, match="kim has just signed"):
        await handovers.sign(kim, 1, "", made.row.id)
    monkeypatch.setattr(service, "now", lambda: times.now() + timedelta(hours=9))
    later = await handovers.sign(lee, 1, "", made.row.id)
    # the first was never confirmed, and that is kept; the last is what is to be taken over
    assert [row.id for row in await handovers.waiting(kim)] == [later.row.id]
    assert [row.confirmed_by for row in await handovers.list(kim)] == [None, None]


async def test_each_organization_has_its_own(world):
    handovers = world.services.handovers
    kim, _lee, _eve = await staff(world)
    there = await world.organization("Beta")
    mine = await handovers.sign(kim, 1, "here", None)
    theirs = await handovers.sign(world.system, there, "there", None)
    assert [row.text for row in await handovers.list(kim)] == ["here"]
    assert [row.text for row in await handovers.list(world.system)] == ["there", "here"]
    assert [row.id for row in await handovers.list(world.system, 1)] == [mine.row.id]
    assert theirs.before is None


async def test_what_a_task_says_is_told_as_far_as_whose_it_is(world):
    kim, _lee, eve = await staff(world)
    away = await world.organization("Elsewhere")
    due = now() + timedelta(hours=2)
    deleted, moved = [await world.recipient(1, name) for name in ("강하나", "나두리")]
    for one in (deleted, moved):
        await world.services.tasks.add(kim, one.id, f"Phone the daughter of {one.name}", due)
    signed = (await world.services.handovers.sign(kim, 1, "x", None)).row.id
    draft = RecipientDraft(moved.name, moved.phone, organization_id=away)
    await world.services.recipients.edit(world.system, moved.id, draft, moved.version)
    await world.services.recipients.delete(kim, Selection(ids=frozenset({deleted.id})), 1)

    async def texts(actor):
        found = await world.services.handovers.get(actor, signed)
        return [item.text for item in part_of(found, Section.PROMISED).items]

    assert await texts(eve) == ["", ""]
    assert await texts(kim) == ["Phone the daughter of 강하나", ""]


async def test_a_report_that_names_what_cannot_be_is_read(world):
    kim, *_others = await staff(world)
    signed = (await world.services.handovers.sign(kim, 1, "x", None)).row.id
    item = {"recipient": 10**30, "task": -1, "who": 10**30, "at": now().isoformat()}
    odd = [{"section": Section.DONE.value, "count": 1, "items": [item]}]
    async with world.database.transaction() as session:
        await session.execute(sa.update(Stored).values(report=odd))
    found = await world.services.handovers.get(kim, signed)
    assert [one.name for one in part_of(found, Section.DONE).items] == [None]


async def test_nothing_is_kept_of_whoever_is_erased_and_old_ones_go(tmp_path):
    world = await make_world(tmp_path, "deleted_recipients = 1\nhandovers = 30\n")
    await small_world(world)
    row = await world.services.recipients.get(world.system, 1)
    await deliver(world, call("e-1", analysis="emergency"))
    made = await world.services.handovers.sign(world.system, 1, "x", None)
    async with world.database.reading() as session:
        kept = await session.scalar(sa.select(sa.cast(Stored.report, sa.Text)))
    assert row.name not in kept
    assert row.phone not in kept
    await world.services.recipients.delete(world.system, Selection(ids=frozenset({row.id})), 1)
    async with world.database.transaction() as session:
        long_ago = now() - timedelta(days=2)
        await session.execute(
            sa.update(Recipient).values(deleted_at=long_ago, version=Recipient.version)
        )
    erased = await world.services.retention.erase_expired(world.system)
    assert (erased.recipients, erased.handovers) == (1, 0)
    found = await world.services.handovers.get(world.system, made.row.id)
    [item] = part_of(found, Section.OPEN_EMERGENCIES).items
    assert (item.name, item.recipient_id) == (None, row.id)
    async with world.database.transaction() as session:
        await session.execute(sa.update(Stored).values(signed_at=now() - timedelta(days=31)))
    erased = await world.services.retention.erase_expired(world.system)
    assert erased.handovers == 1
    assert await world.services.handovers.list(world.system) == []
    assert "handover.purge" in await actions(world)
    await world.close()
