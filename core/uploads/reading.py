"""Reading uploads: which were made, and what became of their rows."""

from collections.abc import AsyncIterator
from typing import BinaryIO

import sqlalchemy as sa

from core.app.actor import Actor, reread
from core.app.audit import trail
from core.db.engine import Database
from core.db.models import Upload
from core.uploads import queries
from core.uploads.dto import ResultFilter, ResultRow, UploadSummary
from core.uploads.queries import RowQueries
from core.uploads.workbooks import failed_layout, failed_texts, results_layout, results_texts
from core.uploads.writer import SheetWriter
from core.values.settings import Settings

_PAGE = 500


class UploadReading:
    """The part of the upload service that reads."""

    _database: Database
    _settings: Settings

    async def uploads(
        self, actor: Actor, *, start: int = 0, limit: int = 64
    ) -> list[UploadSummary]:
        """The uploads made so far, the newest first."""
        async with self._database.reading() as session:
            actor = await reread(session, actor)
            select = queries.summaries(actor).offset(start).limit(limit)
            return [queries.to_summary(row) for row in (await session.execute(select)).all()]

    async def count(self, actor: Actor) -> int:
        """How many uploads there are."""
        async with self._database.reading() as session:
            actor = await reread(session, actor)
            select = sa.select(sa.func.count()).select_from(Upload).where(queries.visible(actor))
            return await session.scalar(select) or 0

    async def get(self, actor: Actor, upload_id: int) -> UploadSummary:
        """One upload. Raises NotFound."""
        async with self._database.reading() as session:
            return await queries.summary(session, await reread(session, actor), upload_id)

    async def results(
        self,
        actor: Actor,
        upload_id: int,
        wanted: ResultFilter | None = None,
        *,
        start: int = 0,
        limit: int = 64,
    ) -> list[ResultRow]:
        """Rows of an upload with what became of them, the failed ones first. Raises NotFound."""
        async with self._database.reading() as session:
            actor = await reread(session, actor)
            await queries.summary(session, actor, upload_id)
            rows = RowQueries(actor, upload_id, wanted or ResultFilter(), self._settings)
            failed = await session.scalar(rows.count(failed=True)) or 0
            found = []
            if start < failed:
                select = rows.page(failed=True, offset=start, limit=limit)
                found += (await session.execute(select)).all()
            if len(found) < limit:
                select = rows.page(
                    failed=False, offset=max(0, start - failed), limit=limit - len(found)
                )
                found += (await session.execute(select)).all()
            return [rows.to_result(row) for row in found]

    async def count_results(
        self, actor: Actor, upload_id: int, wanted: ResultFilter | None = None
    ) -> int:
        """How many rows of the upload match. Raises NotFound."""
        async with self._database.reading() as session:
            actor = await reread(session, actor)
            await queries.summary(session, actor, upload_id)
            rows = RowQueries(actor, upload_id, wanted or ResultFilter(), self._settings)
            return await session.scalar(rows.count()) or 0

    async def write_results(
        self, actor: Actor, upload_id: int, file: BinaryIO, *, failed_only: bool
    ) -> int:
        """Write rows with what became of them as a workbook that can be corrected and uploaded; gives how many."""
        async with self._database.transaction() as session:
            current = await reread(session, actor)
            upload = await queries.summary(session, current, upload_id)
            details = {"failed_only": failed_only}
            await trail.record(
                session, current, "upload.download", "upload", upload_id, details=details
            )
        language = self._settings.language
        layout = failed_layout(language) if failed_only else results_layout(language)
        texts = failed_texts if failed_only else results_texts
        count = 0
        async with SheetWriter(layout) as sheet:
            async for page in self._pages(actor, upload_id, ResultFilter(failed_only)):
                await sheet.append([texts(row, upload.organization) for row in page])
                count += len(page)
            await sheet.save(file)
        return count

    async def all_results(
        self, actor: Actor, upload_id: int, wanted: ResultFilter | None = None
    ) -> AsyncIterator[ResultRow]:
        """Every row that matches, in the order of the sheet, read in parts. Raises NotFound."""
        async for page in self._pages(actor, upload_id, wanted or ResultFilter()):
            for row in page:
                yield row

    async def _pages(
        self, actor: Actor, upload_id: int, wanted: ResultFilter
    ) -> AsyncIterator[list[ResultRow]]:
        after = 0
        while True:
            async with self._database.reading() as session:
                actor = await reread(session, actor)
                await queries.summary(session, actor, upload_id)
                rows = RowQueries(actor, upload_id, wanted, self._settings)
                found = (await session.execute(rows.page(after=after, limit=_PAGE))).all()
                page = [rows.to_result(row) for row in found]
            yield page
            if len(page) < _PAGE:
                return
            after = page[-1].row
