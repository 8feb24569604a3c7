"""What an organization's admins have said of headers that are not known, kept by the set of headers."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from core.db.models import HeaderMapping
from core.recipients.fields import SHEET
from core.values import times
from core.values.stored import stored_object

_MOST = 200  # sets of headers that are looked at, the last used first
_INSERTS: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
_FIELDS = {field.name.value for field in SHEET} | {""}


async def kept(session: AsyncSession, organization_id: int | None) -> dict[str, dict[str, str]]:
    """What was said for the organization, by the digest of the headers."""
    if organization_id is None:
        return {}
    select = (
        sa.select(HeaderMapping.digest, HeaderMapping.mapping)
        .where(HeaderMapping.organization_id == organization_id)
        .order_by(HeaderMapping.used_at.desc(), HeaderMapping.id.desc())
        .limit(_MOST)
    )
    return {
        digest: {str(key): str(field) for key, field in said.items() if field in _FIELDS}
        for digest, mapping in (await session.execute(select)).all()
        for said in (stored_object(mapping),)
    }


async def keep(
    session: AsyncSession, organization_id: int | None, digest: str, mapping: Mapping[str, str]
) -> None:
    """Keep what was said, for the next file with these headers."""
    if organization_id is None or not digest or not mapping:
        return
    whole = {**(await kept(session, organization_id)).get(digest, {}), **mapping}
    insert = _INSERTS[session.get_bind().dialect.name](HeaderMapping)
    values = {"mapping": whole, "used_at": times.now()}
    await session.execute(
        insert.values(
            organization_id=organization_id, digest=digest, **values
        ).on_conflict_do_update(index_elements=["organization_id", "digest"], set_=values)
    )
