"""Deliveries that could not be stored, within the caller's transaction.

They are kept whole, each once, within bounds for each deliverer. They are personal data: only system admins see
them, and erasing takes them as well.
"""

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from core.app.actor import Actor, known_role
from core.app.audit import trail
from core.app.permissions import DELIVERERS
from core.calls.held_dto import HeldRow, HeldSummary
from core.calls.refused import DeliveryRefused, Reason
from core.db.models import Admin, HeldDelivery, Organization
from core.db.names import name_of
from core.db.rows import delete_rows
from core.values import text
from core.values.errors import Conflict, CoreError, InvalidInput, NotFound, NotPermitted
from core.values.i18n import _
from core.values.stored import stored
from core.values.text import search_key
from core.values.times import now

if TYPE_CHECKING:
    from core.calls.fragments import Glance

MOST = 1_000
MOST_BYTES = 64 * 1024 * 1024
_FOR_EMERGENCIES = 2  # so many times as much


class Held(Struct, frozen=True):
    """A delivery that is held, whole."""

    admin_id: int
    source: str
    content: bytes
    too_long: bool


async def hold(
    session: AsyncSession,
    actor: Actor,
    source: str,
    line: int,
    data: bytes,
    seen: "Glance",
    error: CoreError,
) -> bool:
    """Keep what the actor delivered and could not be stored; gives whether it is kept.

    Up to the bounds, which are higher for emergencies; nothing that is kept ever makes room for another.
    """
    reason, field = _coded(error)
    # of what is cut off an emergency may be all that is another
    cut = b"!" if seen.emergency and reason is Reason.TOO_LONG else b""
    digest = hashlib.sha256(data + cut).hexdigest()
    if await session.scalar(
        sa.select(HeldDelivery.id).where(*_same(actor.admin_id, source, digest))
    ):
        return True
    count, size = (
        await session.execute(
            sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(HeldDelivery.size), 0)).where(
                HeldDelivery.admin_id == actor.admin_id
            )
        )
    ).one()
    times = _FOR_EMERGENCIES if seen.emergency else 1
    if count >= MOST * times or size + len(data) > MOST_BYTES * times:
        return False
    organization_id = actor.organization_id
    if organization_id is None and seen.organization:
        named = Organization.name_key == search_key(seen.organization)
        organization_id = await session.scalar(sa.select(Organization.id).where(named))
    made = HeldDelivery(
        received_at=now(),
        admin_id=actor.admin_id,
        source=source,
        organization_id=organization_id,
        line=line,
        reason=reason.value,
        field=field[:100],
        emergency=seen.emergency,
        phone=seen.phone,
        size=len(data),
        digest=digest,
        content=data,
    )
    session.add(made)
    await session.flush()
    await trail.record(
        session,
        actor,
        "delivery.hold",
        "delivery",
        made.id,
        organization_id=organization_id,
        details={"reason": reason.value},
    )
    return True


def _coded(error: CoreError) -> tuple[Reason, str]:
    if isinstance(error, DeliveryRefused):
        return error.reason, ""
    if isinstance(error, Conflict):
        return Reason.CONFLICT, ""
    return Reason.LINE, error.field if isinstance(error, InvalidInput) else ""


def _same(admin_id: int, source: str, digest: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        HeldDelivery.admin_id == admin_id,
        HeldDelivery.source == source,
        HeldDelivery.digest == digest,
    )


async def forget_same(session: AsyncSession, admin_id: int, source: str, data: bytes) -> None:
    """Let go what was held of this line, now that it was taken in."""
    which = sa.and_(*_same(admin_id, source, hashlib.sha256(data).hexdigest()))
    if await session.scalar(sa.select(HeldDelivery.id).where(which)) is not None:
        await delete_rows(session, HeldDelivery, which)


async def forget(session: AsyncSession, held_id: int) -> None:
    """Let it go, now that it was taken in. Raises Conflict where somebody else did."""
    if not await delete_rows(session, HeldDelivery, HeldDelivery.id == held_id):
        raise Conflict(_("Somebody else has taken it in or dropped it."))


