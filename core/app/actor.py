"""Who acts: an admin with a role and an organization, under an OS account.

A screen holds an ``Actor`` for as long as it is open; each transaction asks ``reread`` whether it still holds.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.values.errors import NotPermitted
from core.values.i18n import _
from core.values.roles import Role

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


# What a role may do is named here; whatever is not named, a role that is not known included, it may not.
_WRITING = frozenset({Role.SYSTEM, Role.ORGANIZATION})
_AT_THE_CONSOLE = frozenset({Role.SYSTEM, Role.ORGANIZATION, Role.VIEWER})
_DELIVERING = frozenset({Role.SYSTEM, Role.INGEST})


@dataclass(frozen=True, slots=True)
class Actor:
    """An admin at work. ``organization_id`` is None for the role ``system``, and for a calling system of all."""

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
        return self.role in _WRITING

    @property
    def may_deliver(self) -> bool:
        """Whether the admin may deliver calls."""
        return self.role in _DELIVERING

    @property
    def delivers_for_all(self) -> bool:
        """Whether calls and the call list of every organization are the admin's to deliver and to read."""
        return self.sees_all or (self.role is Role.INGEST and self.organization_id is None)

    def may_see(self, organization_id: int | None) -> bool:
        """Whether what belongs to this organization exists for the admin."""
        return self.sees_all or organization_id == self.organization_id


async def reread(
    session: "AsyncSession", actor: Actor, *, write: bool = False, for_calling_system: bool = False
) -> Actor:
    """The actor as the database knows it now. Raises NotPermitted where it may not act (any more).

    The role ``ingest`` may act only where the use case says that it is ``for_calling_system`` too.
    """
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
    current = Actor(
        actor.admin_id,
        actor.login,
        row.name,
        known_role(row.role),
        row.organization_id,
        actor.account,
        actor.client,
    )
    if not for_calling_system:
        require_console(current)
    if write:
        require_write(current)
    return current


def known_role(role: str) -> Role:
    """The role of this name. Raises NotPermitted for one that this program does not know."""
    try:
        return Role(role)
    except ValueError:
        raise NotPermitted(
            _("This admin has a role that this version does not know."),
            _("Update carecall-console on this host."),
        ) from None


def require_console(actor: Actor) -> None:
    """Raise NotPermitted for a calling system, which has nothing to see."""
    if actor.role not in _AT_THE_CONSOLE:
        raise NotPermitted(
            _("The role ingest delivers calls and reads the call list, and does nothing else."),
            _("Use carecall ingest and carecall call-list."),
        )


def require_deliver(actor: Actor) -> None:
    """Raise NotPermitted where the actor's role makes no calls known."""
    if not actor.may_deliver:
        raise NotPermitted(
            _("Calls are delivered by the calling system only, with the role ingest."),
            _("Ask a system admin."),
        )


def why_not_write(actor: Actor) -> str | None:
    """The reason why the actor cannot change anything, or None where it can."""
    return None if actor.may_write else _("The role viewer reads only.")


def require_write(actor: Actor) -> None:
    """Raise NotPermitted where the actor's role does not write."""
    if reason := why_not_write(actor):
        raise NotPermitted(reason, _("Ask an admin of the organization to change this."))


def require_system(actor: Actor) -> None:
    """Raise NotPermitted where the actor is no system admin."""
    if not actor.sees_all:
        raise NotPermitted(_("Only system admins may do this."), _("Ask a system admin."))
