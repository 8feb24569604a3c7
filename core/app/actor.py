"""Who acts: an admin with a role and an organization, under an OS account.

A screen holds an ``Actor`` for as long as it is open; each transaction asks ``current_actor``
whether it still holds.
"""

from typing import TYPE_CHECKING

from msgspec import Struct

from core.values.errors import NotPermitted
from core.values.i18n import _
from core.values.roles import Role

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


CONSOLE = "console"


class Actor(Struct, frozen=True):
    """An admin at work. ``organization_id`` is None for the role ``system``, and for a calling system of all.

    ``doing``: the console, or the words of a command.
    """

    admin_id: int
    login: str
    name: str
    role: Role
    organization_id: int | None
    account: str
    client: str = ""
    doing: str = CONSOLE

    @property
    def sees_all(self) -> bool:
        """Whether every organization is open to the admin."""
        return self.role is Role.SYSTEM

    @property
    def delivers_for_all(self) -> bool:
        """Whether calls and the call list of every organization are the admin's to deliver and to read."""
        return self.sees_all or (self.role is Role.INGEST and self.organization_id is None)

    def may_see(self, organization_id: int | None) -> bool:
        """Whether what belongs to this organization exists for the admin."""
        return self.sees_all or organization_id == self.organization_id


async def current_actor(session: "AsyncSession", actor: Actor) -> Actor:
    """The actor as the database knows it now. Raises NotPermitted where it may not act (any more)."""
    import sqlalchemy as sa

    from core.db.models import Admin

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
    return Actor(
        actor.admin_id,
        actor.login,
        row.name or actor.login,
        known_role(row.role),
        row.organization_id,
        actor.account,
        actor.client,
        actor.doing,
    )


def known_role(role: str) -> Role:
    """The role of this name. Raises NotPermitted for one that this program does not know."""
    try:
        return Role(role)
    except ValueError:
        raise NotPermitted(
            _("This admin has a role that this version does not know."),
            _("Update carecall-console on this host."),
        ) from None
