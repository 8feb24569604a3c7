"""Adding, listing, disabling and enabling admins."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.admins import rules
from core.admins.dto import AdminRow
from core.app.actor import Actor
from core.app.audit import trail
from core.app.permissions import READERS, SYSTEM_ADMINS, About, Shows
from core.app.use_case import Service, before_anybody_acts, use_case
from core.db.models import Admin, Organization
from core.db.rows import columns_of, made_of, one_or
from core.io.identity import Identity
from core.organizations.queries import find_by_name
from core.tasks.from_calls import unassign
from core.values.errors import ActionBlocked, InvalidInput, NotFound
from core.values.i18n import _
from core.values.roles import Role
from core.values.text import replace_forbidden
from core.values.times import now

_ROW = columns_of(AdminRow, Admin, organization=sa.func.coalesce(Organization.name, ""))


class AdminAccounts(Service):
    """The part of the admin service that keeps the list of admins; for system admins."""

    @use_case(SYSTEM_ADMINS, "write")
    async def add(
        self,
        session: AsyncSession,
        actor: Actor,
        login: str,
        role: str,
        organization: str | None = None,
        name: str = "",
        account: str | None = None,
        source: str = "",
    ) -> AdminRow:
        """Add an admin; without an account, the OS account of the same name acts as it.

        ``source`` names the calling system that an admin with the role ``ingest`` is. Raises InvalidInput naming
        the field, and NotFound for the organization.
        """
        login = rules.clean_login(login)
        account = rules.clean_login(account or login, field="account")
        name = rules.clean_name(name)
        checked = rules.clean_role(role)
        source = rules.clean_source(source, checked)
        rules.check_organization(checked, organization)
        organization_id = None
        if organization:
            organization_id = (await find_by_name(session, actor, organization)).id
        await _refuse_taken(session, login, account)
        admin_id = await _insert(session, login, account, name, checked, organization_id, source)
        await _record(session, actor, "admin.add", admin_id, organization_id)
        return await _one(session, actor, Admin.id == admin_id)

    @use_case(READERS, "read", shows=Shows.NOBODY)
    async def list(self, session: AsyncSession, actor: Actor) -> Sequence[AdminRow]:
        """The admins by login: all for system admins, those of their organization for the others."""
        rows = (await session.execute(_select(actor).order_by(Admin.login))).all()
        return [_to_row(row) for row in rows]

    @use_case(SYSTEM_ADMINS, "write", login=About.ADMIN_LOGIN)
    async def disable(self, session: AsyncSession, actor: Actor, login: str) -> AdminRow:
        """Let the admin in no more; what it did stays. Raises ActionBlocked with the reason."""
        current = await _one(session, actor, Admin.login == login)
        active = await session.scalars(
            sa.select(Admin.id)
            .where(Admin.role == Role.SYSTEM.value, Admin.disabled_at.is_(None))
            .with_for_update()
        )
        reason = rules.why_not_disable(
            oneself=current.id == actor.admin_id,
            last_system_admin=set(active) == {current.id},
        )
        if reason:
            raise ActionBlocked(reason)
        if current.disabled_at is not None:
            return current
        admin = await session.get_one(Admin, current.id)
        admin.disabled_at = now()
        await unassign(session, current.id)
        await _record(session, actor, "admin.disable", current.id, admin.organization_id)
        return await _one(session, actor, Admin.id == current.id)

    @use_case(SYSTEM_ADMINS, "write", login=About.ADMIN_LOGIN)
    async def enable(self, session: AsyncSession, actor: Actor, login: str) -> AdminRow:
        """Let a disabled admin in again. Raises NotFound."""
        current = await _one(session, actor, Admin.login == login)
        if current.disabled_at is None:
            return current
        admin = await session.get_one(Admin, current.id)
        admin.disabled_at = None
        await _record(session, actor, "admin.enable", current.id, admin.organization_id)
        return await _one(session, actor, Admin.id == current.id)

    @before_anybody_acts
    async def first_admin(self, identity: Identity) -> AdminRow:
        """Make the OS account the first system admin. Raises ActionBlocked where there is one."""
        async with self._database.transaction() as session:
            there = await session.scalar(
                sa.select(Admin.login).where(Admin.role == Role.SYSTEM.value).limit(1)
            )
            if there is not None:
                raise ActionBlocked(
                    _("The console is set up already; {login} is a system admin.").format(
                        login=there
                    ),
                    _("Start it with: carecall"),
                )
            login = rules.login_of(identity.account)
            admin_id = await _insert(session, login, identity.account, "", Role.SYSTEM, None)
            actor = Actor(
                admin_id, login, login, Role.SYSTEM, None, identity.account, identity.client
            )
            await _record(session, actor, "admin.add", admin_id, None)
            return await _one(session, actor, Admin.id == admin_id)


def _select(actor: Actor) -> sa.Select[Any]:
    select = (
        sa.select(*_ROW)
        .select_from(Admin)
        .outerjoin(Organization, Organization.id == Admin.organization_id)
    )
    if actor.sees_all:
        return select
    return select.where(Admin.organization_id == actor.organization_id)


def _to_row(row: Any) -> AdminRow:
    return made_of(AdminRow, row, role=Role)


async def _one(session: AsyncSession, actor: Actor, which: sa.ColumnElement[bool]) -> AdminRow:
    await session.flush()
    missing = NotFound(_("There is no such admin."), _("carecall admin list shows their logins."))
    return _to_row(await one_or(session, _select(actor).where(which), missing))


async def _refuse_taken(session: AsyncSession, login: str, account: str) -> None:
    for column, value in ((Admin.login, login), (Admin.account, account)):
        other = await session.scalar(sa.select(Admin.login).where(column == value))
        if other is not None:
            raise InvalidInput(
                _("{value} is taken by the admin {login}.").format(
                    value=replace_forbidden(value), login=other
                ),
                field=column.key,
            )


async def _insert(
    session: AsyncSession,
    login: str,
    account: str,
    name: str,
    role: Role,
    of: int | None,
    source: str = "",
) -> int:
    made = Admin(
        login=login,
        account=account,
        name=name,
        role=role.value,
        organization_id=of,
        source=source,
        created_at=now(),
    )
    session.add(made)
    await session.flush()
    return made.id


async def _record(
    session: AsyncSession, actor: Actor, action: str, admin_id: int, of: int | None
) -> None:
    await trail.record(session, actor, action, "admin", admin_id, organization_id=of)
