"""The use cases of deletes: undo one, restore some of those who were deleted."""

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from msgspec import Struct, field
from sqlalchemy import exc
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from core.app.actor import Actor
from core.app.audit import trail
from core.app.permissions import WRITERS, About, Shows
from core.app.use_case import Steps, use_case
from core.db.bulk import among, ids_of
from core.db.errors import is_taken
from core.db.models import Deletion, Merge, Recipient
from core.duplicates import merging, moving
from core.recipients import queries, reveals
from core.recipients.deleted import DeletionReading
from core.recipients.deletion_dto import (
    DeletedQuery,
    DeletedSelection,
    Parted,
    Restored,
    Taken,
)
from core.recipients.dto import RecipientRow
from core.recipients.fields import search_text
from core.recipients.masking import as_seen, is_masked
from core.recipients.reading import NAMED
from core.recipients.service import refuse_taken, telling
from core.tasks.from_calls import catch_up_of
from core.uploads import traces
from core.values import phone
from core.values.errors import ActionBlocked, InvalidInput, NotFound
from core.values.i18n import _
from core.values.jobs import Job
from core.values.times import now

_present = aliased(Recipient)
_HOLDS_ITS_NUMBER = sa.and_(
    _present.deleted_at.is_(None),
    _present.organization_id == Recipient.organization_id,
    _present.phone == Recipient.phone,
)


class _TwoAgain(Struct):
    """Who is back by merges that were taken back, and who is not: since somebody has the number, or why not.

    ``told`` are the IDs of those of whom this tells that they have the same number.
    """

    back: list[int] = field(default_factory=list)
    parted: list[Parted] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)
    told: list[int] = field(default_factory=list)
    why_not: list[str] = field(default_factory=list)


