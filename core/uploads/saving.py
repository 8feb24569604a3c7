"""Saves checked rows, thousands at once, within the transaction of their upload."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, TypeVar

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.uploads.dto import CODE, ResultRow, RowResult, failed_row
from core.uploads.protocol import Rows, decode_others, decode_rows, encode_rows
from core.uploads.rules import Existing, GoodRow, OtherRow, is_unchanged, taken_words, why_taken
from core.uploads.statements import Statements
from core.values.phone import show

_NEVER_SPILL_PAGES = 1_000_000_000
_SLICE = 500
_NO_ROWS = b"[]"
_NO_UPLOAD = -1
Row = TypeVar("Row")


class Tally(msgspec.Struct):
    """How many rows came to what, and the row results where they are wanted."""

    created: int = 0
    unchanged: int = 0
    failed: int = 0
    warnings: int = 0
    rows: list[ResultRow] = []

    @property
    def read(self) -> int:
        """All of them."""
        return self.created + self.unchanged + self.failed


class Saver:
    """Sorts the rows of an upload into created, unchanged and failed; saves them where it has an ``upload_id``."""

    def __init__(
        self,
        session: AsyncSession,
        region: str,
        organizations: dict[int, str],
        upload_id: int | None,
        moment: datetime,
    ) -> None:
        self._session = session
        self._region = region
        self._organizations = organizations
        self._upload_id = upload_id
        self._moment = moment
        self._sql = Statements(session.get_bind().dialect.name)
        self.tally = Tally()
        self.told: list[int] = []  # the recipients whose numbers the results tell

    async def take(self, rows: Rows) -> None:
        """Take these rows."""
        known: dict[int, Existing] = {}
        good = rows.good.decode()
        # a number that somebody has already is left out by the insert, so that one look at the number of
        # rows is all that a file of new recipients costs
        fresh = await self._insert(rows, good) if self._upload_id is not None else 0
        if fresh < rows.good_count:
            known = await self._known(good)
            fresh = rows.good_count - len(known)
        self.told += [existing.id for existing in known.values()]
        others: list[OtherRow] = []
        if known or self._upload_id is None:
            decoded = decode_rows.decode(rows.good)
            async for part in _slices(decoded):
                others += [self._against(row, known[row[0]]) for row in part if row[0] in known]
            if self._upload_id is None:
                bad = decode_others.decode(rows.bad)
                await self._keep({row[0]: row for row in decoded}, known, [*bad, *others])
        if self._upload_id is not None:
            await self._save_results(good if fresh else "", others, rows.bad)
        unchanged = sum(other[1] == RowResult.UNCHANGED for other in others)
        self.tally.created += fresh
        self.tally.unchanged += unchanged
        self.tally.failed += len(others) - unchanged + rows.bad_count
        self.tally.warnings += rows.warnings

    async def _insert(self, rows: Rows, good: str) -> int:
        """Insert the recipients that are new; gives how many."""
        if not rows.good_count:
            return 0
        inserted: Any = await self._session.execute(
            self._sql.insert_recipients,
            {"rows": good, "moment": self._moment, "upload": self._upload_id},
        )
        return int(inserted.rowcount)

    async def _known(self, good: str) -> dict[int, Existing]:
        """The recipients that have the number of a row, this upload's own apart."""
        found = await self._session.execute(
            self._sql.existing, {"rows": good, "upload": self._upload_id or _NO_UPLOAD}
        )
        return {row: Existing(*recipient) for row, *recipient in found}

    def _against(self, row: GoodRow, existing: Existing) -> OtherRow:
        if is_unchanged(row, existing):
            return (row[0], RowResult.UNCHANGED.value, existing.id, {}, [], row[6], None, None)
        given = {"name": row[2], "phone": row[7], "other_information": row[4]}
        given["organization"] = self._organizations.get(row[1], "")
        given = {key: value for key, value in given.items() if value}
        reasons = [{CODE: why_taken(row, existing)}]
        return (
            row[0],
            RowResult.FAILED.value,
            None,
            {**given, "fields": ["phone"]},
            reasons,
            row[6],
            existing.id,
            row[3],
        )

    async def _save_results(self, good: str, others: list[OtherRow], bad: bytes) -> None:
        for statement, rows in (
            (self._sql.insert_created, good),
            (self._sql.insert_others, encode_rows(others).decode() if others else ""),
            (self._sql.insert_others, bad.decode() if bad != _NO_ROWS else ""),
        ):
            if rows:
                await self._session.execute(statement, {"rows": rows, "upload": self._upload_id})

    async def _keep(
        self,
        decoded: dict[int, GoodRow],
        known: dict[int, Existing],
        others: list[OtherRow],
    ) -> None:
        keep = self.tally.rows.append
        async for part in _slices([row for row in decoded.values() if row[0] not in known]):
            for row in part:
                keep(self._result(row, RowResult.CREATED, None))
        async for others_part in _slices(others):
            for number, result, recipient_id, given, reasons, warnings, about, _key in others_part:
                if result == RowResult.UNCHANGED:
                    keep(self._result(decoded[number], RowResult.UNCHANGED, recipient_id))
                elif about is None:
                    keep(failed_row(number, given, reasons, warnings))
                else:
                    name, phone = known[number].name, show(decoded[number][3], self._region)
                    words = [taken_words(reason[CODE], name, phone) for reason in reasons]
                    keep(failed_row(number, given, words, warnings))

    def _result(self, row: GoodRow, result: RowResult, recipient_id: int | None) -> ResultRow:
        return ResultRow(
            row=row[0],
            result=result,
            recipient_id=recipient_id,
            name=row[2],
            phone=show(row[3], self._region),
            other_information=row[4],
            organization=self._organizations.get(row[1], ""),
            warnings=tuple(row[6]),
        )


async def _slices(rows: list[Row]) -> AsyncIterator[list[Row]]:
    """The rows a few hundred at a time; keys are answered in between."""
    for start in range(0, len(rows), _SLICE):
        yield rows[start : start + _SLICE]
        await asyncio.sleep(0)


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
