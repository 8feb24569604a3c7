"""Leaving not a byte of what was erased in the files of a SQLite database.

Rows and pages are overwritten when they are deleted (``secure_delete``). The search index only marks what is
deleted, until its parts are merged; a write-ahead log keeps old pages until it is written back.
"""

from typing import Any

import sqlalchemy as sa

from core.db import Database, told_plainly


async def tidy(database: Database) -> bool:
    """Merge the search index and empty the write-ahead log; gives False where somebody is reading from that.

    On PostgreSQL its own VACUUM does it, in its own time.
    """
    if not database.is_sqlite:
        return True
    async with database.transaction() as session:
        merge = "INSERT INTO recipient_search(recipient_search) VALUES ('optimize')"
        await session.execute(sa.text(merge))
    with told_plainly():
        async with database.engine.connect() as connection:
            raw: Any = (await connection.get_raw_connection()).driver_connection
            async with raw.execute("PRAGMA wal_checkpoint(TRUNCATE)") as cursor:
                row = await cursor.fetchone()
    return not row[0]
