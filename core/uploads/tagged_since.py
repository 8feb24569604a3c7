"""Whose tags somebody has changed since an upload created them; the record of changes tells.

A tag has no time, and one that was taken leaves no row.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.app.audit.trail import runs_of
from core.db.bulk import among
from core.db.models import AuditRecord, Recipient
from core.values.stored import stored_list

_TAG, _EDIT = "recipient.tag", "recipient.edit"


async def tagged_since(
    session: AsyncSession, upload_id: int, ids: Sequence[int]
) -> sa.ColumnElement[bool]:
    """Whether it is one of those of the IDs (sorted), as a condition.

    A record counts for recipients of its organization only: who writes one by SQL may name others.
    """
    taken_in = sa.select(sa.func.max(AuditRecord.id)).where(
        AuditRecord.subject == "upload",
        AuditRecord.subject_id == upload_id,
        AuditRecord.action == "upload.take_in",
    )
    records = sa.select(AuditRecord.action, AuditRecord.organization_id, AuditRecord.details).where(
        AuditRecord.subject == "recipient",
        AuditRecord.subject_id.is_(None),
        AuditRecord.action.in_((_TAG, _EDIT)),
        AuditRecord.id > sa.func.coalesce(taken_in.scalar_subquery(), 0),
    )
    found: dict[int, set[int]] = defaultdict(set)
    for action, organization_id, details in await session.execute(records):
        if action == _TAG or "tags" in stored_list(details.get("fields")):
            for first, last in runs_of(details):
                found[organization_id].update(
                    ids[bisect_left(ids, first) : bisect_right(ids, last)]
                )
    return sa.or_(
        sa.false(),
        *(
            sa.and_(
                Recipient.organization_id == organization_id,
                among(session, Recipient.id, sorted(whom)),
            )
            for organization_id, whom in found.items()
        ),
    )
