"""Who looked at whose data is recorded before it is shown: what, by whom, from where, in a chain of its own."""

import asyncio
import errno
import os
import subprocess
import sys
import threading
from collections import Counter
from datetime import timedelta

import msgspec
import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from core.app.audit import spool
from core.app.audit.access_chain import chain_access
from core.app.audit.dto import AuditFilter
from core.app.permissions import Outcome, Shows
from core.app.services import Services
from core.app.use_case import USE_CASES
from core.db.engine import Database
from core.db.models import AccessRecord, AuditRecord
from core.io.identity import Identity
from core.recipients.dto import RecipientFilter, RecipientQuery
from core.tasks.dto import Tab, TaskQuery
from core.values.errors import CoreError, NotFound, NotPermitted, StorageUnavailable
from core.values.roles import Role
from core.values.times import now
from tests.core.stage import stage
from tests.core.test_permissions import outcome
from tests.core.use_cases import CASES
from tests.deliveries import call, deliver, small_world
from tests.factories import make_services
from tests.postgresql import as_role
from tests.workbooks import workbook

CLIENT = "192.0.2.7"


@pytest.fixture
async def world(tmp_path):
    made = await make_services(tmp_path)
    await small_world(made)
    await deliver(made, call("c-1"))
    yield made
    await made.close()


async def accesses(world, actor=None, **wanted):
    listed = world.services.audit.list(actor or world.system, AuditFilter(access=True, **wanted))
    return [replace(row, details=_without_client(row)) async for row in listed][::-1]


def _without_client(row):
    """What the console says of the client stands beside what PostgreSQL saw itself."""
    return {name: value for name, value in row.details.items() if name not in ("client", "session")}


async def somebody(world):
    [(row, _anchor)] = await world.services.recipients.window(world.system, RecipientQuery())
    return row


async def test_each_kind_of_looking_is_recorded_with_who_when_from_where_whose_and_what(world):
    kim = replace(await world.admin("kim", Role.ORGANIZATION, 1), client=CLIENT)
    person = await somebody(world)
    services = world.services
    await services.recipients.get(kim, person.id)
    [(one, _anchor)] = await services.calls.window(kim, person.id)
    await services.calls.get(kim, one.id)
    asked = RecipientQuery(
        search="김영희", filter=RecipientFilter(phone="010", unanswered_streak=3)
    )
    await services.recipients.count(kim, asked)
    await services.recipients.count(kim, RecipientQuery())  # is no search
    found = [row for row in await accesses(world) if row.admin == "kim"]
    assert [(row.action, row.subject, row.subject_id, row.details) for row in found] == [
        ("look.details", "recipient", person.id, {}),
        ("look.conversation", "recipient", person.id, {"call": one.id}),
        ("look.search", "recipients", None, {"fields": ["phone", "search", "unanswered_streak"], "found": 0}),
    ]  # fmt: skip
    for row in found:
        client = CLIENT if world.database.is_sqlite else "127.0.0.1"
        assert (row.client, row.account, row.organization) == (
            client,
            kim.account,
            person.organization,
        )
        assert (row.at.tzinfo is None, row.hash) != (True, "")


async def test_what_is_read_again_for_the_same_screen_is_recorded_once(world):
    person = await somebody(world)
    other = await world.recipient(1)
    for recipient_id in (person.id, person.id, other.id, person.id):
        await world.services.recipients.get(world.system, recipient_id)
    seen = [row.subject_id for row in await accesses(world, action="look.details")]
    assert seen == [person.id, other.id, person.id]


async def test_what_is_read_ahead_is_a_look_when_it_is_shown_and_none_before(world):
    person, services = await somebody(world), world.services
    ahead = await services.read_ahead(services.recipients.get(world.system, person.id))
    never = await services.read_ahead(
        services.recipients.get(world.system, (await world.recipient(1)).id)
    )
    assert await accesses(world, action="look") == []
    before = now()
    assert (await ahead.shown(), never is not ahead) == (person, True)
    [row] = await accesses(world, action="look")
    assert (row.action, row.subject_id, row.at >= before) == ("look.details", person.id, True)


