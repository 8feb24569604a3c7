"""Services that do each use case over the login role of the admin who acts, as on a host of PostgreSQL."""

import functools
from typing import Any

import msgspec

from core.app.actor import Actor
from core.app.services import Services
from core.app.use_case import USE_CASES
from core.db.engine import Database
from core.values.settings import Settings
from tests import postgresql
from tests.postgresql import as_role


def role_of(login: str) -> str:
    """The login role of this admin."""
    return f"ct_{login}"


class ServicesByRole:
    """``Services`` of the owner, but a use case called with an actor goes over the actor's own role."""

    def __init__(self, owner: Services, settings: Settings) -> None:
        self.of_owner = owner
        self._settings = settings
        self._own: dict[str, Services] = {}
        for name in {use_case.partition(".")[0] for use_case in USE_CASES}:
            setattr(self, name, _Service(self, name))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.of_owner, name)

    def of(self, who: Any) -> Services:
        """The services over the role of this actor, and the owner's for nobody."""
        if not isinstance(who, Actor) or who.account != role_of(who.login):
            return self.of_owner
        if who.account not in self._own:
            url = as_role(self._settings.database, who.account)
            settings = msgspec.structs.replace(self._settings, database=url)
            self._own[who.account] = Services(settings, Database(url))
        return self._own[who.account]

    async def close(self) -> None:
        """Give every connection back."""
        for services in (self.of_owner, *self._own.values()):
            await services.close()


class _Service:
    def __init__(self, by_role: ServicesByRole, name: str) -> None:
        self._by_role = by_role
        self._name = name

    def __getattr__(self, method: str) -> Any:
        of_owner = getattr(getattr(self._by_role.of_owner, self._name), method)
        if f"{self._name}.{method}" not in USE_CASES:
            return of_owner

        @functools.wraps(of_owner)
        def call(actor: Any, *args: Any, **kwargs: Any) -> Any:
            services = self._by_role.of(actor)
            return getattr(getattr(services, self._name), method)(actor, *args, **kwargs)

        return call


async def make_role(login: str) -> str:
    """The login role of this admin, made where it is not there."""
    await postgresql.make_roles(role_of(login))
    return role_of(login)
