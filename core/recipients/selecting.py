"""Whom a selection means now, within a transaction."""

from array import array

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.app.actor import Actor
from core.db.bulk import ids_of
from core.db.models import Recipient
from core.db.rows import count_rows
from core.recipients.dto import Selection
from core.recipients.edit_dto import Seen
from core.recipients.listing import search
from core.recipients.reading import not_found
from core.values.errors import Conflict
from core.values.i18n import _, ngettext
from core.values.settings import Settings

_READ = 20_000


async def chosen(
    session: AsyncSession,
    actor: Actor,
    settings: Settings,
    selection: Selection,
    expected: int,
    *only: sa.ColumnElement[bool],
) -> "array[int]":
    """The IDs of the selection, of those only for which this holds. Raises Conflict where it has changed."""
    conditions = await search.selected(session, actor, selection, settings)
    total = await count_rows(session, Recipient, *conditions)
    if not total:
        raise not_found()
    if total != expected:
        raise list_has_changed(total)
    return await ids_of(
        session, sa.select(Recipient.id).where(*conditions, *only).order_by(Recipient.id)
    )


async def seen(
    session: AsyncSession, actor: Actor, settings: Settings, selection: Selection
) -> Seen:
    """The recipients of the selection with their versions. Raises NotFound where there is none."""
    conditions = await search.selected(session, actor, selection, settings)
    select = sa.select(Recipient.id, Recipient.version).where(*conditions).order_by(Recipient.id)
    ids, versions = array("q"), array("q")
    found = await session.stream(select.execution_options(yield_per=_READ))
    async for part in found.partitions():
        for recipient_id, version in part:
            ids.append(recipient_id)
            versions.append(version)
    if not ids:
        raise not_found()
    return Seen(ids, versions)


def list_has_changed(count: int) -> Conflict:
    """What an admin reads where another number was confirmed."""
    return Conflict(
        ngettext(
            "The list has changed: it is {count} recipient now; nothing was done.",
            "The list has changed: it is {count} recipients now; nothing was done.",
            count,
        ).format(count=f"{count:,}"),
        _("Look at the list and confirm again."),
    )
