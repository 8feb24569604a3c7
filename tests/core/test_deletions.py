"""Deletes that can be taken back: by whoever may delete, in any later session, and what was done to very many."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.app.actor import Actor
from core.app.audit.dto import AuditFilter
from core.app.services import Services
from core.db import bulk
from core.db.engine import Database
from core.db.models import Admin, Deletion, Recipient
from core.recipients.deletion_dto import DeletedQuery, DeletedRow, DeletedSelection
from core.recipients.dto import RecipientQuery, RecipientRow, Selection
from core.recipients.listing.pager import Pager
from core.values.errors import CoreError, InvalidInput, NotFound, NotPermitted, StorageFull
from core.values.jobs import Job
from core.values.roles import Role
from core.values.times import now
from tests.factories import World, make_services

PHONE = "010-1234-5678"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    made = await make_services(tmp_path)
    yield made
    await made.close()


async def delete(world: World, *rows: RecipientRow, by: Actor | None = None) -> int:
    selection = Selection(frozenset(row.id for row in rows))
    gone = await world.services.recipients.delete(by or world.system, selection, len(rows))
    return gone.id


async def listed(world: World, actor: Actor | None = None) -> list[str]:
    rows = await world.services.recipients.window(actor or world.system, RecipientQuery())
    return sorted(row.name for row, _ in rows)


async def deleted(world: World, actor: Actor | None = None, search: str = "") -> list[DeletedRow]:
    query = DeletedQuery(search)
    rows = await world.services.deletions.window(actor or world.system, query)
    assert await world.services.deletions.count(actor or world.system, query) == len(rows)
    return [row for row, _ in rows]


def only(*rows: RecipientRow) -> DeletedSelection:
    return DeletedSelection(ids=frozenset(row.id for row in rows))


async def test_the_own_last_delete_and_then_the_one_before_are_found_in_any_session(
    world: World,
) -> None:
    own = await world.organization()
    first, second, third = await world.recipients(own, 3)
    other = await world.admin("kim", Role.ORGANIZATION, own)
    await delete(world, first)
    await delete(world, second)
    await delete(world, third, by=other)
    later = await Services.open(world.settings)
    try:
        for name in (second.name, first.name):
            last = await later.deletions.latest(world.system)
            assert last is not None
            assert last.count == 1
            assert (await later.deletions.undo(world.system, last.id)).count == 1
            assert name in await listed(world)
        assert await later.deletions.latest(world.system) is None
        with pytest.raises(NotFound, match="cannot be undone any more"):
            await later.deletions.undo(world.system, last.id)
    finally:
        await later.close()


async def test_what_was_deleted_tells_who_when_and_until_when(world: World) -> None:
    own = await world.organization("Own")
    one = await world.recipient(own, "김영희", PHONE, "혼자")
    kim = await world.admin("kim", Role.ORGANIZATION, own, name="김 과장")
    await delete(world, one, by=kim)
    [row] = await deleted(world)
    assert (row.name, row.phone, row.other_information) == (one.name, one.phone, "혼자")
    assert (row.organization, row.deleted_by) == ("Own", "김 과장")
    days = world.settings.retention.deleted_recipients
    assert row.expires_at == row.deleted_at + timedelta(days=days)
    assert [found.id for found in await deleted(world, search="영희")] == [one.id]
    assert [found.id for found in await deleted(world, search="5678")] == [one.id]
    assert await deleted(world, search="이철수") == []
    async with world.database.transaction() as session:
        long_ago = now() - timedelta(days=days + 1)
        await session.execute(sa.update(Recipient).values(deleted_at=long_ago))
    assert await deleted(world) == []


async def test_others_restore_what_they_may_see_and_viewers_see_nothing(world: World) -> None:
    own, other = await world.organization("Own"), await world.organization("Other")
    mine, theirs = await world.recipient(own, "김영희"), await world.recipient(other, "이철수")
    kim = await world.admin("kim", Role.ORGANIZATION, own)
    viewer = await world.admin("park", Role.VIEWER, own)
    number = await delete(world, mine, theirs)
    deletions = world.services.deletions
    assert [row.name for row in await deleted(world, kim)] == ["김영희"]
    for attempt in (
        deletions.window(viewer, DeletedQuery()),
        deletions.count(viewer, DeletedQuery()),
        deletions.latest(viewer),
        deletions.restore(viewer, only(mine)),
    ):
        with pytest.raises(NotPermitted):
            await attempt
    with pytest.raises(NotFound):
        await deletions.restore(kim, only(theirs))
    with pytest.raises(NotFound):
        await deletions.restore_with(kim, theirs.id, PHONE)
    assert (await deletions.undo(kim, number)).count == 1
    assert await listed(world) == ["김영희"]
    assert (await deletions.undo(world.system, number)).count == 1
    assert await listed(world) == ["김영희", "이철수"]


async def test_who_has_lost_the_number_stays_deleted_and_can_come_back_with_another(
    world: World,
) -> None:
    own = await world.organization()
    kim, lee = await world.recipient(own, "김영희", PHONE), await world.recipient(own, "이철수")
    number = await delete(world, kim, lee)
    await world.recipient(own, "박민수", PHONE)
    deletions = world.services.deletions
    undone = await deletions.undo(world.system, number)
    assert (undone.count, undone.kept_count) == (1, 1)
    assert [(one.name, one.holder) for one in undone.kept] == [("김영희", "박민수")]
    assert await listed(world) == ["박민수", "이철수"]
    assert [row.name for row in await deleted(world)] == ["김영희"]
    # it was undone as far as it can be: the one before has its turn
    assert await deletions.latest(world.system) is None
    with pytest.raises(InvalidInput, match="belongs to 박민수") as refused:
        await deletions.restore_with(world.system, kim.id, PHONE)
    assert refused.value.field == "phone"
    back = await deletions.restore_with(world.system, kim.id, "010-8765-4321")
    assert (back.name, back.phone, back.version) == ("김영희", "+821087654321", kim.version + 2)
    found = RecipientQuery(search="8765")
    assert await world.services.recipients.count(world.system, found) == 1
    assert await deleted(world) == []


async def test_of_two_deleted_with_one_number_the_last_comes_back(world: World) -> None:
    own = await world.organization()
    kim = await world.recipient(own, "김영희", PHONE)
    await delete(world, kim)
    lee = await world.recipient(own, "이철수", PHONE)
    await delete(world, lee)
    restored = await world.services.deletions.restore(world.system, only(kim, lee))
    assert restored.count == 1
    assert [(one.name, one.holder) for one in restored.kept] == [("김영희", "이철수")]
    assert await listed(world) == ["이철수"]


async def test_all_that_match_but_some_are_restored(world: World) -> None:
    own = await world.organization()
    rows = await world.recipients(own, 4)
    await delete(world, *rows)
    selection = DeletedSelection(query=DeletedQuery("이"), excluded=frozenset({rows[0].id}))
    assert (await world.services.deletions.restore(world.system, selection)).count == 3
    assert [row.id for row in await deleted(world)] == [rows[0].id]


async def test_the_pages_of_what_was_deleted_hang_together(world: World) -> None:
    own = await world.organization()
    rows = await world.recipients(own, 7)
    for some in (rows[:3], rows[3:4], rows[4:]):
        await delete(world, *some)
    whole = [row.id for row in await deleted(world)]
    assert whole == [row.id for row in (*rows[:3:-1], rows[3], *rows[2::-1])]
    pager = Pager(world.services.deletions.window, world.system, DeletedQuery())
    for start, stop in ((0, 2), (2, 5), (5, 7), (1, 3), (4, 6)):
        assert [row.id for row in await pager.rows(start, stop)] == whole[start:stop]
    pager.total = 7
    assert [row.id for row in await pager.rows(5, 7)] == whole[5:]
    assert [row.id for row in await pager.rows(3, 5)] == whole[3:5]


# very many


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two at a time."""
    monkeypatch.setattr(bulk, "FEW", 2)
    monkeypatch.setattr(bulk, "LONGEST_PART", 2)
    monkeypatch.setattr(bulk, "TURN_SECONDS", 0)


