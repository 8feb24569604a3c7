"""The use cases of duplicates: find pairs, compare two, merge them, tell them apart."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.app.actor import Actor
from core.app.audit import trail
from core.app.audit.access import note_access
from core.app.permissions import WRITERS, About, Shows
from core.app.use_case import Service, Steps, use_case
from core.db.models import (
    Call,
    Contact,
    FollowupAction,
    Memo,
    MemoryDetail,
    Participation,
    Recipient,
    Task,
    ToldApart,
)
from core.db.models import Deletion as DeletionRecord
from core.db.rows import delete_rows, one_or
from core.duplicates import merging, queries
from core.duplicates.dto import Holds, Merged, MergeDraft, Pair, Pairs, Side
from core.duplicates.rules import MOST_PAIRS, Reason, is_near_name, is_near_number, why_not_merge
from core.recipients import queries as recipients
from core.recipients.dto import RecipientRow
from core.recipients.masking import is_masked
from core.recipients.reading import not_found
from core.recipients.service import refuse_taken
from core.values.errors import ActionBlocked, Conflict, InvalidInput
from core.values.i18n import _
from core.values.jobs import Cancelled, Job
from core.values.times import now

_AT_ONCE = 20_000  # IDs
_HELD = (Call, MemoryDetail, FollowupAction, Memo, Task, Contact, Participation)


class DuplicateService(Service, name="duplicates"):
    """Pairs of recipients that the actor may see, both of them."""

    @use_case(WRITERS, "steps", shows=Shows.RECORDED)
    async def find(
        self, steps: Steps, organization_id: int | None = None, job: Job | None = None
    ) -> Pairs:
        """Pairs that may be one person, those with the strongest reasons first; at most ``MOST_PAIRS``.

        Read in parts, so that nobody waits for it; what was found is given where it is cancelled. Recorded, with
        how many. Raises ActionBlocked for a role that does not see numbers.
        """
        job = job or Job()
        found: dict[tuple[int, int], set[Reason]] = {}
        async with steps.reading() as (session, actor):
            self._refuse_masked(actor)
            least, largest = (await session.execute(queries.last_id(actor))).one()
        is_whole = True
        start = least or 0
        while largest is not None and start <= largest:
            try:
                job.report(start, largest)
            except Cancelled:
                is_whole = False
                break
            async with steps.reading() as (session, actor):
                await self._find(
                    session, actor, organization_id, start, start + _AT_ONCE - 1, found
                )
            if len(found) > MOST_PAIRS:
                is_whole = False
                break
            start += _AT_ONCE
        async with steps.reading() as (session, actor):
            pairs = await self._pairs(session, actor, found)
            note_access(
                session, actor, "look.search", "recipients", organization_id=organization_id,
                details={"fields": ["duplicates"], "found": len(pairs)},
            )  # fmt: skip
        return Pairs(pairs, is_whole)

    async def _find(
        self,
        session: AsyncSession,
        actor: Actor,
        organization_id: int | None,
        first: int,
        last: int,
        found: dict[tuple[int, int], set[Reason]],
    ) -> None:
        part = (actor, organization_id, first, last)
        asked = [
            (Reason.SHARED_CONTACT, queries.shared_contact(*part)),
            (Reason.NEAR_NUMBER, queries.near_number(*part)),
        ]
        if actor.sees_all:
            asked.insert(0, (Reason.SAME_NUMBER, queries.same_number(*part)))
        for reason, select in asked:
            for one, other, name, other_name, phone, other_phone in await session.execute(select):
                if reason is Reason.SHARED_CONTACT and not is_near_name(name, other_name):
                    continue
                if reason is Reason.NEAR_NUMBER and not is_near_number(phone, other_phone):
                    continue
                found.setdefault((one, other), set()).add(reason)

    async def _pairs(
        self, session: AsyncSession, actor: Actor, found: dict[tuple[int, int], set[Reason]]
    ) -> list[Pair]:
        order = list(Reason)
        ranked = sorted(
            found, key=lambda pair: (min(map(order.index, found[pair])), -len(found[pair]), pair)
        )[:MOST_PAIRS]
        ids = sorted({one for pair in ranked for one in pair})
        select = recipients.rows().where(
            recipients.visible_recipients(actor), Recipient.id.in_(ids)
        )
        rows = {row.id: recipients.to_row(row) for row in await session.execute(select)}
        return [
            Pair(rows[one], rows[other], tuple(sorted(found[one, other], key=order.index)))
            for one, other in ranked
            if one in rows and other in rows
        ]

    @use_case(WRITERS, "read", first_id=About.RECIPIENT, shows=Shows.RECORDED)
    async def compare(
        self, session: AsyncSession, actor: Actor, first_id: int, second_id: int
    ) -> tuple[Side, Side]:
        """Both, with how much there is of each; that is recorded. Raises NotFound, ActionBlocked."""
        self._refuse_masked(actor)
        return await self._side(session, actor, first_id), await self._side(
            session, actor, second_id
        )

    async def _side(self, session: AsyncSession, actor: Actor, recipient_id: int) -> Side:
        found = await one_or(session, recipients.by_id(actor, recipient_id), not_found())
        row = recipients.to_row(found)
        counts = (
            sa.select(sa.func.count(model.id))
            .where(model.recipient_id == recipient_id)
            .scalar_subquery()
            for model in _HELD
        )
        numbers = (await session.execute(sa.select(*counts))).one()
        note_access(
            session, actor, "look.details", "recipient", recipient_id,
            organization_id=row.organization_id,
        )  # fmt: skip
        held = zip((model.__tablename__ for model in _HELD), numbers, strict=True)
        return Side(row, Holds(dict(held)))

    @use_case(WRITERS, "write", kept_id=About.RECIPIENT)
    async def merge(
        self, session: AsyncSession, actor: Actor, kept_id: int, draft: MergeDraft
    ) -> Merged:
        """Let one become part of the other, with all that there is of it; the undo of the delete takes it back.

        Raises Conflict with the present one where either was changed since it was read, NotFound, ActionBlocked.
        """
        self._refuse_masked(actor)
        if reason := why_not_merge(kept_id, draft.merged_id):
            raise InvalidInput(reason, _("Choose two."))
        select = (
            sa.select(Recipient)
            .where(
                recipients.visible_recipients(actor), Recipient.id.in_([kept_id, draft.merged_id])
            )
            .order_by(Recipient.id)
            .with_for_update()
        )
        found = {row.id: row for row in await session.scalars(select)}
        if len(found) != 2:
            raise not_found()
        kept, merged = found[kept_id], found[draft.merged_id]
        for row, version in ((kept, draft.kept_version), (merged, draft.merged_version)):
            if row.version != version:
                raise Conflict(
                    _("{name} was changed since it was opened; nothing was merged.").format(
                        name=row.name
                    ),
                    _("Compare both again."),
                    current=await self._row(session, actor, row.id),
                )
        if "phone" in draft.taken and kept.organization_id != merged.organization_id:
            await refuse_taken(
                session, self._settings, kept.organization_id, merged.phone, besides=kept.id
            )
        deletion = DeletionRecord(admin_id=actor.admin_id, created_at=now())
        session.add(deletion)
        await session.flush()
        name, deletion_id = merged.name, deletion.id
        await merging.merge(session, actor, self._settings, kept, merged, draft.taken, deletion_id)
        return Merged(await self._row(session, actor, kept_id), deletion_id, name)

    async def _row(self, session: AsyncSession, actor: Actor, recipient_id: int) -> RecipientRow:
        return recipients.to_row(
            (await session.execute(recipients.by_id(actor, recipient_id))).one()
        )

    @use_case(WRITERS, "write", first_id=About.RECIPIENT)
    async def tell_apart(
        self,
        session: AsyncSession,
        actor: Actor,
        first_id: int,
        second_id: int,
        *,
        apart: bool = True,
    ) -> None:
        """Keep that they are two persons, or (``apart``) that nobody has said so. Raises NotFound."""
        first_id, second_id = sorted((first_id, second_id))
        if reason := why_not_merge(first_id, second_id):
            raise InvalidInput(reason, _("Choose two."))
        which = (recipients.visible_recipients(actor), Recipient.id.in_([first_id, second_id]))
        select = sa.select(Recipient.id, Recipient.organization_id).where(*which)
        seen = {row.id: row.organization_id for row in await session.execute(select)}
        if len(seen) != 2:
            raise not_found()
        of_pair = (ToldApart.first_id == first_id, ToldApart.second_id == second_id)
        is_kept = await session.scalar(sa.select(ToldApart.first_id).where(*of_pair)) is not None
        if is_kept == apart:
            return
        if apart:
            session.add(
                ToldApart(
                    first_id=first_id,
                    second_id=second_id,
                    admin_id=actor.admin_id,
                    created_at=now(),
                )
            )
            await session.flush()
        else:
            await delete_rows(session, ToldApart, *of_pair)
        await trail.record(
            session, actor, "recipient.tell_apart", "recipient", first_id,
            organization_id=seen[first_id], details={"other": second_id, "apart": apart},
        )  # fmt: skip

    def _refuse_masked(self, actor: Actor) -> None:
        """Who shares a number with whom tells numbers."""
        if is_masked(actor, self._settings):
            raise ActionBlocked(
                _("Duplicates are told by numbers, which your role does not see."),
                _("Ask an admin who sees numbers."),
            )
