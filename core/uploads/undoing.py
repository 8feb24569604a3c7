"""Undoing an upload: whom it created and nobody has changed since is deleted."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.app.actor import Actor
from core.app.audit import trail
from core.app.permissions import WRITERS, About, Shows
from core.app.use_case import Steps, use_case
from core.db.bulk import ids_of, still
from core.db.models import Recipient, Upload
from core.db.rows import count_rows
from core.recipients.reading import NAMED
from core.recipients.service import delete_these
from core.uploads import queries
from core.uploads.dto import UndoResult
from core.uploads.reading import UploadReading
from core.uploads.tagged_since import tagged_since
from core.values.errors import ActionBlocked
from core.values.i18n import _
from core.values.jobs import Job
from core.values.times import now


class UploadUndoing(UploadReading):
    """The part of the upload service that undoes one."""

    @use_case(WRITERS, "steps", upload_id=About.UPLOAD, shows=Shows.RECORDED)
    async def undo(self, steps: Steps, upload_id: int, job: Job | None = None) -> UndoResult:
        """Delete what the upload created, except whom somebody has done anything with since; those are named.

        Cancelled in between it goes on when it is asked for again; until then the upload counts as not undone.
        Raises NotFound, and ActionBlocked where it was undone already.
        """

        async def untouched(session: AsyncSession, ids: Sequence[int]) -> sa.ColumnElement[bool]:
            tagged = await tagged_since(session, upload_id, ids)
            return ~queries.changed_since() & ~tagged

        async with steps.reading() as (session, actor):
            await _refuse_undone(session, actor, upload_id)
            select = sa.select(Recipient.id).where(*_created_for(actor, upload_id))
            created = await ids_of(session, select.order_by(Recipient.id))
            ids = await still(session, Recipient.id, created, await untouched(session, created))
        deletion = await delete_these(steps, ids, job, upload_id=upload_id, only=untouched)
        if not deletion.done.is_whole:
            return UndoResult(deletion.done)
        async with steps.writing() as (session, actor):
            await _refuse_undone(session, actor, upload_id)
            theirs = _created_for(actor, upload_id)
            kept = await count_rows(session, Recipient, *theirs)
            some = sa.select(Recipient.name).where(*theirs).order_by(Recipient.id).limit(NAMED)
            names = tuple(await session.scalars(some))
            organization_id = await _mark_undone(session, actor, upload_id, now())
            await trail.record(
                session, actor, "upload.undo", "upload", upload_id, organization_id=organization_id,
                details={"deletion": deletion.id, "left": deletion.count, "kept": kept},
            )  # fmt: skip
        return UndoResult(deletion.done, names, kept)


async def _refuse_undone(session: AsyncSession, actor: Actor, upload_id: int) -> None:
    if (await queries.summary(session, actor, upload_id)).undone_at is not None:
        raise ActionBlocked(_("This upload was undone already."))


def _created_for(actor: Actor, upload_id: int) -> list[Any]:
    """The recipients that the upload created, nobody has deleted and the actor may see."""
    conditions: list[Any] = queries.created_by(upload_id)
    if not actor.sees_all:
        conditions.append(Recipient.organization_id == actor.organization_id)
    return conditions


async def _mark_undone(
    session: AsyncSession, actor: Actor, upload_id: int, moment: datetime
) -> int | None:
    """Gives whose it was; None where it was several organizations'."""
    upload = await session.get_one(Upload, upload_id)
    upload.undone_at = moment
    upload.undone_by = actor.admin_id
    await session.flush()
    return upload.organization_id
