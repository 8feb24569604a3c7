"""The use cases of uploads: take a workbook in. What is done with one afterwards stands beside it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa
from msgspec import Struct
from msgspec.structs import asdict, replace
from sqlalchemy.ext.asyncio import AsyncSession

from core.app.actor import Actor
from core.app.audit import trail
from core.app.audit.access import note_list
from core.app.permissions import WRITERS, About, Shows
from core.app.use_case import Steps, use_case
from core.db.models import Organization, Upload
from core.organizations.queries import find_by_name
from core.recipients import reveals
from core.recipients.masking import is_masked
from core.uploads import mappings, queries
from core.uploads.correcting import UploadCorrecting
from core.uploads.dto import (
    RowResult,
    TakenInBefore,
    UploadResult,
)
from core.uploads.protocol import Question, Rows, Sheet
from core.uploads.reader import CachedReader, Reader
from core.uploads.rules import Scope
from core.uploads.saving import Saver, readers_go_on, recipients_told
from core.uploads.sheet.header_words import field_named, header_key
from core.uploads.tally import Tally
from core.uploads.trial import Trial
from core.uploads.undoing import UploadUndoing
from core.uploads.workbook_file import Source, open_workbook, shown_name
from core.values import times
from core.values.errors import Conflict, NotFound
from core.values.i18n import _, told
from core.values.jobs import Job


class UploadService(UploadCorrecting, UploadUndoing, name="uploads"):
    """Uploads, as far as the actor may see and make them."""

    @use_case(WRITERS, "steps", organization=About.ORGANIZATION_NAME, shows=Shows.RECORDED)
    async def upload(
        self,
        steps: Steps,
        source: Source,
        file_name: str = "",
        *,
        organization: int | str | None = None,
        dry_run: bool = False,
        again: bool = False,
        sheet: str = "",
        mapping: Mapping[str, str] | None = None,
        checked: UploadResult | None = None,
        job: Job | None = None,
    ) -> UploadResult:
        """Take a workbook in, all of it in one transaction; ``dry_run`` only tells what would come of it.

        ``organization`` (an ID or a name) is for the whole upload; ``sheet`` is the one to read, ``mapping`` says
        which header (or letter of a column) is which field. Raises HeadersNotKnown where that has to be said,
        InvalidInput where the file as a whole cannot be taken, TakenInBefore where it was already (unless
        ``again``), and Cancelled. With the result of a check exactly that is saved, else Conflict is raised.
        """
        job = job or Job()
        name = file_name or (source.name if isinstance(source, Path) else "")
        name = shown_name(name)
        with open_workbook(source, self._settings.upload.file_mib) as workbook:
            if checked is not None and checked.file_hash != workbook.hash:
                raise _changed(_("The file was changed since it was checked."))
            async with steps.reading() as (session, actor):
                await reveals.require_left(session, actor, self._settings)
                scope, names = await self._scope(session, actor, organization)
                said = await mappings.kept(session, scope.chosen)
                before = None if again else await self._known(session, actor, workbook.hash)
            if before is not None and not dry_run:
                raise before
            question = msgspec.structs.replace(
                self._question(name, scope, sheet, mapping or {}), kept=said
            )
            if isinstance(checked, _Checked) and checked.scope == scope:
                kept = CachedReader(checked.sheet, checked.kept_notes, checked.parts, job)
                taken = _Taken(name, workbook.hash, scope, kept, question.mapping)
                return await self._save(steps, taken, checked, job)
            async with Reader(workbook, question, job) as reader:
                taken = _Taken(name, workbook.hash, scope, reader, question.mapping)
                if not dry_run:
                    return await self._save(steps, taken, checked, job)
                # all of it, before anybody else has to wait for the database
                rows: list[Rows] = []
                async for part in reader.read():
                    rows = [*rows, part] if isinstance(part, Rows) else []
        async with steps.reading() as (session, actor):
            trial = Trial(session, self._settings.region, names)
            await trial.take(rows, job)
        await reveals.tell(steps, self._settings, trial.told)
        result = _result(None, taken, trial.tally)
        result = _Checked(
            **asdict(result),
            scope=scope, sheet=reader.sheet, kept_notes=reader.notes, parts=rows,
        )  # fmt: skip
        # on the screen, too: it tells whose each number is, of whatever numbers somebody puts into a file
        async with steps.reading() as (session, actor):
            note_list(session, actor, {"organization_id": scope.chosen}, result.rows)
        if before is not None:
            result = replace(result, notes=(str(before), *result.notes))
        return result

    def _question(
        self, file_name: str, scope: Scope, sheet: str, mapping: Mapping[str, str]
    ) -> Question:
        return Question(
            limits=self._settings.upload,
            language=self._settings.language,
            region=self._settings.region,
            organizations=dict(scope.organizations),
            chosen=scope.chosen,
            chosen_name=scope.chosen_name,
            names=dict(scope.names),
            sheet=sheet,
            mapping={header_key(header): field_named(field) for header, field in mapping.items()},
            file_name=file_name.rpartition("/")[2],
        )

    async def _save(
        self, steps: Steps, taken: "_Taken", checked: UploadResult | None, job: Job
    ) -> UploadResult:
        saver = Saver(taken.reader.read(), self._database.engine.dialect.name)
        async with (
            steps.writing(await saver.ready()) as (session, actor),
            readers_go_on(session),
        ):
            upload = Upload(
                admin_id=actor.admin_id, organization_id=taken.scope.chosen, file_name=taken.name,
                file_hash=taken.hash, created_at=times.now(),
                read=0, created=0, unchanged=0, failed=0, warnings=0, notes=list(taken.reader.notes),
            )  # fmt: skip
            session.add(upload)
            await session.flush()
            tally = await saver.save(session, actor, upload.id, upload.created_at, job)
            if is_masked(actor, self._settings):
                told = await recipients_told(session, upload.id)
                await reveals.record(session, actor, self._settings, told, steps.use_case.name)
            counts = {
                "read": tally.read, "created": tally.created, "unchanged": tally.unchanged,
                "failed": tally.failed, "warnings": tally.warnings,
            }  # fmt: skip
            if checked is not None and any(getattr(checked, key) != counts[key] for key in counts):
                raise _changed(_("Somebody has changed recipients since the file was checked."))
            for key, count in counts.items():
                setattr(upload, key, count)
            await session.flush()
            layout = taken.reader.sheet.layout
            await mappings.keep(session, taken.scope.chosen, layout.digest, taken.mapping)
            await trail.record(
                session, actor, "upload.take_in", "upload", upload.id,
                organization_id=taken.scope.chosen, details=counts,
            )  # fmt: skip
            return _result(upload.id, taken, tally)

    async def _scope(
        self, session: AsyncSession, actor: Actor, wanted: int | str | None
    ) -> tuple[Scope, dict[int, str]]:
        """Which organizations the rows may name, and the names of all of them."""
        if isinstance(wanted, str):
            wanted = (await find_by_name(session, actor, wanted)).id
        only = wanted if actor.sees_all or wanted is not None else actor.organization_id
        select = sa.select(Organization.id, Organization.name, Organization.name_key)
        if only is not None:
            select = select.where(Organization.id == only)
        found = (await session.execute(select)).all()
        if only is not None and (not found or not actor.may_see(only)):
            raise NotFound(_("This organization does not exist (any more)."))
        if not found:
            raise NotFound(
                _("There is no organization yet."),
                _("Add one with: carecall organization add NAME"),
            )
        by_key = {row.name_key: row.id for row in found}
        names = {row.id: row.name for row in found}
        return Scope(by_key, only, names[only] if only is not None else "", names), names

    async def _known(
        self, session: AsyncSession, actor: Actor, file_hash: str
    ) -> TakenInBefore | None:
        """Whether the same file was taken in before."""
        select = queries.summaries(actor).where(
            Upload.file_hash == file_hash, Upload.undone_at.is_(None)
        )
        row = (await session.execute(select.limit(1))).one_or_none()
        if row is None:
            return None
        earlier = queries.to_summary(row)
        return TakenInBefore(
            _("This file was taken in on {when} by {admin} already.").format(
                when=times.show_with_zone(earlier.created_at, self._settings.zone),
                admin=earlier.admin,
            ),
            _("Taken in again, its rows come back unchanged."),
            earlier,
        )


class _Taken(Struct, frozen=True):
    """A workbook that is being read."""

    name: str
    hash: str
    scope: Scope
    reader: Reader | CachedReader
    mapping: Mapping[str, str]


class _Checked(UploadResult, frozen=True, kw_only=True):
    """A check without saving, and what it has read: exactly that is saved, and the file not read once more."""

    scope: Scope
    sheet: Sheet
    kept_notes: Sequence[Any]
    parts: Sequence[Rows]


def _result(upload_id: int | None, taken: _Taken, tally: Tally) -> UploadResult:
    rows = sorted(tally.rows, key=lambda row: (row.result is not RowResult.FAILED, row.row))
    return UploadResult(
        upload_id=upload_id,
        file_name=taken.name,
        read=tally.read,
        created=tally.created,
        unchanged=tally.unchanged,
        failed=tally.failed,
        warnings=tally.warnings,
        notes=tuple(map(told, taken.reader.notes)),
        rows=tuple(rows),
        layout=taken.reader.sheet.layout,
        file_hash=taken.hash,
    )


def _changed(what: str) -> Conflict:
    return Conflict(what, _("Nothing was saved; check it again."))
