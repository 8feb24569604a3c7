"""Every use case, by every role, in the own organization and in another one, does what the matrix declares."""

import inspect
import itertools
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from msgspec.structs import replace

from core.app.actor import Actor
from core.app.permissions import READERS, WRITERS, About, Outcome
from core.app.use_case import USE_CASES, Service, UseCase, why_not
from core.io.identity import Identity
from core.recipients.dto import RecipientQuery
from core.values.errors import NotFound, NotPermitted, StorageUnavailable
from core.values.roles import Role
from tests import postgresql
from tests.core import use_cases_of_calls  # noqa: F401 - adds its cases
from tests.core.stage import Stage, stage
from tests.core.use_cases import CASES, all_of, draft
from tests.factories import World
from tests.reading_here import read_here, write_here
from tests.unchecked import put


async def outcome(ask: Callable[[Stage], Awaitable[Any]], on: Stage) -> Outcome:
    try:
        result = await ask(on)
    except NotPermitted:
        return Outcome.REFUSED
    except NotFound:
        return Outcome.NOT_FOUND
    if isinstance(result, Outcome):
        return result
    return Outcome.DONE if result else Outcome.EMPTY


BY_NAME = {About.ORGANIZATION_NAME, About.CAMPAIGN_NAME, About.ADMIN_LOGIN, About.CALL_OF_SYSTEM}


SERVICES = sorted({name.partition(".")[0] for name in USE_CASES})


