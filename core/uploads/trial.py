"""What would come of checked rows, thousands at once: nothing is saved."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import TypeVar

from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncSession

from core.recipients.fields import FieldName, texts_of
from core.tags import assigning
from core.tags import queries as tagged
from core.tags.rules import joined, key_of
from core.uploads.dto import ResultRow, RowResult, failed_row
from core.uploads.given_tags import GivenTag
from core.uploads.protocol import Rows, decode_numbers, decode_others, decode_rows
from core.uploads.rows import Existing, GoodRow
from core.uploads.rules import is_unchanged, taken_words, why_taken
from core.uploads.statements import Statements
from core.uploads.tally import Tally
from core.values.i18n import told
from core.values.jobs import Job
from core.values.phone import show

_SLICE = 500
_PHONE = FieldName.PHONE.value
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
        self._tags: list[GivenTag] = []
        self._given_to_new: set[tuple[int, str]] = set()

    async def take(self, parts: Sequence[Rows], job: Job) -> None:
        """Take these rows. Raises Cancelled."""
        total = sum(rows.count for rows in parts)
        self._tags = [tag for rows in parts for tag in rows.tags]
        for rows in parts:
            await self._take(rows)
            job.report(total, total)
        if self._tags:
            has = await tagged.known(self._session, self._tags)
            assigning.require_room(self._given_to_new, has)

    async def _take(self, rows: Rows) -> None:
        found = await self._session.execute(self._sql.existing, {"rows": rows.good.decode()})
        known = {
            row: Existing(*texts, id=one, has_other_guardian=bool(other))
            for row, one, other, *texts in found
        }
        self.told += [existing.id for existing in known.values()]
        tally = self.tally
        good = decode_rows.decode(rows.good)
        if self._tags:
            await self._compare_tags(good, known)
        async for part in _slices(good):
            for row in part:
                result = self._result(row, known.get(row.row))
                tally.created += result.result is RowResult.CREATED
                tally.unchanged += result.result is RowResult.UNCHANGED
                tally.failed += result.result is RowResult.FAILED
                tally.rows.append(result)
        async for bad in _slices(decode_others.decode(rows.bad)):
            for one in bad:
                tally.rows.append(failed_row(one.row, one.given, one.reasons, one.warnings))
        tally.failed += rows.bad_count
        tally.warnings += rows.warnings

    async def _compare_tags(self, rows: Sequence[GoodRow], known: dict[int, Existing]) -> None:
        """See who of those that are there has other tags than its row gives, and which ones are new to whom."""
        own = await tagged.of_each(self._session, [one.id for one in known.values()])
        for row in rows:
            if not row.tags:
                continue
            given = {self._tags[number][:2] for number in decode_numbers(row.tags)}
            if (existing := known.get(row.row)) is None:
                self._given_to_new |= given
                continue
            has = {(row.organization_id, key_of(name)) for name in own.get(existing.id, ())}
            known[row.row] = replace(existing, has_other_tags=has != given)

    def _names(self, row: GoodRow) -> str:
        if not row.tags:
            return ""
        given = sorted(self._tags[number][1:] for number in decode_numbers(row.tags))
        return joined(name for _key, name in given)

    def _result(self, row: GoodRow, existing: Existing | None) -> ResultRow:
        organization = self._organizations.get(row.organization_id, "")
        phone = show(row.phone, self._region)
        if existing is not None and not is_unchanged(row, existing):
            given = {**texts_of(row), _PHONE: row.given_phone, "organization": organization}
            given |= {"guardian": row.guardian, "guardian_phone": row.guardian_phone}
            given |= {"tags": self._names(row)}
            kept = {key: value for key, value in given.items() if value}
            words = [taken_words(why_taken(row, existing), existing.name, phone)]
            return failed_row(row.row, {**kept, "fields": [_PHONE]}, words, row.warnings)
        return ResultRow(
            **{**texts_of(row), _PHONE: phone},
            row=row.row,
            result=RowResult.CREATED if existing is None else RowResult.UNCHANGED,
            recipient_id=None if existing is None else existing.id,
            organization=organization,
            guardian=row.guardian,
            guardian_phone=show(row.guardian_phone, self._region) if row.guardian_phone else "",
            tags=self._names(row),
            warnings=tuple(map(told, row.warnings)),
        )


async def _slices(rows: list[Row]) -> AsyncIterator[list[Row]]:
    """The rows a few hundred at a time; keys are answered in between."""
    for start in range(0, len(rows), _SLICE):
        yield rows[start : start + _SLICE]
        await asyncio.sleep(0)
