"""Everything that is kept of one recipient, as the recipient may ask for it: gathered, recorded, written out."""

from functools import partial
from typing import Any, BinaryIO, cast

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncSession

from core.app.actor import Actor
from core.app.audit import trail
from core.app.audit.access import note_access
from core.app.audit.access_chain import chain_access
from core.app.permissions import EXPORTERS, About, Shows
from core.app.use_case import Service, Steps, use_case
from core.exports import dto, mentions, page, queries, records
from core.exports.rules import DATA, PAGE, SCHEMA, lines_naming, voice_name
from core.exports.schema import schema_text
from core.exports.writing import Sink, encoded
from core.io.cancelling import Stop, in_thread
from core.recipients.dto import RecipientRow
from core.recipients.masking import is_masked
from core.recipients.queries import to_row
from core.retention import purging
from core.retention.blotting import Traces
from core.retention.rules import check_reason
from core.retention.tracing import traces_of
from core.values.errors import CoreError, NotPermitted
from core.values.i18n import _
from core.values.jobs import Cancelled, Job
from core.values.times import now, zone_of
from core.voice.files import open_voice_file
from core.voice.rules import check_owner


class _UntilTold(Struct, frozen=True):
    """A file that ends in an error once nobody wants it any more."""

    file: BinaryIO
    stop: Stop

    def read(self, size: int = -1) -> bytes:
        """The next bytes. Raises Cancelled."""
        if self.stop():
            raise Cancelled(_("Cancelled; no file was written."))
        return self.file.read(size)


