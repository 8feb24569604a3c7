"""The use cases of recipients: list, add, edit, delete and undo."""

import uuid
from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.ext.asyncio import AsyncSession

from core import audit
from core.actor import Actor, reread
from core.campaigns.enrolling import leave_campaigns_of
from core.db import Database
from core.errors import ActionBlocked, Conflict, InvalidInput, NotFound
from core.i18n import _, ngettext
from core.models import Organization, Recipient
from core.phone import hide, show
from core.recipients import queries
from core.recipients.dto import Deletion, RecipientRow, Selection
from core.recipients.masking import as_seen, is_masked
from core.recipients.reading import RecipientReading, not_found
from core.recipients.rules import RecipientDraft, clean, search_text
from core.retention.rules import expired_before
from core.settings import Settings
from core.times import now


class RecipientService(RecipientReading):
    """Recipients, as far as the actor may see and change them."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings

    async def add(self, actor: Actor, draft: RecipientDraft) -> RecipientRow:
        """Add a recipient. Raises InvalidInput naming the field, also where the number is taken."""
        async with self._database.transaction() as session:
            actor = await reread(session, actor, write=True)
            recipient_id = await self.insert(session, actor, draft)
            return await self._seen(session, actor, recipient_id)

    async def insert(
        self,
        session: AsyncSession,
        actor: Actor,
        draft: RecipientDraft,
        *,
        upload_id: int | None = None,
    ) -> int:
        """The ID of a new recipient, within a transaction, with its audit record. Raises InvalidInput."""
        values = clean(draft, self._settings.region)
        organization_id = await self._organization_of(session, actor, draft.organization_id)
        recipient = Recipient(
            organization_id=organization_id,
            name=values.name,
            phone=values.phone,
            other_information=values.other_information,
            search_text=self._search_text(values),
            registered_at=now(),
            upload_id=upload_id,
        )
        await self._refuse_taken(session, organization_id, values.phone)
        session.add(recipient)
        await session.flush()
        await audit.record(
            session,
            actor,
            "recipient.add",
            "recipient",
            recipient.id,
            organization_id=organization_id,
            details={"upload": upload_id} if upload_id is not None else None,
        )
        return recipient.id

    async def edit(
        self, actor: Actor, recipient_id: int, draft: RecipientDraft, version: int
    ) -> RecipientRow:
        """Save the fields over the version that was read.

        Raises Conflict with the present row where somebody else saved in between; nothing is overwritten.
        """
        async with self._database.transaction() as session:
            actor = await reread(session, actor, write=True)
            current = await self._row(session, actor, recipient_id)
            masked = is_masked(actor, self._settings)
            if current.version != version:
                raise await _edited_meanwhile(session, as_seen(current, masked=masked))
            if masked and draft.phone == show(hide(current.phone), self._settings.region):
                draft = replace(draft, phone=current.phone)
            values = clean(draft, self._settings.region)
            organization_id = current.organization_id
            if actor.sees_all and draft.organization_id is not None:
                organization_id = await self._organization_of(session, actor, draft.organization_id)
            new = {
                "name": values.name,
                "phone": values.phone,
                "other_information": values.other_information,
                "organization_id": organization_id,
            }
            changed = sorted(key for key, value in new.items() if getattr(current, key) != value)
            if not changed:
                return as_seen(current, masked=masked)
            if {"phone", "organization_id"} & set(changed):
                await self._refuse_taken(
                    session, organization_id, values.phone, besides=recipient_id
                )
            result = await session.execute(
                sa.update(Recipient)
                .where(Recipient.id == recipient_id, Recipient.version == version)
                .values(**new, search_text=self._search_text(values), version=version + 1)
            )
            if result.rowcount != 1:  # type: ignore[attr-defined]
                raise await _edited_meanwhile(
                    session, await self._seen(session, actor, recipient_id)
                )
            if organization_id != current.organization_id:
                await leave_campaigns_of(session, current.organization_id, recipient_id)
            await audit.record(
                session, actor, "recipient.edit", "recipient", recipient_id,
                organization_id=organization_id, details={"fields": changed},
            )  # fmt: skip
            return await self._seen(session, actor, recipient_id)

    async def delete(self, actor: Actor, selection: Selection, expected: int) -> Deletion:
        """Delete the selection: it leaves list and call list at once, and can be undone until purged.

        ``expected`` is the number that was confirmed; another number raises Conflict and deletes nothing.
        """
        deletion_id = uuid.uuid4().hex
        async with self._database.transaction() as session:
            actor = await reread(session, actor, write=True)
            ids = await self.select_ids(session, actor, selection, expected)
            for part in _parts(ids):
                await session.execute(
                    sa.update(Recipient)
                    .where(Recipient.id.in_(part))
                    .values(
                        deleted_at=now(), deletion_id=deletion_id, version=Recipient.version + 1
                    )
                )
            await audit.record_many(
                session, actor, "recipient.delete", "recipient", ids, {"deletion": deletion_id}
            )
        return Deletion(deletion_id, len(ids))

    async def undo_delete(self, actor: Actor, deletion_id: str) -> int:
        """Bring back what this delete took; gives the number. Raises ActionBlocked where a number is taken."""
        async with self._database.transaction() as session:
            actor = await reread(session, actor, write=True)
            conditions = [Recipient.deletion_id == deletion_id, Recipient.deleted_at.is_not(None)]
            if before := expired_before(self._settings.retention.deleted_recipients, now()):
                conditions.append(Recipient.deleted_at >= before)
            if not actor.sees_all:
                conditions.append(Recipient.organization_id == actor.organization_id)
            ids = list(await session.scalars(sa.select(Recipient.id).where(*conditions)))
            if not ids:
                raise NotFound(_("This delete cannot be undone any more."))
            try:
                for part in _parts(ids):
                    await session.execute(
                        sa.update(Recipient)
                        .where(Recipient.id.in_(part))
                        .values(deleted_at=None, deletion_id=None, version=Recipient.version + 1)
                    )
            except exc.IntegrityError as error:
                raise ActionBlocked(
                    _(
                        "A recipient with the same number was added since; the delete cannot be undone."
                    ),
                    _("Delete or change that one first."),
                ) from error
            await audit.record_many(
                session, actor, "recipient.undelete", "recipient", ids, {"deletion": deletion_id}
            )
        return len(ids)

    async def select_ids(
        self, session: AsyncSession, actor: Actor, selection: Selection, expected: int
    ) -> list[int]:
        """The IDs of the selection, within a transaction. Raises Conflict where they are not ``expected`` many."""
        conditions = queries.selected(actor, selection, self._settings)
        ids = list(
            await session.scalars(sa.select(Recipient.id).where(*conditions).order_by(Recipient.id))
        )
        if not ids:
            raise not_found()
        if len(ids) != expected:
            raise Conflict(
                ngettext(
                    "The list has changed: it is {count} recipient now; nothing was done.",
                    "The list has changed: it is {count} recipients now; nothing was done.",
                    len(ids),
                ).format(count=len(ids)),
                _("Look at the list and confirm again."),
            )
        return ids

    def _search_text(self, values: RecipientDraft) -> str:
        return search_text(
            values.name, values.phone, values.other_information, self._settings.region
        )

    async def _organization_of(
        self, session: AsyncSession, actor: Actor, wanted: int | None
    ) -> int:
        organization_id = wanted if actor.sees_all else actor.organization_id
        if organization_id is None:
            raise InvalidInput(_("Responsible organization is missing."), field="organization_id")
        if await session.get(Organization, organization_id) is None:
            raise InvalidInput(_("This organization does not exist."), field="organization_id")
        return organization_id

    async def _refuse_taken(
        self, session: AsyncSession, organization_id: int, e164: str, *, besides: int = 0
    ) -> None:
        name = await session.scalar(
            sa.select(Recipient.name).where(
                Recipient.deleted_at.is_(None),
                Recipient.organization_id == organization_id,
                Recipient.phone == e164,
                Recipient.id != besides,
            )
        )
        if name is not None:
            raise InvalidInput(
                _(
                    "Mobile phone number {phone} belongs to {name} in this organization already."
                ).format(phone=show(e164, self._settings.region), name=name),
                field="phone",
            )


async def _edited_meanwhile(session: AsyncSession, current: RecipientRow) -> Conflict:
    return Conflict(
        _("Somebody else saved this recipient since it was opened; nothing was overwritten."),
        _("Compare both and choose."),
        current=current,
        by=await audit.who_did_last(session, "recipient.edit", "recipient", current.id),
    )


def _parts(ids: Sequence[int], size: int = 500) -> list[Sequence[int]]:
    return [ids[start : start + size] for start in range(0, len(ids), size)]
