"""Saves checked rows, thousands at once, within the transaction of their upload."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from core.db.engine import Preparation
from core.db.models import UploadRow
from core.uploads.dto import RowResult
from core.uploads.protocol import Rows
from core.uploads.statements import Statements
from core.uploads.tally import Tally
from core.values.jobs import Job

_NEVER_SPILL_PAGES = 1_000_000_000


class Saver:
    """Saves the rows of an upload, in parts.

    What others have to wait for is three statements a part, over rows that were taken apart before: nothing is
    read or compared row by row here.
    """

    def __init__(self, rows: Sequence[Rows], dialect: str) -> None:
        self._rows = list(rows)
        self._sql = Statements(dialect)

    @property
    def prepare(self) -> Preparation | None:
        """What is done before the transaction."""
        return self._stage if self._sql.stages else None

    async def _stage(self, connection: AsyncConnection) -> None:
        await connection.exec_driver_sql(self._sql.stage_table)
        for at, rows in enumerate(self._rows):
            for values in (self._good(at), self._bad(at)):
                await connection.execute(self._sql.stage, values)
            # once is enough
            self._rows[at] = msgspec.structs.replace(rows, good=b"", bad=b"")

    def _good(self, at: int) -> dict[str, Any]:
        return {"part": 2 * at, "rows": self._rows[at].good.decode()}

    def _bad(self, at: int) -> dict[str, Any]:
        return {"part": 2 * at + 1, "rows": self._rows[at].bad.decode()}

    async def save(
        self, session: AsyncSession, upload_id: int, moment: datetime, job: Job
    ) -> Tally:
        """Save all of them; gives how many rows came to what. Raises Cancelled."""
        total = sum(rows.count for rows in self._rows)
        for at, rows in enumerate(self._rows):
            upload = {"upload": upload_id}
            if rows.good_count:
                # a number that somebody has already is left out
                good = {**self._good(at), **upload}
                await session.execute(self._sql.insert_recipients, {**good, "moment": moment})
                await session.execute(self._sql.insert_good, good)
            if rows.bad_count:
                await session.execute(self._sql.insert_bad, {**self._bad(at), **upload})
            job.report(total, total)
        counts = (
            sa.select(UploadRow.result, sa.func.count())
            .where(UploadRow.upload_id == upload_id)
            .group_by(UploadRow.result)
        )
        found = {row.result: row[1] for row in (await session.execute(counts)).all()}
        return Tally(
            created=found.get(RowResult.CREATED, 0),
            unchanged=found.get(RowResult.UNCHANGED, 0),
            failed=found.get(RowResult.FAILED, 0),
            warnings=sum(rows.warnings for rows in self._rows),
        )


async def whom_told(session: AsyncSession, upload_id: int) -> list[int]:
    """The recipients of whom the results tell that they had a number of the file."""
    whom = sa.func.coalesce(UploadRow.recipient_id, UploadRow.about_id)
    theirs = sa.select(whom).where(
        UploadRow.upload_id == upload_id,
        UploadRow.result != RowResult.CREATED.value,
        whom.is_not(None),
    )
    return list(await session.scalars(theirs))


async def _has_log(session: AsyncSession) -> bool:
    """Whether writers have a log of their own, beside which readers read on."""
    mode: str | None = await session.scalar(sa.text("PRAGMA journal_mode"))
    return mode == "wal"


@asynccontextmanager
async def readers_go_on(session: AsyncSession) -> AsyncIterator[None]:
    """Keep what is written in memory until the commit.

    Without WAL, SQLite would lock readers out as soon as its cache is full: every other console would wait
    for the upload.
    """
    if session.get_bind().dialect.name != "sqlite" or await _has_log(session):
        yield
        return
    # OFF would not count until the transaction has ended
    await session.execute(sa.text(f"PRAGMA cache_spill={_NEVER_SPILL_PAGES}"))
    try:
        yield
    except BaseException:
        # whatever happened, a full disk or a cancelled statement: this connection is asked nothing more
        await session.invalidate()
        raise
    await session.execute(sa.text("PRAGMA cache_spill=1"))
