"""Databases for tests on a real PostgreSQL server: one for each world, dropped at the end of the run.

``CARECALL_TEST_DATABASE=postgresql`` makes ``tests.factories`` use them; ``CARECALL_TEST_POSTGRESQL`` is the URL
of a database on the server, of a role that may create others.
"""

import asyncio
import atexit
import os
import threading
import uuid
from collections.abc import Coroutine
from typing import Any

import pytest

_made: list[str] = []


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
    results: list[Any] = []
    thread = threading.Thread(target=lambda: results.append(asyncio.run(work)))
    thread.start()
    thread.join()
    return results[0]


async def _execute(url: str, *statements: str) -> None:
    import asyncpg

    connection = await asyncpg.connect(_plain(url))
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


def new_database() -> str:
    """The URL of a fresh, empty database."""
    url = server_url()
    name = f"carecall_test_{uuid.uuid4().hex[:12]}"
    in_thread(_execute(url, f'CREATE DATABASE "{name}" TEMPLATE template0'))
    if not _made:
        atexit.register(_drop_all)
    _made.append(name)
    return f"{url.rpartition('/')[0]}/{name}"


def _drop_all() -> None:
    statements = [f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)' for name in _made]
    asyncio.run(_execute(os.environ["CARECALL_TEST_POSTGRESQL"], *statements))


def as_role(url: str, role: str) -> str:
    """The URL for this login role."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{role}@{rest.partition('@')[2]}"


async def make_roles(*names: str) -> None:
    """Login roles as admins have them, made once for the server."""
    await _execute(
        server_url(),
        *(
            f"DO $$ BEGIN CREATE ROLE {name} LOGIN IN ROLE carecall_admins;"
            " EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
            for name in names
        ),
    )
