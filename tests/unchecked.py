"""Puts into the database what its own constraints would not take."""

import sqlalchemy as sa

from tests.factories import World

_CONSTRAINTS = """SELECT conrelid::regclass::text, conname FROM pg_constraint
    WHERE contype = 'c' AND connamespace = 'carecall'::regnamespace"""
_TRIGGERS = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'ck_%'"


async def put(world: World, *statements: str) -> None:
    """What a repair or another program leaves in the database, past its constraints."""
    async with world.database.transaction() as session:
        if world.database.is_sqlite:
            drops = [f"DROP TRIGGER {name}" for name in await session.scalars(sa.text(_TRIGGERS))]
        else:
            found = await session.execute(sa.text(_CONSTRAINTS))
            drops = [f'ALTER TABLE {table} DROP CONSTRAINT "{name}"' for table, name in found]
        for statement in (*drops, *statements):
            await session.execute(sa.text(statement))
