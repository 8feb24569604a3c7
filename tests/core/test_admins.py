"""Admins: who may sign in, who keeps their list, and whom nobody can lock out."""

import pytest
from msgspec.structs import replace

from core.admins.rules import clean_login, clean_source, login_of, why_not_disable
from core.io.identity import Identity, of_process
from core.values.errors import ActionBlocked, InvalidInput, NotFound, NotPermitted
from core.values.roles import Role
from tests.audit_trail import actions
from tests.factories import World


def identity(account: str, act_as: str = "") -> Identity:
    return Identity(account=account, uid=of_process().uid, act_as=act_as)


async def add_kim(world: World) -> None:
    await world.organization("Haeundae")
    await world.services.admins.add(world.system, "kim", "organization", "haeundae", "김철수")


async def test_an_added_admin_signs_in_by_the_os_account(world: World) -> None:
    await world.organization("Haeundae")
    admins = world.services.admins
    row = await admins.add(world.system, "kim", "viewer", "Haeundae", "김철수", "kim.cs")
    assert (row.login, row.account, row.role, row.organization) == (
        "kim",
        "kim.cs",
        Role.VIEWER,
        "Haeundae",
    )
    actor = await admins.sign_in(identity("kim.cs"))
    assert (actor.login, actor.name, actor.role) == ("kim", "김철수", Role.VIEWER)
    with pytest.raises(NotPermitted, match=r"kim is not an admin.*--account kim"):
        await admins.sign_in(identity("kim"))
    assert await actions(world) == ["admin.add", "refused"]


async def test_without_an_account_the_login_is_the_account(world: World) -> None:
    await add_kim(world)
    assert (await world.services.admins.sign_in(identity("kim"))).login == "kim"


@pytest.mark.parametrize("login", ["", "Kim", "김", "a b", "-x", ".x", "a" * 33, "a\nb", "a/b"])
async def test_a_login_that_breaks_the_rule_is_refused(world: World, login: str) -> None:
    with pytest.raises(InvalidInput, match="a-z, 0-9") as refused:
        await world.services.admins.add(world.system, login, "system")
    assert refused.value.field == "login"
    with pytest.raises(InvalidInput) as refused:
        await world.services.admins.add(world.system, "kim", "system", account=login or "A")
    assert refused.value.field == "account"


def test_an_empty_login_is_told_as_one() -> None:
    with pytest.raises(InvalidInput, match="'' cannot be a login"):
        clean_login("")
    with pytest.raises(InvalidInput, match="Kim cannot be a login"):
        clean_login("Kim")


def test_only_who_delivers_is_a_calling_system() -> None:
    assert clean_source("robot", Role.INGEST) == "robot"
    for role in set(Role) - {Role.INGEST}:
        assert clean_source("", role) == ""
        with pytest.raises(InvalidInput, match="Only an admin") as refused:
            clean_source("robot", role)
        assert refused.value.field == "source"


async def test_role_and_organization_have_to_fit(world: World) -> None:
    await world.organization("Haeundae")
    admins = world.services.admins
    with pytest.raises(InvalidInput, match="no organization"):
        await admins.add(world.system, "kim", "system", "Haeundae")
    with pytest.raises(InvalidInput, match="--organization"):
        await admins.add(world.system, "kim", "viewer")
    with pytest.raises(InvalidInput, match="no such role"):
        await admins.add(world.system, "kim", "boss")
    with pytest.raises(NotFound, match="no organization Nowhere"):
        await admins.add(world.system, "kim", "viewer", "Nowhere")
    assert [row.login for row in await admins.list(world.system)] == ["root"]


async def test_a_login_and_an_account_are_for_one_admin_only(world: World) -> None:
    admins = world.services.admins
    await admins.add(world.system, "kim", "system", account="lee")
    with pytest.raises(InvalidInput, match="kim is taken by the admin kim"):
        await admins.add(world.system, "kim", "system", account="other")
    with pytest.raises(InvalidInput, match="lee is taken by the admin kim"):
        await admins.add(world.system, "lee", "system")


async def test_a_disabled_admin_is_out_at_once_and_in_again_when_enabled(world: World) -> None:
    await add_kim(world)
    admins = world.services.admins
    kim = await admins.sign_in(identity("kim"))
    assert (await admins.disable(world.system, "kim")).disabled_at is not None
    with pytest.raises(NotPermitted, match="kim is disabled"):
        await admins.sign_in(identity("kim"))
    with pytest.raises(NotPermitted, match="kim is disabled"):
        await world.services.organizations.list(kim)
    assert (await admins.enable(world.system, "kim")).disabled_at is None
    assert await world.services.organizations.list(kim)
    assert await actions(world) == [
        "admin.add",
        "admin.disable",
        "refused",
        "refused",
        "admin.enable",
    ]


async def test_doing_it_twice_changes_nothing_and_records_nothing(world: World) -> None:
    await add_kim(world)
    admins = world.services.admins
    first = await admins.disable(world.system, "kim")
    assert await admins.disable(world.system, "kim") == first
    await admins.enable(world.system, "kim")
    await admins.enable(world.system, "kim")
    assert await actions(world) == ["admin.add", "admin.disable", "admin.enable"]


async def test_nobody_disables_their_own_login(world: World) -> None:
    await world.services.admins.add(world.system, "other", "system")
    with pytest.raises(ActionBlocked, match="their own login"):
        await world.services.admins.disable(world.system, "root")


async def test_the_last_system_admin_stays(world: World) -> None:
    admins = world.services.admins
    await admins.add(world.system, "other", "system")
    other = await admins.sign_in(identity("other"))
    await admins.disable(other, "root")
    with pytest.raises(NotPermitted):
        await admins.disable(world.system, "other")
    with pytest.raises(ActionBlocked):
        await admins.disable(other, "other")
    assert "last system admin" in (why_not_disable(oneself=False, last_system_admin=True) or "")


@pytest.mark.parametrize("role", [Role.ORGANIZATION, Role.VIEWER])
async def test_others_see_the_admins_of_their_organization_and_change_none(
    world: World, role: Role
) -> None:
    own, other = await world.organization("Own"), await world.organization("Other")
    kim = await world.admin("kim", role, own)
    await world.admin("lee", Role.VIEWER, own)
    await world.admin("park", Role.VIEWER, other)
    admins = world.services.admins
    assert [row.login for row in await admins.list(kim)] == ["kim", "lee"]
    with pytest.raises(NotPermitted):
        await admins.add(kim, "new", "viewer", "Own")
    for login in ("lee", "park", "nobody"):
        with pytest.raises(NotPermitted):
            await admins.disable(kim, login)


@pytest.mark.sqlite
async def test_as_is_only_for_the_account_that_owns_the_database(world: World) -> None:
    await add_kim(world)
    admins = world.services.admins
    assert (await admins.sign_in(identity("somebody", act_as="kim"))).login == "kim"
    stranger = replace(identity("somebody", act_as="kim"), uid=of_process().uid + 1)
    with pytest.raises(NotPermitted, match="owns the database"):
        await admins.sign_in(stranger)


async def test_the_first_admin_is_made_once(world: World) -> None:
    with pytest.raises(ActionBlocked, match="root is a system admin"):
        await world.services.admins.first_admin(identity("kim"))


@pytest.mark.parametrize(
    ("account", "login"),
    [("kim", "kim"), ("DOMAIN\\Kim", "domain-kim"), ("uid-1000", "uid-1000"), ("김", "admin")],
)
def test_every_account_gives_a_login(account: str, login: str) -> None:
    assert login_of(account) == login
