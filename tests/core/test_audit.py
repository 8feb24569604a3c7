"""The record of changes: only added to, chained so that any tampering is found, and without personal data."""

import json
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.app.audit.dto import AuditFilter
from core.app.audit.trail import GENESIS, chain_hash, hashed_fields
from core.recipients.dto import Selection
from core.recipients.rules import RecipientDraft
from core.values.errors import CoreError, NotFound
from core.values.roles import Role
from core.values.times import now
from tests import postgresql
from tests.audit_trail import records
from tests.deliveries import PHONE, call, deliver, small_world
from tests.factories import World, make_services

REST = (
    "at, admin_id, account, client, action, organization_id, subject, subject_id, details,"
    " previous_hash, hash"
)


async def some_changes(world: World) -> None:
    body = await world.organization()
    for row in await world.recipients(body, 6):
        await world.services.recipients.reveal(world.system, row.id)


def database(world: World) -> Path:
    assert world.database.path is not None
    return world.database.path


def tamper(file: Path, statement: str) -> None:
    """Do it as somebody who owns the file and knows how: without the triggers."""
    connection = sqlite3.connect(file, isolation_level=None)
    triggers = [
        row[0]
        for row in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'audit_records%'"
        )
    ]
    for trigger in triggers:
        connection.execute(f"DROP TRIGGER {trigger}")
    connection.execute(statement)
    connection.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_records SET action = 'x' WHERE id = 3",
        "DELETE FROM audit_records WHERE id = 3",
        "DELETE FROM audit_records",
        "INSERT OR REPLACE INTO audit_records SELECT * FROM audit_records WHERE id = 3",
        "REPLACE INTO audit_records SELECT * FROM audit_records WHERE id = 12",
        f"INSERT INTO audit_records SELECT -1, {REST} FROM audit_records WHERE id = 3",
    ],
)
@pytest.mark.sqlite
async def test_records_can_only_be_added(world: World, statement: str) -> None:
    await some_changes(world)
    before = [record.hash for record in await records(world)]
    connection = sqlite3.connect(database(world))
    with pytest.raises(sqlite3.IntegrityError, match="can only be added"):
        connection.execute(statement)
    connection.close()
    assert [record.hash for record in await records(world)] == before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_records SET action = 'x' WHERE id = 3",
        "DELETE FROM audit_records WHERE id = 3",
        "TRUNCATE audit_records CASCADE",
        (
            "INSERT INTO audit_records SELECT * FROM audit_records WHERE id = 3"
            " ON CONFLICT (id) DO UPDATE SET action = 'x'"
        ),
    ],
)
async def test_records_can_only_be_added_on_postgresql(tmp_path: Path, statement: str) -> None:
    world = await make_services(tmp_path, {"CARECALL_DATABASE": postgresql.ready_database()})
    await some_changes(world)
    before = [record.hash for record in await records(world)]
    with pytest.raises(CoreError):
        async with world.database.transaction() as session:
            await session.execute(sa.text(statement))
    assert [record.hash for record in await records(world)] == before
    assert (await world.services.audit.verify(world.system)).is_whole
    await world.close()


async def test_a_whole_chain_is_verified_to_its_last_record(world: World) -> None:
    await some_changes(world)
    found = await world.services.audit.verify(world.system)
    kept = await records(world)
    assert found.is_whole
    assert (found.records, found.last, found.head) == (12, kept[-1].id, kept[-1].hash)


async def test_no_record_at_all_is_whole_too(world: World) -> None:
    found = await world.services.audit.verify(world.system)
    assert (found.is_whole, found.records, found.head) == (True, 0, GENESIS)


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE audit_records SET action = 'x' WHERE id = 5", 5),
        ("UPDATE audit_records SET admin_id = NULL WHERE id = 1", 1),
        ("UPDATE audit_records SET at = datetime(at, '-1 day') || '.000000' WHERE id = 5", 5),
        ("UPDATE audit_records SET account = 'x' WHERE id = 5", 5),
        ("UPDATE audit_records SET client = '192.0.2.1' WHERE id = 5", 5),
        ("UPDATE audit_records SET organization_id = 9 WHERE id = 5", 5),
        ("UPDATE audit_records SET subject = 'x' WHERE id = 5", 5),
        ("UPDATE audit_records SET subject_id = 99 WHERE id = 5", 5),
        ("UPDATE audit_records SET details = '{\"a\": 1}' WHERE id = 5", 5),
        ("UPDATE audit_records SET hash = previous_hash WHERE id = 5", 5),
        ("UPDATE audit_records SET previous_hash = hash WHERE id = 5", 5),
        ("DELETE FROM audit_records WHERE id = 5", 6),
        ("DELETE FROM audit_records WHERE id <= 2", 3),
        ("UPDATE audit_records SET id = 100 WHERE id = 5", 6),
        (f"INSERT INTO audit_records SELECT 99, {REST} FROM audit_records WHERE id = 3", 99),
    ],
)  # fmt: skip
@pytest.mark.sqlite
async def test_the_first_record_that_was_tampered_with_is_named(
    world: World, statement: str, broken: int
) -> None:
    await some_changes(world)
    tamper(database(world), statement)
    found = await world.services.audit.verify(world.system)
    assert (found.is_whole, found.broken) == (False, broken)


@pytest.mark.sqlite
async def test_a_record_that_was_written_anew_does_not_fit_what_comes_after_it(
    world: World,
) -> None:
    await some_changes(world)
    forged = (await records(world))[4]
    fields = hashed_fields(
        forged.at, forged.admin_id, "x", forged.client, forged.action, forged.organization_id,
        forged.subject, forged.subject_id, forged.details,
    )  # fmt: skip
    made = chain_hash(forged.previous_hash, fields)
    tamper(database(world), f"UPDATE audit_records SET account = 'x', hash = '{made}' WHERE id = 5")
    assert (await world.services.audit.verify(world.system)).broken == 6
    # the next one names it, and has another hash by that
    tamper(database(world), f"UPDATE audit_records SET previous_hash = '{made}' WHERE id = 6")
    assert (await world.services.audit.verify(world.system)).broken == 6