class DeletionService(DeletionReading, name="deletions"):
    """Deletes, for whoever may delete; for viewers there are none."""

    @use_case(WRITERS, "steps", deletion_id=About.DELETION, shows=Shows.RECORDED)
    async def undo(self, steps: Steps, deletion_id: int, job: Job | None = None) -> Restored:
        """Bring back what this delete took. Raises NotFound where there is nothing of it any more."""
        selection = DeletedSelection(query=DeletedQuery(deletion_id=deletion_id))
        restored = await self._restore(steps, selection, job)
        if restored is None:
            raise NotFound(_("This delete cannot be undone any more."))
        stay = restored.kept_count + restored.parts_count
        if stay and restored.done.is_whole:
            async with steps.writing() as (session, actor):
                await session.execute(
                    sa.update(Deletion)
                    .where(Deletion.id == deletion_id, Deletion.admin_id == actor.admin_id)
                    .values(undone_at=now())
                )
        return restored

    @use_case(WRITERS, "steps", selection=About.SELECTION, shows=Shows.RECORDED)
    async def restore(
        self, steps: Steps, selection: DeletedSelection, job: Job | None = None
    ) -> Restored:
        """Bring back the selection; who has lost the number to somebody else stays deleted, and is told.

        Raises NotFound where nobody of it is there any more.
        """
        restored = await self._restore(steps, selection, job)
        if restored is None:
            raise NotFound(_("What was to be restored is not there any more."))
        return restored

    @use_case(WRITERS, "steps", recipient_id=About.RECIPIENT, shows=Shows.RECORDED)
    async def restore_with(self, steps: Steps, recipient_id: int, number: str) -> RecipientRow:
        """Bring one back with another number. Raises InvalidInput (field ``phone``), NotFound."""
        async with telling(steps, self._settings) as (session, actor):
            await reveals.require_left(session, actor, self._settings)
            select = sa.select(Recipient).where(
                Recipient.id == recipient_id, *self._restorable(actor)
            )
            row = (await session.scalars(select)).one_or_none()
            if row is None:
                raise NotFound(_("What was to be restored is not there any more."))
            region = self._settings.region
            e164 = phone.parse(number, region)
            await refuse_taken(session, self._settings, row.organization_id, e164)
            for refused in (await merging.unseen(session, [recipient_id])).values():
                raise refused
            merges = await merging.merges_of(session, [recipient_id])
            for found in merges:
                await merging.undo(session, actor, self._settings, found)
            await traces.follow_number(session, recipient_id, row.phone)
            row.phone = e164
            row.search_text = search_text(row, region)
            row.deleted_at = row.deletion_id = None
            await session.flush()
            for one in merges:
                await moving.refresh(session, self._settings, one.kept_id, recipient_id)
                await catch_up_of(session, one.kept_id, self._settings)
            await trail.record(
                session, actor, "recipient.undelete", "recipient", recipient_id,
                organization_id=row.organization_id, details={"fields": ["phone"]},
            )  # fmt: skip
            back = queries.to_row((await session.execute(queries.by_id(actor, row.id))).one())
            return as_seen(back, masked=is_masked(actor, self._settings))

    async def _restore(
        self, steps: Steps, selection: DeletedSelection, job: Job | None
    ) -> Restored | None:
        async with steps.reading() as (session, actor):
            select = sa.select(Recipient.id).where(*await self._chosen(session, actor, selection))
            ids = await ids_of(session, select.order_by(Recipient.id))
        if not ids:
            return None
        is_one = len(ids) == 1
        kept: list[Taken] = []
        kept_count = 0
        parted: list[Parted] = []
        parts: list[str] = []
        details = {}
        if selection.query is not None and selection.query.deletion_id is not None:
            details["deletion"] = selection.query.deletion_id

        async def part(session: AsyncSession, actor: Actor, ids: Sequence[int]) -> int:
            nonlocal kept_count
            again = await self._those_merged(session, ids)
            unseen = await merging.unseen(session, ids)
            if is_one:
                for error in unseen.values():
                    raise error
            parts.extend(map(str, unseen.values()))
            ids = [one for one in ids if one not in again and one not in unseen]
            which = [among(session, Recipient.id, ids), *self._restorable(actor)]
            if ids and not await _all_back(session, which, len(ids)):
                ids, taken, told = await self._those_who_can(session, actor, which)
                await session.execute(_back(among(session, Recipient.id, ids)))
                await reveals.record(session, actor, self._settings, told, steps.use_case.name)
                kept.extend(taken[: NAMED - len(kept)])
                kept_count += len(taken)
            # after the others: among them may be whom they were merged with
            two = await self._two_again(session, actor, again, is_one=is_one)
            await reveals.record(session, actor, self._settings, two.told, steps.use_case.name)
            kept.extend(two.taken[: NAMED - len(kept)])
            kept_count += len(two.taken)
            parts.extend(two.why_not)
            parted.extend(two.parted)
            ids = sorted([*ids, *two.back])
            await trail.record_many(session, actor, "recipient.undelete", "recipient", ids, details)
            return len(ids)

        done = await steps.in_parts(ids, part, job)
        return Restored(
            done, tuple(kept), kept_count, tuple(parted), tuple(parts[:NAMED]), len(parts)
        )

    @staticmethod
    async def _those_merged(session: AsyncSession, ids: Sequence[int]) -> set[int]:
        """Those of these who are parts of others."""
        which = (among(session, Merge.merged_id, ids), Merge.undone_at.is_(None))
        return set(await session.scalars(sa.select(Merge.merged_id).where(*which)))

    async def _two_again(
        self, session: AsyncSession, actor: Actor, ids: Collection[int], *, is_one: bool
    ) -> _TwoAgain:
        """Take back the merges by which these are parts of others.

        Where that cannot be, why not is told with the others; or raised, where it is one that is restored.
        """
        two = _TwoAgain()
        hidden = is_masked(actor, self._settings)
        for found in await merging.merges_of(session, sorted(ids)):
            kept_id, merged_id = found.kept_id, found.merged_id
            nested = await session.begin_nested()
            try:
                one, parted = await merging.undo(session, actor, self._settings, found)
            except (ActionBlocked, InvalidInput) as error:
                if is_one:
                    raise
                await nested.rollback()
                two.why_not.append(str(error))
                continue
            has_number = sa.select(_present.name, _present.id).join(Recipient, _HOLDS_ITS_NUMBER)
            holder = await session.execute(has_number.where(Recipient.id == merged_id))
            if (present := holder.first()) is not None:
                shown = phone.hide(one.phone) if hidden else one.phone
                two.taken.append(Taken(merged_id, one.name, shown, present.name))
                two.told += [merged_id, present.id]
                await nested.rollback()
                continue
            one.deleted_at = one.deletion_id = None
            await session.flush()
            await nested.commit()
            await moving.refresh(session, self._settings, kept_id, merged_id)
            await catch_up_of(session, kept_id, self._settings)
            two.back.append(merged_id)
            two.parted.append(parted)
        return two

    async def _those_who_can(
        self, session: AsyncSession, actor: Actor, which: list[sa.ColumnElement[bool]]
    ) -> tuple[list[int], list[Taken], list[int]]:
        """Who can come back, and who cannot: the number is somebody's, or another's who comes back now.

        Of several with one number, the one deleted last comes back. Last, the IDs of those of whom this tells that
        they have the same number.
        """
        found = await session.execute(
            sa.select(
                Recipient.id,
                Recipient.organization_id,
                Recipient.phone,
                Recipient.name,
                _present.name,
                _present.id,
            )
            .outerjoin(_present, _HOLDS_ITS_NUMBER)
            .where(*which)
            .order_by(Recipient.deletion_id.desc(), Recipient.id.desc())
        )
        hidden = is_masked(actor, self._settings)
        comes: dict[tuple[int, str], tuple[str, int]] = {}
        ids: list[int] = []
        taken: list[Taken] = []
        told: list[int] = []
        for recipient_id, organization_id, number, name, holder, held_by in found:
            if held_by is None and (organization_id, number) in comes:
                holder, held_by = comes[organization_id, number]
            if held_by is not None:
                shown = phone.hide(number) if hidden else number
                taken.append(Taken(recipient_id, name, shown, holder))
                told += [recipient_id, held_by]
            else:
                comes[organization_id, number] = (name, recipient_id)
                ids.append(recipient_id)
        return sorted(ids), taken, told


def _back(*which: sa.ColumnElement[bool]) -> sa.Update:
    return (
        sa.update(Recipient)
        .where(*which)
        .values(deleted_at=None, deletion_id=None, version=Recipient.version + 1)
        .execution_options(synchronize_session=False)
    )


async def _all_back(session: AsyncSession, which: list[sa.ColumnElement[bool]], count: int) -> bool:
    """Bring all of them back, where nobody has the number of any; gives whether it was so."""
    nested = await session.begin_nested()
    try:
        result: Any = await session.execute(_back(*which))
    except exc.IntegrityError as error:
        if not is_taken(error):
            raise
        await nested.rollback()
        return False
    if result.rowcount != count:
        await nested.rollback()
        return False
    await nested.commit()
    return True
