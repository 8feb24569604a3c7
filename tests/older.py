"""Databases as older versions left them."""

from typing import Any

import sqlalchemy as sa

from core.db.engine import Database
from core.db.schema import alembic_config
from core.io.private import make_private_file


async def make_older(database: Database, revision: str, *statements: str) -> None:
    """Make the tables of an older revision, and put rows in by SQL."""
    if database.path is not None:
        make_private_file(database.path)
    async with database.changing.begin() as connection:
        await connection.run_sync(_upgrade_to, revision)
        for statement in statements:
            await connection.execute(sa.text(statement))


def _upgrade_to(connection: sa.Connection, revision: str) -> None:
    from alembic import command

    from core.db.migrations import house

    if connection.dialect.name == "postgresql":
        house.prepare(connection)
    config: Any = alembic_config(connection)
    command.upgrade(config, revision)
