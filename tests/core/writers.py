"""A process that changes one database many times; started by tests."""

import asyncio
import sys

import sqlalchemy as sa
from sqlalchemy.orm import undefer

from core.app.audit import trail
from core.db.engine import Database
from core.db.models import Admin


async def write(url: str, times: int) -> None:
    """Count one up, that many times, each in a transaction with its audit record."""
    database = Database(url)
    acknowledged = 0
    for _ in range(times):
        async with database.transaction() as session:
            select = sa.select(Admin).options(undefer(Admin.preferences))
            admin = await session.scalar(select.where(Admin.login == "root"))
            assert admin is not None
            counted = int(admin.preferences.get("counted", 0))
            admin.preferences = {"counted": counted + 1}
            await trail.record(session, None, "test.count", "admin", admin.id)
        acknowledged += 1
    await database.close()
    print(acknowledged, "acknowledged")


if __name__ == "__main__":
    asyncio.run(write(sys.argv[1], int(sys.argv[2])))
