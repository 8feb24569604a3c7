"""Organizations: unique names, found however they are typed, and seen by those who may."""

import unicodedata

import pytest

from core.app.actor import Actor
from core.organizations.dto import OrganizationRow
from core.values.errors import Conflict, InvalidInput, NotFound, NotPermitted
from core.values.roles import Role
from tests.audit_trail import actions
from tests.factories import World


async def add(world: World, name: str, timezone: str | None = None) -> OrganizationRow:
    return await world.services.organizations.add(world.system, name, timezone)


async def names(
    world: World, actor: Actor, search: str = "", limit: int | None = None
) -> list[str]:
    rows = await world.services.organizations.list(actor, search, limit)
    return [row.name for row in rows]


async def test_an_organization_is_added_with_its_zone_and_recorded(world: World) -> None:
    added = await add(world, "  해운대\u3000구청 ", "Asia/Seoul")
    assert (added.name, added.timezone) == ("해운대 구청", "Asia/Seoul")
    assert await world.services.organizations.get(world.system, added.id) == added
    assert await actions(world) == ["organization.add"]


@pytest.mark.parametrize(
    ("name", "words"),
    [("", "missing"), ("x" * 101, "at most 100"), ("a\u202eb", "invisible character U\\+202E")],
)
async def test_a_name_that_breaks_a_rule_is_refused(world: World, name: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=words) as refused:
        await add(world, name)
    assert refused.value.field == "name"
    assert await names(world, world.system) == []


async def test_a_zone_that_does_not_exist_is_refused(world: World) -> None:
    for zone in ("Mars/Base", "../../etc/passwd", "\x00"):
        with pytest.raises(InvalidInput) as refused:
            await add(world, "Haeundae", zone)
        assert refused.value.field == "timezone"


@pytest.mark.parametrize("again", ["HAEUNDAE", " haeundae "])
async def test_a_name_is_taken_in_every_case(world: World, again: str) -> None:
    await add(world, "Haeundae")
    with pytest.raises(InvalidInput, match="Haeundae already"):
        await add(world, again)


async def test_a_decomposed_name_is_the_same_name(world: World) -> None:
    await add(world, "해운대")
    with pytest.raises(InvalidInput, match="already"):
        await add(world, unicodedata.normalize("NFD", "해운대"))


async def test_the_search_finds_parts_of_names_however_they_are_typed(world: World) -> None:
    for name in ("Haeundae Centre", "해운대구", "Suyeong", "100%_sure"):
        await add(world, name)
    assert await names(world, world.system, "CENT") == ["Haeundae Centre"]
    assert await names(world, world.system, unicodedata.normalize("NFD", "운대")) == ["해운대구"]
    assert await names(world, world.system, "e") == ["100%_sure", "Haeundae Centre", "Suyeong"]
    assert await names(world, world.system, "%") == ["100%_sure"]
    assert await names(world, world.system, "\x1b") == []
    assert await names(world, world.system, limit=2) == ["100%_sure", "Haeundae Centre"]


async def test_others_see_only_their_own(world: World) -> None:
    own, other = await add(world, "Own"), await add(world, "Other")
    kim = await world.admin("kim", Role.ORGANIZATION, own.id)
    assert await names(world, kim) == ["Own"]
    assert await names(world, kim, "Other") == []
    with pytest.raises(NotFound):
        await world.services.organizations.get(kim, other.id)
    with pytest.raises(NotFound):
        await world.services.organizations.by_name(kim, "Other")
    with pytest.raises(NotPermitted):
        await world.services.organizations.rename(kim, other.id, "Mine", other.version)


@pytest.mark.parametrize("role", [Role.ORGANIZATION, Role.VIEWER])
async def test_only_system_admins_add_and_rename(world: World, role: Role) -> None:
    own = await add(world, "Own")
    kim = await world.admin("kim", role, own.id)
    with pytest.raises(NotPermitted):
        await world.services.organizations.add(kim, "New")
    with pytest.raises(NotPermitted):
        await world.services.organizations.rename(kim, own.id, "New", own.version)
    assert await names(world, world.system) == ["Own"]


async def test_a_rename_keeps_the_organization_and_is_recorded(world: World) -> None:
    own = await add(world, "Own")
    renamed = await world.services.organizations.rename(world.system, own.id, "OWN", own.version)
    assert (renamed.id, renamed.name, renamed.version) == (own.id, "OWN", own.version + 1)
    assert await actions(world) == ["organization.add", "organization.rename"]


async def test_a_rename_over_somebody_elses_is_a_conflict(world: World) -> None:
    own = await add(world, "Own")
    theirs = await world.services.organizations.rename(world.system, own.id, "Theirs", own.version)
    with pytest.raises(Conflict) as conflict:
        await world.services.organizations.rename(world.system, own.id, "Mine", own.version)
    assert conflict.value.current == theirs
    assert await names(world, world.system) == ["Theirs"]


async def test_a_rename_to_a_taken_name_is_refused(world: World) -> None:
    own = await add(world, "Own")
    await add(world, "Other")
    with pytest.raises(InvalidInput, match="already"):
        await world.services.organizations.rename(world.system, own.id, "other", own.version)


async def test_the_way_out_is_told_before_there_is_any(world: World) -> None:
    with pytest.raises(NotFound, match="carecall organization add"):
        await world.services.organizations.by_name(world.system, "Own")
    await add(world, "Other")
    with pytest.raises(NotFound, match="carecall organization list"):
        await world.services.organizations.by_name(world.system, "Own")
