"""The use cases of organizations: add, list, rename."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.app.actor import Actor
from core.app.audit import trail
from core.app.permissions import READERS, SYSTEM_ADMINS, About, Shows
from core.app.use_case import Service, use_case
from core.db.models import Organization
from core.organizations.dto import OrganizationRow
from core.organizations.rules import clean_name, clean_timezone
from core.values.errors import Conflict, InvalidInput, NotFound
from core.values.i18n import _
from core.values.text import replace_forbidden, search_key
from core.values.times import now

_ROW = (Organization.id, Organization.version, Organization.name, Organization.timezone)


class OrganizationService(Service, name="organizations"):
    """Organizations: all of them for system admins, their own for the others."""

    @use_case(SYSTEM_ADMINS, "write")
    async def add(
        self, session: AsyncSession, actor: Actor, name: str, timezone: str | None = None
    ) -> OrganizationRow:
        """Add an organization. Raises InvalidInput naming the field, or where the name is taken."""
        name = clean_name(name)
        zone = clean_timezone(timezone)
        await _refuse_taken(session, name)
        made = Organization(name=name, name_key=search_key(name), timezone=zone, created_at=now())
        session.add(made)
        await session.flush()
        await trail.record(
            session, actor, "organization.add", "organization", made.id, organization_id=made.id
        )
        return OrganizationRow(made.id, made.version, made.name, made.timezone)

    @use_case(READERS, "read", shows=Shows.NOBODY)
    async def list(
        self, session: AsyncSession, actor: Actor, search: str = "", limit: int | None = None
    ) -> Sequence[OrganizationRow]:
        """Those whose name contains what was typed, in any case and normal form, by name."""
        select = (
            sa.select(*_ROW).where(visible_organizations(actor)).order_by(Organization.name_key)
        )
        if key := search_key(replace_forbidden(search)):
            select = select.where(Organization.name_key.contains(key, autoescape=True))
        rows = (await session.execute(select.limit(limit))).all()
        return [OrganizationRow(*row) for row in rows]

    @use_case(READERS, "read", organization_id=About.ORGANIZATION, shows=Shows.NOBODY)
    async def get(
        self, session: AsyncSession, actor: Actor, organization_id: int
    ) -> OrganizationRow:
        """One organization. Raises NotFound."""
        return await _one(session, actor, organization_id)

    @use_case(READERS, "read", name=About.ORGANIZATION_NAME, shows=Shows.NOBODY)
    async def by_name(self, session: AsyncSession, actor: Actor, name: str) -> OrganizationRow:
        """The organization of this name, in any case and normal form. Raises NotFound."""
        return await find_by_name(session, actor, name)

    @use_case(SYSTEM_ADMINS, "write", organization_id=About.ORGANIZATION)
    async def rename(
        self, session: AsyncSession, actor: Actor, organization_id: int, name: str, version: int
    ) -> OrganizationRow:
        """Rename it, over the version that was read. Raises Conflict with the present one."""
        current = await _one(session, actor, organization_id)
        name = clean_name(name)
        if current.version != version:
            raise _changed_meanwhile(current)
        await _refuse_taken(session, name, besides=organization_id)
        result: Any = await session.execute(
            sa.update(Organization)
            .where(Organization.id == organization_id, Organization.version == version)
            .values(name=name, name_key=search_key(name), version=version + 1)
        )
        if result.rowcount != 1:
            raise _changed_meanwhile(await _one(session, actor, organization_id))
        await trail.record(
            session,
            actor,
            "organization.rename",
            "organization",
            organization_id,
            organization_id=organization_id,
        )
        return await _one(session, actor, organization_id)


def visible_organizations(actor: Actor) -> sa.ColumnElement[bool]:
    """The organizations that exist for the actor."""
    return sa.true() if actor.delivers_for_all else Organization.id == actor.organization_id


async def find_by_name(session: AsyncSession, actor: Actor, name: str) -> OrganizationRow:
    """The organization of this name, if the actor may see it. Raises NotFound with the way out."""
    select = sa.select(*_ROW).where(
        visible_organizations(actor), Organization.name_key == search_key(name)
    )
    if (row := (await session.execute(select)).one_or_none()) is not None:
        return OrganizationRow(*row)
    if await session.scalar(sa.select(Organization.id).limit(1)) is None:
        raise NotFound(
            _("There is no organization yet."), _("Add one with: carecall organization add NAME")
        )
    near = await _nearly(session, actor, name)
    raise NotFound(
        _("There is no organization {name}.").format(name=replace_forbidden(name)),
        _("Did you mean {name}?").format(name=near)
        if near
        else _("carecall organization list shows their names."),
    )


async def _nearly(session: AsyncSession, actor: Actor, name: str) -> str | None:
    """One that the actor sees and that differs in blanks only."""
    without = sa.func.replace(Organization.name_key, " ", "")
    return await session.scalar(
        sa.select(Organization.name)
        .where(visible_organizations(actor), without == search_key(name).replace(" ", ""))
        .order_by(Organization.name_key)
        .limit(1)
    )


def not_found() -> NotFound:
    """What an admin reads of an organization that is gone or not theirs."""
    return NotFound(_("This organization does not exist (any more)."))


async def _one(session: AsyncSession, actor: Actor, organization_id: int) -> OrganizationRow:
    select = sa.select(*_ROW).where(
        visible_organizations(actor), Organization.id == organization_id
    )
    row = (await session.execute(select)).one_or_none()
    if row is None:
        raise not_found()
    return OrganizationRow(*row)


async def _refuse_taken(session: AsyncSession, name: str, *, besides: int = 0) -> None:
    taken = await session.scalar(
        sa.select(Organization.name).where(
            Organization.name_key == search_key(name), Organization.id != besides
        )
    )
    if taken is not None:
        raise InvalidInput(
            _("There is an organization {name} already.").format(name=taken), field="name"
        )


def _changed_meanwhile(current: OrganizationRow) -> Conflict:
    return Conflict(
        _("Somebody else changed this organization since it was read; nothing was overwritten."),
        _("Look at it again and retry."),
        current=current,
    )
