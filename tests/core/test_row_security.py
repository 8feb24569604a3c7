"""On PostgreSQL an admin's login role sees and changes only its organization, by SQL typed by hand too."""

import re
import subprocess

import asyncpg
import pytest

from core.app.services import Services
from core.calls.ingest import LineResult
from core.io.identity import Identity
from core.recipients.dto import RecipientQuery
from core.recipients.rules import RecipientDraft
from core.values.errors import NotPermitted
from core.values.roles import Role
from tests import postgresql
from tests.deliveries import call, lines
from tests.factories import World, make_services, make_settings
from tests.needs import needs
from tests.postgresql import as_role

TABLES = (
    "recipients", "participations", "calls", "utterances", "memory_details", "memory_versions",
    "followup_actions", "memos", "contacts", "feedback", "upload_rows", "uploads",
)  # fmt: skip
INSERT_ADMIN = """INSERT INTO admins (login, name, role, preferences, created_at, version)
    VALUES ('x', 'x', 'system', '{}', now(), 1)"""


@pytest.fixture
async def world(tmp_path):
    made = await make_services(tmp_path, {"CARECALL_DATABASE": postgresql.ready_database()})
    await postgresql.make_roles("carecall_kim", "carecall_lee", "carecall_nobody")
    here, there = await made.organization("여기"), await made.organization("저기")
    mine = await made.recipient(here, "김영희")
    theirs = await made.recipient(there, "박철수")
    await made.campaign("아침 안부", recipients=[mine.id, theirs.id])
    await made.admin("kim", Role.ORGANIZATION, here, account="carecall_kim")
    await made.admin("lee", Role.VIEWER, here, account="carecall_lee")
    yield made
    await made.close()


async def connect(world: World, role: str) -> asyncpg.Connection:
    url = as_role(world.settings.database, role).replace("+asyncpg", "")
    return await asyncpg.connect(url, server_settings={"search_path": "carecall", "jit": "off"})


async def test_an_admin_s_role_sees_its_own_organization_only(world):
    sql = await connect(world, "carecall_kim")
    assert [row["name"] for row in await sql.fetch("SELECT name FROM recipients")] == ["김영희"]
    assert await sql.fetchval("SELECT count(*) FROM participations") == 1
    assert [row["name"] for row in await sql.fetch("SELECT name FROM organizations")] == ["여기"]
    await sql.close()


def test_psql_shows_an_admin_s_role_its_own_organization_only(world):
    """SQL typed by hand, into the program that people type it into."""
    url = as_role(world.settings.database, "carecall_kim").replace("+asyncpg", "")
    psql = [needs("psql", "postgresql"), "--no-psqlrc", "--tuples-only", "--no-align", url]
    typed = r"""\set VERBOSITY sqlstate
        SET search_path = carecall;
        SELECT name FROM recipients;
        UPDATE recipients SET name = name;
        RESET SESSION AUTHORIZATION; SET row_security = off;
        SELECT name FROM recipients;
        SET ROLE carecall_test_owner;"""
    told = subprocess.run(psql, input=typed, capture_output=True, text=True, check=False)
    assert told.stdout.split("\n")[:5] == ["SET", "김영희", "UPDATE 1", "RESET", "SET"]
    assert "박철수" not in told.stdout
    refused = re.findall(r"\b\d{5}\b", told.stderr)
    assert refused == ["42501", "42501"]  # row-level security, and the role


async def test_an_admin_s_role_changes_nothing_elsewhere_and_not_itself(world):
    sql = await connect(world, "carecall_kim")
    assert await sql.execute("UPDATE recipients SET name = 'x' WHERE name = '박철수'") == "UPDATE 0"
    for statement in (
        "UPDATE recipients SET organization_id = 2",
        "UPDATE admins SET role = 'system' WHERE login = 'kim'",
        "UPDATE admins SET organization_id = 2 WHERE login = 'kim'",
        INSERT_ADMIN,
        "ALTER TABLE recipients DISABLE ROW LEVEL SECURITY",
        "SET ROLE carecall",
        "SET SESSION AUTHORIZATION carecall",
        "DELETE FROM audit_records",
    ):
        with pytest.raises(asyncpg.PostgresError):
            await sql.execute(statement)
    await sql.close()


