"""Erasing for good what its time is over; which time, the settings ``retention`` say for each kind.

Everything is done in small transactions, so that nobody else waits long, and a run that ends in the middle is
continued by the next. Voice files go before the rows that name them: a file without a row would stay for ever.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.app.audit import trail
from core.app.permissions import SYSTEM_ADMINS, Shows
from core.app.use_case import Service, Steps, use_case
from core.calls.metrics import refresh_metrics
from core.db.engine import delete_rows
from core.db.models import Call, Deletion, Handover, Recipient, Upload
from core.io import drafts
from core.retention import purging
from core.retention.dto import Erased
from core.retention.rules import expired_before
from core.retention.tidying import copies_before, tidy, will_be_untidy
from core.retention.voice import erase_voice_file
from core.values.errors import ActionBlocked
from core.values.jobs import Job
from core.values.times import now
from core.voice.rules import check_owner
from core.voice.waveform import WAVEFORMS
from core.written.expiring import erase_written

_BATCH = 200


class RetentionService(Service, name="retention"):
    """Erases personal data; for system admins."""

    @use_case(SYSTEM_ADMINS, "steps", shows=Shows.RECORDED)
    async def erase_expired(self, steps: Steps, job: Job | None = None) -> Erased:
        """Erase what is expired, and leave not a byte of it in the database's files.

        ``job`` hears how many of the recipients are done. Ended in between, it goes on the next time.
        """
        moment, keep = now(), self._settings.retention
        erased = Erased()
        if before := expired_before(keep.deleted_recipients, moment):
            erased = await self._recipients(steps, before, erased, job or Job())
        if before := expired_before(keep.calls, moment):
            erased = await self._calls(steps, before, erased)
        if before := expired_before(keep.voice, moment):
            erased = await self._voice(steps, before, erased)
        if before := expired_before(keep.uploads, moment):
            erased = await self._uploads(steps, before, erased)
            erased = await self._held(steps, before, erased)
        if before := expired_before(keep.handovers, moment):
            erased = await self._handovers(steps, before, erased)
        if before := expired_before(keep.files, moment):
            files, left = await asyncio.to_thread(erase_written, self._settings.data_dir, before)
            erased = replace(erased, files=files, files_left=left)
        tidied = await tidy(self._database)
        copies = await asyncio.to_thread(copies_before, self._database.path)
        return replace(erased, journal_in_use=not tidied, copies_before=copies)

    async def _recipients(self, steps: Steps, before: datetime, erased: Erased, job: Job) -> Erased:
        expired = (
            sa.select(
                Recipient.id,
                Recipient.organization_id,
                Recipient.name,
                Recipient.phone,
                Recipient.deleted_at,
            )
            .where(Recipient.deleted_at < before, Recipient.name != "")
            .order_by(Recipient.id)
        )
        async with steps.reading() as (session, _actor):
            people = {
                row.id: purging.Gone(row.organization_id, row.name, row.phone, row.deleted_at)
                for row in await session.execute(expired)
            }
            rows = await purging.rows_about(session, list(people.values())) if people else []
        for part in _parts(rows):
            async with steps.writing() as (session, _actor):
                await will_be_untidy(session)
                await purging.forget_rows(session, part)
        for at, ids in enumerate(_parts(list(people))):
            job.tell(at * _BATCH, len(people))
            of_them = Call.recipient_id.in_(ids)
            stuck, files = await self._erase_voice(steps, of_them)
            gone = [one for one in ids if one not in stuck]
            if gone:
                async with steps.writing() as (session, actor):
                    await will_be_untidy(session)
                    await purging.purge_recipients(session, gone)
                    await trail.record_many(session, actor, "recipient.purge", "recipient", gone)
            erased = replace(
                erased,
                recipients=erased.recipients + len(gone),
                voice_files=erased.voice_files + files,
                voice_left=erased.voice_left + len(stuck),
            )
        if people:
            async with steps.writing() as (session, _actor):
                # a delete of which nobody is left tells nothing any more
                left = sa.select(Recipient.id).where(Recipient.deletion_id == Deletion.id)
                empty = (Deletion.created_at < before, ~left.correlate(Deletion).exists())
                await delete_rows(session, Deletion, *empty)
        removed = drafts.erase(
            self._settings.state_dir,
            self._settings.database,
            recipients=set(people),
            before=before,
        )
        return replace(erased, drafts=removed)

    async def _calls(self, steps: Steps, before: datetime, erased: Erased) -> Erased:
        for batch in await self._expired_calls(steps, Call.started_at < before):
            stuck, files = await self._erase_voice(steps, Call.id.in_(list(batch)))
            gone = [call for call, recipient in batch.items() if recipient not in stuck]
            if gone:
                async with steps.writing() as (session, actor):
                    await will_be_untidy(session)
                    await purging.purge_calls(session, gone)
                    await refresh_metrics(
                        session, self._settings, Recipient.id.in_(set(batch.values()))
                    )
                    await trail.record_many(session, actor, "call.purge", "call", gone)
            erased = replace(
                erased,
                calls=erased.calls + len(gone),
                voice_files=erased.voice_files + files,
                voice_left=erased.voice_left + len(stuck),
            )
        return erased

    async def _voice(self, steps: Steps, before: datetime, erased: Erased) -> Erased:
        which = sa.and_(Call.started_at < before, Call.voice_file.is_not(None))
        for batch in await self._expired_calls(steps, which):
            stuck, files = await self._erase_voice(steps, Call.id.in_(list(batch)))
            gone = [call for call, recipient in batch.items() if recipient not in stuck]
            if gone:
                async with steps.writing() as (session, actor):
                    await will_be_untidy(session)
                    await purging.forget_voice(session, gone)
                    await trail.record_many(session, actor, "voice.purge", "call", gone)
            erased = replace(
                erased,
                voice_files=erased.voice_files + files,
                voice_left=erased.voice_left + len(stuck),
            )
        return erased

    async def _uploads(self, steps: Steps, before: datetime, erased: Erased) -> Erased:
        expired = sa.select(Upload.id).where(Upload.created_at < before, Upload.file_hash != "")
        async with steps.reading() as (session, _actor):
            ids = list(await session.scalars(expired))
        for upload_id in ids:
            async with steps.writing() as (session, actor):
                await will_be_untidy(session)
                await purging.purge_upload(session, upload_id)
                await trail.record_many(session, actor, "upload.purge", "upload", [upload_id])
        return replace(erased, uploads=len(ids))

    async def _handovers(self, steps: Steps, before: datetime, erased: Erased) -> Erased:
        expired = sa.select(Handover.id).where(Handover.signed_at < before).order_by(Handover.id)
        async with steps.reading() as (session, _actor):
            ids = list(await session.scalars(expired))
        for part in _parts(ids):
            async with steps.writing() as (session, actor):
                await will_be_untidy(session)
                await purging.purge_handovers(session, part)
                await trail.record_many(session, actor, "handover.purge", "handover", part)
        return replace(erased, handovers=len(ids))

    async def _expired_calls(
        self, steps: Steps, which: sa.ColumnElement[bool]
    ) -> list[dict[int, int]]:
        """Calls and their recipients, in batches."""
        async with steps.reading() as (session, _actor):
            select = sa.select(Call.id, Call.recipient_id).where(which).order_by(Call.id)
            found = [(row[0], row[1]) for row in (await session.execute(select)).all()]
        return [dict(part) for part in _parts(found)]

    async def _held(self, steps: Steps, before: datetime, erased: Erased) -> Erased:
        async with steps.writing() as (session, actor):
            count = await purging.purge_held(session, before)
            if count:
                await will_be_untidy(session)
                await trail.record(
                    session, actor, "delivery.purge", "delivery", details={"count": count}
                )
        return replace(erased, deliveries=count)

    async def _erase_voice(
        self, steps: Steps, which: sa.ColumnElement[bool]
    ) -> tuple[set[int], int]:
        """Erase the voice files of these calls, but for one that a row names and that is not its call's own.

        Gives the recipients of whom a file is left, and how many files are gone.
        """
        select = sa.select(
            Call.recipient_id, Call.voice_file, Call.voice_key, Call.organization_id
        ).where(which, Call.voice_file.is_not(None))
        async with steps.reading() as (session, _actor):
            files = [
                (row.recipient_id, str(row.voice_file))
                for row in await session.execute(select)
                if _is_own(str(row.voice_file), row.voice_key, row.organization_id)
            ]
        stuck: set[int] = set()
        left = 0
        for recipient_id, file in files:
            if not await asyncio.to_thread(self._erase_file, file):
                stuck.add(recipient_id)
                left += 1
        return stuck, len(files) - left

    def _erase_file(self, file: str) -> bool:
        waveforms = self._settings.state_dir / WAVEFORMS
        return erase_voice_file(self._settings.voice_dir, file, waveforms)


def _is_own(file: str, key: str | None, organization_id: int) -> bool:
    try:
        check_owner(file, key, organization_id)
    except ActionBlocked:
        return False
    return True


def _parts(found: Sequence[Any], size: int = _BATCH) -> list[Sequence[Any]]:
    return [found[start : start + size] for start in range(0, len(found), size)]
