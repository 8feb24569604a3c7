"""What can be asked of the core: each use case is a method of a ``Service``, declared with ``use_case``.

The decorator holds all that stands around the work: which roles may, what it is about, the actor as the database
knows it now, the transaction, the record of a refused try, and that of people whom a command prints. A service
with a public method that lacks it cannot be made. ``USE_CASES`` is the matrix of permissions;
``tests/core/test_permissions.py`` asks each use case as every role, on both sides, and compares.
"""

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import wraps
from types import MappingProxyType
from typing import Any, Concatenate, Generic, Literal, ParamSpec, Protocol, TypeVar, overload

from sqlalchemy.ext.asyncio import AsyncSession

from core.app import refusals
from core.app.actor import CONSOLE, Actor, current_actor
from core.app.audit.access import note_list
from core.app.permissions import About, Outcome, Permission, Shows
from core.db.bulk import in_parts
from core.db.engine import Database, Preparation
from core.io.identity import Identity
from core.recipients.masking import as_told
from core.values.errors import Conflict, NotFound, NotPermitted
from core.values.i18n import _
from core.values.jobs import Done, Job
from core.values.roles import Role
from core.values.settings import Settings

P = ParamSpec("P")
T_co = TypeVar("T_co", covariant=True)
R = TypeVar("R")
Opened = tuple[AsyncSession, Actor]
Part = Callable[[AsyncSession, Actor, Sequence[int]], Awaitable[int]]
_AT_ONCE = 500  # rows of a list that is given one by one, for each of its records

_made: "dict[str, UseCase[Any, Any]]" = {}
USE_CASES: "Mapping[str, UseCase[Any, Any]]" = MappingProxyType(_made)


def why_not(use_case: str, actor: Actor) -> str | None:
    """The reason why the actor's role may not do the use case of this name, or None where it may."""
    found = USE_CASES.get(use_case)
    return _("Nobody may do this.") if found is None else found.permission.why_not(actor.role)


class Service:
    """Use cases on one database. ``name``: what ``Services`` calls it."""

    def __init_subclass__(cls, name: str = "") -> None:
        for method in (method for method in dir(cls) if not method.startswith("_")):
            found = inspect.getattr_static(cls, method)
            if isinstance(found, UseCase):
                if name:
                    found.name = f"{name}.{method}"
                    _made[found.name] = found
            elif not hasattr(found, "before_anybody_acts"):
                raise TypeError(f"{cls.__name__}.{method} can be called and is no use case")

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings


class Steps:
    """A use case that opens its transactions itself. In each, the actor is the one of that moment.

    ``actor`` is the one as which it was begun.
    """

    def __init__(self, use_case: "UseCase[Any, Any]", database: Database, actor: Actor) -> None:
        self.use_case = use_case
        self.actor = actor
        self._database = database

    def reading(self) -> AbstractAsyncContextManager[Opened]:
        """See ``Database.reading``. Raises NotPermitted where the actor may not any more."""
        return self._opened(self._database.reading())

    def writing(self, prepare: Preparation | None = None) -> AbstractAsyncContextManager[Opened]:
        """See ``Database.transaction``. Raises NotPermitted where the actor may not any more."""
        return self._opened(self._database.transaction(prepare))

    async def in_parts(
        self, ids: Sequence[int], part: Part, job: Job | None = None, *, few: int | None = None
    ) -> Done:
        """See ``core.db.bulk.in_parts``."""

        async def work(session: AsyncSession, ids: Sequence[int]) -> int:
            return await part(session, await self.use_case.allowed(session, self.actor), ids)

        return await in_parts(self._database, ids, work, job, few=few)

    async def print(self, asked: Mapping[str, Any], rows: Sequence[Any]) -> None:
        """Record that these rows, found for these arguments, are printed, where it is a command that does."""
        if self.actor.doing != CONSOLE:
            async with self.reading() as (session, actor):
                note_list(session, actor, asked, rows)

    @asynccontextmanager
    async def _opened(
        self, opened: AbstractAsyncContextManager[AsyncSession]
    ) -> AsyncIterator[Opened]:
        async with opened as session:
            yield session, await self.use_case.allowed(session, self.actor)