async def test_who_reads_the_same_meanwhile_waits_until_it_is_recorded(world, monkeypatch):
    if not world.database.is_sqlite:
        pytest.skip("only SQLite has a spool")
    person, full, add = await somebody(world), threading.Event(), spool.Spool.add

    def turned_away(self, lines):
        full.wait(60)
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(spool.Spool, "add", turned_away)
    both = [
        asyncio.create_task(world.services.recipients.get(world.system, person.id))
        for _again in range(2)
    ]
    await asyncio.wait(both, timeout=0.2)
    assert not any(one.done() for one in both)
    full.set()
    for one in both:
        with pytest.raises(StorageUnavailable):
            await one
    monkeypatch.setattr(spool.Spool, "add", add)
    await world.services.recipients.get(world.system, person.id)
    assert [row.subject_id for row in await accesses(world, action="look")] == [person.id]


async def test_another_search_is_recorded_though_it_finds_as_many(world):
    """Whoever looks one person up after the other leaves a record of each."""
    for words in ("없는사람", "다른사람", "다른사람", "010-1234-5678"):
        await world.services.recipients.count(world.system, RecipientQuery(search=words))
    found = await accesses(world, action="look.search")
    assert [row.details for row in found] == [{"fields": ["search"], "found": 0}] * 3


async def test_who_comes_back_to_somebody_later_looks_again(world, monkeypatch):
    person, moment = await somebody(world), now()
    for minutes in (0, 6, 9, 12, 15, 400):
        later = moment + timedelta(minutes=minutes)
        monkeypatch.setattr("core.app.audit.access.now", lambda later=later: later)
        await world.services.recipients.get(world.system, person.id)
    assert len(await accesses(world, action="look.details")) == 3


async def test_what_a_file_would_come_to_is_recorded_since_it_tells_whose_a_number_is(world):
    kim = await world.admin("kim", Role.ORGANIZATION, 1)
    rows = workbook([["이창열", "010-3333-4444", "", ""], ["박지훈", "010-3333-5555", "", ""]])
    await world.services.uploads.upload(kim, rows, dry_run=True)
    [row] = [one for one in await accesses(world, action="look.list") if one.admin == "kim"]
    assert (row.details["command"], row.details["rows"]) == ("console", 2)


async def test_what_a_command_prints_is_recorded_with_command_fields_rows_and_whose(world):
    kim = replace(await world.admin("kim", Role.ORGANIZATION, 1), client=CLIENT, doing="task list")
    person = await somebody(world)
    services = world.services
    await services.tasks.window(kim, TaskQuery(tab=Tab.OVERDUE))
    await services.memory.list(kim, person.id)
    for _again in range(2):
        await services.recipients.window(kim, RecipientQuery(search="김"))
    await services.tasks.count(kim, TaskQuery())  # shows nobody
    printed = [row async for row in services.audit.list(replace(kim, doing="audit list"))]
    found = [row for row in await accesses(world) if row.admin == "kim"]
    listed = {"command": "task list", "fields": ["search"], "rows": 1, "people": 1}
    nobody = {"command": "task list", "fields": ["tab"], "rows": 0, "people": 0}
    assert [(row.action, row.subject, row.subject_id, row.details) for row in found] == [
        ("look.list", "recipients", None, nobody),
        ("look.list", "recipient", person.id, {**listed, "fields": []}),
        ("look.list", "recipients", None, listed),
        ("look.list", "recipients", None, listed),
        (
            "look.list",
            "recipients",
            None,
            {"command": "audit list", "fields": [], "rows": len(printed), "people": 0},
        ),
    ]
    assert {row.organization for row in found} == {person.organization}


async def test_of_a_system_admin_the_record_says_whose_data_were_printed(world):
    root = replace(world.system, doing="recipient list")
    there = await world.organization("Elsewhere")
    await world.recipient(there)
    services = world.services
    await services.recipients.window(root, RecipientQuery(organization_id=there))
    await services.recipients.window(root, RecipientQuery())  # of both
    found = await accesses(world, action="look.list")
    assert [row.organization for row in found] == ["Elsewhere", ""]


# what may leave no record, though others of its kind do, and why
SILENT = {
    **dict.fromkeys(
        ("admins.set_preferences", "views.arrange", "views.save"),
        "how somebody sees the list, and nothing of anybody",
    ),
    **dict.fromkeys(
        ("campaigns.withdraw", "contacts.move", "ingest.retry", "retention.erase_expired"),
        "the case finds nothing to change",
    ),
    "recipients.count": "the case searches for nobody",
}
SILENT_ON_POSTGRESQL = {"backup.make": "the server has backups of its own; the case is refused"}


