"""Databases for tests on a real PostgreSQL server: each world has its own, all are dropped at the end of the run.

``CARECALL_TEST_DATABASE=postgresql`` makes ``tests.factories`` use them; ``CARECALL_TEST_POSTGRESQL`` is the
URL of a database on the server, of a superuser's role. That role only does what ``docs/postgresql.md`` says that
the server's administrator does, word for word, and empties databases; all else is done by the owner of the tables,
who is no superuser, and by login roles as admins have them. Making the tables takes a second, so they are made
once, copied, and emptied for the next test.
"""

import asyncio
import atexit
import functools
import os
import re
import threading
import uuid
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from core.db import schema
from core.db.engine import Database

_made: list[str] = []
_template: str = ""
_in_use: list[str] = []
_free: list[str] = []
_emptying: dict[str, Any] = {}  # to each that was emptied, a connection
_roles: set[str] = set()  # those that are there for sure

OWNER = "carecall_test_owner"

# without the triggers that guard the audit records; whoever still holds a lock is not waited for
_AS_WHO_EMPTIES = "SET lock_timeout = '2s'; SET session_replication_role = replica"
_EMPTY = """DO $$ DECLARE one regclass; BEGIN
    FOR one IN SELECT oid FROM pg_class
        WHERE relnamespace = 'carecall'::regnamespace AND relkind = 'r'
            AND relname <> 'alembic_version' AND pg_relation_size(oid) > 0
    LOOP EXECUTE format('DELETE FROM %s', one); END LOOP;
    FOR one IN SELECT seqrelid FROM pg_sequence WHERE pg_sequence_last_value(seqrelid) IS NOT NULL
    LOOP PERFORM setval(one, 1, false); END LOOP; END $$"""


def documented(database: str) -> tuple[list[str], list[str]]:
    """What the page says that the server's administrator types: before the database is there, and in it."""
    page = (Path(__file__).parents[1] / "docs" / "postgresql.md").read_text(encoding="utf-8")
    block = page.partition("as its superuser:\n")[2].partition("\nThe owner could")[0]
    lines = [line.partition("--")[0].strip() for line in block.splitlines()]
    typed = [
        re.sub(r"\bcarecall\b", database, line)
        if "ON DATABASE" in line
        else re.sub(r"DATABASE carecall\b", f"DATABASE {database}", line)
        for line in lines
        if line
    ]
    typed = [re.sub(r"(ROLE|OWNER) carecall\b", rf"\1 {OWNER}", line) for line in typed]
    at = next(i for i, line in enumerate(typed) if line.startswith("\\c "))
    return typed[:at], typed[at + 1 :]


def wanted() -> bool:
    """Whether the suite is to run on PostgreSQL."""
    return os.environ.get("CARECALL_TEST_DATABASE") == "postgresql"


def server_url() -> str:
    """The URL of the server's own database; skips the test where there is none."""
    url = os.environ.get("CARECALL_TEST_POSTGRESQL", "")
    if not url:
        if os.environ.get("CARECALL_TEST_REQUIRE") == "all":
            pytest.fail("CARECALL_TEST_POSTGRESQL names no server (Debian: postgresql)")
        pytest.skip("CARECALL_TEST_POSTGRESQL names no server (Debian: postgresql)")
    return url


def _plain(url: str) -> str:
    return url.replace("postgresql+asyncpg://", "postgresql://")


def in_thread(work: Coroutine[Any, Any, Any]) -> Any:
    """Run this to its end, whatever loop is running here."""
    return asyncio.run_coroutine_threadsafe(work, _thread()).result()


@functools.cache
def _thread() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()
    return loop


async def _execute(url: str, *statements: str) -> None:
    import asyncpg

    connection = await asyncpg.connect(_plain(url))
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


def new_database() -> str:
    """The URL of a fresh, empty database, as its owner."""
    return _made_as_documented("template0")


def ready_database() -> str:
    """The URL of a database with the tables of the present schema, empty."""
    global _template
    while _free:
        url = _free.pop()
        if in_thread(_is_emptied(url)):
            break
    else:
        if not _template:
            made = new_database()
            in_thread(_upgrade(made))
            _template = made.rpartition("/")[2]
        url = _made_as_documented(_template)
    _in_use.append(url)
    return url