class UseCase(Generic[P, T_co]):
    """A method of a service with what stands before it."""

    def __init__(
        self,
        method: Callable[..., Any],
        permission: Permission,
        opens: str,
        elsewhere: Outcome,
        shows: Shows,
        about: Mapping[str, About],
    ) -> None:
        self.name = ""
        self.permission = permission
        self.shows = shows
        self.returns = method.__annotations__.get("return")
        self.argument, self.about = next(iter(about.items()), ("", About.NOTHING))
        self._elsewhere = Outcome.NOT_FOUND if about else elsewhere
        self._method = method
        self.opens = opens
        self.__doc__ = method.__doc__
        self._given = list(inspect.signature(method).parameters)[2 if opens == "steps" else 3 :]

    @overload
    def __get__(self, service: None, owner: type) -> "UseCase[P, T_co]": ...
    @overload
    def __get__(self, service: Service, owner: type) -> "Bound[P, T_co]": ...
    def __get__(self, service: Service | None, owner: type) -> Any:
        return self if service is None else Bound(self, service)

    def outcome(self, role: Role, *, own: bool) -> Outcome:
        """What becomes of it for this role, in its own organization or in another one."""
        if role not in self.permission.roles:
            return Outcome.REFUSED
        return Outcome.DONE if own or role is Role.SYSTEM else self._elsewhere

    async def allowed(self, session: AsyncSession, actor: Actor) -> Actor:
        """The actor as the database knows it now. Raises NotPermitted where it may not do this (any more)."""
        current = await current_actor(session, actor)
        self.permission.require(current.role)
        return current

    def call(self, service: Service, actor: Actor, args: Any, kwargs: Any) -> Any:
        """Do it as this actor; a refused try is recorded."""
        run = self._each if inspect.isasyncgenfunction(self._method) else self._run
        return run(service, actor, args, kwargs)

    async def _run(self, service: Service, actor: Actor, args: Any, kwargs: Any) -> Any:
        database = service._database
        try:
            if self.opens == "steps":
                steps = await self._steps(database, actor)
                found = await self._method(service, steps, *args, **kwargs)
                if self.shows is Shows.ROWS:
                    await steps.print(self._asked(args, kwargs), _rows(found))
                return as_told(found, steps.actor, service._settings)
            writes = self.opens == "write"
            async with database.transaction() if writes else database.reading() as session:
                current = await self.allowed(session, actor)
                found = await self._method(service, session, current, *args, **kwargs)
                if self.shows is Shows.ROWS and actor.doing != CONSOLE:
                    note_list(session, current, self._asked(args, kwargs), _rows(found))
                return as_told(found, current, service._settings)
        except Conflict as error:
            error.current = as_told(error.current, actor, service._settings)
            raise
        except (NotPermitted, NotFound) as error:
            await self._refused(database, actor, args, kwargs, error)
            raise

    async def _each(
        self, service: Service, actor: Actor, args: Any, kwargs: Any
    ) -> AsyncIterator[Any]:
        database = service._database
        try:
            steps = await self._steps(database, actor)
            rows = self._method(service, steps, *args, **kwargs)
            if self.shows is Shows.ROWS:
                rows = _printed(steps, self._asked(args, kwargs), rows)
            async for item in rows:
                yield as_told(item, steps.actor, service._settings)
        except (NotPermitted, NotFound) as error:
            await self._refused(database, actor, args, kwargs, error)
            raise

    def _asked(self, args: Any, kwargs: Any) -> dict[str, Any]:
        """The arguments by their names."""
        return {**dict(zip(self._given, args, strict=False)), **kwargs}

    async def _steps(self, database: Database, actor: Actor) -> Steps:
        async with database.reading() as session:
            return Steps(self, database, await self.allowed(session, actor))

    async def _refused(
        self,
        database: Database,
        actor: Actor,
        args: Any,
        kwargs: Any,
        error: NotPermitted | NotFound,
    ) -> None:
        named = self._asked(args, kwargs).get(self.argument)
        await refusals.record(database, self.name, self.about, actor, named, error)