@pytest.mark.sqlite
async def test_a_cut_end_is_seen_with_a_head_that_was_noted(world: World) -> None:
    await some_changes(world)
    noted = (await world.services.audit.verify(world.system)).head
    await world.services.recipients.reveal(world.system, 1)
    assert (await world.services.audit.verify(world.system, noted)).is_whole
    tamper(database(world), "DELETE FROM audit_records WHERE id > 8")
    without = await world.services.audit.verify(world.system)
    assert without.is_whole
    found = await world.services.audit.verify(world.system, noted)
    assert (found.is_whole, found.broken, found.head_found) == (False, None, False)


async def test_records_are_added_while_they_are_verified_and_listed(world: World) -> None:
    await some_changes(world)
    listing = world.services.audit.list(world.system)
    assert (await anext(listing)).id == 12
    await world.services.recipients.reveal(world.system, 1)
    assert [row.id async for row in listing] == list(range(11, 0, -1))


async def listed(world: World, limit: int | None = None, **wanted: object) -> list[str]:
    found = world.services.audit.list(world.system, AuditFilter(**wanted), limit)  # type: ignore[arg-type]
    return [row.action async for row in found]


async def test_the_list_is_narrowed(world: World) -> None:
    body = await world.organization()
    kim = await world.admin("kim", Role.ORGANIZATION, body)
    first, second = await world.recipients(body, 2)
    recipients = world.services.recipients
    await recipients.edit(kim, first.id, RecipientDraft("새", first.phone), first.version)
    await recipients.delete(kim, Selection(ids=frozenset({first.id, second.id})), 2)
    everything = ["recipient.delete", "recipient.edit", "recipient.add", "recipient.add"]
    assert await listed(world) == everything
    assert await listed(world, limit=1) == everything[:1]
    assert await listed(world, admin="kim") == everything[:2]
    assert await listed(world, action="recipient.add") == everything[2:]
    assert await listed(world, action="recipient") == everything
    assert await listed(world, action="recip") == []
    assert await listed(world, recipient=first.id) == everything[:3]
    assert await listed(world, recipient=second.id) == ["recipient.delete", "recipient.add"]
    moment = (await records(world))[2].at
    assert await listed(world, since=moment) == everything[:2]
    assert await listed(world, until=moment) == everything[2:]
    assert await listed(world, since=now() + timedelta(days=1)) == []


async def test_a_call_is_among_the_records_of_its_recipient(world: World) -> None:
    recipient = await small_world(world)
    await deliver(world, call())
    assert await listed(world, recipient=recipient) == ["call.ingest", "recipient.add"]


async def test_an_admin_of_an_organization_sees_its_records_only(world: World) -> None:
    here, there = await world.organization("Here"), await world.organization("There")
    kim = await world.admin("kim", Role.ORGANIZATION, here)
    mine, theirs = await world.recipient(here), await world.recipient(there)
    await world.services.recipients.delete(kim, Selection(ids=frozenset({mine.id})), 1)
    seen = [row async for row in world.services.audit.list(kim)]
    assert [(row.action, row.organization) for row in seen] == [
        ("recipient.delete", "Here"),
        ("recipient.add", "Here"),
    ]
    for nobody in (theirs.id, 999_999):  # the same words
        for access in (False, True):
            about = world.services.audit.list(kim, AuditFilter(recipient=nobody, access=access))
            with pytest.raises(NotFound, match="does not exist"):
                await anext(about)
    # the try on somebody of another organization is on record, that on nobody is none
    tries = [one for one in await records(world) if one.action == "refused"]
    if world.database.is_sqlite:  # PostgreSQL shows nobody who they are
        told = [(one.subject_id, one.details) for one in tries]
        assert told == [(theirs.id, {"tried": "audit.list"})] * 2
    about_mine = AuditFilter(recipient=mine.id, since=now() + timedelta(days=1))
    assert [row async for row in world.services.audit.list(kim, about_mine)] == []


async def test_records_hold_ids_and_nothing_personal(world: World) -> None:
    recipient = await small_world(world)
    services, system = world.services, world.system
    await deliver(world, call())
    row = await services.recipients.get(system, recipient)
    draft = RecipientDraft("박순자", "010-7777-6666", "다른 정보")
    await services.recipients.edit(system, recipient, draft, row.version)
    await services.recipients.reveal(system, recipient)
    await services.memos.add(system, recipient, "메모 내용")
    made = await services.calls.by_external_id(system, "c-1")
    await services.followups.add(system, made.id, "other", "자세한 내용")
    [detail] = await services.memory.list(system, recipient)
    await services.memory.edit(system, detail.id, "새 기억", detail.version)
    await services.participations.pause(
        system, Selection(ids=frozenset({recipient})), 1, reason="입원"
    )
    await services.recipients.delete(system, Selection(ids=frozenset({recipient})), 1)
    kept = json.dumps(
        [[record.details, record.subject, record.account] for record in await records(world)],
        ensure_ascii=False,
    )
    secrets = (
        "김영희",
        "박순자",
        "다른 정보",
        "혼자",
        "메모",
        "자세한",
        "기억",
        "입원",
        "Sleeps",
        "1111",
        "7777",
    )
    assert [secret for secret in (*secrets, PHONE) if secret in kept] == []
    assert (await services.audit.verify(system)).is_whole
