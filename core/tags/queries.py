"""Selects on tags: of those whom the caller has found, nobody else."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.db.bulk import among
from core.db.models import RecipientTag, Tag


async def known(
    session: AsyncSession, wanted: Iterable[tuple[int, str, str]]
) -> dict[tuple[int, str], int]:
    """The IDs, by organization and key, of the tags of the organizations in which some are wanted."""
    organizations = {organization_id for organization_id, _key, _name in wanted}
    if not organizations:
        return {}
    select = sa.select(Tag.organization_id, Tag.name_key, Tag.id)
    found = await session.execute(
        select.where(among(session, Tag.organization_id, sorted(organizations)))
    )
    return {(organization_id, key): tag_id for organization_id, key, tag_id in found}


async def of_each(session: AsyncSession, ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """The names of the tags of each of these recipients who has some, in their order."""
    if not ids:
        return {}
    found: dict[int, list[str]] = defaultdict(list)
    columns = (Tag.name_key, Tag.name, RecipientTag.recipient_id)
    select = sa.select(*columns).join(RecipientTag, RecipientTag.tag_id == Tag.id)
    which = among(session, RecipientTag.recipient_id, sorted(ids))
    rows = (await session.execute(select.where(which))).all()
    # few, so that no index has to be in their order
    for row in sorted(rows, key=lambda row: row.name_key):
        found[row.recipient_id].append(row.name)
    return {recipient_id: tuple(names) for recipient_id, names in found.items()}
