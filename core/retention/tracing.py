"""What somebody is known by in texts, as far as the database knows: to find it there, or to keep it out."""

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.db.bulk import pieces
from core.db.models import UploadRow
from core.retention import purging
from core.retention.blotting import Traces

People = Mapping[int, purging.Gone]


async def traces_of(session: AsyncSession, people: People) -> Traces:
    """What they are known by in texts: as they were last, and as uploads gave them."""
    names = [one.name for one in people.values()]
    numbers = [one.phone for one in people.values()]
    for part in pieces(list(people), purging.BATCH):
        theirs = UploadRow.recipient_id.in_(part) | UploadRow.about_id.in_(part)
        for given in await session.scalars(sa.select(UploadRow.given).where(theirs)):
            names.append(str(given.get("name", "")))
            numbers.append(str(given.get("phone", "")))
    return Traces.of(names, numbers)
