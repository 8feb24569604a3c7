"""Erasing for good what its time is over, which the settings ``retention`` say for each kind, and who asks for it.

Everything is done in small transactions, so that nobody else waits long, and a run that ends in the middle is
continued by the next. Voice files go before the rows that name them: a file without a row would stay for ever.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncSession

from core.app.actor import Actor
from core.app.audit import trail
from core.app.audit.access import note_access
from core.app.permissions import SYSTEM_ADMINS, About, Shows
from core.app.use_case import Service, Steps, use_case
from core.calls.metrics import refresh_metrics
from core.db.bulk import pieces
from core.db.models import Call, Deletion, Handover, Recipient, Upload, View
from core.db.rows import change_rows, delete_rows
from core.duplicates.merging import parts_of
from core.recipients.masking import is_masked
from core.retention import purging, queries
from core.retention.dto import Erased, Held
from core.retention.recipients import IS_DOOMED, erase_recipients, erase_voice, to_erase
from core.retention.rules import check_reason, expired_before
from core.retention.tidying import Tidied, copies_before, tidy, tidy_at_once, will_be_untidy
from core.retention.tracing import People, traces_of
from core.values import phone
from core.values.jobs import Job
from core.values.times import now
from core.written.expiring import count_written, erase_written

Purge = Callable[[AsyncSession, Sequence[int]], Awaitable[None]]


class RetentionService(Service, name="retention"):
    """Erases personal data; for system admins."""

    @use_case(SYSTEM_ADMINS, "steps", shows=Shows.RECORDED)
    async def erase_expired(self, steps: Steps, job: Job | None = None) -> Erased:
        """Erase what is expired, and leave not a byte of it in the database's files.

        ``job`` hears how many of the recipients are done. Ended in between, it goes on the next time.
        """
        moment, keep = now(), self._settings.retention
        before = expired_before(keep.deleted_recipients, moment)
        erased = await self._recipients(steps, before, job or Job())
        if before:
            # what was searched for may be somebody's name
            views = sa.select(View.id).where(View.deleted_at < before)
            await self._purge(steps, "view", views, purging.purge_views)
        if before := expired_before(keep.calls, moment):
            old = Call.started_at < before
            erased = await self._calls(steps, old, whole=True, erased=erased)
        if before := expired_before(keep.voice, moment):
            old = sa.and_(Call.started_at < before, Call.voice_file.is_not(None))
            erased = await self._calls(steps, old, whole=False, erased=erased)
        if before := expired_before(keep.uploads, moment):
            uploads = sa.select(Upload.id).where(Upload.created_at < before, Upload.file_hash != "")
            count = await self._purge(steps, "upload", uploads, purging.purge_uploads, size=1)
            erased = erased.plus(uploads=count)
            erased = await self._held(steps, before, erased)
        if before := expired_before(keep.handovers, moment):
            signed = sa.select(Handover.id).where(Handover.signed_at < before).order_by(Handover.id)
            count = await self._purge(steps, "handover", signed, purging.purge_handovers)
            erased = erased.plus(handovers=count)
        if before := expired_before(keep.files, moment):
            files, left = await asyncio.to_thread(erase_written, self._settings.data_dir, before)
            erased = replace(erased, files=files, files_left=left)
        return await self._tidied(erased, await tidy(self._database))

    @use_case(SYSTEM_ADMINS, "read", shows=Shows.RECORDED, recipient_id=About.RECIPIENT)
    async def held(self, session: AsyncSession, actor: Actor, recipient_id: int) -> Held:
        """How much is kept of a recipient, deleted or not; that is recorded. Raises NotFound."""
        found, organization_id = await queries.held(session, recipient_id)
        note_access(
            session, actor, "look.details", "recipient", recipient_id,
            organization_id=organization_id,
        )  # fmt: skip
        written = await asyncio.to_thread(count_written, self._settings.data_dir)
        number = phone.hide(found.phone) if is_masked(actor, self._settings) else found.phone
        return replace(found, phone=number, written=written)

    @use_case(SYSTEM_ADMINS, "steps", shows=Shows.RECORDED, recipient_id=About.RECIPIENT)
    async def erase(
        self, steps: Steps, recipient_id: int, reason: str, job: Job | None = None
    ) -> Erased:
        """Erase a recipient now, deleted before or not, and leave not a byte in the database's files.

        Once begun, nobody sees the recipient any more, and no delete can be undone that took it. Ended in between,
        it goes on the next time, as it does with what is expired. Raises NotFound, and InvalidInput (``reason``).
        """
        people = await self._begin(steps, recipient_id, reason)
        erased = await erase_recipients(
            steps, self._settings, people, job or Job(), ids=(recipient_id,)
        )
        return await self._tidied(erased, await tidy_at_once(self._database))

    async def _begin(self, steps: Steps, recipient_id: int, reason: str) -> People:
        """Delete the recipient for good, with the record; nobody where it was erased already."""
        async with steps.writing() as (session, actor):
            row = await queries.present_or_deleted(session, recipient_id)
            if row.name == "":
                await will_be_untidy(session)  # it may have ended before its files were made anew
                return {}
            values = {
                "deleted_at": sa.func.coalesce(Recipient.deleted_at, now()),
                "deletion_id": None,
                "version": Recipient.version + 1,
            }
            # who became part of it is the same person
            ids = [recipient_id, *await parts_of(session, recipient_id)]
            deletions = sa.select(Recipient.deletion_id).where(
                Recipient.id.in_(ids), Recipient.deletion_id.is_not(None)
            )
            taken_by = list(await session.scalars(deletions))
            await change_rows(session, Recipient, Recipient.id.in_(ids), **values)
            people = await to_erase(session, Recipient.id.in_(ids))
            reason = check_reason(reason, await traces_of(session, people))
            if taken_by:
                await self._forget_empty(session, Deletion.id.in_(taken_by))
            await trail.record(
                session, actor, "recipient.erase", "recipient", recipient_id,
                organization_id=row.organization_id, details={"reason": reason},
            )  # fmt: skip
            return people

    async def _tidied(self, erased: Erased, tidied: Tidied) -> Erased:
        copies = await asyncio.to_thread(copies_before, self._database.path)
        return replace(
            erased,
            journal_in_use=tidied is Tidied.IN_USE,
            server_keeps=tidied is Tidied.SERVER_KEEPS,
            copies_before=copies,
        )

    async def _recipients(self, steps: Steps, before: datetime | None, job: Job) -> Erased:
        expired = IS_DOOMED if before is None else IS_DOOMED | (Recipient.deleted_at < before)
        async with steps.reading() as (session, _actor):
            people = await to_erase(session, expired)
        erased = await erase_recipients(steps, self._settings, people, job, before)
        if people and before:
            async with steps.writing() as (session, _actor):
                await self._forget_empty(session, Deletion.created_at < before)
        return erased

    @staticmethod
    async def _forget_empty(session: AsyncSession, which: sa.ColumnElement[bool]) -> None:
        """A delete of which nobody is left tells nothing any more."""
        left = sa.select(Recipient.id).where(Recipient.deletion_id == Deletion.id)
        await delete_rows(session, Deletion, which, ~left.correlate(Deletion).exists())

    async def _calls(
        self, steps: Steps, which: sa.ColumnElement[bool], *, whole: bool, erased: Erased
    ) -> Erased:
        """Erase the voice files of these calls, and (``whole``) the calls."""
        for batch in await self._expired_calls(steps, which):
            stuck, files = await erase_voice(steps, self._settings, Call.id.in_(list(batch)))
            gone = [call for call, recipient in batch.items() if recipient not in stuck]
            erased = erased.plus(voice_files=files, voice_left=len(stuck))
            if not gone:
                continue
            async with steps.writing() as (session, actor):
                await will_be_untidy(session)
                if whole:
                    await purging.purge_calls(session, gone)
                    whose = Recipient.id.in_(set(batch.values()))
                    await refresh_metrics(session, self._settings, whose)
                else:
                    await purging.forget_voice(session, gone)
                action = "call.purge" if whole else "voice.purge"
                await trail.record_many(session, actor, action, "call", gone)
            erased = erased.plus(calls=len(gone) if whole else 0)
        return erased

    async def _purge(
        self,
        steps: Steps,
        subject: str,
        expired: sa.Select[Any],
        purge: Purge,
        size: int = purging.BATCH,
    ) -> int:
        """Erase what the select gives the IDs of, so many at once; gives how many."""
        async with steps.reading() as (session, _actor):
            ids = list(await session.scalars(expired))
        for part in pieces(ids, size):
            async with steps.writing() as (session, actor):
                await will_be_untidy(session)
                await purge(session, part)
                await trail.record_many(session, actor, f"{subject}.purge", subject, part)
        return len(ids)

    async def _expired_calls(
        self, steps: Steps, which: sa.ColumnElement[bool]
    ) -> list[dict[int, int]]:
        """Calls and their recipients, in batches."""
        async with steps.reading() as (session, _actor):
            select = sa.select(Call.id, Call.recipient_id).where(which).order_by(Call.id)
            found = [(row[0], row[1]) for row in (await session.execute(select)).all()]
        return [dict(part) for part in pieces(found, purging.BATCH)]

    async def _held(self, steps: Steps, before: datetime, erased: Erased) -> Erased:
        async with steps.writing() as (session, actor):
            count = await purging.purge_held(session, before)
            if count:
                await will_be_untidy(session)
                await trail.record(
                    session, actor, "delivery.purge", "delivery", details={"count": count}
                )
        return erased.plus(deliveries=count)
