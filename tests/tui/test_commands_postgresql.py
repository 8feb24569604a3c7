"""The commands on a real PostgreSQL server, set up as ``docs/postgresql.md`` tells."""

import asyncio
from pathlib import Path

import asyncpg

from tests import postgresql
from tests.commands import Carecall

OWNER = "carecall_test_owner"


async def _set_up(url: str) -> None:
    server = await asyncpg.connect(url.replace("+asyncpg", ""))
    for role in (f"{OWNER} LOGIN", "carecall_admins NOLOGIN"):
        await server.execute(
            f"DO $$ BEGIN CREATE ROLE {role};"
            " EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        )
    await server.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    await server.execute(f'ALTER DATABASE "{url.rpartition("/")[2]}" OWNER TO {OWNER}')
    await server.close()


def test_an_owner_without_rights_on_the_server_sets_it_up(tmp_path: Path) -> None:
    url = postgresql.new_database()
    asyncio.run(_set_up(url))
    carecall = Carecall(tmp_path)
    more = {"CARECALL_DATABASE": postgresql.as_role(url, OWNER)}
    assert carecall.process("init", more=more).code == 0
    assert carecall.process("organization", "add", "여기", more=more).code == 0
    added = carecall.process(
        "admin", "add", "kim", "--role", "organization", "--organization", "여기",
        "--account", "kim.lee", more=more,
    )  # fmt: skip
    assert added.code == 0, added.err
    assert 'CREATE ROLE "kim.lee" LOGIN IN ROLE carecall_admins;' in added.told[-1]


def test_on_sqlite_no_role_is_spoken_of(tmp_path: Path) -> None:
    carecall = Carecall(tmp_path)
    carecall.done("init")
    added = carecall.done("admin", "add", "kim", "--role", "system")
    assert "CREATE ROLE" not in added.err