@pytest.mark.parametrize("service", SERVICES)
async def test_a_use_case_does_for_each_role_what_the_matrix_says(
    world: World, service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of one service on one world: each role has organizations and an admin of its own."""
    read_here(monkeypatch)
    write_here(monkeypatch)
    found, recorded, declared, tried = {}, {}, {}, {}
    names = [name for name in USE_CASES if name.startswith(f"{service}.")]
    for role, own in itertools.product(Role, (True, False)):
        on = await stage(world, role, own=own)
        things: dict[Any, Any] = {}
        whose = (role.value, "own" if own else "other")
        tried[whose] = []
        for at, name in enumerate(names):
            # what a role on PostgreSQL does not see, the console does not know of; a name is a try, seen or not
            unseen = postgresql.wanted() and USE_CASES[name].about not in BY_NAME
            refused = (Outcome.REFUSED,) if unseen else (Outcome.REFUSED, Outcome.NOT_FOUND)
            key = (name, *whose)
            declared[key] = USE_CASES[name].outcome(role, own=own)
            # what is refused changes nothing: it may be asked about the same things once more
            kept = None if declared[key] is Outcome.DONE else things
            number = on._number * 1_000 + at
            found[key] = await outcome(CASES[name], replace(on, _number=number, kept=kept))
            if declared[key] in refused:
                tried[whose].append(name)
        recorded[whose] = [row.details["tried"] for row in reversed(await on.refused())]
    assert found == declared
    assert recorded == tried


async def test_every_use_case_is_in_the_matrix(world: World) -> None:
    there = {
        f"{name}.{method}"
        for name, service in vars(getattr(world.services, "of_owner", world.services)).items()
        if isinstance(service, Service)
        for method, value in inspect.getmembers_static(type(service))
        if isinstance(value, UseCase)
    }
    assert there == set(USE_CASES)
    assert set(CASES) == set(USE_CASES)


def test_a_service_with_a_method_that_is_no_use_case_cannot_be_made() -> None:
    def look(self: Any, actor: Actor) -> None: ...

    with pytest.raises(TypeError, match="look can be called and is no use case"):
        type("OpenDoor", (Service,), {"look": look})


def test_what_is_not_known_nobody_may_do() -> None:
    root = Actor(1, "root", "", Role.SYSTEM, None, "root")
    assert why_not("memos.edit", root) is None
    assert why_not("memos.edti", root) is not None


def test_whoever_only_delivers_is_told_so_and_the_others_what_is_not_theirs() -> None:
    told = {role: WRITERS.why_not(role) for role in (Role.VIEWER, Role.INGEST)}
    assert told[Role.INGEST] == READERS.why_not(Role.INGEST) != told[Role.VIEWER]
    ways = {}
    for role in told:
        with pytest.raises(NotPermitted) as refused:
            WRITERS.require(role)
        ways[role] = refused.value.hint
    assert ways[Role.INGEST] == READERS.hint != ways[Role.VIEWER]


async def test_what_is_gone_is_no_refused_try(world: World) -> None:
    on = await stage(world, Role.ORGANIZATION, own=True)
    row = await on.recipient()
    await on.services.recipients.delete(world.system, (await on.selection()), 1)
    for recipient_id in (row.id + 1, 99_999):
        with pytest.raises(NotFound):
            await on.services.recipients.get(on.actor, recipient_id)
    assert await on.refused() == []


async def test_what_an_admin_may_read_of_refused_tries_tells_nothing_of_others(
    world: World,
) -> None:
    on = await stage(world, Role.ORGANIZATION, own=True)
    there = await world.organization("Beta")
    await world.campaign("Secret plan", there)
    other = await world.recipient(there)
    seen = []
    for name, number in (("Secret plan", other.id), ("No such plan", 99_999)):
        before = len(await on.refused())
        read = len(await all_of(on.services.audit.list(on.actor)))
        with pytest.raises(NotFound):
            await on.services.campaigns.end(on.actor, name)
        by_name = len(await on.refused()) - before
        with pytest.raises(NotFound):
            await on.services.recipients.get(on.actor, number)
        own = await all_of(on.services.audit.list(on.actor))
        told = [(row.action, row.subject_id) for row in own[: len(own) - read]]
        seen.append((by_name, told))
    assert seen[0] == seen[1]


async def test_a_refused_try_names_who_what_and_where_from(world: World) -> None:
    on = await stage(world, Role.VIEWER, own=False)
    row = await on.recipient()
    actor = Actor(on.actor.admin_id, on.actor.login, "", Role.VIEWER, None, "kim.cs", "192.0.2.7")
    with pytest.raises(NotFound):
        await on.services.recipients.get(actor, row.id)
    [record] = await on.refused()
    assert (record.account, record.client) == ("kim.cs", "192.0.2.7")
    assert (record.subject, record.subject_id) == ("recipient", row.id)
    assert record.details == {"tried": "recipients.get"}


async def test_a_role_that_somebody_claims_is_not_believed(world: World) -> None:
    on = await stage(world, Role.VIEWER, own=False)
    row = await on.recipient()
    claimed = Actor(on.actor.admin_id, on.actor.login, "", Role.SYSTEM, None, "x")
    with pytest.raises(NotPermitted):
        await on.services.recipients.edit(claimed, row.id, draft(on), 1)
    with pytest.raises(NotFound):
        await on.services.recipients.get(claimed, row.id)
    tried = [record.details["tried"] for record in await on.refused()]
    assert tried == ["recipients.get", "recipients.edit"]


@pytest.mark.sqlite
async def test_a_role_that_is_not_known_may_do_nothing(world: World) -> None:
    on = await stage(world, Role.ORGANIZATION, own=True)
    row = await on.recipient()
    change = f"UPDATE admins SET role = 'auditor', account = 'kim' WHERE login = '{on.actor.login}'"
    await put(world, change)
    for work in (
        on.services.recipients.edit(on.actor, row.id, draft(on), 1),
        on.services.recipients.get(on.actor, row.id),
        on.services.admins.sign_in(Identity("kim", 1)),
    ):
        with pytest.raises(NotPermitted, match="does not know"):
            await work


async def test_an_actor_that_does_not_exist_is_refused_and_recorded(world: World) -> None:
    nobody = Actor(4_711, "nobody", "", Role.SYSTEM, None, "ghost")
    with pytest.raises(NotPermitted):
        await world.services.recipients.count(nobody, RecipientQuery())
    [first, *_others] = await all_of(world.services.audit.list(world.system))
    assert (first.action, first.account, first.admin) == ("refused", "ghost", "")


async def test_whoever_is_let_in_by_nobody_leaves_a_record(world: World) -> None:
    with pytest.raises(NotPermitted):
        await world.services.admins.sign_in(Identity("mallory", 1, "192.0.2.66"))
    [record, *_others] = await all_of(world.services.audit.list(world.system))
    assert (record.action, record.account, record.client) == ("refused", "mallory", "192.0.2.66")


async def test_who_may_not_even_write_the_database_is_refused_all_the_same(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    on = await stage(world, Role.ORGANIZATION, own=False)
    row = await on.recipient()

    async def read_only(*_args: Any, **_kwargs: Any) -> None:
        raise StorageUnavailable("The database is read-only.")

    monkeypatch.setattr("core.app.audit.trail.record", read_only)
    with pytest.raises(NotFound):
        await on.services.recipients.get(on.actor, row.id)


async def test_a_disabled_admin_loses_the_next_read_and_write(world: World) -> None:
    on = await stage(world, Role.ORGANIZATION, own=True)
    row = await on.recipient()
    await on.services.admins.disable(world.system, on.actor.login)
    for work in (
        on.services.recipients.edit(on.actor, row.id, draft(on), 1),
        on.services.recipients.get(on.actor, row.id),
        on.services.admins.current(on.actor),
    ):
        with pytest.raises(NotPermitted, match="is disabled"):
            await work
