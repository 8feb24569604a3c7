"""Reading recipients: a window of the list, counts, one, and the number of one."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.app.actor import Actor
from core.app.audit import trail
from core.app.audit.access import note_access
from core.app.permissions import READERS, About, Shows
from core.app.use_case import Service, use_case
from core.db.models import Recipient
from core.db.rows import count_rows, one_or
from core.recipients import queries, reveals
from core.recipients.dto import (
    FIRST_PAGE,
    Anchor,
    Page,
    RecipientQuery,
    RecipientRow,
    Selection,
    SelectionCounts,
)
from core.recipients.listing import query as listing
from core.recipients.listing import search
from core.recipients.masking import as_seen, is_masked
from core.recipients.rules import Status
from core.tags.queries import of_each
from core.values.errors import NotFound
from core.values.i18n import _

NAMED = 3  # people that a sentence names at most


def not_found() -> NotFound:
    """What an admin reads of a recipient that is gone or not theirs."""
    return NotFound(_("This recipient does not exist (any more)."))


class RecipientReading(Service):
    """The part of the recipient service that reads. Numbers are as the actor may see them."""

    @use_case(READERS, "read")
    async def window(
        self, session: AsyncSession, actor: Actor, query: RecipientQuery, page: Page = FIRST_PAGE
    ) -> list[tuple[RecipientRow, Anchor]]:
        """A page of what the query lists, each row with its own anchor."""
        return await listing.page(session, actor, query, self._settings, page)

    @use_case(READERS, "read", shows=Shows.RECORDED)
    async def count(self, session: AsyncSession, actor: Actor, query: RecipientQuery) -> int:
        """How many recipients the query finds; a search is recorded, by its fields and what it comes to."""
        found = await listing.count(session, actor, query, self._settings)
        if fields := query.fields_asked:
            details = {"fields": fields, "found": found}
            organization_id = query.organization_id or actor.organization_id
            note_access(
                session,
                actor,
                "look.search",
                "recipients",
                organization_id=organization_id,
                details=details,
                asked=query,
            )
        return found

    @use_case(READERS, "read", shows=Shows.NOBODY)
    async def index_of(
        self, session: AsyncSession, actor: Actor, query: RecipientQuery, recipient_id: int
    ) -> int | None:
        """Where the recipient is in what the query lists, from 0; None where it is not."""
        return await listing.index_of(session, actor, query, self._settings, recipient_id)

    @use_case(READERS, "read", recipient_id=About.RECIPIENT, shows=Shows.RECORDED)
    async def get(self, session: AsyncSession, actor: Actor, recipient_id: int) -> RecipientRow:
        """One recipient; that is recorded. Raises NotFound."""
        row = await self._seen(session, actor, recipient_id)
        note_access(
            session,
            actor,
            "look.details",
            "recipient",
            recipient_id,
            organization_id=row.organization_id,
        )
        return row

    @use_case(READERS, "write", recipient_id=About.RECIPIENT)
    async def reveal(
        self, session: AsyncSession, actor: Actor, recipient_id: int, reason: str = ""
    ) -> str:
        """The whole number (E.164); recorded. A role that does not see numbers says why.

        Raises NotFound, and InvalidInput (``reason``).
        """
        row = await self._row(session, actor, recipient_id)
        why = await reveals.reason_of(session, actor, self._settings, reason, recipient_id)
        await trail.record(
            session,
            actor,
            "recipient.reveal",
            "recipient",
            recipient_id,
            organization_id=row.organization_id,
            details=why,
        )
        return row.phone

    @use_case(READERS, "read")
    async def counts(
        self,
        session: AsyncSession,
        actor: Actor,
        selection: Selection,
        listed: RecipientQuery | None = None,
    ) -> SelectionCounts:
        """What of the selection exists now, who it is, and for how many pausing and resuming is possible.

        ``listed`` is what the list shows: those of the selection that it leaves out are counted.
        """
        conditions = await search.selected(session, actor, selection, self._settings)
        by_status = (
            await session.execute(
                sa.select(Recipient.status, sa.func.count())
                .where(*conditions)
                .group_by(Recipient.status)
            )
        ).all()
        found: dict[int, int] = {row[0]: row[1] for row in by_status}
        total, shown = sum(found.values()), 0
        some = sa.select(Recipient.name).where(*conditions).order_by(Recipient.id)
        names = await session.scalars(some.limit(NAMED))
        if listed is not None and selection.query is None:
            listing = await search.matching(session, actor, listed, self._settings)
            shown = await count_rows(session, Recipient, *conditions, *listing)
        else:
            shown = total
        return SelectionCounts(
            total,
            found.get(Status.IN_PROGRESS, 0),
            found.get(Status.PAUSED, 0),
            tuple(names),
            total - shown,
        )

    async def _seen(self, session: AsyncSession, actor: Actor, recipient_id: int) -> RecipientRow:
        masked = is_masked(actor, self._settings)
        return as_seen(await self._row(session, actor, recipient_id), masked=masked)

    async def _row(self, session: AsyncSession, actor: Actor, recipient_id: int) -> RecipientRow:
        row = await one_or(session, queries.by_id(actor, recipient_id), not_found())
        return queries.to_row(row, await of_each(session, [recipient_id]))
