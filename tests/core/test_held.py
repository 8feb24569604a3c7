"""What cannot be stored is held, whole, until a system admin deals with it; nobody else sees it."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from core.app.actor import Actor
from core.calls import held_deliveries, storing
from core.calls.held_dto import HeldRow, HeldSummary
from core.calls.ingest import IngestSummary, LineResult
from core.calls.lines import MAX_LINE_BYTES
from core.calls.refused import Reason
from core.db.models import AuditRecord, HeldDelivery, Recipient
from core.recipients.dto import Selection
from core.retention.purging import purge_recipients
from core.values.errors import InvalidInput, NotFound
from core.values.roles import Role
from core.values.times import now
from tests.core.people import make_world
from tests.deliveries import PHONE, call, deliver, lines, small_world
from tests.factories import World

NEW = "+821055556666"


async def take_in(world: World, *data: bytes, actor: Actor | None = None) -> list[LineResult]:
    told: list[LineResult] = []
    await world.services.ingest.deliver(actor or world.system, data, told.append)
    return told


async def held(world: World) -> list[HeldRow]:
    return await world.services.ingest.held(world.system)


async def test_it_is_held_whole_and_once_and_taken_in_when_it_can_be(world: World) -> None:
    await small_world(world)
    line = lines(call("c-7", recipient_phone=NEW, analysis="emergency"))
    for _ in range(2):
        [told] = await take_in(world, line)
        assert "has no recipient" in told.reason
    [row] = await held(world)
    assert (row.admin, row.name, row.organization) == ("root", "Root", "Haeundae")
    assert row.call == "c-7"
    assert (row.reason, row.emergency) == (Reason.RECIPIENT, True)
    assert await world.services.ingest.held_summary(world.system) == HeldSummary(1, 1, row.id)
    again = await world.services.ingest.retry(world.system)
    assert again == IngestSummary(0, 0, 0, 1)
    await world.recipient(1, "박새롬", NEW)
    assert await world.services.ingest.retry(world.system) == IngestSummary(1, 0, 0, 0)
    assert await held(world) == []
    found = await world.services.calls.by_external_id(world.system, "c-7")
    assert found.analysis == "emergency"


async def test_whatever_a_line_is_it_is_held(world: World) -> None:
    await small_world(world)
    await take_in(world, b"\xff{oops\n" + lines(call(duration_s=-1)) + b"[" * 50_000 + b"\n")
    await take_in(world, b'{"analysis": "emergency", ' + b"x" * MAX_LINE_BYTES + b"\n")
    rows = [(one.reason, one.field, one.emergency) for one in await held(world)]
    assert rows == [
        (Reason.LINE, "", False),
        (Reason.LINE, "duration_s", False),
        (Reason.LINE, "", False),
        (Reason.TOO_LONG, "", True),
    ]


async def test_the_same_line_delivered_again_and_taken_in_is_held_no_more(world: World) -> None:
    await small_world(world)
    line = lines(call(recipient_phone=NEW))
    await take_in(world, line)
    await world.recipient(1, "박새롬", NEW)
    assert (await take_in(world, line))[0].outcome == "created"
    assert await held(world) == []


async def test_it_is_taken_in_as_who_delivered_it_may(world: World) -> None:
    await small_world(world)
    other = await world.organization("Suncheon")
    robot = await world.admin("robot", Role.INGEST, other)
    await take_in(world, lines(call()), actor=robot)
    told: list[LineResult] = []
    await world.services.ingest.retry(world.system, told.append)
    assert "There is no organization Haeundae" in told[0].reason
    await world.services.admins.disable(world.system, "robot")
    await world.services.ingest.retry(world.system, told.append)
    assert "robot, who delivered it, is disabled" in told[1].reason
    assert len(await held(world)) == 1


async def test_dropping_wants_a_reason_and_is_recorded(world: World) -> None:
    await small_world(world)
    await take_in(world, b"{\n")
    [row] = await held(world)
    with pytest.raises(InvalidInput):
        await world.services.ingest.drop(world.system, row.id, " ")
    await world.services.ingest.drop(world.system, row.id, "a test of theirs")
    with pytest.raises(NotFound):
        await world.services.ingest.drop(world.system, row.id, "again")
    async with world.database.reading() as session:
        select = sa.select(AuditRecord.action, AuditRecord.subject_id, AuditRecord.details)
        records = (await session.execute(select.where(AuditRecord.subject == "delivery"))).all()
    assert [tuple(one) for one in records] == [
        ("delivery.hold", row.id, {"reason": "line"}),
        ("delivery.drop", row.id, {"reason": "a test of theirs"}),
    ]


async def test_so_many_are_held_and_more_of_emergencies_and_the_answer_says_so(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await small_world(world)
    monkeypatch.setattr(held_deliveries, "MOST", 2)
    told = await take_in(world, b"{1\n{2\n{3\n" + lines(call(campaign="?", analysis="emergency")))
    assert [("not kept either" in one.reason) for one in told] == [False, False, True, False]
    assert [one.emergency for one in await held(world)] == [False, False, True]


async def test_it_goes_with_the_recipient_and_with_its_time(tmp_path) -> None:
    world = await make_world(tmp_path, "deleted_recipients = 30\nuploads = 90\n")
    recipient = await small_world(world)
    await deliver(world, call())
    await world.services.recipients.delete(world.system, Selection(frozenset({recipient})), 1)
    await take_in(world, lines(call("after", utterances=[])), b"{old\n", b"{new\n")
    async with world.database.transaction() as session:
        deleted = sa.update(Recipient).values(deleted_at=now() - timedelta(days=31))
        await session.execute(deleted)
        first = await session.scalar(
            sa.select(sa.func.min(HeldDelivery.id)).where(HeldDelivery.phone.is_(None))
        )
        aged = sa.update(HeldDelivery).where(HeldDelivery.id == first)
        await session.execute(aged.values(received_at=now() - timedelta(days=91)))
    erased = await world.services.retention.erase_expired(world.system)
    assert (erased.recipients, erased.deliveries) == (1, 1)
    async with world.database.reading() as session:
        assert await session.scalar(sa.select(HeldDelivery.content)) == b"{new"
    await world.close()


@pytest.mark.parametrize("end", [b"", b"x" * MAX_LINE_BYTES], ids=["cut off", "too long"])
async def test_a_line_that_cannot_be_read_goes_with_the_recipient_that_it_names(
    world: World, end: bytes
) -> None:
    recipient = await small_world(world)
    head = lines(call(analysis="emergency")).rstrip(b"}\n")
    await take_in(world, head + b', "summary": "' + end + b"\n")
    async with world.database.transaction() as session:
        phone = await session.scalar(sa.select(Recipient.phone))
        assert await session.scalar(sa.select(HeldDelivery.phone)) == phone
        await session.execute(sa.update(Recipient).values(deleted_at=now()))
        await purge_recipients(session, [recipient])
    assert await held(world) == []


async def test_a_line_that_names_another_organization_goes_with_the_recipient(world: World) -> None:
    haeundae = await small_world(world)
    await world.organization("Suncheon")
    for named in ("Suncheon", "Sunchon"):  # one that is there without such a recipient, and none
        await take_in(world, lines(call(organization=named)))
    robot = await world.admin("robot", Role.INGEST, 2)
    await take_in(world, lines(call("c-2")), actor=robot)  # of Suncheon, and names Haeundae
    busan = await world.organization("Busan")
    await world.recipient(busan, "박철수", PHONE)
    await take_in(world, lines(call("c-3", organization="Busan", campaign="?")))
    assert len(await held(world)) == 4
    async with world.database.transaction() as session:
        of_them = sa.update(Recipient).where(Recipient.id == haeundae)
        await session.execute(of_them.values(deleted_at=now()))
        await purge_recipients(session, [haeundae])
    # it may still be taken in for somebody else with the number
    assert [one.organization for one in await held(world)] == ["Busan"]


@pytest.mark.parametrize("cut", [0, 12])
async def test_an_emergency_is_one_wherever_a_line_too_long_says_so(world: World, cut: int) -> None:
    told = b'"analysis": "emergency"'
    pad = b'{"summary": "' + b"x" * (MAX_LINE_BYTES - 13 - 3) + b'", '
    blocks = (pad + told[:cut], told[cut:] + b"}\n", b'{"analysis": "normal"}\n')
    await take_in(world, *blocks)
    await take_in(world, pad + b"y" * 1_000, told + b"\n" + pad + b"z\n")
    assert [(one.reason, one.emergency) for one in await held(world)] == [
        (Reason.TOO_LONG, True),
        (Reason.LINE, False),
        (Reason.TOO_LONG, False),
    ]


async def test_so_many_memory_details_are_kept_of_a_recipient_and_the_rest_is_held(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert storing.MOST_REMEMBERED == 5_000
    monkeypatch.setattr(storing, "MOST_REMEMBERED", 3)
    recipient = await small_world(world)
    for at in range(3):
        await deliver(world, call(f"c-{at}", memory=[{"topic": "sleep", "content": f"{at}"}]))
    [told] = await take_in(world, lines(call("c-9", analysis="emergency")))
    assert told.reason.startswith("No more than 3 memory details are kept of a recipient.")
    [row] = await held(world)
    assert (row.reason, row.emergency) == (Reason.MEMORY, True)
    assert len(await world.services.memory.list(world.system, recipient)) == 3
    # one without any is no memory's matter
    await deliver(world, call("c-10", memory=[]))
