"""Consoles in terminals on a real PostgreSQL server: the ways, two login roles, and a server that goes away."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from core.recipients.dto import RecipientQuery
from core.values.roles import Role
from tests import postgresql
from tests.factories import World
from tests.own_postgresql import OwnServer
from tests.terminal.driver import Terminal
from tests.terminal.host import Host

THERE_AGAIN = "The database is there again."
STAYS = "What you typed stays; it is tried again."


@pytest.fixture
def shared_host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Host:
    """A host whose database lies on the server, with two organizations and an admin's role for one."""
    postgresql.server_url()
    monkeypatch.setenv("CARECALL_TEST_DATABASE", "postgresql")
    return filled(Host(tmp_path))


def filled(host: Host) -> Host:
    async def fill(world: World) -> None:
        here, there = await world.organization("여기"), await world.organization("저기")
        await world.recipient(here, "이순신", "01011112222")
        await world.recipient(there, "강감찬", "01022223333")
        await world.admin("kim", Role.ORGANIZATION, here, account="carecall_kim")
        await world.admin("lee", Role.ORGANIZATION, there, account="carecall_lee")

    host.do(fill)
    return host


def add_here(host: Host, name: str) -> None:
    async def add(world: World) -> None:
        body = (await world.services.organizations.list(world.system))[0].id
        await world.recipient(body, name)

    host.do(add)


def names(host: Host) -> set[str]:
    async def read(world: World) -> set[str]:
        rows = await world.services.recipients.window(world.system, RecipientQuery())
        return {row.name for row, _place in rows}

    return host.do(read)


def end_connections(url: str) -> None:
    """End every connection to this database, as an operator would."""

    async def end() -> None:
        server = await asyncpg.connect(postgresql.server_url().replace("+asyncpg", ""))
        query = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1"
        await server.execute(query, url.rpartition("/")[2])
        await server.close()

    asyncio.run(end())


def type_a_recipient(console: Terminal, name: str) -> None:
    """Open the form of an admin who chooses no organization, and fill it in."""
    console.press("a")
    console.sees("Add recipient")
    console.type(name)
    console.press("tab")
    console.type("010 3333 4444")
    console.sees(name, "010 3333 4444")


def as_kim(host: Host) -> Terminal:
    url = postgresql.as_role(host.environment["CARECALL_DATABASE"], "carecall_kim")
    return host.opened(CARECALL_DATABASE=url)


@pytest.fixture
def roles(shared_host: Host) -> None:
    asyncio.run(postgresql.make_roles("carecall_kim", "carecall_lee"))


def test_list_search_add_edit_and_delete(shared_host: Host) -> None:
    with shared_host.opened() as it:
        it.sees("2 recipients", "이순신", "강감찬", "010-1111-2222")
        it.press("/")
        it.type("순신")
        it.sees("1 of 2", "이순신")
        it.sees_no("강감찬")
        it.press("enter", "e")
        it.sees("Edit recipient")
        it.press("end")
        it.type("님")
        it.press("ctrl+s")
        it.sees("이순신님 was saved.")
        it.settle()  # the list is read again, with the cursor on who was saved
        it.press("d")
        it.sees("Delete recipient", "Cancel")
        it.press("d")
        it.sees("이순신님 was deleted.")
    assert names(shared_host) == {"강감찬"}


def test_what_another_console_saves_arrives(shared_host: Host) -> None:
    with shared_host.opened() as it:
        add_here(shared_host, "새로온이")
        it.sees("새로온이", "3 recipients")


@pytest.mark.usefixtures("roles")
def test_two_consoles_on_two_login_roles_see_each_their_own(shared_host: Host) -> None:
    url = postgresql.as_role(shared_host.environment["CARECALL_DATABASE"], "carecall_lee")
    with as_kim(shared_host) as kim, shared_host.opened(CARECALL_DATABASE=url) as lee:
        kim.sees("이순신", "1 recipient ")
        lee.sees("강감찬", "1 recipient ")
        type_a_recipient(kim, "남궁민수")
        kim.press("ctrl+s")
        kim.sees("남궁민수 was added.", "2 recipients")
        lee.settle(1.0)
        assert "남궁민수" not in lee.text()
        assert "이순신" not in lee.text()
    assert "남궁민수" in names(shared_host)


@pytest.mark.usefixtures("roles")
def test_connections_that_are_ended_come_back_and_the_form_keeps_its_text(
    shared_host: Host,
) -> None:
    with as_kim(shared_host) as it:
        type_a_recipient(it, "남궁민수")
        end_connections(shared_host.environment["CARECALL_DATABASE"])
        it.sees(STAYS)
        it.sees(THERE_AGAIN, "남궁민수", "010 3333 4444")
        it.press("ctrl+s")
        it.sees("남궁민수 was added.")
        add_here(shared_host, "새로온이")  # and changes are heard of again
        it.sees("새로온이")


@pytest.fixture
def own_server() -> Iterator[OwnServer]:
    server = OwnServer()
    try:
        server.start()
        yield server
    finally:
        server.close()


def test_a_server_that_is_stopped_and_started_in_the_middle_of_work(
    own_server: OwnServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARECALL_TEST_DATABASE", "postgresql")
    monkeypatch.setattr(postgresql, "ready_database", lambda: own_server.url)
    host = filled(Host(tmp_path))
    with host.opened() as it:
        it.press("e")
        it.sees("Edit recipient")
        it.press("end")
        it.type("님")
        own_server.stop()
        it.sees(STAYS)
        it.press("ctrl+s")
        it.sees("The database does not answer.")
        it.sees("Edit recipient", "님")
        own_server.start()
        it.sees(THERE_AGAIN, "님")
        it.press("ctrl+s")
        it.sees("님 was saved.")
    assert any(name.endswith("님") for name in names(host))
