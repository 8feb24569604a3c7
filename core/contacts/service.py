"""The use cases of contacts: list, add, edit, move, delete; a number is shown or copied with a record."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from msgspec.structs import asdict, replace
from sqlalchemy.ext.asyncio import AsyncSession

from core.app.actor import Actor
from core.app.permissions import READERS, WRITERS, About
from core.app.use_case import Service, use_case
from core.contacts import queries
from core.contacts.dto import ContactRow
from core.contacts.rules import ContactDraft, clean, why_not_add, why_not_move
from core.db.models import Contact, Recipient
from core.db.rows import delete_over, one_or, save_over
from core.recipients import reveals
from core.recipients.lookup import organization_of, record_of
from core.recipients.masking import is_masked
from core.values import phone
from core.values.errors import ActionBlocked, Conflict, NotFound
from core.values.i18n import _
from core.values.times import now

_NAMED = 3  # of those who share a number


class ContactService(Service, name="contacts"):
    """Contacts, as far as the actor may see their recipients. Numbers are as the actor may see them."""

    @use_case(READERS, "read")
    async def list(
        self, session: AsyncSession, actor: Actor, recipient_id: int
    ) -> Sequence[ContactRow]:
        """A recipient's contacts in the order in which they are phoned, with who shares a number."""
        found = await self._all(session, actor, recipient_id)
        return [await self._seen(session, actor, one) for one in found]

    @use_case(READERS, "read")
    async def next_for(
        self, session: AsyncSession, actor: Actor, recipient_id: int, tries: int = 0
    ) -> ContactRow | None:
        """Who of a recipient's contacts is to be phoned after so many tries: one after the other, and round.

        None where there is none.
        """
        found = await self._all(session, actor, recipient_id)
        return self._masked(actor, found[tries % len(found)]) if found else None

    @use_case(READERS, "read", contact_id=About.CONTACT)
    async def get(self, session: AsyncSession, actor: Actor, contact_id: int) -> ContactRow:
        """One contact. Raises NotFound."""
        return await self._seen(session, actor, await _one(session, actor, contact_id))

    @use_case(WRITERS, "write", recipient_id=About.RECIPIENT)
    async def add(
        self, session: AsyncSession, actor: Actor, recipient_id: int, draft: ContactDraft
    ) -> ContactRow:
        """Add one, as the last. Raises InvalidInput naming the field, or ActionBlocked where there are enough."""
        await organization_of(session, actor, recipient_id)
        await _alone(session, recipient_id)
        count = len(await self._all(session, actor, recipient_id))
        if reason := why_not_add(count):
            raise ActionBlocked(reason)
        moment = now()
        made = Contact(
            recipient_id=recipient_id,
            place=count + 1,
            **asdict(clean(draft, self._settings.region)),
            created_at=moment,
            updated_at=moment,
        )
        session.add(made)
        await session.flush()
        row = await _one(session, actor, made.id)
        await record_of(session, actor, "contact.add", row)
        return await self._seen(session, actor, row)

    @use_case(WRITERS, "write", contact_id=About.CONTACT)
    async def edit(
        self,
        session: AsyncSession,
        actor: Actor,
        contact_id: int,
        draft: ContactDraft,
        version: int,
    ) -> ContactRow:
        """Save over the version that was read. Raises InvalidInput naming the field, or Conflict."""
        current = await self._unchanged(session, actor, contact_id, version)
        is_hidden = is_masked(actor, self._settings)
        if is_hidden and phone.is_hidden_form(draft.phone, current.phone, self._settings.region):
            draft, is_hidden = replace(draft, phone=current.phone), False
        new = asdict(clean(draft, self._settings.region))
        changed = sorted(name for name, value in new.items() if getattr(current, name) != value)
        if is_hidden:
            # saved as a change whether it is one or not: else it would tell whether the number was guessed
            changed = sorted({*changed, "phone"})
        if not changed:
            return await self._seen(session, actor, current)
        if not await save_over(session, Contact, contact_id, version, **new, updated_at=now()):
            raise await self._changed_meanwhile(session, actor, contact_id)
        await record_of(session, actor, "contact.edit", current, fields=changed)
        return await self._seen(session, actor, await _one(session, actor, contact_id))

    @use_case(WRITERS, "write", contact_id=About.CONTACT)
    async def move(
        self, session: AsyncSession, actor: Actor, contact_id: int, place: int
    ) -> ContactRow:
        """Put it at this place, counted from 1; those between make room. Asked twice, it is there all the same.

        Raises ActionBlocked where there is no such place.
        """
        recipient_id = (await _one(session, actor, contact_id)).recipient_id
        await _alone(session, recipient_id)
        current = await _one(session, actor, contact_id)
        if current.place != place:
            others = await self._all(session, actor, recipient_id)
            if reason := why_not_move(current.place, place, len(others)):
                raise ActionBlocked(reason)
            await _put(session, contact_id, 0)
            step = 1 if place > current.place else -1
            for at in range(current.place + step, place + step, step):
                await _put(session, others[at - 1].id, at - step)
            await _put(session, contact_id, place)
            await record_of(session, actor, "contact.move", current, place=place)
        return await self._seen(session, actor, replace(current, place=place))

    @use_case(WRITERS, "write", contact_id=About.CONTACT)
    async def delete(
        self, session: AsyncSession, actor: Actor, contact_id: int, version: int
    ) -> None:
        """Delete the version that was read; those behind it move up. Raises Conflict."""
        current = await self._unchanged(session, actor, contact_id, version)
        await _alone(session, current.recipient_id)
        if not await delete_over(session, Contact, contact_id, version):
            raise await self._changed_meanwhile(session, actor, contact_id)
        for at, one in enumerate(await self._all(session, actor, current.recipient_id), 1):
            if one.place != at:
                await _put(session, one.id, at)
        await record_of(session, actor, "contact.delete", current)

    @use_case(READERS, "write", contact_id=About.CONTACT)
    async def reveal(
        self, session: AsyncSession, actor: Actor, contact_id: int, reason: str = ""
    ) -> str:
        """The whole number; recorded. A role that does not see numbers says why.

        Raises NotFound, and InvalidInput (``reason``).
        """
        return await self._told(session, actor, contact_id, "contact.reveal", reason)

    @use_case(READERS, "write", contact_id=About.CONTACT)
    async def copied(
        self, session: AsyncSession, actor: Actor, contact_id: int, reason: str = ""
    ) -> str:
        """The whole number, to be copied; recorded as in ``reveal``, and refused as there."""
        return await self._told(session, actor, contact_id, "contact.copy", reason)

    async def _told(
        self, session: AsyncSession, actor: Actor, contact_id: int, action: str, reason: str
    ) -> str:
        row = await _one(session, actor, contact_id)
        why: dict[str, Any] = {}
        if not phone.is_service(row.phone):  # which every role sees
            why = await reveals.reason_of(session, actor, self._settings, reason, row.recipient_id)
        await record_of(session, actor, action, row, **why)
        return row.phone

    async def _all(
        self, session: AsyncSession, actor: Actor, recipient_id: int
    ) -> Sequence[ContactRow]:
        select = queries.rows(actor, Contact.recipient_id == recipient_id)
        return [queries.to_row(row) for row in (await session.execute(select)).all()]

    async def _seen(self, session: AsyncSession, actor: Actor, row: ContactRow) -> ContactRow:
        """The row as it may leave the core.

        Who shares a number is told to those who see numbers: else one could be guessed, and asked whose it is.
        The short number of a service is nobody's.
        """
        if is_masked(actor, self._settings) or phone.is_service(row.phone):
            return self._masked(actor, row)
        others = queries.others_with(actor, row.phone, row.recipient_id, _NAMED + 1)
        names = tuple(await session.scalars(others))
        return replace(row, shared_with=names[:_NAMED], is_shared_widely=len(names) > _NAMED)

    def _masked(self, actor: Actor, row: ContactRow) -> ContactRow:
        masked = is_masked(actor, self._settings)
        return replace(row, phone=phone.hide(row.phone)) if masked else row

    async def _unchanged(
        self, session: AsyncSession, actor: Actor, contact_id: int, version: int
    ) -> ContactRow:
        """The contact as it was read. Raises Conflict."""
        current = await _one(session, actor, contact_id)
        if current.version != version:
            raise await self._changed_meanwhile(session, actor, contact_id)
        return current

    async def _changed_meanwhile(
        self, session: AsyncSession, actor: Actor, contact_id: int
    ) -> Conflict:
        return Conflict(
            _("This contact was changed since it was opened; nothing was overwritten."),
            _("Compare both and choose."),
            current=await self._seen(session, actor, await _one(session, actor, contact_id)),
        )


async def _alone(session: AsyncSession, recipient_id: int) -> None:
    """Let others who change this recipient's contacts wait: each sees the order that the one before has left."""
    await session.execute(
        sa.select(Recipient.id).where(Recipient.id == recipient_id).with_for_update()
    )


async def _put(session: AsyncSession, contact_id: int, place: int) -> None:
    await session.execute(sa.update(Contact).where(Contact.id == contact_id).values(place=place))


async def _one(session: AsyncSession, actor: Actor, contact_id: int) -> ContactRow:
    """The contact with its number as it is stored. Raises NotFound."""
    missing = NotFound(_("This contact does not exist (any more)."))
    return queries.to_row(
        await one_or(session, queries.rows(actor, Contact.id == contact_id), missing)
    )
