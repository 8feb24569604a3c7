"""The use cases of organizations: add, list, rename."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.app.actor import Actor
from core.app.audit import trail
from core.app.permissions import READERS, SYSTEM_ADMINS, About, Shows
from core.app.use_case import Service, use_case
from core.db.models import Organization
from core.db.rows import save_over
from core.organizations.dto import OrganizationRow
from core.organizations.queries import ROW, find_by_name, one_organization, visible_organizations
from core.organizations.rules import clean_name, clean_timezone
from core.values.errors import Conflict, InvalidInput
from core.values.i18n import _
from core.values.text import replace_forbidden, search_key
from core.values.times import now


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
        select = sa.select(*ROW).where(visible_organizations(actor)).order_by(Organization.name_key)
        if key := search_key(replace_forbidden(search)):
            select = select.where(Organization.name_key.contains(key, autoescape=True))
        rows = (await session.execute(select.limit(limit))).all()
        return [OrganizationRow(*row) for row in rows]

    @use_case(READERS, "read", organization_id=About.ORGANIZATION, shows=Shows.NOBODY)
    async def get(
        self, session: AsyncSession, actor: Actor, organization_id: int
    ) -> OrganizationRow:
        """One organization. Raises NotFound."""
        return await one_organization(session, actor, organization_id)

    @use_case(READERS, "read", name=About.ORGANIZATION_NAME, shows=Shows.NOBODY)
    async def by_name(self, session: AsyncSession, actor: Actor, name: str) -> OrganizationRow:
        """The organization of this name, in any case and normal form. Raises NotFound."""
        return await find_by_name(session, actor, name)

    @use_case(SYSTEM_ADMINS, "write", organization_id=About.ORGANIZATION)
    async def rename(
        self, session: AsyncSession, actor: Actor, organization_id: int, name: str, version: int
    ) -> OrganizationRow:
        """Rename it, over the version that was read. Raises Conflict with the present one."""
        current = await one_organization(session, actor, organization_id)
        name = clean_name(name)
        if current.version != version:
            raise _changed_meanwhile(current)
        await _refuse_taken(session, name, besides=organization_id)
        new = {"name": name, "name_key": search_key(name)}
        if not await save_over(session, Organization, organization_id, version, **new):
            raise _changed_meanwhile(await one_organization(session, actor, organization_id))
        await trail.record(
            session, actor, "organization.rename", "organization", organization_id,
            organization_id=organization_id,
        )  # fmt: skip
        return await one_organization(session, actor, organization_id)


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
