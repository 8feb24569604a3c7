"""Erasing recipients for good: those whose time is over, and those who asked for it. One way for both.

What is found by name and number goes first (failed rows of uploads, deliveries that could not be stored, shared
texts, drafts), then the voice files, and last the rows that say whose all that was: a run that ends in between is
continued by the next. Nobody sees a recipient of whom something is gone: all of them are deleted before.
"""

import asyncio
from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncSession

from core.app.audit import trail
from core.app.use_case import Steps
from core.db.bulk import pieces
from core.db.models import Call, Recipient, Upload
from core.db.rows import columns_of
from core.io import drafts
from core.retention import purging
from core.retention.blotting import Traces
from core.retention.dto import Erased
from core.retention.tidying import will_be_untidy
from core.retention.tracing import People, traces_of
from core.retention.voice import erase_voice_file
from core.values.errors import ActionBlocked
from core.values.jobs import Job
from core.values.settings import Settings
from core.voice.rules import check_owner
from core.voice.waveform import WAVEFORMS

# deleted for good, and only not yet erased: no delete could bring them back
IS_DOOMED = sa.and_(Recipient.deleted_at.is_not(None), Recipient.deletion_id.is_(None))


async def to_erase(session: AsyncSession, *which: sa.ColumnElement[bool]) -> People:
    """Who of the deleted recipients that meet the conditions is not erased yet."""
    columns = columns_of(purging.Gone, Recipient)
    select = sa.select(Recipient.id, *columns).where(
        *which, Recipient.deleted_at.is_not(None), Recipient.name != ""
    )
    rows = await session.execute(select.order_by(Recipient.id))
    return {row[0]: purging.Gone(*row[1:]) for row in rows}


async def erase_recipients(
    steps: Steps,
    settings: Settings,
    people: People,
    job: Job,
    drafts_before: datetime | None = None,
    ids: Collection[int] = (),
) -> Erased:
    """Erase these deleted recipients, and drafts about them, or about the ones with these ``ids``.

    ``job`` hears how many of them are done.
    """
    traces, erased = Traces.of((), ()), Erased()
    if people:
        async with steps.reading() as (session, _actor):
            traces = await traces_of(session, people)
        uploaded = await _newest_upload(steps)
        erased = await _erase_traces(steps, people, traces, erased)
    where, ids = (settings.state_dir, settings.database), {*people, *ids}
    removed = await asyncio.to_thread(
        drafts.erase, *where, recipients=ids, before=drafts_before, blot=traces.blotted
    )
    still = await asyncio.to_thread(drafts.still_open, *where, ids, traces.blotted)
    erased = replace(erased, drafts=removed, drafts_open=still)
    for at, part in enumerate(pieces(list(people), purging.BATCH)):
        job.tell(at * purging.BATCH, len(people))
        stuck, files = await erase_voice(steps, settings, Call.recipient_id.in_(part))
        gone = [one for one in part if one not in stuck]
        if gone:
            async with steps.writing() as (session, actor):
                await will_be_untidy(session)
                await purging.purge_recipients(session, gone)
                await trail.record_many(session, actor, "recipient.purge", "recipient", gone)
        erased = erased.plus(recipients=len(gone), voice_files=files, voice_left=len(stuck))
    if people and await _newest_upload(steps) != uploaded:
        erased = await _erase_traces(steps, people, traces, erased)  # of rows that came meanwhile
    return erased


async def _newest_upload(steps: Steps) -> int:
    async with steps.reading() as (session, _actor):
        return await session.scalar(sa.select(sa.func.max(Upload.id))) or 0


async def _erase_traces(steps: Steps, people: People, traces: Traces, erased: Erased) -> Erased:
    """What tells of them in the database and is linked to nobody."""
    async with steps.reading() as (session, _actor):
        rows = await purging.rows_about(session, list(people.values()))
        held = await purging.held_naming(session, traces)
        shared = await purging.shared_texts(session, traces)
        naming = await purging.rows_naming(session, traces)
    for part in pieces(rows, purging.BATCH):
        async with steps.writing() as (session, _actor):
            await will_be_untidy(session)
            await purging.forget_rows(session, part)
    views = sum(map(len, naming.values()))
    if held or shared or views:
        async with steps.writing() as (session, _actor):
            await will_be_untidy(session)
            await purging.forget_held(session, held)
            await purging.blot(session, traces, shared)
            await purging.forget_naming(session, naming)
    texts = sum(len(ids) for _model, _name, ids in shared)
    return erased.plus(deliveries=len(held), texts=texts, views=views)


async def erase_voice(
    steps: Steps, settings: Settings, which: sa.ColumnElement[bool]
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
    waveforms = settings.state_dir / WAVEFORMS
    for recipient_id, file in files:
        if not await asyncio.to_thread(erase_voice_file, settings.voice_dir, file, waveforms):
            stuck.add(recipient_id)
            left += 1
    return stuck, len(files) - left


def _is_own(file: str, key: str | None, organization_id: int) -> bool:
    try:
        check_owner(file, key, organization_id)
    except ActionBlocked:
        return False
    return True
