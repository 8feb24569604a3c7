"""Selects on recipients. Each is limited to what the actor may see."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from core.app.actor import Actor
from core.db.models import Campaign, Organization, Participation, Recipient
from core.db.rows import columns_of
from core.recipients.dto import ROW_COLUMNS, Page, RecipientRow
from core.recipients.rules import Status


def _of_pause(column: Any) -> sa.ColumnElement[Any]:
    """What is kept of the pause of a recipient's campaign; looked up for each row that is given."""
    found = sa.select(column).where(
        Recipient.status == Status.PAUSED,
        Participation.recipient_id == Recipient.id,
        Participation.campaign_id == Recipient.campaign_id,
        Participation.paused_at.is_not(None),
    )
    return found.correlate(Recipient).scalar_subquery()


_NO_TAGS: Mapping[int, tuple[str, ...]] = {}
COLUMNS = columns_of(
    RecipientRow, Recipient, without=("tags",),
    organization=Organization.name, timezone=Organization.timezone,
    campaign=sa.func.coalesce(Campaign.name, ""),
    pause_reason=_of_pause(Participation.pause_reason), resumes_at=_of_pause(Participation.resumes_at),
)  # fmt: skip


def to_row(row: Any, tags: Mapping[int, tuple[str, ...]] = _NO_TAGS) -> RecipientRow:
    """The DTO of a row of ``COLUMNS``, with its tags where they were read.

    What the columns keep for "none" becomes None.
    """
    values = dict(zip(ROW_COLUMNS, row, strict=False))
    return RecipientRow.of_columns({**values, "tags": tags.get(values["id"], ())})


def visible_recipients(actor: Actor) -> sa.ColumnElement[bool]:
    """The recipients that exist for the actor."""
    not_deleted = Recipient.deleted_at.is_(None)
    return (
        not_deleted
        if actor.sees_all
        else not_deleted & (Recipient.organization_id == actor.organization_id)
    )


def paged(select: sa.Select[Any], page: Page, *keys: Any, down: bool = False) -> sa.Select[Any]:
    """A page of the select in the order of these columns (``down``: the largest first).

    The last column is the ID. The anchor's value is that of the first column, or a tuple of those before the ID.
    """
    down = down is not page.backward
    if page.anchor is not None:
        value = page.anchor.value
        place = (*(value if isinstance(value, tuple) else (value,)), page.anchor.id)
        there = sa.tuple_(
            *(sa.literal(one, key.type) for one, key in zip(place, keys, strict=True))
        )
        here = sa.tuple_(*keys)
        select = select.where(here < there if down else here > there)
    order = (sa.desc(key) if down else sa.asc(key) for key in keys)
    return select.order_by(*order).offset(page.skip or None).limit(page.limit)


def rows(*more: Any) -> sa.Select[Any]:
    """The columns of ``to_row`` and more, for recipients joined to their organizations and campaigns.

    The joins are outer ones (though nobody is without an organization), so that SQLite looks the two up for
    each recipient and never starts from them.
    """
    return (
        sa.select(*COLUMNS, *more)
        .select_from(Recipient)
        .outerjoin(Organization, Organization.id == Recipient.organization_id)
        .outerjoin(Campaign, Campaign.id == Recipient.campaign_id)
    )


def by_id(actor: Actor, recipient_id: int) -> sa.Select[Any]:
    """The row of one recipient."""
    return rows().where(visible_recipients(actor), Recipient.id == recipient_id)