class Bound(Generic[P, T_co]):
    """A use case of one service, as it is asked for."""

    def __init__(self, use_case: UseCase[P, T_co], service: Service) -> None:
        self._use_case, self._service = use_case, service

    def __call__(self, actor: Actor, /, *args: P.args, **kwargs: P.kwargs) -> T_co:
        """Do it as this actor. Raises NotPermitted where its role may not."""
        done: T_co = self._use_case.call(self._service, actor, args, kwargs)
        return done

    def why_not(self, actor: Actor) -> str | None:
        """The reason why the actor's role may not do it, or None where it may."""
        return self._use_case.permission.why_not(actor.role)


class _InOneTransaction(Protocol):
    def __call__(
        self, method: Callable[Concatenate[Any, AsyncSession, Actor, P], Coroutine[Any, Any, R]], /
    ) -> UseCase[P, Coroutine[Any, Any, R]]: ...


class _InSteps(Protocol):
    def __call__(self, method: Callable[Concatenate[Any, Steps, P], R], /) -> UseCase[P, R]: ...


@overload
def use_case(
    permission: Permission,
    opens: Literal["read", "write"],
    *,
    elsewhere: Outcome = ...,
    shows: Shows = ...,
    **about: About,
) -> _InOneTransaction: ...
@overload
def use_case(
    permission: Permission,
    opens: Literal["steps"],
    *,
    elsewhere: Outcome = ...,
    shows: Shows = ...,
    **about: About,
) -> _InSteps: ...
def use_case(
    permission: Permission,
    opens: str,
    *,
    elsewhere: Outcome = Outcome.EMPTY,
    shows: Shows | None = None,
    **about: About,
) -> Any:
    """Declare a method as a use case of those who have the permission.

    ``opens``: "read" and "write" give the method a session in a transaction of that kind, and the actor as it is
    now; "steps" gives it ``Steps``, with which it opens its own. ``about``: the argument that names what it is
    about, and what kind of thing that is; of another organization, that is not found. Where nothing is named,
    ``elsewhere`` says what it comes to there. ``shows``: whom; where it is not said, a change makes its own
    record, and all else shows people (``Shows.ROWS``).
    """
    shown = shows or (Shows.RECORDED if opens == "write" else Shows.ROWS)

    def declare(method: Callable[..., Any]) -> UseCase[Any, Any]:
        return UseCase(method, permission, opens, elsewhere, shown, about)

    return declare


async def _printed(
    steps: Steps, asked: Mapping[str, Any], rows: AsyncIterator[Any]
) -> AsyncIterator[Any]:
    """The rows, so many at once, each after its record."""
    held: list[Any] = []
    async for row in rows:
        held.append(row)
        if len(held) == _AT_ONCE:
            await steps.print(asked, held)
            for one in held:
                yield one
            held = []
    await steps.print(asked, held)
    for one in held:
        yield one


def _rows(found: Any) -> Sequence[Any]:
    if found is None:
        return ()
    return found if isinstance(found, list | tuple) else (found,)


def nobody_acts(method: Callable[P, R]) -> Callable[P, R]:
    """Declare a method that only tells an account who it is here: nothing is done, so nothing is recorded."""
    method.before_anybody_acts = True  # type: ignore[attr-defined]
    return method


Self_contra = TypeVar("Self_contra", bound=Service, contravariant=True)


def before_anybody_acts(
    method: Callable[Concatenate[Self_contra, Identity, P], Awaitable[R]],
) -> Callable[Concatenate[Self_contra, Identity, P], Coroutine[Any, Any, R]]:
    """Declare a method that is asked by an account, not by an admin; whom it refuses is recorded."""

    @wraps(method)
    async def call(
        self: Self_contra, identity: Identity, /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        try:
            return await method(self, identity, *args, **kwargs)
        except NotPermitted:
            await refusals.record_account(self._database, f"admins.{method.__name__}", identity)
            raise

    call.before_anybody_acts = True  # type: ignore[attr-defined]
    return call
