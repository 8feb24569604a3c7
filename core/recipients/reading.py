"""Reading recipients: a window of the list, counts, one, and the number of one."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.app.actor import Actor, reread
from core.app.audit import trail
from core.db.engine import Database
from core.db.models import Recipient
from core.recipients import pages, queries
from core.recipients.dto import Anchor, RecipientQuery, RecipientRow, Selection, SelectionCounts
from core.recipients.masking import as_seen, is_masked
from core.recipients.rules import Status
from core.values.errors import NotFound
from core.values.i18n import _
from core.values.settings import Settings

NAMED = 3  # people that a sentence names at most


def not_found() -> NotFound:
    """What an admin reads of a recipient that is gone or not theirs."""
    return NotFound(_("This recipient does not exist (any more)."))


class RecipientReading:
    """The part of the recipient service that reads. Numbers are as the actor may see them."""

    _database: Database
    _settings: Settings

    async def window(
        self,
        actor: Actor,
        query: RecipientQuery,
        anchor: Anchor | None,
        *,
        backward: bool = False,
        skip: int = 0,
        limit: int = 64,
    ) -> list[tuple[RecipientRow, Anchor]]:
        """Rows after the anchor (``backward``: before it, nearest first), each with its own anchor."""
        async with self._database.reading() as session:
            actor = await reread(session, actor)
            masked = is_masked(actor, self._settings)
            rows = await pages.page(
                session,
                actor,
                query,
                self._settings,
                anchor,
                backward=backward,
                skip=skip,
                limit=limit,
            )
        return [
            (as_seen(queries.to_row(row), masked=masked), Anchor(row.sort_value, row.id))
            for row in rows
        ]

    async def count(self, actor: Actor, query: RecipientQuery) -> int:
        """How many recipients the query finds."""
        async with self._database.reading() as session:
            actor = await reread(session, actor)
            return await pages.count(session, actor, query, self._settings)

    async def index_of(self, actor: Actor, query: RecipientQuery, recipient_id: int) -> int | None:
        """Where the recipient is in what the query lists, from 0; None where it is not."""
        async with self._database.reading() as session:
            actor = await reread(session, actor)
            return await pages.index_of(session, actor, query, self._settings, recipient_id)

    async def get(self, actor: Actor, recipient_id: int) -> RecipientRow:
        """One recipient. Raises NotFound."""
        async with self._database.reading() as session:
            return await self._seen(session, await reread(session, actor), recipient_id)

    async def reveal(self, actor: Actor, recipient_id: int) -> str:
        """The whole number (E.164) for a role that does not see numbers; recorded. Raises NotFound."""
        async with self._database.transaction() as session:
            actor = await reread(session, actor)
            row = await self._row(session, actor, recipient_id)
            await trail.record(
                session,
                actor,
                "recipient.reveal",
                "recipient",
                recipient_id,
                organization_id=row.organization_id,
            )
            return row.phone

    async def counts(
        self, actor: Actor, selection: Selection, listed: RecipientQuery | None = None
    ) -> SelectionCounts:
        """What of the selection exists now, who it is, and for how many pausing and resuming is possible.

        ``listed`` is what the list shows: those of the selection that it leaves out are counted.
        """
        async with self._database.reading() as session:
            actor = await reread(session, actor)
            conditions = queries.selected(actor, selection, self._settings)
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
                listing = queries.matching(actor, listed, self._settings)
                count = sa.select(sa.func.count()).select_from(Recipient)
                shown = await session.scalar(count.where(*conditions, *listing)) or 0
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
        row = (await session.execute(queries.by_id(actor, recipient_id))).one_or_none()
        if row is None:
            raise not_found()
        return queries.to_row(row)
