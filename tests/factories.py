"""Ready-made things for tests: a database with services, and people, bodies and campaigns in it.

Everything lies in a real SQLite file in the directory that the test gives.
"""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

import sqlalchemy as sa
from msgspec import Struct

from core.app.actor import Actor
from core.app.services import Services
from core.campaigns.status import refresh_status
from core.db import schema
from core.db.engine import Database
from core.db.models import Admin, Campaign, Organization, Participation, Recipient
from core.io.configuration import load
from core.recipients import queries
from core.recipients.dto import RecipientRow, Selection
from core.recipients.rules import RecipientDraft
from core.recipients.service import insert
from core.values.roles import Role
from core.values.settings import Settings
from core.values.text import search_key
from core.values.times import now
from tests import postgresql
from tests.roles import ServicesByRole, make_role

_numbers = itertools.count(1)
_fresh_file: bytes | None = None  # what an upgrade makes of nothing, made once for the suite


def environment(directory: Path, **more: str) -> dict[str, str]:
    """Environment variables of a host on which everything lies in this directory."""
    return {
        "HOME": str(directory),
        "LANG": "en_US.UTF-8",
        "TZ": "Asia/Seoul",
        "CARECALL_DATABASE": f"sqlite+aiosqlite:///{directory / 'carecall.db'}",
        "CARECALL_VOICE_DIR": str(directory / "voice"),
        **more,
    }


def make_settings(directory: Path, **more: str) -> Settings:
    """Settings that touch nothing outside the directory (and no settings file of the host)."""
    return load(environment(directory, **more), host_file=directory / "no-such-file.toml")


async def make_database(url: str, *, busy_timeout_ms: int = 30_000) -> Database:
    """A database of the present schema, empty."""
    global _fresh_file
    database = Database(url, busy_timeout_ms=busy_timeout_ms)
    if _fresh_file is None if database.path else not postgresql.is_ready(url):
        await schema.upgrade(database)
    if database.path is not None:
        if _fresh_file is None:
            await database.close()
            _fresh_file = database.path.read_bytes()
        else:
            database.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            database.path.write_bytes(_fresh_file)
            database.path.chmod(0o600)
    return database


class World(Struct):
    """Services with a system admin to act as, and short ways to fill them."""

    services: Services
    system: Actor

    @property
    def settings(self) -> Settings:
        """The settings in use."""
        return self.services.settings

    @property
    def database(self) -> Database:
        """The database in use."""
        return self.services.database

    async def organization(self, name: str = "Haeundae", timezone: str | None = None) -> int:
        """The ID of a new organization."""
        [made] = await self.organizations(name, timezone=timezone)
        return made

    async def organizations(self, *names: str, timezone: str | None = None) -> list[int]:
        """The IDs of new organizations."""
        async with self.database.transaction() as session:
            made = [
                Organization(
                    name=name, name_key=search_key(name), timezone=timezone, created_at=now()
                )
                for name in names
            ]
            session.add_all(made)
            await session.flush()
            return [one.id for one in made]

    async def admin(
        self,
        login: str,
        role: Role = Role.ORGANIZATION,
        organization_id: int | None = None,
        *,
        name: str = "",
        account: str | None = None,
    ) -> Actor:
        """A new admin, as one who acts; on PostgreSQL over a login role of its own."""
        if isinstance(self.services, ServicesByRole) and account is None:
            account = await make_role(login)
        async with self.database.transaction() as session:
            made = Admin(
                login=login,
                account=account,
                name=name or login,
                role=role.value,
                organization_id=organization_id,
                created_at=now(),
            )
            session.add(made)
            await session.flush()
            return Actor(made.id, login, made.name, role, organization_id, account or login)

    async def recipient(
        self,
        organization_id: int,
        name: str = "김영희",
        phone: str = "",
        other_information: str = "",
    ) -> RecipientRow:
        """A new recipient; without a phone it gets a number of its own."""
        draft = RecipientDraft(
            name, phone or next_phone(), other_information, organization_id=organization_id
        )
        [made] = await self._inserted([draft])
        return made

    async def recipients(self, organization_id: int, count: int) -> list[RecipientRow]:
        """That many recipients with different names and numbers."""
        return await self._inserted(
            RecipientDraft(f"이{at:04}", next_phone(), organization_id=organization_id)
            for at in range(count)
        )

    async def _inserted(self, drafts: Iterable[RecipientDraft]) -> list[RecipientRow]:
        """In one transaction: the use case takes three, and the suite needs thousands of them."""
        async with self.database.transaction() as session:
            ids = [await insert(session, self.system, self.settings, draft) for draft in drafts]
            rows = queries.rows().where(Recipient.id.in_(ids)).order_by(Recipient.id)
            return [queries.to_row(row) for row in (await session.execute(rows)).all()]

    async def campaign(
        self,
        name: str = "Morning",
        organization_id: int | None = None,
        *,
        state: str = "in progress",
        recipients: Sequence[int] = (),
    ) -> int:
        """The ID of a new campaign in this state, with these recipients in it."""
        moment = now()
        async with self.database.transaction() as session:
            made = Campaign(
                name=name,
                name_key=search_key(name),
                organization_id=organization_id,
                state=state,
                created_at=moment,
                started_at=None if state == "scheduled" else moment,
                ended_at=moment if state == "ended" else None,
            )
            session.add(made)
            await session.flush()
            session.add_all(
                Participation(recipient_id=one, campaign_id=made.id, enrolled_at=moment)
                for one in recipients
            )
            await session.flush()
            await refresh_status(session, Recipient.id.in_(recipients))
            return made.id

    async def pause(
        self, *recipients: int, reason: str = "", resumes_at: datetime | None = None
    ) -> int:
        """Pause these recipients; gives how many."""
        paused = await self.services.participations.pause(
            self.system,
            Selection(frozenset(recipients)),
            len(recipients),
            reason=reason,
            resumes_at=resumes_at,
        )
        return paused.done

    async def day_comes(self) -> None:
        """The day on which paused participations resume by themselves has come."""
        async with self.database.transaction() as session:
            await session.execute(
                sa.update(Participation)
                .where(Participation.resumes_at.is_not(None))
                .values(resumes_at=now() - timedelta(seconds=1))
            )

    async def close(self) -> None:
        """Give the database back."""
        await self.services.close()


async def make_services(
    directory: Path, more: Mapping[str, str] | None = None, *, account: str = ""
) -> World:
    """A fresh database in the directory, with a system admin ``root`` (of the OS account given)."""
    by_role = postgresql.wanted() and "CARECALL_DATABASE" not in (more or {})
    if by_role:
        more = {"CARECALL_DATABASE": postgresql.ready_database(), **(more or {})}
    settings = make_settings(directory, **(more or {}))
    services = Services(settings, await make_database(settings.database))
    if by_role:
        services = cast(Services, ServicesByRole(services, settings))
    world = World(services, _NOBODY)
    world.system = await world.admin("root", Role.SYSTEM, account=account or None, name="Root")
    return world


_NOBODY = Actor(0, "", "", Role.VIEWER, None, "")


def next_phone() -> str:
    """A mobile phone number that no test has used yet."""
    return f"010{20_000_000 + next(_numbers):08}"