def is_ready(url: str) -> bool:
    """Whether it was made by ``ready_database``."""
    return url in _in_use


def give_back() -> None:
    """What was made is of no more use to this test; the next may have it."""
    _free.extend(_in_use)
    _in_use.clear()


def leave_out(url: str) -> None:
    """What a test did to this database is not undone by emptying it; no other test gets it."""
    if url in _in_use:
        _in_use.remove(url)


def _made_as_documented(template: str) -> str:
    url = server_url()
    name = f"carecall_test_{uuid.uuid4().hex[:12]}"
    server, inside = documented(name)
    there = f"{url.rpartition('/')[0]}/{name}"
    in_thread(_execute(url, *(_made_once(s.replace("template0", template)) for s in server)))
    in_thread(_execute(there, *inside))
    if not _made:
        atexit.register(_drop_all)
    _made.append(name)
    return as_role(there, OWNER)


def _made_once(statement: str) -> str:
    """The same, where what it makes may be there from another run, or be made by another process now."""
    if not statement.startswith("CREATE ROLE"):
        return statement
    return f"""DO $$ BEGIN {statement}
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"""


async def _upgrade(url: str) -> None:
    database = Database(url)
    await schema.upgrade(database)
    await database.close()


async def _is_emptied(url: str) -> bool:
    """Over a connection that stays: a new one would look up all the tables again, which is most of the work."""
    import asyncpg

    try:
        if url not in _emptying or _emptying[url].is_closed():
            _emptying[url] = await asyncpg.connect(_plain(_to_superuser(url)))
            await _emptying[url].execute(_AS_WHO_EMPTIES)
        await _emptying[url].execute(_EMPTY)
    except (asyncpg.PostgresError, asyncpg.InterfaceError):
        return False
    return True


def _drop_all() -> None:
    statements = [f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)' for name in _made]
    asyncio.run(_execute(os.environ["CARECALL_TEST_POSTGRESQL"], *statements))


async def as_superuser(url: str, *statements: str) -> None:
    """Run these in the database of the URL as the server's administrator."""
    await _execute(_to_superuser(url), *statements)


def _to_superuser(url: str) -> str:
    return f"{server_url().rpartition('/')[0]}/{url.rpartition('/')[2]}"


async def older_database(account: str) -> str:
    """One as the first versions made it: tables in ``public``, some rows, and a system admin of this account."""
    from alembic import command

    url = new_database()
    await as_superuser(url, f"GRANT CREATE ON SCHEMA public TO {OWNER}")
    database = Database(url)

    def make(connection: sa.Connection) -> None:
        connection.exec_driver_sql("SET LOCAL search_path = public")
        command.upgrade(schema.alembic_config(connection), "0001")
        for statement in (
            "CREATE FUNCTION public.carecall_sees_all() RETURNS boolean LANGUAGE sql AS 'SELECT true'",
            "CREATE POLICY memos_read ON memos FOR SELECT USING (public.carecall_sees_all())",
            "ALTER TABLE memos ENABLE ROW LEVEL SECURITY",
            "ALTER TABLE memos FORCE ROW LEVEL SECURITY",
            "INSERT INTO organizations (name, name_key, created_at, version) VALUES ('여기', '여기', now(), 1)",
            f"""INSERT INTO admins (login, account, name, role, preferences, created_at, version)
                VALUES ('root', '{account}', '', 'system', '{{}}', now(), 1)""",
        ):
            connection.exec_driver_sql(statement)

    async with database.changing.begin() as connection:
        await connection.run_sync(make)
    await database.close()
    return url


def as_role(url: str, role: str) -> str:
    """The URL for this login role."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{role}@{rest.partition('@')[2]}"


async def make_roles(*names: str) -> None:
    """Login roles as admins have them, made once for the server."""
    if _roles.issuperset(names):
        return
    await _execute(
        server_url(),
        *(
            f'DO $$ BEGIN CREATE ROLE "{name}" LOGIN IN ROLE carecall_admins;'
            " EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
            for name in names
        ),
    )
    _roles.update(names)