@pytest.mark.usefixtures("small_parts")
async def test_a_cancelled_delete_tells_how_many_and_is_undone_as_a_whole(world: World) -> None:
    own = await world.organization()
    await world.recipients(own, 7)
    job = Job()
    job.on_progress = lambda done, _total: job.cancel() if done == 4 else None
    everybody = Selection(query=RecipientQuery())
    gone = await world.services.recipients.delete(world.system, everybody, 7, job)
    assert (gone.count, gone.done.total, gone.done.cancelled) == (4, 7, True)
    assert len(await listed(world)) == 3
    assert (await world.services.deletions.undo(world.system, gone.id)).count == 4
    assert len(await listed(world)) == 7
    assert (await world.services.audit.verify(world.system)).is_whole


@pytest.mark.usefixtures("small_parts")
async def test_others_read_and_write_between_the_parts(world: World) -> None:
    own = await world.organization()
    rows = await world.recipients(own, 6)
    other = await Services.open(world.settings)
    seen: list[int] = []
    paused, go_on = asyncio.Event(), asyncio.Event()

    job = Job()
    job.on_progress = lambda done, _total: paused.set() if done == 2 else None
    sleep = asyncio.sleep

    async def turn(seconds: float) -> None:
        if paused.is_set():
            await go_on.wait()
        await sleep(seconds)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bulk.asyncio, "sleep", turn)
        everybody = Selection(query=RecipientQuery())
        work = asyncio.create_task(
            world.services.recipients.delete(world.system, everybody, 6, job)
        )
        await paused.wait()
        seen.append(await other.recipients.count(world.system, RecipientQuery()))
        last = rows[-1]
        draft_version = (await other.recipients.get(world.system, last.id)).version
        await other.memos.add(world.system, last.id, "전화 주심")
        paused.clear()
        go_on.set()
        gone = await work
    await other.close()
    assert seen == [4]
    assert draft_version == last.version
    assert gone.count == 6