async def test_a_viewer_s_role_changes_nothing(world):
    sql = await connect(world, "carecall_lee")
    assert await sql.fetchval("SELECT count(*) FROM recipients") == 1
    assert await sql.execute("UPDATE recipients SET name = 'x'") == "UPDATE 0"
    await sql.close()


async def test_a_role_that_is_no_admin_sees_nothing(world):
    sql = await connect(world, "carecall_nobody")
    seen = {table: await sql.fetchval(f"SELECT count(*) FROM {table}") for table in TABLES}
    assert seen == dict.fromkeys(TABLES, 0)
    await sql.close()


async def test_the_console_works_as_an_admin_s_role_whatever_the_os_account_is(world, tmp_path):
    url = as_role(world.settings.database, "carecall_kim")
    services = await Services.open(make_settings(tmp_path / "kim", CARECALL_DATABASE=url))
    actor = await services.admins.sign_in(Identity("root", 0))
    assert actor.login == "kim"
    await services.recipients.add(actor, RecipientDraft("새 사람", "010-9999-8888"))
    assert await services.recipients.count(actor, RecipientQuery()) == 2
    await services.admins.set_preferences(actor, "recipients", {"sort": "name"})
    await services.close()


async def test_a_role_that_is_no_admin_is_refused(world, tmp_path):
    url = as_role(world.settings.database, "carecall_nobody")
    services = await Services.open(make_settings(tmp_path / "nobody", CARECALL_DATABASE=url))
    with pytest.raises(NotPermitted):
        await services.admins.sign_in(Identity("carecall_kim", 0))
    await services.close()


@pytest.mark.parametrize("organization", ["여기", None])
async def test_a_calling_system_s_role_delivers_and_reads_the_call_list(
    world, tmp_path, organization
):
    await postgresql.make_roles("carecall_bot")
    body = 1 if organization else None
    await world.admin("bot", Role.INGEST, body, account="carecall_bot")
    url = as_role(world.settings.database, "carecall_bot")
    services = await Services.open(make_settings(tmp_path / "bot", CARECALL_DATABASE=url))
    bot = await services.admins.sign_in(Identity("root", 0))
    rows = [await world.recipient(number, "이전화") for number in (1, 2)]
    line = [
        call(f"b-{at}", organization=name, recipient_phone=row.phone, campaign="아침 안부",
             voice_file=f"organizations/{at}/b.wav")
        for at, (name, row) in enumerate(zip(("여기", "저기"), rows, strict=True), 1)
    ]  # fmt: skip
    told: list[LineResult] = []
    again = {**line[0], "duration_s": 7, "memory": [{"topic": "sleep", "content": "Sleeps"}]}
    await services.ingest.deliver(bot, [lines(*line, again, line[0]), b"{\n{\n"], told.append)
    outcomes = ["created", "failed" if organization else "created", "updated", "updated"]
    assert [one.outcome.value for one in told] == [*outcomes, "failed", "failed"], told
    assert "not kept" not in "".join(one.reason for one in told)
    held = await world.services.ingest.held(world.system)
    assert [one.admin for one in held] == ["bot"] * (2 if organization else 1)
    listed = [one.name async for one in services.campaigns.call_list(bot)]
    assert len(listed) == (2 if organization else 4)
    with pytest.raises(NotPermitted):
        await services.recipients.count(bot, RecipientQuery())
    await services.close()
    sql = await connect(world, "carecall_kim")
    assert await sql.fetchval("SELECT count(*) FROM held_deliveries") == 0
    await sql.close()
