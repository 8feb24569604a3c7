"""The commands on a real PostgreSQL server, set up as ``docs/postgresql.md`` tells."""

import asyncio
import os
import pwd
from pathlib import Path

from tests import postgresql
from tests.commands import Carecall


def test_an_owner_without_rights_on_the_server_sets_it_up(tmp_path: Path) -> None:
    url = postgresql.new_database()
    carecall = Carecall(tmp_path)
    more = {"CARECALL_DATABASE": url}
    assert carecall.process("init", more=more).code == 0
    assert carecall.process("organization", "add", "여기", more=more).code == 0
    added = carecall.process(
        "admin", "add", "kim", "--role", "organization", "--organization", "여기",
        "--account", "kim.lee", more=more,
    )  # fmt: skip
    assert added.code == 0, added.err
    assert 'CREATE ROLE "kim.lee" LOGIN IN ROLE carecall_admins;' in added.told[-1]


def test_a_database_that_is_open_to_all_is_refused_and_named(tmp_path: Path) -> None:
    """As every one is on PostgreSQL 13 and 14 until somebody takes it away."""
    url = postgresql.new_database()
    asyncio.run(postgresql.as_superuser(url, "GRANT CREATE ON SCHEMA public TO PUBLIC"))
    carecall = Carecall(tmp_path)
    more = {"CARECALL_DATABASE": url}
    refused = carecall.process("init", more=more)
    assert refused.code == 4
    assert "REVOKE CREATE ON SCHEMA public FROM PUBLIC" in refused.err
    asyncio.run(postgresql.as_superuser(url, "REVOKE CREATE ON SCHEMA public FROM PUBLIC"))
    assert carecall.process("init", more=more).code == 0
    assert "Rights in the database" not in carecall.process("doctor", more=more).out
    asyncio.run(postgresql.as_superuser(url, "GRANT CREATE ON SCHEMA public TO PUBLIC"))
    leaking = "UPDATE pg_proc SET proleakproof = true WHERE proname = 'starts_with'"
    asyncio.run(postgresql.as_superuser(url, leaking))
    told = carecall.process("doctor", more=more).out
    assert "Every role may create in the schema public." in told
    assert "EXPLAIN ANALYZE tells every role what is in the rows of others." in told


def test_tables_that_an_older_version_made_in_public_move(tmp_path: Path) -> None:
    url = asyncio.run(postgresql.older_database(pwd.getpwuid(os.getuid()).pw_name))
    carecall = Carecall(tmp_path)
    more = {"CARECALL_DATABASE": url}
    status = carecall.process("db", "status", more=more)
    assert status.code == 4
    assert "carecall db upgrade" in status.err
    upgraded = carecall.process("db", "upgrade", more=more)
    assert upgraded.code == 0, upgraded.err
    assert "여기" in carecall.process("organization", "list", more=more).out
    assert carecall.process("organization", "add", "저기", more=more).code == 0
    assert carecall.process("audit", "verify", more=more).code == 0


def test_on_sqlite_no_role_is_spoken_of(tmp_path: Path) -> None:
    carecall = Carecall(tmp_path)
    carecall.done("init")
    added = carecall.done("admin", "add", "kim", "--role", "system")
    assert "CREATE ROLE" not in added.err