@pytest.mark.usefixtures("small_parts")
async def test_whoever_may_not_any_more_does_no_other_part(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = await world.organization()
    await world.recipients(own, 6)
    kim = await world.admin("kim", Role.ORGANIZATION, own)

    async def demote(_seconds: float) -> None:
        async with world.database.transaction() as session:
            (await session.get_one(Admin, kim.admin_id)).role = Role.VIEWER.value

    monkeypatch.setattr(bulk.asyncio, "sleep", demote)
    gone = await world.services.recipients.delete(kim, Selection(query=RecipientQuery()), 6)
    assert (gone.done.done, gone.done.total) == (2, 6)
    assert isinstance(gone.done.stopped, NotPermitted)


@pytest.mark.usefixtures("small_parts")
async def test_what_fails_in_the_middle_tells_how_far_it_came(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = await world.organization()
    rows = await world.recipients(own, 6)
    await world.campaign("Morning", recipients=[row.id for row in rows])
    begin, begun = Database.transaction, 0

    @contextlib.asynccontextmanager
    async def full_disk(self: Database) -> AsyncIterator[object]:
        nonlocal begun
        begun += 1
        if begun > 2:
            raise StorageFull("The disk is full; nothing was saved.")
        async with begin(self) as session:
            yield session

    monkeypatch.setattr(Database, "transaction", full_disk)
    everybody = Selection(query=RecipientQuery())
    done = await world.services.participations.pause(world.system, everybody, 6)
    assert (done.done, done.total) == (4, 6)
    assert isinstance(done.stopped, StorageFull)
    with pytest.raises(CoreError, match="disk is full"):
        await world.services.participations.pause(world.system, everybody, 6)


@pytest.mark.usefixtures("small_parts")
async def test_the_records_of_very_many_name_each_of_them(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.app.audit.trail.IDS_PER_RECORD", 3)
    monkeypatch.setattr(bulk, "FEW", 40)
    own = await world.organization()
    rows = await world.recipients(own, 16)
    number = await delete(world, *(row for row in rows if row is not rows[7]))
    for row in rows:
        wanted = AuditFilter(recipient=row.id, action="recipient.delete")
        found = [one async for one in world.services.audit.list(world.system, wanted)]
        assert len(found) == (row is not rows[7])
    assert found[0].details["deletion"] == number
    assert "ranges" in found[0].details
    assert (await world.services.audit.verify(world.system)).is_whole


async def test_a_delete_keeps_nothing_but_who_and_when(world: World) -> None:
    own = await world.organization()
    number = await delete(world, *(await world.recipients(own, 2)))
    async with world.database.reading() as session:
        made = await session.get_one(Deletion, number)
    assert (made.admin_id, made.upload_id, made.undone_at) == (world.system.admin_id, None, None)
