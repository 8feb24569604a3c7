"""What was deleted and can be brought back until its time is over: which recipients, in which order."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncSession

from core.app.actor import Actor
from core.app.permissions import WRITERS, Shows
from core.app.use_case import Service, use_case
from core.db.bulk import among
from core.db.models import Admin, Deletion, Organization, Recipient
from core.db.names import name_of
from core.db.rows import columns_of, count_rows, is_sqlite
from core.recipients.deletion_dto import DeletedQuery, DeletedRow, DeletedSelection, DeletionRow
from core.recipients.dto import FIRST_PAGE, Anchor, Page
from core.recipients.listing import search
from core.recipients.masking import is_masked
from core.retention.rules import expired_before
from core.values import phone
from core.values.times import now

_COLUMNS = columns_of(
    DeletedRow, Recipient, without=("expires_at",),
    organization=sa.func.coalesce(Organization.name, ""), timezone=Organization.timezone,
    deleted_by=sa.func.coalesce(name_of(), ""),
)  # fmt: skip


class DeletionReading(Service):
    """The part of the service of deletes that changes nothing."""

    @use_case(WRITERS, "read")
    async def window(
        self, session: AsyncSession, actor: Actor, query: DeletedQuery, page: Page = FIRST_PAGE
    ) -> list[tuple[DeletedRow, Anchor]]:
        """A page of the deleted, the latest delete first, each with its own anchor."""
        conditions = await self._matching(session, actor, query)
        found: list[Any] = []
        skip, limit, backward = page.skip, page.limit, page.backward
        for part in _parts(page):
            select = self._rows().where(*conditions, *part)
            order = (Recipient.deletion_id, Recipient.id)
            select = select.order_by(*(order if backward else (term.desc() for term in order)))
            if skip:
                # counted off in the index alone
                passed = sa.select(Recipient.id).where(*conditions, *part).limit(skip)
                there = await count_rows(session, passed.subquery())
                if there == skip:
                    select, skip = select.offset(skip), 0
                else:
                    skip -= there
                    continue
            found += (await session.execute(select.limit(limit - len(found)))).all()
            if len(found) == limit:
                break
        masked = is_masked(actor, self._settings)
        return [
            (self._to_row(row, masked=masked), Anchor(row.deletion_id, row.id)) for row in found
        ]

    @use_case(WRITERS, "read", shows=Shows.NOBODY)
    async def count(self, session: AsyncSession, actor: Actor, query: DeletedQuery) -> int:
        """How many deleted recipients the query finds."""
        conditions = await self._matching(session, actor, query)
        return await count_rows(session, Recipient, *conditions)

    @use_case(WRITERS, "read")
    async def latest(self, session: AsyncSession, actor: Actor) -> DeletionRow | None:
        """The actor's own latest delete that is not undone; None where there is none."""
        of_it = [Recipient.deletion_id == Deletion.id, *self._restorable(actor)]
        last = await session.execute(
            sa.select(Deletion.id, Deletion.created_at)
            .where(
                Deletion.admin_id == actor.admin_id,
                Deletion.upload_id.is_(None),
                Deletion.undone_at.is_(None),
                sa.select(Recipient.id).where(*of_it).correlate(Deletion).exists(),
            )
            .order_by(Deletion.id.desc())
            .limit(1)
        )
        if (row := last.one_or_none()) is None:
            return None
        conditions = await self._matching(session, actor, DeletedQuery(deletion_id=row.id))
        return DeletionRow(
            row.id, row.created_at, await count_rows(session, Recipient, *conditions)
        )

    def _restorable(self, actor: Actor) -> list[sa.ColumnElement[bool]]:
        """What is deleted, not yet gone for good, and the actor's to restore."""
        conditions: list[sa.ColumnElement[bool]] = [Recipient.deletion_id.is_not(None)]
        if before := expired_before(self._settings.retention.deleted_recipients, now()):
            conditions.append(Recipient.deleted_at >= before)
        if not actor.sees_all:
            conditions.append(Recipient.organization_id == actor.organization_id)
        return conditions

    async def _matching(
        self, session: AsyncSession, actor: Actor, query: DeletedQuery
    ) -> list[sa.ColumnElement[bool]]:
        conditions = self._restorable(actor)
        if query.deletion_id is not None:
            conditions.append(Recipient.deletion_id == query.deletion_id)
        if query.recipient_id is not None:
            conditions.append(Recipient.id == query.recipient_id)
        for narrowing in await search.searched(
            session, actor, query.search, self._settings, deleted=True
        ):
            conditions.append(narrowing.condition)
            if narrowing.found is not None and is_sqlite(session):
                conditions.append(Recipient.id.in_(narrowing.found))
        return conditions

    async def _chosen(
        self, session: AsyncSession, actor: Actor, selection: DeletedSelection
    ) -> list[sa.ColumnElement[bool]]:
        if selection.query is None:
            ids = among(session, Recipient.id, sorted(selection.ids))
            return [*self._restorable(actor), ids]
        conditions = await self._matching(session, actor, selection.query)
        if selection.excluded:
            conditions.append(~among(session, Recipient.id, sorted(selection.excluded)))
        return conditions

    @staticmethod
    def _rows() -> sa.Select[Any]:
        return (
            sa.select(*_COLUMNS)
            .select_from(Recipient)
            .outerjoin(Organization, Organization.id == Recipient.organization_id)
            .outerjoin(Deletion, Deletion.id == Recipient.deletion_id)
            .outerjoin(Admin, Admin.id == Deletion.admin_id)
        )

    def _to_row(self, row: Any, *, masked: bool) -> DeletedRow:
        days = self._settings.retention.deleted_recipients
        deleted_at: datetime = row.deleted_at
        expires = deleted_at + timedelta(days=days) if days > 0 else None
        made = DeletedRow(**row._mapping, expires_at=expires)
        return replace(made, phone=phone.hide(made.phone)) if masked else made


def _parts(page: Page) -> list[list[sa.ColumnElement[bool]]]:
    """From the anchor on, in stretches of an index: the rest of its delete, then the others."""
    if (anchor := page.anchor) is None:
        return [[]]
    deletion: Any = Recipient.deletion_id
    own: Any = Recipient.id
    same = deletion == anchor.value
    if page.backward:
        return [[same, own > anchor.id], [deletion > anchor.value]]
    return [[same, own < anchor.id], [deletion < anchor.value]]