async def test_every_use_case_that_shows_people_leaves_a_record_of_who_asked(world):
    """Whatever is added: what gives people is printed by a command only with a record, or makes its own."""
    root = await stage(world, Role.SYSTEM, own=True)
    on = await stage(world, Role.ORGANIZATION, own=True)
    silent, actions, seen = set(), set(), Counter()
    seen.update(map(type, await traces(world, seen)))
    # what finds an organization by its name comes before it gets another one
    for at, name in enumerate(sorted(USE_CASES, key="organizations.rename".__eq__)):
        one = USE_CASES[name]
        here = on if Role.ORGANIZATION in one.permission.roles else root
        as_command = replace(here, actor=replace(here.actor, doing="some command"))
        case = replace(as_command, _number=700_000 + at)
        assert await outcome(CASES[name], case) is Outcome.DONE, name
        fresh = await traces(world, seen)
        seen.update(map(type, fresh))
        mine = [row for row in fresh if row.admin_id == here.actor.admin_id]
        actions.update(row.action for row in mine)
        listed = [row for row in mine if row.action == "look.list"]
        if one.shows is Shows.ROWS:
            assert {row.details["command"] for row in listed} == {"some command"}, name
            assert {row.organization_id for row in listed} <= {here.organization_id, None}, name
        elif one.shows is Shows.RECORDED and not mine:
            silent.add(name)
    assert silent == {*SILENT, *(SILENT_ON_POSTGRESQL if not world.database.is_sqlite else ())}
    assert len(actions) > 25, actions
    # and both chains are whole after such a day
    for of_access, kind in ((False, AuditRecord), (True, AccessRecord)):
        verification = await world.services.audit.verify(world.system, access=of_access)
        assert (verification.is_whole, verification.records >= seen[kind] > 40) == (True, True)


async def traces(world, seen):
    """Both kinds of record, but for the first ones: as many of each kind as were seen."""
    await chain_access(world.database)
    async with world.database.reading() as session:
        return [
            row
            for kind in (AccessRecord, AuditRecord)
            for row in await session.scalars(sa.select(kind).order_by(kind.id).offset(seen[kind]))
        ]


async def test_signing_in_and_how_it_ended(world):
    identity = Identity("kim", os.getuid(), CLIENT)
    await world.admin("kim", Role.ORGANIZATION, 1, account="kim")
    actor = await world.services.admins.sign_in(identity)
    await world.services.admins.sign_out(identity, actor, "idle")
    await world.services.admins.sign_in(identity, "upload")
    found = await accesses(world, action="session")
    assert [(row.action, row.details) for row in found if row.admin == "kim"] == [
        ("session.begin", {"doing": "console"}),
        ("session.end", {"how": "idle"}),
        ("session.begin", {"doing": "upload"}),
    ]


async def test_what_does_not_exist_for_somebody_is_no_look(world):
    lee = await world.admin("lee", Role.ORGANIZATION, await world.organization("Elsewhere"))
    person = await somebody(world)
    with pytest.raises(NotFound):
        await world.services.recipients.get(lee, person.id)
    assert await accesses(world, admin="lee") == []


async def test_no_organization_reads_of_another_and_viewers_of_none(world):
    kim = await world.admin("kim", Role.ORGANIZATION, 1)
    lee = await world.admin("lee", Role.ORGANIZATION, await world.organization("Elsewhere"))
    eve = await world.admin("eve", Role.VIEWER, 1)
    person = await somebody(world)
    await world.services.recipients.get(eve, person.id)
    assert [row.admin for row in await accesses(world, kim, action="look")] == ["eve"]
    assert await accesses(world, lee) == []
    with pytest.raises(CoreError):
        await accesses(world, eve)


async def test_a_record_that_was_changed_taken_out_or_moved_is_named(world):
    if not world.database.is_sqlite:
        pytest.skip("the table is changed by hand here as only the owner of a file can")
    people = [(await world.recipient(1)).id for _ in range(4)]
    for recipient_id in people:
        await world.services.recipients.get(world.system, recipient_id)
    whole = await world.services.audit.verify(world.system, access=True)
    assert (whole.is_whole, whole.records) == (True, 4)
    for harm in (
        "UPDATE access_records SET subject_id = 99 WHERE place = 2",
        "DELETE FROM access_records WHERE place = 2",
        "UPDATE access_records SET place = 9 WHERE place = 2",
    ):
        async with world.database.engine.connect() as connection:
            for name in ("no_update", "no_delete"):
                await connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS access_records_{name}")
            before = (await connection.exec_driver_sql("SELECT * FROM access_records")).all()
            await connection.exec_driver_sql(harm)
            await connection.commit()
        assert not (await world.services.audit.verify(world.system, access=True)).is_whole, harm
        async with world.database.engine.connect() as connection:
            await connection.exec_driver_sql("DELETE FROM access_records")
            marks = ", ".join("?" * len(before[0]))
            for row in before:
                await connection.exec_driver_sql(
                    f"INSERT INTO access_records VALUES ({marks})", tuple(row)
                )
            await connection.commit()