class ExportService(Service, name="exports"):
    """Exports of recipients, for whoever may write to them and sees numbers."""

    @use_case(EXPORTERS, "read", shows=Shows.NOBODY, recipient_id=About.RECIPIENT)
    async def check(
        self, session: AsyncSession, actor: Actor, recipient_id: int, reason: str
    ) -> None:
        """Refuse what ``write`` would, before anything is written or recorded. Raises as that."""
        row = await self._found(session, actor, recipient_id)
        check_reason(reason, await self._traces(session, row))

    @use_case(EXPORTERS, "steps", shows=Shows.RECORDED, recipient_id=About.RECIPIENT)
    async def write(
        self, steps: Steps, recipient_id: int, sink: Sink, reason: str, job: Job | None = None
    ) -> dto.Export:
        """Write all that is kept of the recipient, present or deleted, to the sink; gives what was written.

        Both records, of what was given away and of who has looked, are kept before anything is. Raises NotFound,
        InvalidInput (``reason``), NotPermitted for a role that does not see numbers, and Cancelled.
        """
        job = job or Job()
        await chain_access(self._database)
        async with steps.writing() as (session, actor):
            row = await self._found(session, actor, recipient_id)
            reason = check_reason(reason, await self._traces(session, row))
            await trail.record(
                session, actor, "recipient.export", "recipient", recipient_id,
                organization_id=row.organization_id, details={"reason": reason},
            )  # fmt: skip
        async with steps.reading() as (session, actor):
            row = await self._found(session, actor, recipient_id)
            note_access(
                session, actor, "look.export", "recipient", recipient_id,
                organization_id=row.organization_id, details={"reason": reason},
            )  # fmt: skip
            found = await self._gathered(session, actor, row)
            calls = await queries.calls(session, recipient_id)
        made = replace(found, calls=await self._voices(calls, sink, job))
        zone = zone_of(row.timezone, self._settings.zone)
        text = page.page(made, self._settings.region, zone)
        files = {DATA: encoded(made), SCHEMA: schema_text().encode(), PAGE: text.encode()}
        for name, content in files.items():
            await in_thread(partial(_add, sink, name, content))
        return made

    async def _found(self, session: AsyncSession, actor: Actor, recipient_id: int) -> Any:
        found = await queries.found(session, actor, recipient_id)
        if is_masked(actor, self._settings):
            raise NotPermitted(
                _("An export holds whole numbers, which your role does not see."),
                _("Ask an admin who sees numbers."),
            )
        return found

    async def _traces(self, session: AsyncSession, row: Any) -> Traces:
        gone = purging.Gone(row.organization_id, row.name, row.phone, row.deleted_at or now())
        return await traces_of(session, {row.id: gone})

    async def _gathered(self, session: AsyncSession, actor: Actor, row: Any) -> dto.Export:
        """All but the calls."""
        tags = tuple(await queries.tags(session, row.id))
        recipient, traces = to_row(row, {row.id: tags}), await self._traces(session, row)
        numbers = purging.Gone(row.organization_id, "", row.phone, now())
        others = await purging.rows_about(session, [numbers], by_name=False)
        left_out = [_("Copies of the database (backups), which lie outside the console.")]
        deliveries: list[dto.DeliveryHeld] = []
        if actor.sees_all:
            held = await purging.held_of(session, row.phone, traces)
            deliveries = [dto.DeliveryHeld(*one) for one in held]
        else:
            left_out.append(_("Deliveries that could not be stored, which only system admins see."))
        return dto.Export(
            made_at=now(),
            recipient=recipient,
            deleted_at=row.deleted_at,
            participations=tuple(await queries.participations(session, row.id)),
            calls=(),
            memory=tuple(await queries.memory(session, row.id)),
            memos=tuple(await queries.memos(session, row.id)),
            tasks=tuple(await queries.tasks(session, row.id)),
            contacts=tuple(await queries.contacts(session, row.id)),
            merges=tuple(await queries.merges(session, row.id)),
            uploads=tuple(await queries.rows_given(session, actor, row.id, others)),
            texts=tuple(await self._texts(session, actor, recipient, traces)),
            deliveries=tuple(deliveries),
            changes=tuple(await records.of_recipient(session, actor, row.id, access=False)),
            access=tuple(await records.of_recipient(session, actor, row.id, access=True)),
            tags=tags,
            left_out=tuple(map(str, left_out)),
        )

    async def _texts(
        self, session: AsyncSession, actor: Actor, row: RecipientRow, traces: Traces
    ) -> list[dto.TextNaming]:
        """What texts of many people say of the recipient, without who else is named there."""
        found = []
        for text in await mentions.shared_texts(session, actor, traces):
            others = await mentions.names_beside(session, row.organization_id, row.name, text.text)
            said = lines_naming(text.text, traces, others)
            found.append(replace(text, text=said))
        return found

    async def _voices(
        self, calls: list[tuple[Any, dto.CallMade]], sink: Sink, job: Job
    ) -> tuple[dto.CallMade, ...]:
        """The calls, their voice files written to the sink; of one that cannot be, why."""
        made, number = [], 0
        for at, (row, call) in enumerate(calls):
            self._report(job, at, len(calls))
            if row.voice_file:
                number += 1
                name = voice_name(number, row.started_at, row.voice_file)
                missing = await in_thread(partial(self._copy, row, sink, name))
                call = replace(call, voice="" if missing else name, voice_missing=missing)
            made.append(call)
        self._report(job, len(calls), len(calls))
        return tuple(made)

    def _copy(self, row: Any, sink: Sink, name: str, stop: Stop) -> str:
        try:
            check_owner(row.voice_file, row.voice_key, row.organization_id)
            file: BinaryIO = open_voice_file(self._settings.voice_dir, row.voice_file)
        except CoreError as error:
            return str(error.what)
        with file:
            sink.add(name, cast(BinaryIO, _UntilTold(file, stop)))
        return ""

    @staticmethod
    def _report(job: Job, done: int, total: int) -> None:
        try:
            job.report(done, total)
        except Cancelled:
            raise Cancelled(_("Cancelled; no file was written.")) from None


def _add(sink: Sink, name: str, content: bytes, _stop: Stop) -> None:
    sink.add(name, content)
