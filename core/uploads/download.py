"""Downloads: recipients, filtered and sorted as they are listed, as a workbook that can be uploaded again."""

from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from core.app.audit import trail
from core.app.permissions import READERS, Shows
from core.app.use_case import Service, Steps, use_case
from core.contacts.queries import first_guardians
from core.db.models import Organization
from core.recipients.dto import ROW_COLUMNS, Anchor, Page, RecipientQuery
from core.recipients.fields import FIELDS, GUARDIAN, TAGS, Kind
from core.recipients.listing import query as listing
from core.recipients.masking import is_masked
from core.recipients.texts import forms_of_kept
from core.tags import queries as tagged
from core.tags.rules import joined
from core.uploads.sheet.header_words import written
from core.uploads.workbooks import MAXIMUM_ROWS, Layout
from core.uploads.writer import SheetWriter
from core.values import times
from core.values.errors import InvalidInput
from core.values.i18n import _
from core.values.jobs import Cancelled, Job
from core.values.phone import hide, mask, show
from core.values.settings import Settings
from core.values.text import clean_reason

_PAGE = 2_000
_NOBODY = "", ""


class DownloadService(Service, name="downloads"):
    """Writes workbooks of recipients, as far as the actor may see them."""

    @use_case(READERS, "steps", shows=Shows.RECORDED)
    async def write(
        self,
        steps: Steps,
        query: RecipientQuery,
        file: BinaryIO,
        *,
        reason: str,
        job: Job | None = None,
    ) -> int:
        """Write what the query lists to a new, open file; gives how many recipients.

        Raises Cancelled, and InvalidInput where no reason is given or the list is too long for a sheet.
        """
        job = job or Job()
        reason = clean_reason(reason)
        async with steps.reading() as (session, actor):
            total = await listing.count(session, actor, query, self._settings)
        if total >= MAXIMUM_ROWS:
            raise InvalidInput(
                _("{count} recipients do not fit into one sheet.").format(count=f"{total:,}"),
                _("Filter the list and download it in parts."),
            )
        zone = await self._record(steps, query, reason, total)
        rows = _Rows(self._settings, zone)
        async with SheetWriter(rows.layout) as sheet:
            count = await self._append_all(steps, query, sheet, rows, total, job)
            await sheet.save(file)
        return count

    async def _record(
        self, steps: Steps, query: RecipientQuery, reason: str, count: int
    ) -> ZoneInfo:
        """Record the download before anything leaves; gives the zone of its times."""
        async with steps.writing() as (session, actor):
            organization_id = query.organization_id if actor.sees_all else actor.organization_id
            await trail.record(
                session,
                actor,
                "recipient.download",
                "recipient",
                organization_id=organization_id,
                details={"count": count, "reason": reason, "filtered": query.is_filtered},
            )
            name = await session.scalar(
                sa.select(Organization.timezone).where(Organization.id == organization_id)
            )
        return times.zone_of(name, self._settings.zone)

    async def _append_all(
        self,
        steps: Steps,
        query: RecipientQuery,
        sheet: SheetWriter,
        rows: "_Rows",
        total: int,
        job: Job,
    ) -> int:
        # a recipient whose place in the order changes meanwhile is met again, and written once
        written: set[int] = set()
        anchor: Anchor | None = None
        while True:
            async with steps.reading() as (session, actor):
                wanted = Page(anchor, limit=_PAGE)
                page = await listing.kept(session, actor, query, self._settings, wanted)
                masked = is_masked(actor, self._settings)
                ids = [row.id for row in page]
                guardians = await first_guardians(session, ids)
                tags = await tagged.of_each(session, ids)
            if not page:
                return len(written)
            fresh = [row for row in page if row.id not in written]
            if fresh:
                await sheet.append(rows.texts(fresh, guardians, tags, masked=masked))
            written.update(row.id for row in fresh)
            try:
                job.report(len(written), total)
            except Cancelled:
                raise Cancelled(_("Cancelled; no file was written.")) from None
            anchor = Anchor(page[-1].sort_value, page[-1].id)


class _Rows:
    """Recipients as rows of texts: the columns of an upload, then the rest of the list."""

    def __init__(self, settings: Settings, zone: ZoneInfo) -> None:
        self._region = settings.region
        self._columns = [
            (field, ROW_COLUMNS.index(field.name), forms_of_kept(field, settings.region, zone))
            for field in FIELDS
        ]
        names = tuple(field.name.value for field in (*FIELDS, *GUARDIAN, TAGS))
        headers = tuple(written(name, settings.language, zone.key) for name in names)
        self.layout = Layout("recipients", names, headers)

    def texts(
        self,
        rows: Sequence[Any],
        guardians: Mapping[int, tuple[str, str]],
        tags: Mapping[int, Sequence[str]],
        *,
        masked: bool,
    ) -> list[Sequence[str]]:
        """The cells of these rows, as the database keeps them, and of the first guardian and the tags of each.

        ``masked``: without whole numbers.
        """
        kept = list(zip(*rows, strict=True))
        columns = []
        for field, at, forms in self._columns:
            hidden = masked and field.kind is Kind.PHONE
            columns.append(forms([hide(number) for number in kept[at]] if hidden else kept[at]))
        given = [guardians.get(row.id, _NOBODY) for row in rows]
        columns.append([name for name, _number in given])
        columns.append([self._number(number, masked=masked) for _name, number in given])
        columns.append([joined(tags.get(row.id, ())) for row in rows])
        return list(zip(*columns, strict=True))

    def _number(self, number: str, *, masked: bool) -> str:
        if not number:
            return ""
        return (mask if masked else show)(number, self._region)