async def test_records_are_taken_in_once_whoever_takes_them_in(world):
    person = await somebody(world)
    await world.services.recipients.get(world.system, person.id)
    first = await chain_access(world.database)
    assert (first, await chain_access(world.database)) == (1, 0)


async def test_what_cannot_be_put_away_once_it_was_taken_in_ends_nobodys_console(
    world, monkeypatch
):
    if not world.database.is_sqlite:
        pytest.skip("only SQLite has a spool")
    await world.services.recipients.get(world.system, (await somebody(world)).id)
    world.services.forget_session()
    with monkeypatch.context() as without_rights:
        without_rights.setattr(spool.os, "unlink", refused)
        assert await chain_access(world.database) == 1
        assert await chain_access(world.database) == 0
    folder = spool.folder_of(world.database.path)
    assert len(list(folder.iterdir())) == 1
    assert await chain_access(world.database) == 0
    assert list(folder.iterdir()) == []


def refused(*_args, **_more):
    raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


async def test_the_timer_takes_them_in_too(world):
    person = await somebody(world)
    await world.services.recipients.get(world.system, person.id)
    await world.services.tasks.tick(world.system)
    assert await chain_access(world.database) == 0
    assert person.id in [row.subject_id for row in await accesses(world, action="look.details")]


async def test_nothing_is_shown_where_it_cannot_be_recorded(world, tmp_path):
    if not world.database.is_sqlite:
        pytest.skip("only SQLite has a spool")
    person = await somebody(world)
    folder = spool.folder_of(world.database.path)
    folder.write_text("in the way")
    with pytest.raises(StorageUnavailable):
        await world.services.recipients.get(world.system, person.id)
    folder.unlink()
    # nor is a link followed that somebody has put there
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    folder.symlink_to(elsewhere)
    with pytest.raises(StorageUnavailable):
        await world.services.recipients.get(world.system, person.id)
    with pytest.raises(StorageUnavailable):
        await chain_access(world.database)
    assert list(elsewhere.iterdir()) == []
    folder.unlink()
    await world.services.recipients.get(world.system, person.id)
    assert [row.subject_id for row in await accesses(world)] == [person.id]


KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from core.app.services import Services
from core.io.identity import Identity
from tests.factories import make_settings

async def main():
    services = await Services.open(make_settings(Path(sys.argv[1])))
    actor = await services.admins.sign_in(Identity("root", os.getuid()))
    row = await services.recipients.get(actor, int(sys.argv[2]))
    os.write(1, row.name.encode())
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


async def test_the_record_is_there_though_the_process_was_killed_right_after_showing(
    world, tmp_path
):
    if not world.database.is_sqlite:
        pytest.skip("on PostgreSQL it is committed before it is shown")
    async with world.database.transaction() as session:
        await session.execute(sa.text("UPDATE admins SET account = 'root' WHERE login = 'root'"))
    person = await somebody(world)
    run = [sys.executable, "-c", KILLED, str(tmp_path), str(person.id)]
    shown = subprocess.run(run, capture_output=True, timeout=60)  # noqa: ASYNC221
    assert shown.stdout.decode() == person.name, shown.stderr
    found = await accesses(world)
    assert [(row.action, row.subject_id) for row in found] == [
        ("session.begin", 1),
        ("look.details", person.id),
        ("session.end", 1),
    ]
    assert found[-1].details["how"] == "killed"
    assert list(spool.folder_of(world.database.path).glob(f"*{spool.ENDING}")) == []


@pytest.mark.long
async def test_of_many_that_were_killed_right_after_showing_every_look_is_there(world, tmp_path):
    if not world.database.is_sqlite:
        pytest.skip("on PostgreSQL it is committed before it is shown")
    async with world.database.transaction() as session:
        await session.execute(sa.text("UPDATE admins SET account = 'root' WHERE login = 'root'"))
    people = [await world.recipient(1) for _ in range(30)]
    for person in people:
        run = [sys.executable, "-c", KILLED, str(tmp_path), str(person.id)]
        shown = subprocess.run(run, capture_output=True, timeout=120)  # noqa: ASYNC221
        assert (shown.returncode, shown.stdout.decode()) == (-9, person.name), shown.stderr
    seen = await accesses(world, action="look.details")
    assert sorted(row.subject_id for row in seen) == [person.id for person in people]
    ends = await accesses(world, action="session.end")
    assert [row.details["how"] for row in ends] == ["killed"] * 30


