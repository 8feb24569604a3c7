"""What a colleague with a login role on PostgreSQL may try by SQL, each of which has worked once.

kim is an admin of Alpha, lee one of Beta, eve a viewer of Alpha, bot the calling system of Alpha; dan is disabled,
and nobody has a login role and no admin.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
import sqlalchemy as sa
from msgspec import Struct

from core.app.audit import trail
from core.app.services import Services
from core.db.migrations import row_rules
from core.db.models import Base
from core.duplicates.dto import MergeDraft
from core.io.identity import Identity
from core.recipients.dto import Selection
from core.recipients.rules import RecipientDraft
from core.values.errors import NotPermitted
from core.values.roles import Role
from tests import postgresql
from tests.audit_trail import actions, records
from tests.deliveries import call, deliver
from tests.factories import World, make_services, make_settings
from tests.postgresql import as_role

ROLES = ("ct_kim", "ct_lee", "ct_eve", "ct_bot", "ct_dan", "ct_nobody")
FORGED = """INSERT INTO audit_records
    (at, account, client, action, subject, details, previous_hash, hash)
    VALUES (now(), 'ops', '10.0.0.1', 'recipient.delete', 'recipient', '{}', repeat('0', 64), repeat('0', 64))"""
DELETE = "SELECT carecall_delete($1, $2)"
RECORD = "SELECT carecall_record($1, NULL, 'recipient', 1, $2, '10.0.0.1', 1, 'ops', false)"


class Offices(Struct):
    """Two organizations, who works there, and what belongs to whom."""

    world: World
    alpha: int
    beta: int
    mine: int
    theirs: int
    shared: int
    of_beta: int

    async def sql(self, role: str) -> asyncpg.Connection:
        """A connection of this login role, as psql makes one."""
        url = as_role(self.world.settings.database, role).replace("+asyncpg", "")
        return await asyncpg.connect(url, server_settings={"search_path": "carecall", "jit": "off"})

    async def refused(self, role: str, statement: str, *values: object) -> None:
        """The role has no right to do it, or changes not one row."""
        sql = await self.sql(role)
        try:
            told = await sql.execute(statement, *values)
        except asyncpg.InsufficientPrivilegeError:
            return
        finally:
            await sql.close()
        assert told.split()[-1] == "0", f"{role} may: {statement} ({told})"


@pytest.fixture
async def offices(tmp_path: Path) -> AsyncIterator[Offices]:
    world = await make_services(tmp_path, {"CARECALL_DATABASE": postgresql.ready_database()})
    await postgresql.make_roles(*ROLES)
    alpha, beta = await world.organizations("Alpha", "Beta")
    mine, theirs = await world.recipient(alpha, "김영희"), await world.recipient(beta, "박철수")
    shared = await world.campaign("Morning", recipients=[mine.id, theirs.id])
    of_beta = await world.campaign("Beta's own", beta, recipients=[theirs.id])
    await world.admin("kim", Role.ORGANIZATION, alpha, account="ct_kim")
    await world.admin("lee", Role.ORGANIZATION, beta, account="ct_lee")
    await world.admin("eve", Role.VIEWER, alpha, account="ct_eve")
    await world.admin("bot", Role.INGEST, alpha, account="ct_bot")
    await world.admin("dan", Role.ORGANIZATION, alpha, account="ct_dan")
    await world.services.admins.disable(world.system, "dan")
    yield Offices(world, alpha, beta, mine.id, theirs.id, shared, of_beta)
    await world.close()


async def console(offices: Offices, role: str, directory: Path) -> Services:
    """The services as the console of this role opens them."""
    url = as_role(offices.world.settings.database, role)
    return await Services.open(make_settings(directory / role, CARECALL_DATABASE=url))


def test_every_table_says_who_may_do_what_with_it() -> None:
    assert set(row_rules.RULES) == set(Base.metadata.tables)


async def test_the_chain_stays_whole_whoever_writes(offices: Offices, tmp_path: Path) -> None:
    services = await console(offices, "ct_kim", tmp_path)
    kim = await services.admins.sign_in(Identity("somebody", 0, "192.0.2.7"))
    added = await services.recipients.add(kim, RecipientDraft("새 사람", "010-9999-8888"))
    await offices.world.recipient(offices.beta, "이민호")
    await services.memos.add(kim, added.id, "first")
    await services.close()
    found = await offices.world.services.audit.verify(offices.world.system)
    assert found.is_whole
    last = (await records(offices.world))[-1]
    assert (last.action, last.account, last.organization_id) == (
        "memo.add",
        "ct_kim",
        offices.alpha,
    )
    assert last.details["client"] == "192.0.2.7"
    assert last.client == "127.0.0.1"


OF_ALL_OR_OTHERS = (
    "UPDATE campaigns SET state = 'ended' WHERE organization_id IS NULL",
    "UPDATE campaigns SET state = 'ended' WHERE id = {of_beta}",
    "UPDATE campaigns SET organization_id = {alpha}",
    "UPDATE campaigns SET name = 'x' WHERE organization_id IS NULL",
    """INSERT INTO campaigns (name, name_key, list_key, organization_id, state, created_at, version)
        VALUES ('x', 'x', 'x', NULL, 'scheduled', now(), 1)""",
    """INSERT INTO campaigns (name, name_key, list_key, organization_id, state, created_at, version)
        VALUES ('x', 'x', 'x', {beta}, 'scheduled', now(), 1)""",
)


async def test_nobody_changes_a_campaign_of_all_or_of_others(offices: Offices) -> None:
    facts = {name: getattr(offices, name) for name in ("alpha", "beta", "of_beta")}
    for role in ("ct_kim", "ct_eve", "ct_bot", "ct_dan", "ct_nobody"):
        for statement in OF_ALL_OR_OTHERS:
            await offices.refused(role, statement.format(**facts))
    states = [
        row.state for row in await offices.world.services.campaigns.list(offices.world.system)
    ]
    assert states == ["in progress", "in progress"]


async def test_a_campaign_takes_and_tells_no_name_of_others(offices: Offices) -> None:
    sql = await offices.sql("ct_kim")
    for name in ("beta's own", "summer"):
        made = f"""INSERT INTO campaigns (name, name_key, list_key, organization_id, state, created_at, version)
            VALUES ('x', 'x', $1, {offices.alpha}, 'scheduled', now(), 1)"""
        with pytest.raises(asyncpg.CheckViolationError):
            await sql.execute(made, f"{name}\x1f{offices.beta}")
    await sql.close()
    await offices.world.services.campaigns.add(offices.world.system, "Summer", "Beta")


async def test_nobody_enrolls_in_the_campaign_of_others(offices: Offices) -> None:
    enroll = f"""INSERT INTO participations (recipient_id, campaign_id, enrolled_at)
        VALUES ({offices.mine}, {offices.of_beta}, now())"""
    for role in ROLES:
        await offices.refused(role, enroll)


IN_ANOTHER_NAME = (
    """INSERT INTO memos (recipient_id, admin_id, text, created_at, updated_at, version)
            SELECT {mine}, id, 'not by me', now(), now(), 1 FROM admins WHERE login = 'root'""",
    """INSERT INTO memos (recipient_id, admin_id, text, created_at, updated_at, version)
            SELECT {theirs}, id, 'elsewhere', now(), now(), 1 FROM admins WHERE login = 'kim'""",
    """INSERT INTO recipients (organization_id, name, phone, other_information, search_text, registered_at,
            version) VALUES ({beta}, 'x', '+821099998888', '', '', now(), 1)""",
    """INSERT INTO calls (external_id, recipient_id, campaign_id, started_at, duration_ms, result, completed,
            answer_count, answer_characters, content_hash, organization_id)
            SELECT 'made up', {mine}, {shared}, now(), 0, 'connected', true, 0, 0, '', organization_id
            FROM recipients WHERE id = {mine}""",
    "UPDATE recipients SET organization_id = {beta}",
    "UPDATE recipients SET campaign_id = {of_beta}",
    "UPDATE organizations SET name = 'x'",
    "UPDATE admins SET role = 'system' WHERE login = 'kim'",
    "UPDATE admins SET organization_id = {beta} WHERE login = 'kim'",
    "UPDATE admins SET account = 'ct_nobody' WHERE login = 'kim'",
)


async def test_nobody_writes_for_others_or_in_another_name(offices: Offices) -> None:
    facts = {
        name: getattr(offices, name) for name in ("beta", "mine", "theirs", "shared", "of_beta")
    }
    for role in ("ct_kim", "ct_eve", "ct_dan", "ct_nobody"):
        for statement in IN_ANOTHER_NAME:
            await offices.refused(role, statement.format(**facts))


async def test_a_calling_system_takes_no_voice_file_of_others(offices: Offices) -> None:
    mine = await offices.world.services.recipients.get(offices.world.system, offices.mine)
    await deliver(
        offices.world, call(organization="Alpha", recipient_phone=mine.phone, voice_file="a.wav")
    )
    own, theirs = f"organizations/{offices.alpha}/a.wav", f"organizations/{offices.beta}/b.wav"
    for file, key in ((theirs, theirs), (own, theirs), (theirs, own), ("b.wav", "b.wav")):
        taken = f"UPDATE calls SET voice_file = '{file}', voice_key = '{key}'"
        made = f"""INSERT INTO calls (external_id, recipient_id, organization_id, campaign_id, started_at,
            duration_ms, result, completed, answer_count, answer_characters, content_hash, voice_file, voice_key)
            SELECT 'x', recipient_id, organization_id, campaign_id, started_at, 1, result, completed, 0, 0, '',
            '{file}', '{key}' FROM calls"""
        await offices.refused("ct_bot", taken)
        await offices.refused("ct_bot", made)
    sql = await offices.sql("ct_bot")
    told = await sql.execute(f"UPDATE calls SET voice_file = '{own}', voice_key = '{own}'")
    assert told == "UPDATE 1"
    await sql.close()


WORK_OF_STAFF = (
    "acknowledged_at = now(), acknowledged_by = {bot}",
    "closed_at = now(), outcome = 'done'",
    "closed_at = now(), outcome = 'answered'",
    "closed_by = {bot}",
    "assignee_id = {kim}",
    "due_at = '2999-01-01 00:00+00'",
    "text = 'seen'",
    "reason = 'seen'",
    "tries = 9",
)


async def test_a_calling_system_works_on_no_task(offices: Offices) -> None:
    world = offices.world
    mine = await world.services.recipients.get(world.system, offices.mine)
    await deliver(
        world,
        call("e-1", recipient_phone=mine.phone, organization="Alpha", analysis="emergency"),
    )
    ids = {row.login: row.id for row in await world.services.admins.list(world.system)}
    for change in WORK_OF_STAFF:
        statement = f"UPDATE tasks SET {change.format(**ids)}"
        await offices.refused("ct_bot", statement)
    [task] = await world.services.tasks.of_recipient(world.system, offices.mine)
    assert (task.acknowledged_at, task.closed_at, task.assignee_id) == (None, None, None)
    assert (task.tries, task.text, task.version) == (0, "", 1)


async def test_nobody_signs_a_hand_over_as_confirmed(offices: Offices) -> None:
    services, system = offices.world.services, offices.world.system
    ids = {row.login: row.id for row in await services.admins.list(system)}
    for confirmed in ("now(), NULL", "NULL, {kim}"):
        await offices.refused(
            "ct_kim",
            f"""INSERT INTO handovers (organization_id, number, since, signed_at, signed_by, text, report, version,
                confirmed_at, confirmed_by)
                VALUES ({offices.alpha}, 1, now(), now(), {ids["kim"]}, '', '[]', 1, {confirmed.format(**ids)})""",
        )


async def test_a_delete_by_guessed_places_takes_nothing_of_others(offices: Offices) -> None:
    owner, gone = await offices.sql(postgresql.OWNER), {}
    places = {
        table: await owner.fetchval(f"SELECT array_agg(ctid) FROM {table}")
        for table in ("recipients", "participations", "campaigns", "audit_records", "admins")
    }
    await owner.close()
    assert all(places.values())
    for role in ROLES:
        sql = await offices.sql(role)
        for table in ("recipients", "participations"):
            gone[role, table] = await sql.fetchval(DELETE, table, places[table])
        for table in ("campaigns", "audit_records", "admins"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await sql.fetchval(DELETE, table, places[table])
        await sql.close()
    own = {("ct_kim", "participations"): 1, ("ct_lee", "participations"): 2}
    assert {what: count for what, count in gone.items() if count} == own


COUNTED = ("starts_with({column}::text, $1)", "{column} = $1")


async def test_explain_counts_nothing_that_others_have(offices: Offices) -> None:
    """How often a policy was asked would tell of how many rows the other condition held, letter by letter."""
    world = offices.world
    await world.services.memos.add(world.system, offices.theirs, "병원에 계심")
    theirs = await world.services.recipients.get(world.system, offices.theirs)
    await deliver(
        world, call(organization="Beta", recipient_phone=theirs.phone, summary="잘 지내심")
    )
    owner = await offices.sql(postgresql.OWNER)
    columns = await owner.fetch(
        """SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'carecall'
            AND data_type IN ('character varying', 'text') AND table_name <> 'alembic_version'"""
    )
    told = []
    for role in ("ct_kim", "ct_nobody"):
        sql = await offices.sql(role)
        for table, column in columns:
            select = f'SELECT "{column}" FROM {table} WHERE "{column}" IS NOT NULL'
            seen = {row[0] for row in await sql.fetch(select)}
            value = next((row[0] for row in await owner.fetch(select) if row[0] not in seen), None)
            if value is None:
                continue
            for scans in ("on", "off"):
                await sql.execute(f"SET enable_seqscan = {scans}")
                for how in COUNTED:
                    condition = how.format(column=f'"{column}"')
                    if await differs(sql, table, condition, value):
                        told.append((role, table, condition))
        await sql.close()
    await owner.close()
    assert told == []


async def differs(sql: asyncpg.Connection, table: str, condition: str, value: str) -> bool:
    """Whether the counts tell that somebody has the value, each time: a plan may change between two looks."""
    for _look in range(3):
        there = await counted(sql, table, condition, value)
        if there == await counted(sql, table, condition, f"{value}#"):
            return False
    return True


async def counted(sql: asyncpg.Connection, table: str, condition: str, value: str) -> list[str]:
    """What EXPLAIN counts at each place of the plan, without the conditions, which hold what was asked about."""
    literal = "'" + value.replace("'", "''") + "'"
    plan = await sql.fetchval(
        "EXPLAIN (ANALYZE, BUFFERS OFF, COSTS OFF, TIMING OFF, SUMMARY OFF, FORMAT JSON)"
        f" SELECT 1 FROM {table} WHERE {condition.replace('$1', literal)}"
    )
    lines = re.findall(r'"([^"]+)": (-?[0-9.]+),?$', plan, re.MULTILINE)
    return [f"{name} {count}" for name, count in lines]


async def test_nobody_forges_a_record(offices: Offices) -> None:
    before = await actions(offices.world)
    for role in ROLES:
        await offices.refused(role, FORGED)
        await offices.refused(role, "UPDATE audit_records SET action = 'x'")
        await offices.refused(role, RECORD, "admin.add", "{}")
        await offices.refused(role, RECORD, "recipient.purge", "{}")
    for role in ("ct_eve", "ct_dan", "ct_nobody"):
        await offices.refused(role, RECORD, "recipient.delete", "{}")
    for role, action in (
        ("ct_bot", "recipient.edit"),
        ("ct_bot", "delivery.drop"),
        ("ct_kim", "delivery.drop"),
        ("ct_kim", "delivery.hold"),
        ("ct_kim", "call.ingest"),
        ("ct_bot", "review.sign"),
        ("ct_eve", "review.sign"),
        ("ct_eve", "handover.sign"),
    ):
        await offices.refused(role, RECORD, action, "{}")
    sql = await offices.sql("ct_kim")
    for details in ("[1]", "1", '{"a": 0.1}', '{"a": 1e400}', "null", "", '{"a": 1'):
        with pytest.raises(asyncpg.PostgresError):
            await sql.fetchrow(RECORD, "recipient.edit", details)
    await sql.close()
    assert await actions(offices.world) == before


async def test_a_record_holds_only_so_much(offices: Offices) -> None:
    sql = await offices.sql("ct_kim")
    with pytest.raises(asyncpg.StringDataRightTruncationError):
        await sql.execute(RECORD, "memo.add", '{"more": "' + "x" * 70_000 + '"}')
    await sql.close()
    runs = {"ranges": [[10**17 + n, 10**17 + n + 1] for n in range(trail.IDS_PER_RECORD)]}
    async with offices.world.database.transaction() as session:
        await trail.record(session, None, "recipient.delete", "recipient", details=runs)


async def test_a_record_says_whose_session_it_was_whatever_it_is_told(offices: Offices) -> None:
    sql = await offices.sql("ct_kim")
    odd = '{"b": ["한글", null, true, {"z": 1, "a": []}], "a": "\\"\\\\ \\n\\u0001 \U0001f9e1", "aa": -7, "a": 1}'
    for details in ("{}", odd):
        await sql.fetchrow(RECORD, "recipient.edit", details)
    await sql.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
    with pytest.raises(asyncpg.PostgresError, match="read committed"):
        await sql.fetchrow(RECORD, "recipient.edit", "{}")
    await sql.close()
    last = (await records(offices.world))[-1]
    assert (last.account, last.client, last.organization_id) == (
        "ct_kim",
        "127.0.0.1",
        offices.alpha,
    )
    assert last.admin_id is not None
    assert last.details["b"][3] == {"z": 1, "a": []}
    assert (await offices.world.services.audit.verify(offices.world.system)).is_whole


async def test_records_are_read_by_whom_the_console_shows_them(
    offices: Offices, tmp_path: Path
) -> None:
    services = await console(offices, "ct_kim", tmp_path)
    kim = await services.admins.sign_in(Identity("x", 0))
    await services.recipients.add(kim, RecipientDraft("새 사람", "010-9999-8888"))
    await services.close()
    seen = {}
    for role in ROLES:
        sql = await offices.sql(role)
        seen[role] = await sql.fetchval("SELECT count(*) FROM audit_records")
        await sql.close()
    # of its own organization, by an admin; what root did elsewhere, and what nobody did, is not for kim
    assert seen.pop("ct_kim") >= 1
    assert set(seen.values()) == {0} or seen["ct_lee"] >= 1
    assert {seen[role] for role in ("ct_eve", "ct_bot", "ct_dan", "ct_nobody")} == {0}


async def test_nobody_locks_a_table_for_the_others(offices: Offices) -> None:
    sql = await offices.sql("ct_kim")
    for table in (*Base.metadata.tables, "alembic_version"):
        for mode in ("ACCESS EXCLUSIVE", "EXCLUSIVE", "SHARE ROW EXCLUSIVE", "SHARE"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await sql.execute(f"BEGIN; LOCK TABLE {table} IN {mode} MODE")
            await sql.execute("ROLLBACK")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await sql.execute(f"TRUNCATE {table}")
    await sql.close()


async def test_nobody_uses_the_ids_up(offices: Offices) -> None:
    owner = await offices.sql(postgresql.OWNER)
    sequences = [row[0] for row in await owner.fetch("SELECT oid::regclass::text FROM pg_class WHERE relkind = 'S'"
        " AND relnamespace = 'carecall'::regnamespace")]  # fmt: skip
    await owner.close()
    assert sequences
    for sequence in sequences:
        await offices.refused("ct_kim", f"SELECT nextval('{sequence}')")
        await offices.refused("ct_kim", f"SELECT setval('{sequence}', 9223372036854775807)")
    await offices.refused(
        "ct_kim",
        """INSERT INTO memos (id, recipient_id, admin_id, text, created_at, updated_at, version)
            SELECT 9223372036854775807, 1, id, 'x', now(), now(), 1 FROM admins WHERE login = 'kim'""",
    )


async def test_no_advisory_lock_stops_a_write(offices: Offices, tmp_path: Path) -> None:
    sql = await offices.sql("ct_nobody")
    await sql.execute("SELECT pg_advisory_lock(1667331685)")  # what writes waited for once
    async with sql.transaction():
        await sql.execute("SELECT carecall_begin_write()")
        await asyncio.wait_for(offices.world.recipient(offices.alpha, "이민호"), 20)
    await sql.close()


async def test_an_operator_in_the_way_is_never_called(offices: Offices) -> None:
    """As on PostgreSQL 13 and 14, where everybody may create in ``public``."""
    url = offices.world.settings.database
    await postgresql.as_superuser(url, "GRANT CREATE, USAGE ON SCHEMA public TO PUBLIC")
    sql = await offices.sql("ct_kim")
    await sql.execute("SET search_path = public, carecall")
    for left, right in (
        ("varchar", "name"),
        ("varchar", "varchar"),
        ("text", "name"),
        ("varchar", "text"),
    ):
        name = f"hook_{left}_{right}"
        await sql.execute(
            f"""CREATE FUNCTION public.{name}({left}, {right}) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
                IF current_user <> 'ct_kim' THEN UPDATE carecall.admins SET role = 'system'; END IF;
                RETURN true; END $$"""
        )
        await sql.execute(f"GRANT EXECUTE ON FUNCTION public.{name} TO PUBLIC")
        await sql.execute(
            f"CREATE OPERATOR public.= (LEFTARG = {left}, RIGHTARG = {right}, FUNCTION = public.{name})"
        )
    await sql.execute("CREATE TABLE public.admins (id int); GRANT ALL ON public.admins TO PUBLIC")
    for role in ("carecall_role", "carecall_organization", "carecall_admin", "carecall_sees_all"):
        await sql.fetchval(f"SELECT carecall.{role}()")
    assert await sql.fetchval("SELECT carecall.carecall_role()") == "organization"
    await sql.close()
    # the owner's own sessions do not look there either
    roles = {
        row.login: row.role
        for row in await offices.world.services.admins.list(offices.world.system)
    }
    assert roles["kim"] is Role.ORGANIZATION


async def test_admins_show_what_the_console_shows(offices: Offices) -> None:
    sql = await offices.sql("ct_kim")
    assert {row[0] for row in await sql.fetch("SELECT login FROM admins")} == {
        "bot",
        "dan",
        "eve",
        "kim",
        "root",
    }
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await sql.fetch("SELECT preferences FROM admins")
    of_lee = await sql.fetchval("SELECT carecall_preferences(n) FROM generate_series(1, 9) AS n"
        " WHERE carecall_preferences(n) IS NOT NULL OFFSET 1")  # fmt: skip
    assert of_lee is None
    await sql.close()
    for role in ("ct_dan", "ct_nobody"):
        sql = await offices.sql(role)
        assert [row[0] for row in await sql.fetch("SELECT login FROM admins")] == (
            ["dan"] if role == "ct_dan" else []
        )
        await sql.close()


async def test_an_admin_who_is_disabled_is_told_so_and_keeps_nobody_waiting(
    offices: Offices, tmp_path: Path
) -> None:
    services = await console(offices, "ct_dan", tmp_path)
    with pytest.raises(NotPermitted, match="disabled"):
        await services.admins.sign_in(Identity("x", 0))
    await services.close()


MERGED = """INSERT INTO merges (kept_id, merged_id, admin_id, created_at, moved, changed)
    VALUES ($1, $2, (SELECT id FROM admins WHERE account = session_user), now(), '{}', '{}')"""
MERGE = "SELECT carecall_merge($1, $2, $3, 1, '{}', '{}')"


async def test_nobody_makes_a_deleted_recipient_part_of_another(offices: Offices) -> None:
    """Whoever is part of somebody is erased along with them, which a colleague asks for in good faith."""
    world, duplicates = offices.world, offices.world.services.duplicates
    other = await world.recipient(offices.alpha, "이순자")
    gone = await world.recipient(offices.alpha, "최명자")
    only = Selection(frozenset({gone.id}))
    deletion = (await world.services.recipients.delete(world.system, only, 1)).id
    for role in ROLES:
        await offices.refused(role, MERGED, offices.mine, gone.id)
        sql = await offices.sql(role)
        for kept, merged in (
            (offices.mine, gone.id),  # deleted already
            (gone.id, offices.mine),
            (offices.mine, offices.theirs),  # of another organization
            (offices.mine, offices.mine),
            (offices.mine, other.id),  # both are there, and the delete is somebody else's
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await sql.fetch(MERGE, kept, merged, deletion)
        await sql.close()
    # what was taken back stays so
    draft = MergeDraft(1, other.id, 1, frozenset())
    made = await duplicates.merge(world.system, offices.mine, draft)
    await world.services.deletions.undo(world.system, made.deletion_id)
    for role in ROLES:
        await offices.refused(role, "UPDATE merges SET undone_at = NULL")
    await world.services.retention.erase(world.system, offices.mine, "asked for")
    for one in (other, gone):
        assert (await world.services.exports.check(world.system, one.id, "asked for")) is None


DELETED_ELSEHOW = (
    "deleted_at = now()",  # without a delete it would be erased in the next night
    "deleted_at = now() - interval '2 years', deletion_id = {own}",  # as well: its time would be over
    "deleted_at = now() + interval '2 years', deletion_id = {own}",  # and never erased
    "deletion_id = {own}",
)


async def test_nobody_deletes_without_a_delete_that_can_be_undone(offices: Offices) -> None:
    world, sql = offices.world, await offices.sql("ct_kim")
    for deleted in ("", "gone"):
        if deleted:
            only = Selection(frozenset({offices.mine}))
            await world.services.recipients.delete(world.system, only, 1)
        own = await sql.fetchval(
            "INSERT INTO deletions (admin_id, created_at) SELECT id, now() FROM admins WHERE login = 'kim'"
            " RETURNING id"
        )
        for change in (*DELETED_ELSEHOW, *(["deletion_id = NULL"] if deleted else [])):
            statement = f"UPDATE recipients SET {change.format(own=own)} WHERE id = {offices.mine}"
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await sql.execute(statement)
    made = """INSERT INTO recipients (organization_id, name, phone, other_information, search_text, registered_at,
        version, deleted_at) VALUES ({alpha}, '박철수', '+821099998888', '', '', now(), {version}, {deleted})"""
    for version, deleted in ((1, "now()"), (2**31 - 1, "NULL")):
        values = {"alpha": offices.alpha, "version": version, "deleted": deleted}
        await offices.refused("ct_kim", made.format(**values))
    back = f"UPDATE recipients SET deleted_at = NULL, deletion_id = NULL WHERE id = {offices.mine}"
    assert await sql.execute(back) == "UPDATE 1"
    await sql.close()
    await world.services.retention.erase_expired(world.system)
    assert (await world.services.recipients.get(world.system, offices.mine)).name == "김영희"


async def test_nobody_leaves_a_version_after_which_there_is_none(offices: Offices) -> None:
    """Who counts on would fail: an erasing of all whose time is over, for one."""
    world = offices.world
    await world.services.memos.add(world.system, offices.mine, "memo")
    async with world.database.reading() as session:
        counted = list(
            await session.scalars(
                sa.text(
                    "SELECT table_name FROM information_schema.columns WHERE table_schema = 'carecall'"
                    " AND column_name = 'version'"
                )
            )
        )
    assert {"recipients", "memos", "campaigns", "tasks"} <= set(counted)
    for role in ("ct_kim", "ct_bot"):
        for table in counted:
            await offices.refused(role, f"UPDATE {table} SET version = 2147483647")
    await world.services.retention.erase(world.system, offices.mine, "asked for")


async def test_whatever_is_nested_is_refused_in_plain_words(offices: Offices) -> None:
    """Brackets without an end would end in an error of the server's own, with its innards in it."""
    look = "SELECT carecall_look('look.list', NULL, 'recipients', NULL, $1, '', NULL, '')"
    for role in ("ct_kim", "ct_eve", "ct_bot"):
        sql = await offices.sql(role)
        for details in ("[" * 4_000, '{"a":' * 800, "[" * 60_000, '{"a":' * 9_000, "{", "\x01", "[1]",
                        '{"a":' * 30 + "1" + "}" * 30):  # fmt: skip
            for statement in (look, RECORD.replace("$1", "'memo.list'").replace("$2", "$1")):
                with pytest.raises(asyncpg.PostgresError) as refused:
                    await sql.fetch(statement, details)
                assert refused.value.sqlstate in ("42501", "22001")
                assert not refused.value.detail
                assert details[:20] not in f"{refused.value.context} {refused.value}"
        await sql.fetch(look, '{"fields": ["name"], "ranges": [[1, 2]]}')
        await sql.close()
