"""Who acts: an admin with a role and an organization, under an OS account.

A screen holds an ``Actor`` for as long as it is open; each transaction asks ``reread`` whether it still holds.
"""

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import NotPermitted
from core.i18n import N_, _

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


class Role(enum.StrEnum):
    """What an admin may do: everything everywhere, everything in one organization, or read in one."""

    SYSTEM = "system"
    ORGANIZATION = "organization"
    VIEWER = "viewer"


ROLE_WORDS = {
    Role.SYSTEM: N_("system"),
    Role.ORGANIZATION: N_("organization"),
    Role.VIEWER: N_("viewer"),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """An admin at work. ``organization_id`` is None exactly for the role ``system``."""

    admin_id: int
    login: str
    name: str
    role: Role
    organization_id: int | None
    account: str
    client: str = ""

    @property
    def sees_all(self) -> bool:
        """Whether every organization is open to the admin."""
        return self.role is Role.SYSTEM

    @property
    def may_write(self) -> bool:
        """Whether the admin may change anything."""
        return self.role is not Role.VIEWER

    def may_see(self, organization_id: int | None) -> bool:
        """Whether what belongs to this organization exists for the admin."""
        return self.sees_all or organization_id == self.organization_id


async def reread(session: "AsyncSession", actor: Actor, *, write: bool = False) -> Actor:
    """The actor as the database knows it now. Raises NotPermitted where it may not act (any more)."""
    import sqlalchemy as sa

    from core.models import Admin

    row = (
        await session.execute(
            sa.select(Admin.role, Admin.organization_id, Admin.disabled_at, Admin.name).where(
                Admin.id == actor.admin_id
            )
        )
    ).one_or_none()
    if row is None or row.disabled_at is not None:
        raise NotPermitted(
            _("The admin {login} is disabled.").format(login=actor.login),
            _("Ask a system admin to enable it."),
        )
    current = Actor(
        actor.admin_id,
        actor.login,
        row.name,
        Role(row.role),
        row.organization_id,
        actor.account,
        actor.client,
    )
    if write:
        require_write(current)
    return current


def require_write(actor: Actor) -> None:
    """Raise NotPermitted where the actor's role only reads."""
    if not actor.may_write:
        raise NotPermitted(
            _("The role viewer reads only."), _("Ask an admin of the organization to change this.")
        )


def require_system(actor: Actor) -> None:
    """Raise NotPermitted where the actor is no system admin."""
    if not actor.sees_all:
        raise NotPermitted(_("Only system admins may do this."), _("Ask a system admin."))
