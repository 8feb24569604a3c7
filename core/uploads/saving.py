"""Saves checked rows, all at once, within the transaction of their upload."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, TypeGuard

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from core.app.actor import Actor
from core.db.engine import Preparation
from core.db.models import UploadRow
from core.db.rows import is_sqlite
from core.tags import assigning
from core.tags import queries as tagged
from core.uploads import staging
from core.uploads.dto import RowResult
from core.uploads.given_tags import GivenTag
from core.uploads.protocol import Rows, Sheet
from core.uploads.rows import GoodRow, OtherRow
from core.uploads.statements import Statements
from core.uploads.tally import Tally
from core.values.jobs import Job

_NEVER_SPILL_PAGES = 1_000_000_000
_CACHE_KIB = 262_144  # more than an upload of 100,000 into 1,000,000 changes


class Saver:
    """Saves the rows of an upload.

    What others have to wait for are a few statements over rows that are there before (on PostgreSQL three a part):
    nothing is read or compared row by row here.
    """

    def __init__(self, parts: AsyncIterator[Rows | Sheet], dialect: str) -> None:
        self._parts = parts
        self._kept: list[Rows] = []  # where they cannot be taken apart before
        self._total = self._good = self._bad = self._warnings = self._guardians = 0
        self._tags: list[GivenTag] = []
        self._sql = Statements(dialect)

    async def ready(self) -> Preparation | None:
        """Gives what is to be done before the transaction, with which all rows are there. Raises as they come."""
        if self._sql.stages:
            return self._stage
        async for rows in self._parts:
            if self._counted(rows):
                self._kept.append(rows)
            else:
                self._kept.clear()
        return None

    async def _stage(self, connection: AsyncConnection) -> None:
        await staging.begin(connection)
        # each part while the next one is read
        async for rows in self._parts:
            if not self._counted(rows):
                await staging.forget(connection)
                continue
            if rows.good_count:
                await staging.add(connection, GoodRow, rows.good)
            if rows.bad_count:
                await staging.add(connection, OtherRow, rows.bad)

    def _counted(self, rows: Rows | Sheet) -> TypeGuard[Rows]:
        """Whether there are rows, which are counted; else none of those before counts."""
        if isinstance(rows, Sheet):
            self._total = self._good = self._bad = self._warnings = self._guardians = 0
            self._tags.clear()
            return False
        self._total += rows.count
        self._good += rows.good_count
        self._bad += rows.bad_count
        self._warnings += rows.warnings
        self._guardians += rows.guardians
        self._tags += rows.tags
        return True

    async def save(
        self, session: AsyncSession, actor: Actor, upload_id: int, moment: datetime, job: Job
    ) -> Tally:
        """Save all of them; gives how many rows came to what.

        Raises Cancelled, and InvalidInput where an organization would have too many tags.
        """
        upload: dict[str, int] = {"upload": upload_id}
        known = await tagged.known(session, self._tags)
        new = 0
        for good, bad in self._values():
            if good is not None:
                place = upload
                if self._sql.stages:
                    place = {**upload, "last": await session.scalar(self._sql.last) or 0}
                # a number that somebody has already is left out
                created: Any = await session.execute(
                    self._sql.insert_recipients, {**good, **place, "moment": moment}
                )
                new += created.rowcount
                job.report(self._total, self._total)
                if self._sql.stages:
                    await session.execute(self._sql.make_found, place)
                    job.report(self._total, self._total)
                if self._guardians:
                    given = {**good, **upload, "moment": moment}
                    await session.execute(self._sql.insert_guardians, given)
                given = {**good, **upload}
                if self._tags:
                    given |= {"tag_ids": _json([known.get(one[:2]) for one in self._tags])}
                    await self._give_tags(session, actor, given, known)
                    given |= {"tag_names": _json([name for *_key, name in self._tags])}
                if self._sql.stages and created.rowcount == self._good:
                    await session.execute(self._sql.insert_created, place)
                elif self._tags:
                    await session.execute(self._sql.insert_good_tagged, given)
                else:
                    await session.execute(self._sql.insert_good, given)
            if bad is not None:
                await session.execute(self._sql.insert_bad, {**bad, **upload})
            job.report(self._total, self._total)
        if new == self._total:
            return Tally(created=new, warnings=self._warnings)
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
            warnings=self._warnings,
        )

    async def _give_tags(
        self,
        session: AsyncSession,
        actor: Actor,
        given: dict[str, Any],
        known: dict[tuple[int, str], int],
    ) -> None:
        """Give the new recipients their tags; those that are not there yet are made."""
        upload = {name: given[name] for name in given if name != "tag_ids"}
        numbers = (await session.scalars(self._sql.tags_of_created, upload)).all()
        if not numbers:
            return
        for organization_id, key, name in (self._tags[number] for number in sorted(numbers)):
            if (organization_id, key) not in known:
                made = await assigning.ensure(session, actor, organization_id, name)
                known[organization_id, key] = made
        given["tag_ids"] = _json([known.get(one[:2]) for one in self._tags])
        await session.execute(self._sql.insert_tags, given)

    def _values(self) -> list[tuple[dict[str, str] | None, dict[str, str] | None]]:
        """What the statements about good and bad rows are given, for each part; None where there are none."""
        if self._sql.stages:
            return [({} if self._good else None, {} if self._bad else None)]
        return [
            (
                {"rows": rows.good.decode()} if rows.good_count else None,
                {"rows": rows.bad.decode()} if rows.bad_count else None,
            )
            for rows in self._kept
        ]


def _json(values: list[Any]) -> str:
    return msgspec.json.encode(values).decode()


async def recipients_told(session: AsyncSession, upload_id: int) -> list[int]:
    """The recipients of whom the results tell that they had a number of the file."""
    recipient_id = sa.func.coalesce(UploadRow.recipient_id, UploadRow.about_id)
    theirs = sa.select(recipient_id).where(
        UploadRow.upload_id == upload_id,
        UploadRow.result != RowResult.CREATED.value,
        recipient_id.is_not(None),
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
    for the upload. And once what was changed fills the cache, any other page would be read again each time it is
    looked at; so there is room for both. The connection, and its memory, end with the transaction.
    """
    if not is_sqlite(session) or await _has_log(session):
        yield
        return
    # OFF would not count until the transaction has ended
    await session.execute(sa.text(f"PRAGMA cache_spill={_NEVER_SPILL_PAGES}"))
    await session.execute(sa.text(f"PRAGMA cache_size=-{_CACHE_KIB}"))
    try:
        yield
    except BaseException:
        # whatever happened, a full disk or a cancelled statement: this connection is asked nothing more
        await session.invalidate()
        raise
    await session.execute(sa.text("PRAGMA cache_spill=1"))
