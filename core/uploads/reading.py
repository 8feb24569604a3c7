"""Reading uploads: which were made, and what became of their rows."""

from collections.abc import AsyncIterator
from typing import BinaryIO

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.app.actor import Actor
from core.app.audit import trail
from core.app.permissions import (
    READERS,
    About,
    Shows,
)
from core.app.use_case import Service, Steps, use_case
from core.db.models import Upload
from core.db.rows import count_rows
from core.uploads import queries
from core.uploads.dto import ResultFilter, ResultRow, UploadSummary
from core.uploads.queries import RowQueries
from core.uploads.workbooks import failed_layout, failed_texts, results_layout, results_texts
from core.uploads.writer import SheetWriter

_PAGE = 2_000


class UploadReading(Service):
    """The part of the upload service that reads."""

    @use_case(READERS, "read")
    async def uploads(
        self, session: AsyncSession, actor: Actor, *, start: int = 0, limit: int = 64
    ) -> list[UploadSummary]:
        """The uploads made so far, the newest first."""
        select = queries.summaries(actor).offset(start).limit(limit)
        return [queries.to_summary(row) for row in (await session.execute(select)).all()]

    @use_case(READERS, "read", shows=Shows.NOBODY)
    async def count(self, session: AsyncSession, actor: Actor) -> int:
        """How many uploads there are."""
        return await count_rows(session, Upload, queries.visible_uploads(actor))

    @use_case(READERS, "read", upload_id=About.UPLOAD)
    async def get(self, session: AsyncSession, actor: Actor, upload_id: int) -> UploadSummary:
        """One upload. Raises NotFound."""
        return await queries.summary(session, actor, upload_id)

    @use_case(READERS, "read", upload_id=About.UPLOAD)
    async def results(
        self,
        session: AsyncSession,
        actor: Actor,
        upload_id: int,
        wanted: ResultFilter | None = None,
        *,
        start: int = 0,
        limit: int = 64,
    ) -> list[ResultRow]:
        """Rows of an upload with what became of them, the failed ones first. Raises NotFound."""
        await queries.summary(session, actor, upload_id)
        rows = RowQueries(actor, upload_id, wanted or ResultFilter(), self._settings)
        failed = await session.scalar(rows.count(failed=True)) or 0
        found: list[ResultRow] = []
        if start < failed:
            select = rows.page(failed=True, offset=start, limit=limit)
            found += await rows.read(session, select)
        if len(found) < limit:
            select = rows.page(
                failed=False, offset=max(0, start - failed), limit=limit - len(found)
            )
            found += await rows.read(session, select)
        return found

    @use_case(READERS, "read", upload_id=About.UPLOAD, shows=Shows.NOBODY)
    async def count_results(
        self,
        session: AsyncSession,
        actor: Actor,
        upload_id: int,
        wanted: ResultFilter | None = None,
    ) -> int:
        """How many rows of the upload match. Raises NotFound."""
        await queries.summary(session, actor, upload_id)
        rows = RowQueries(actor, upload_id, wanted or ResultFilter(), self._settings)
        return await session.scalar(rows.count()) or 0

    @use_case(READERS, "steps", upload_id=About.UPLOAD, shows=Shows.RECORDED)
    async def write_results(
        self, steps: Steps, upload_id: int, file: BinaryIO, *, failed_only: bool
    ) -> int:
        """Write rows with what became of them as a workbook that can be corrected and uploaded; gives how many.

        Raises NotFound.
        """
        async with steps.writing() as (session, actor):
            upload = await queries.summary(session, actor, upload_id)
            whose = sa.select(Upload.organization_id).where(Upload.id == upload_id)
            await trail.record(
                session, actor, "upload.download", "upload", upload_id,
                organization_id=await session.scalar(whose), details={"failed_only": failed_only},
            )  # fmt: skip
        language = self._settings.language
        layout = failed_layout(language) if failed_only else results_layout(language)
        texts = failed_texts if failed_only else results_texts
        count = 0
        async with SheetWriter(layout) as sheet:
            async for page in self._pages(steps, upload_id, ResultFilter(failed_only)):
                await sheet.append([texts(row, upload.organization) for row in page])
                count += len(page)
            await sheet.save(file)
        return count

    @use_case(READERS, "steps", upload_id=About.UPLOAD)
    async def all_results(
        self, steps: Steps, upload_id: int, wanted: ResultFilter | None = None
    ) -> AsyncIterator[ResultRow]:
        """Every row that matches, in the order of the sheet, read in parts. Raises NotFound."""
        async for page in self._pages(steps, upload_id, wanted or ResultFilter()):
            for row in page:
                yield row

    async def _pages(
        self, steps: Steps, upload_id: int, wanted: ResultFilter
    ) -> AsyncIterator[list[ResultRow]]:
        after = 0
        while True:
            async with steps.reading() as (session, actor):
                await queries.summary(session, actor, upload_id)
                rows = RowQueries(actor, upload_id, wanted, self._settings)
                page = await rows.read(session, rows.page(after=after, limit=_PAGE))
            yield page
            if len(page) < _PAGE:
                return
            after = page[-1].row
