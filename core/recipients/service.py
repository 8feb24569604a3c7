"""The use cases of recipients: list, add, edit and delete."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import datetime

import sqlalchemy as sa
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncSession

from core.app.actor import Actor
from core.app.audit import trail
from core.app.permissions import WRITERS, About, Outcome, Shows
from core.app.use_case import Opened, Steps, use_case
from core.campaigns.enrolling import leave_campaigns_of
from core.conversations import index
from core.db.bulk import among, still
from core.db.models import Deletion as DeletionRecord
from core.db.models import Organization, Recipient
from core.db.rows import change_rows
from core.recipients import reveals
from core.recipients.deletion_dto import Deletion
from core.recipients.dto import RecipientRow, Selection
from core.recipients.edit_dto import ManyEdited, Seen
from core.recipients.editing import ManyEdit
from core.recipients.fields import search_text, texts_of
from core.recipients.masking import as_seen, is_masked
from core.recipients.queries import visible_recipients
from core.recipients.reading import RecipientReading, not_found
from core.recipients.rules import ManyDraft, RecipientDraft, clean, clean_many
from core.recipients.selecting import chosen, list_has_changed, seen
from core.tags import assigning as tags
from core.tasks.from_calls import move_tasks
from core.uploads import traces
from core.values.errors import ActionBlocked, Conflict, InvalidInput
from core.values.i18n import _
from core.values.jobs import FEW_TO_MOVE, Job
from core.values.phone import is_hidden_form, show
from core.values.settings import Settings
from core.values.times import now


class RecipientService(RecipientReading, name="recipients"):
    """Recipients, as far as the actor may see and change them."""

    @use_case(WRITERS, "steps", elsewhere=Outcome.OWN, shows=Shows.RECORDED)
    async def add(self, steps: Steps, draft: RecipientDraft) -> RecipientRow:
        """Add a recipient. Raises InvalidInput naming the field, also where the number is taken."""
        async with telling(steps, self._settings) as (session, actor):
            await reveals.require_left(session, actor, self._settings)
            recipient_id = await insert(session, actor, self._settings, draft)
            return await self._seen(session, actor, recipient_id)

    @use_case(WRITERS, "steps", recipient_id=About.RECIPIENT, shows=Shows.RECORDED)
    async def edit(
        self, steps: Steps, recipient_id: int, draft: RecipientDraft, version: int
    ) -> RecipientRow:
        """Save the fields over the version that was read.

        Raises Conflict with the present row where somebody else saved in between; nothing is overwritten.
        """
        async with telling(steps, self._settings) as (session, actor):
            current = await self._row(session, actor, recipient_id)
            masked = is_masked(actor, self._settings)
            if current.version != version:  # writes wait for each other: it is so until the commit
                raise await _edited_meanwhile(session, as_seen(current, masked=masked))
            guesses = masked and not is_hidden_form(
                draft.phone, current.phone, self._settings.region
            )
            if masked and not guesses:
                draft = replace(draft, phone=current.phone)
            values = clean(draft, self._settings.region)
            organization_id = current.organization_id
            if actor.sees_all and draft.organization_id is not None:
                organization_id = await _organization_of(session, actor, draft.organization_id)
            new = {**texts_of(values), "organization_id": organization_id}
            changed = sorted(key for key, value in new.items() if getattr(current, key) != value)
            if guesses or "organization_id" in changed:
                await reveals.require_left(session, actor, self._settings)
            if guesses and values.phone == current.phone:  # that nothing changes tells so
                asked = steps.use_case.name
                await reveals.record(session, actor, self._settings, [recipient_id], asked)
            if not changed:
                return as_seen(current, masked=masked)
            if {"phone", "organization_id"} & set(changed):
                await refuse_taken(
                    session, self._settings, organization_id, values.phone, besides=recipient_id
                )
            if organization_id != current.organization_id:
                await index.move(session, [recipient_id], current.organization_id, organization_id)
            await session.execute(
                sa.update(Recipient)
                .where(Recipient.id == recipient_id)
                .values(
                    **new,
                    search_text=search_text(values, self._settings.region),
                    version=version + 1,
                )
            )
            if values.phone != current.phone:
                await traces.follow_number(session, recipient_id, current.phone)
            if organization_id != current.organization_id:
                await leave_campaigns_of(session, current.organization_id, [recipient_id])
                await move_tasks(session, [recipient_id], organization_id)
                await tags.carry(session, actor, [recipient_id], organization_id)
            await trail.record(
                session, actor, "recipient.edit", "recipient", recipient_id,
                organization_id=organization_id, details={"fields": changed},
            )  # fmt: skip
            return await self._seen(session, actor, recipient_id)

    @use_case(WRITERS, "read", selection=About.SELECTION, shows=Shows.NOBODY)
    async def versions(self, session: AsyncSession, actor: Actor, selection: Selection) -> Seen:
        """Whom the selection means now, each in its version, to be changed later. Raises NotFound."""
        return await seen(session, actor, self._settings, selection)

    @use_case(WRITERS, "steps", selection=About.SELECTION, shows=Shows.RECORDED)
    async def edit_many(
        self,
        steps: Steps,
        selection: Selection,
        expected: int,
        draft: ManyDraft,
        *,
        before: Seen | None = None,
        job: Job | None = None,
    ) -> ManyEdited:
        """Change a field of the selection; whom others have saved since stays as it is, and is told.

        ``expected`` is the number that was confirmed, ``before`` those whom it was about. Very many go in parts;
        what was cancelled or failed in between has changed whole parts. It cannot be undone.
        """
        draft = clean_many(draft, self._settings.region)
        async with steps.reading() as (session, actor):
            if draft.organization_id is not None:
                if not actor.sees_all:
                    raise ActionBlocked(_("Only system admins choose another organization."))
                await _organization_of(session, actor, draft.organization_id)
            if before is None:
                before = await seen(session, actor, self._settings, selection)
        if len(before.ids) != expected:
            raise list_has_changed(len(before.ids))
        edit = ManyEdit(self._settings, steps.use_case.name, draft, before)
        few = None if draft.organization_id is None else FEW_TO_MOVE
        done = await steps.in_parts(before.ids, edit.part, job, few=few)
        return ManyEdited(done, tuple(edit.kept), edit.kept_count, edit.gone)

    @use_case(WRITERS, "steps", selection=About.SELECTION, shows=Shows.RECORDED)
    async def delete(
        self, steps: Steps, selection: Selection, expected: int, job: Job | None = None
    ) -> Deletion:
        """Delete the selection: it leaves list and call list at once, and can be undone until purged.

        ``expected`` is the number that was confirmed; another number raises Conflict and deletes nothing. Very
        many go in parts, all of one delete: what was cancelled or failed in between is undone as a whole.
        """
        async with steps.reading() as (session, actor):
            ids = await chosen(session, actor, self._settings, selection, expected)
        return await delete_these(steps, ids, job)


@contextlib.asynccontextmanager
async def telling(steps: Steps, settings: Settings) -> AsyncIterator[Opened]:
    """A transaction in which NumberTaken, raised before anything is changed, tells who has a number.

    For a role which does not see numbers that is recorded in the same one: of many who ask at once, each counts.
    """
    told: NumberTaken | None = None
    async with steps.writing() as (session, actor):
        try:
            yield session, actor
        except NumberTaken as taken:
            await reveals.record(session, actor, settings, [taken.by], steps.use_case.name)
            told = taken
    if told is not None:
        raise told


async def insert(
    session: AsyncSession,
    actor: Actor,
    settings: Settings,
    draft: RecipientDraft,
    *,
    upload_id: int | None = None,
) -> int:
    """The ID of a new recipient, within a transaction, with its audit record. Raises InvalidInput."""
    values = clean(draft, settings.region)
    organization_id = await _organization_of(session, actor, draft.organization_id)
    recipient = Recipient(
        organization_id=organization_id,
        **texts_of(values),
        search_text=search_text(values, settings.region),
        registered_at=now(),
        upload_id=upload_id,
    )
    await refuse_taken(session, settings, organization_id, values.phone)
    session.add(recipient)
    await session.flush()
    await trail.record(
        session,
        actor,
        "recipient.add",
        "recipient",
        recipient.id,
        organization_id=organization_id,
        details={"upload": upload_id} if upload_id is not None else None,
    )
    return recipient.id


# what has to hold for recipients with these IDs
Only = Callable[[AsyncSession, Sequence[int]], Awaitable[sa.ColumnElement[bool]]]


async def delete_these(
    steps: Steps,
    ids: Sequence[int],
    job: Job | None = None,
    *,
    upload_id: int | None = None,
    only: Only | None = None,
) -> Deletion:
    """Delete the recipients with these IDs (sorted); ``only`` has to hold for each at its moment."""
    moment = now()
    deletion_id = 0

    async def part(session: AsyncSession, actor: Actor, ids: Sequence[int]) -> int:
        nonlocal deletion_id
        conditions = (
            [visible_recipients(actor)]
            if only is None
            else [visible_recipients(actor), await only(session, ids)]
        )
        ids = await still(session, Recipient.id, ids, *conditions)
        if not ids:
            return 0
        number = deletion_id or await _begin_deletion(session, actor, moment, upload_id)
        new = {"deleted_at": moment, "deletion_id": number, "version": Recipient.version + 1}
        await change_rows(session, Recipient, among(session, Recipient.id, ids), **new)
        details = {"deletion": number}
        await trail.record_many(session, actor, "recipient.delete", "recipient", ids, details)
        deletion_id = number
        return len(ids)

    done = await steps.in_parts(ids, part, job)
    if not done.done and done.is_whole and upload_id is None:
        raise not_found()  # somebody else deleted all of them at this moment
    return Deletion(deletion_id, done)


async def _begin_deletion(
    session: AsyncSession, actor: Actor, moment: datetime, upload_id: int | None
) -> int:
    made = DeletionRecord(admin_id=actor.admin_id, upload_id=upload_id, created_at=moment)
    session.add(made)
    await session.flush()
    return made.id


async def _organization_of(session: AsyncSession, actor: Actor, wanted: int | None) -> int:
    organization_id = wanted if actor.sees_all else actor.organization_id
    if organization_id is None:
        raise InvalidInput(_("Responsible organization is missing."), field="organization_id")
    if await session.get(Organization, organization_id) is None:
        raise InvalidInput(_("This organization does not exist."), field="organization_id")
    return organization_id


async def refuse_taken(
    session: AsyncSession, settings: Settings, organization_id: int, e164: str, *, besides: int = 0
) -> None:
    """Raise NumberTaken where somebody of the organization has the number, within a transaction."""
    select = sa.select(Recipient.id, Recipient.name).where(
        Recipient.deleted_at.is_(None),
        Recipient.organization_id == organization_id,
        Recipient.phone == e164,
        Recipient.id != besides,
    )
    if (found := (await session.execute(select)).one_or_none()) is not None:
        words = _("Mobile phone number {phone} belongs to {name} in this organization already.")
        shown = show(e164, settings.region)
        raise NumberTaken(words.format(phone=shown, name=found.name), found.id)


class NumberTaken(InvalidInput):
    """The number belongs to another recipient, whose ID is ``by``."""

    def __init__(self, what: str, by: int) -> None:
        super().__init__(what, field="phone")
        self.by = by


async def _edited_meanwhile(session: AsyncSession, current: RecipientRow) -> Conflict:
    return Conflict(
        _("Somebody else saved this recipient since it was opened; nothing was overwritten."),
        _("Compare both and choose."),
        current=current,
        by=await trail.who_did_last(session, "recipient.edit", "recipient", current.id),
    )
