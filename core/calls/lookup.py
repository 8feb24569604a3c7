"""One call, as far as the actor may see its recipient, within a transaction."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.app.actor import Actor
from core.calls import queries
from core.calls.dto import CallRow
from core.db.models import Call, Organization, Recipient
from core.db.rows import one_or
from core.organizations.queries import find_by_name
from core.recipients.queries import visible_recipients
from core.values.errors import InvalidInput, NotFound
from core.values.i18n import _

_NAMED = 5  # of several calls with one id


def not_found() -> NotFound:
    """What an admin reads of a call that is gone or not theirs."""
    return NotFound(_("This call does not exist (any more)."))


async def one_call(session: AsyncSession, actor: Actor, call_id: int) -> CallRow:
    """The call, if it exists for the actor. Raises NotFound."""
    select = queries.calls(actor, Call.id == call_id)
    return queries.to_row(await one_or(session, select, not_found()))


async def find_by_external_id(
    session: AsyncSession,
    actor: Actor,
    external_id: str,
    organization: str | None,
    source: str | None,
) -> int:
    """The call with this id of the organization and the source, each where it is named, as far as the actor sees.

    Raises NotFound, and InvalidInput that names the organizations and sources of those that are meant by it.
    """
    columns: tuple[Any, ...] = (Call.id, Organization.name, Call.source)
    select = (
        sa.select(*columns)
        .join(Recipient, Recipient.id == Call.recipient_id)
        .join(Organization, Organization.id == Recipient.organization_id)
        .where(visible_recipients(actor), Call.external_id == external_id)
        .order_by(Organization.name_key, Call.source)
    )
    if organization is not None:
        select = select.where(
            Recipient.organization_id == (await find_by_name(session, actor, organization)).id
        )
    if source is not None:
        select = select.where(Call.source == source)
    found = (await session.execute(select.limit(_NAMED + 1))).all()
    if not found:
        raise NotFound(
            _("There is no call with the id {id}.").format(id=external_id),
            _("The console copies the command with the id of a call: look there in its help."),
        )
    if len(found) > 1:
        several = [f"{name} ({of})" if of else name for _id, name, of in found[:_NAMED]]
        raise InvalidInput(
            _("Several calls have this id: of {organizations}.").format(
                organizations=", ".join(several)
            ),
            _("Name one with --organization NAME, or --source NAME."),
        )
    return int(found[0].id)