async def ids(session: AsyncSession) -> Sequence[int]:
    """All of them, the oldest first."""
    return (await session.scalars(sa.select(HeldDelivery.id).order_by(HeldDelivery.id))).all()


async def get(session: AsyncSession, held_id: int) -> Held | None:
    """One of them."""
    columns: tuple[Any, ...] = (
        HeldDelivery.admin_id,
        HeldDelivery.source,
        HeldDelivery.content,
        HeldDelivery.reason,
    )
    row = (
        await session.execute(sa.select(*columns).where(HeldDelivery.id == held_id))
    ).one_or_none()
    if row is None:
        return None
    return Held(row.admin_id, row.source, row.content, row.reason == Reason.TOO_LONG.value)


async def deliverer(session: AsyncSession, actor: Actor, admin_id: int) -> Actor:
    """Who delivered it, as far as that admin may see now. Raises NotPermitted where it may deliver no more."""
    row = (
        await session.execute(
            sa.select(Admin.login, Admin.role, Admin.organization_id, Admin.disabled_at).where(
                Admin.id == admin_id
            )
        )
    ).one()
    if row.disabled_at is not None:
        raise NotPermitted(
            _("The admin {login}, who delivered it, is disabled.").format(login=row.login)
        )
    role = known_role(row.role)
    found = Actor(admin_id, row.login, row.login, role, row.organization_id, actor.account)
    DELIVERERS.require(role)
    return found


async def rows(session: AsyncSession) -> list[HeldRow]:
    """What is held, the oldest first."""
    from core.calls.fragments import glance

    columns: tuple[Any, ...] = (
        HeldDelivery.id,
        HeldDelivery.received_at,
        Admin.login,
        name_of(),
        HeldDelivery.source,
        sa.func.coalesce(Organization.name, ""),
        HeldDelivery.reason,
        HeldDelivery.field,
        HeldDelivery.emergency,
        HeldDelivery.content,
    )
    select = (
        sa.select(*columns)
        .join(Admin, Admin.id == HeldDelivery.admin_id)
        .outerjoin(Organization, Organization.id == HeldDelivery.organization_id)
        .order_by(HeldDelivery.id)
    )
    found = []
    result = await session.stream(select.execution_options(yield_per=20))
    async for (
        held_id,
        at,
        login,
        name,
        source,
        organization,
        reason,
        field,
        emergency,
        content,
    ) in result:
        seen = glance(content, "")
        found.append(
            HeldRow(
                held_id, at, login, source, organization or seen.organization, seen.call,
                stored(Reason, reason), field, emergency, name,
            )
        )  # fmt: skip
    return found


async def summary(session: AsyncSession) -> HeldSummary:
    """How many."""
    emergencies = sa.func.coalesce(sa.func.sum(sa.case((HeldDelivery.emergency, 1), else_=0)), 0)
    newest = sa.func.coalesce(sa.func.max(HeldDelivery.id), 0)
    row = (
        await session.execute(sa.select(sa.func.count(HeldDelivery.id), emergencies, newest))
    ).one()
    return HeldSummary(*map(int, row))


async def drop(session: AsyncSession, actor: Actor, held_id: int, reason: str) -> None:
    """Let it go for good. Raises NotFound, and InvalidInput without a reason."""
    reason = text.clean_reason(reason)
    organization_id = await session.scalar(
        sa.select(sa.func.coalesce(HeldDelivery.organization_id, 0)).where(
            HeldDelivery.id == held_id
        )
    )
    if organization_id is None:
        raise NotFound(
            _("There is no held delivery {number}.").format(number=held_id),
            _("carecall ingest --held lists them."),
        )
    await delete_rows(session, HeldDelivery, HeldDelivery.id == held_id)
    await trail.record(
        session,
        actor,
        "delivery.drop",
        "delivery",
        held_id,
        organization_id=organization_id or None,
        details={"reason": reason},
    )
