"""The services on a database that is there, and its first system admin."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import sqlalchemy as sa

from core.app.actor import Actor
from core.app.services import Services
from core.db.models import Admin
from core.io.configuration import load
from core.values.roles import Role


@asynccontextmanager
async def opened(database: object) -> AsyncIterator[tuple[Services, Actor]]:
    """Both, of a file or a URL; closed at the end."""
    url = str(database) if "://" in str(database) else f"sqlite+aiosqlite:///{database}"
    services = await Services.open(msgspec.structs.replace(load(), database=url, region="KR"))
    try:
        async with services.database.reading() as session:
            admin = await session.scalar(sa.select(Admin).where(Admin.role == "system").limit(1))
        assert admin is not None
        actor = Actor(admin.id, admin.login, admin.name, Role.SYSTEM, None, admin.account or "")
        yield services, actor
    finally:
        await services.close()
