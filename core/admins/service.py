"""Admins: who may use the console, as whom, and what they prefer to see."""

import stat
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.admins import preferences
from core.admins.accounts import AdminAccounts
from core.app.actor import CONSOLE, Actor, known_role
from core.app.audit.access import note_session
from core.app.permissions import READERS, Outcome, Shows
from core.app.use_case import before_anybody_acts, nobody_acts, use_case
from core.db.models import Admin
from core.io.identity import Identity
from core.values.errors import NotPermitted
from core.values.i18n import _


def is_owner(path: Path, uid: int) -> bool:
    """Whether the file is this account's alone: its own, in a directory that nobody else may change."""
    file, directory = path.stat(), path.parent.stat()
    others_may_write = stat.S_IWGRP | stat.S_IWOTH
    return (
        file.st_uid == uid
        and directory.st_uid in (uid, 0)
        and not (file.st_mode | directory.st_mode) & others_may_write
    )


def _let_in(admin: Admin | None, identity: Identity, doing: str) -> Actor:
    if admin is None:
        raise NotPermitted(
            _("{account} is not an admin of this console.").format(
                account=identity.act_as or identity.account
            ),
            _("Ask a system admin for: carecall admin add LOGIN --account {account}").format(
                account=identity.account
            ),
        )
    if admin.disabled_at is not None:
        raise NotPermitted(
            _("The admin {login} is disabled.").format(login=admin.login),
            _("Ask a system admin to enable it."),
        )
    return Actor(
        admin_id=admin.id,
        login=admin.login,
        name=admin.name or admin.login,
        role=known_role(admin.role),
        organization_id=admin.organization_id,
        account=identity.account,
        client=identity.client,
        doing=doing,
    )


class AdminService(AdminAccounts, name="admins"):
    """Admins: signing in, keeping their list, and what each prefers to see."""

    @before_anybody_acts
    async def sign_in(self, identity: Identity, doing: str = CONSOLE) -> Actor:
        """The admin behind the OS account (or named by ``--as``, where the account owns the database).

        It is recorded, with what is done: the console, or the words of a command. Raises NotPermitted for an
        unknown or disabled one.
        """
        if identity.act_as:
            self._require_owner(identity)
        async with self._database.reading() as session:
            actor = await self._admin(session, identity, doing)
            note_session(session, actor, "session.begin", {"doing": doing})
        return actor

    @nobody_acts
    async def recognized(self, identity: Identity) -> Actor | None:
        """Whom ``sign_in`` would let in, without its record: for what shows nobody, such as names to complete."""
        try:
            if identity.act_as:
                self._require_owner(identity)
            async with self._database.reading() as session:
                return await self._admin(session, identity, "completion")
        except NotPermitted:
            return None

    @before_anybody_acts
    async def sign_out(self, _identity: Identity, actor: Actor, how: str) -> None:
        """Record how a session of the console ended: one of ``access.ENDS``.

        It need not be an admin's any more.
        """
        async with self._database.reading() as session:
            note_session(session, actor, "session.end", {"how": how})

    async def _admin(self, session: AsyncSession, identity: Identity, doing: str) -> Actor:
        """The admin behind the account, or named by ``--as``. Raises NotPermitted."""
        account = await self._account(session, identity)
        which = Admin.login == identity.act_as if identity.act_as else Admin.account == account
        return _let_in(await session.scalar(sa.select(Admin).where(which)), identity, doing)

    async def _account(self, session: AsyncSession, identity: Identity) -> str:
        """The OS account; on PostgreSQL the session's own login role, where that is an admin's own."""
        if self._database.is_sqlite or await session.scalar(sa.select(sa.func.carecall_is_owner())):
            return identity.account
        return str(await session.scalar(sa.text("SELECT session_user")))

    def _require_owner(self, identity: Identity) -> None:
        if self._database.path is None or not is_owner(self._database.path, identity.uid):
            raise NotPermitted(
                _("--as is only for the account that owns the database."), _("Leave --as out.")
            )

    @use_case(READERS, "read", elsewhere=Outcome.DONE, shows=Shows.NOBODY)
    async def current(self, session: AsyncSession, actor: Actor) -> Actor:
        """The actor as it is now: its role or organization may have changed. Raises NotPermitted if disabled."""
        return actor

    @use_case(READERS, "read", elsewhere=Outcome.DONE, shows=Shows.NOBODY)
    async def preferences(self, session: AsyncSession, actor: Actor) -> dict[str, Any]:
        """What the admin chose to see, by the name of the screen."""
        return await preferences.preferences(session, actor.admin_id)

    @use_case(READERS, "write", elsewhere=Outcome.DONE)
    async def set_preferences(
        self, session: AsyncSession, actor: Actor, screen: str, options: dict[str, Any]
    ) -> None:
        """Remember the view options of a screen for this admin."""
        await preferences.set_preferences(session, actor.admin_id, screen, options)
