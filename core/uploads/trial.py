"""What would come of checked rows, thousands at once: nothing is saved."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from core.uploads.dto import ResultRow, RowResult, failed_row
from core.uploads.protocol import Rows, decode_others, decode_rows
from core.uploads.rules import Existing, GoodRow, is_unchanged, taken_words, why_taken
from core.uploads.statements import Statements
from core.uploads.tally import Tally
from core.values.jobs import Job
from core.values.phone import show

_SLICE = 500
Row = TypeVar("Row")


class Trial:
    """Sorts the rows of an upload into those that would be created, are unchanged, and fail."""

    def __init__(self, session: AsyncSession, region: str, organizations: dict[int, str]) -> None:
        self._session = session
        self._region = region
        self._organizations = organizations
        self._sql = Statements(session.get_bind().dialect.name)
        self.tally = Tally()
        self.told: list[int] = []  # the recipients whose numbers the results tell

    async def take(self, parts: Sequence[Rows], job: Job) -> None:
        """Take these rows. Raises Cancelled."""
        total = sum(rows.count for rows in parts)
        for rows in parts:
            await self._take(rows)
            job.report(total, total)

    async def _take(self, rows: Rows) -> None:
        found = await self._session.execute(self._sql.existing, {"rows": rows.good.decode()})
        known = {row: Existing(*recipient) for row, *recipient in found}
        self.told += [existing.id for existing in known.values()]
        tally = self.tally
        async for part in _slices(decode_rows.decode(rows.good)):
            for row in part:
                result = self._result(row, known.get(row[0]))
                tally.created += result.result is RowResult.CREATED
                tally.unchanged += result.result is RowResult.UNCHANGED
                tally.failed += result.result is RowResult.FAILED
                tally.rows.append(result)
        async for bad in _slices(decode_others.decode(rows.bad)):
            for number, _result, _recipient, given, reasons, warnings, _about, _key in bad:
                tally.rows.append(failed_row(number, given, reasons, warnings))
        tally.failed += rows.bad_count
        tally.warnings += rows.warnings

    def _result(self, row: GoodRow, existing: Existing | None) -> ResultRow:
        organization = self._organizations.get(row[1], "")
        if existing is not None and not is_unchanged(row, existing):
            given = {"name": row[2], "phone": row[7], "other_information": row[4]}
            given["organization"] = organization
            kept = {key: value for key, value in given.items() if value}
            code, phone = why_taken(row, existing), show(row[3], self._region)
            words = [taken_words(code, existing.name, phone)]
            return failed_row(row[0], {**kept, "fields": ["phone"]}, words, row[6])
        return ResultRow(
            row=row[0],
            result=RowResult.CREATED if existing is None else RowResult.UNCHANGED,
            recipient_id=None if existing is None else existing.id,
            name=row[2],
            phone=show(row[3], self._region),
            other_information=row[4],
            organization=organization,
            warnings=tuple(row[6]),
        )


async def _slices(rows: list[Row]) -> AsyncIterator[list[Row]]:
    """The rows a few hundred at a time; keys are answered in between."""
    for start in range(0, len(rows), _SLICE):
        yield rows[start : start + _SLICE]
        await asyncio.sleep(0)