async def test_how_a_session_ended_is_kept_of_who_was_disabled_meanwhile(world):
    account = "kim" if world.database.is_sqlite else None
    kim = await world.admin("kim", Role.ORGANIZATION, 1, account=account)
    services = on_its_own(world, kim)
    identity = Identity(kim.account, os.getuid(), CLIENT)
    actor = await services.admins.sign_in(identity)
    await world.services.admins.disable(world.system, "kim")
    with pytest.raises(NotPermitted):
        await services.admins.current(actor)
    await services.admins.sign_out(identity, actor, "disabled")
    if not world.database.is_sqlite:  # once, and nothing else
        services.forget_session()
        with pytest.raises(CoreError):
            await services.admins.sign_out(identity, actor, "left")
    await services.close()
    found = [row for row in await accesses(world, action="session") if row.admin == "kim"]
    assert [(row.action, row.details, row.organization) for row in found] == [
        ("session.begin", {"doing": "console"}, "Haeundae"),
        ("session.end", {"how": "disabled"}, "Haeundae"),
    ]


def on_its_own(world, actor):
    """Services over connections of the admin's own, as another process has them."""
    settings = world.settings
    if not world.database.is_sqlite:
        own = as_role(settings.database, actor.account)
        settings = msgspec.structs.replace(settings, database=own)
    return Services(settings, Database(settings.database))


async def test_a_console_on_postgresql_that_was_killed_is_found_by_its_missing_connection(world):
    if world.database.is_sqlite:
        pytest.skip("SQLite has the spool for that")
    kim, lee = [await world.admin(login, Role.ORGANIZATION, 1) for login in ("kim", "lee")]
    there, killed = on_its_own(world, kim), on_its_own(world, lee)
    for services, actor in ((there, kim), (killed, lee)):
        await services.admins.sign_in(Identity(actor.account, os.getuid(), CLIENT))
    await killed.database.close()  # as the end of a process does
    await world.services.tasks.tick(world.system)
    await world.services.tasks.tick(world.system)
    ends = await accesses(world, action="session.end")
    assert [(row.admin, row.details) for row in ends] == [("lee", {"how": "killed"})]
    await there.close()


async def test_a_line_of_the_spool_that_is_none_is_told(world):
    if not world.database.is_sqlite:
        pytest.skip("only SQLite has a spool")
    await world.services.recipients.get(world.system, (await somebody(world)).id)
    world.services.forget_session()
    [file] = spool.folder_of(world.database.path).iterdir()
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    with file.open("ab") as opened:
        opened.write(b'\xff\xfe\n{"at": 1, "key": "x"}\n')
        opened.write(file.read_bytes().splitlines()[0].replace(b'"recipient"', b"7") + b"\n")
        opened.write(b'{"at": "torn')
    [_details, told] = await accesses(world)
    assert (told.action, told.details) == ("look.unreadable", {"lines": 3})
    async with world.database.reading() as session:
        assert await session.scalar(sa.select(sa.func.count(AccessRecord.id))) == 2


async def test_a_restored_database_takes_in_what_admins_did_of_whom_it_does_not_know(world):
    """As after a restore: the database is older than the spool beside it, of which somebody has made a copy."""
    if not world.database.is_sqlite:
        pytest.skip("only SQLite has a spool")
    person, kim = await somebody(world), await world.admin("kim", Role.ORGANIZATION, 1)
    for actor in (world.system, kim):
        await world.services.recipients.get(actor, person.id)
    world.services.forget_session()
    [file] = spool.folder_of(world.database.path).iterdir()
    file.with_name(f"copy{spool.ENDING}").write_bytes(file.read_bytes())
    async with world.database.transaction() as session:
        await session.execute(sa.text("DELETE FROM admins WHERE login = 'kim'"))
    known, unknown = await accesses(world, action="look")
    assert (known.admin, known.details) == ("root", {})
    assert (unknown.admin, unknown.account) == ("", kim.account)
    assert unknown.details == {"admin": kim.admin_id}
    assert (await world.services.audit.verify(world.system, access=True)).is_whole
