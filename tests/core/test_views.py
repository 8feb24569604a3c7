"""Views: whose they are, who may change them, what becomes of them, and what they find."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from core.app.actor import Actor
from core.db.models import AccessRecord, Admin, AuditRecord, View
from core.recipients.dto import RecipientFilter, RecipientQuery, Selection
from core.recipients.rules import Status
from core.values.errors import ActionBlocked, Conflict, InvalidInput, NotFound, NotPermitted
from core.values.roles import Role
from core.values.times import now
from core.views import rules
from tests.factories import World, make_services

PAUSED = RecipientQuery(filter=RecipientFilter(statuses=frozenset({Status.PAUSED})))
READY = ["emergencies", "not-reached", "resuming", "no-call", "getting-worse"]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    made = await make_services(tmp_path)
    await made.organizations("Haeundae", "Suncheon")
    yield made
    await made.close()


async def kim_of(world: World, login: str = "kim", role: Role = Role.ORGANIZATION) -> Actor:
    return await world.admin(login, role, 1)


async def names(world: World, actor: Actor) -> list[str]:
    found = await world.services.views.list(actor)
    return [one.name for one in found.views if not one.is_ready_made]


async def stored(world: World, view_id: int | None, **values: Any) -> None:
    async with world.database.transaction() as session:
        await session.execute(sa.update(View).where(View.id == view_id).values(**values))


async def records(world: World) -> list[tuple[str, Any]]:
    async with world.database.reading() as session:
        select = sa.select(AuditRecord).where(AuditRecord.subject == "view")
        return [
            (one.action, one.details)
            for one in await session.scalars(select.order_by(AuditRecord.id))
        ]


async def test_ones_own_are_nobody_elses_and_leave_no_record(world: World) -> None:
    views, kim, lee = world.services.views, await kim_of(world), await kim_of(world, "lee")
    made = await views.save(kim, "  내   어르신 ", RecipientQuery(search="김"))
    assert (made.name, made.query, made.author) == ("내 어르신", RecipientQuery(search="김"), "kim")
    assert made.id is not None
    assert await names(world, kim) == ["내 어르신"]
    for other in (lee, world.system):
        assert await names(world, other) == []
        for refused in (
            views.open(other, made.id),
            views.rename(other, made.id, "x", made.version),
            views.replace(other, made.id, PAUSED, made.version),
            views.delete(other, made.id, made.version),
        ):
            with pytest.raises(NotFound):
                await refused
    assert [one.key for one in (await views.list(lee)).views] == READY
    assert await records(world) == []


async def test_an_organizations_are_everybodys_there_and_changed_by_who_writes_there(
    world: World,
) -> None:
    views, kim, eve = (
        world.services.views,
        await kim_of(world),
        await kim_of(world, "eve", Role.VIEWER),
    )
    lee = await world.admin("lee", Role.ORGANIZATION, 2)
    made = await views.share(kim, 1, "Paused", PAUSED)
    assert made.id is not None
    assert await names(world, eve) == await names(world, world.system) == ["Paused"]
    assert await names(world, lee) == []
    # who sees all lists that organization
    [of_system, *_ready] = (await views.list(world.system)).views
    assert of_system.query == replace(PAUSED, organization_id=1)
    with pytest.raises(NotPermitted):
        await views.share(eve, 1, "Mine", PAUSED)
    for refused in (
        views.rename(eve, made.id, "x", made.version),
        views.replace(eve, made.id, PAUSED, made.version),
        views.delete(eve, made.id, made.version),
    ):
        with pytest.raises(NotPermitted, match="changed by its admins"):
            await refused
    with pytest.raises(NotFound):
        await views.share(lee, 1, "Theirs", PAUSED)
    renamed = await views.rename(world.system, made.id, "쉬는 분", made.version)
    changed = await views.replace(kim, made.id, RecipientQuery(search="김"), renamed.version)
    gone = await views.delete(kim, made.id, changed.version)
    assert await names(world, kim) == []
    await views.restore(kim, made.id)
    assert await names(world, eve) == [gone.name] == ["쉬는 분"]
    assert [one for one in await records(world) if one[0] != "refused"] == [
        ("view.save", {"fields": ["statuses"]}),
        ("view.rename", {}),
        ("view.replace", {"fields": ["search"]}),
        ("view.delete", {}),
        ("view.restore", {}),
    ]
    assert len([one for one in await records(world) if one[0] == "refused"]) == 3


async def test_who_left_leaves_the_organizations_there(world: World) -> None:
    kim, lee = await kim_of(world), await kim_of(world, "lee")
    await world.services.views.share(kim, 1, "Paused", PAUSED)
    await world.services.views.save(kim, "Own", RecipientQuery(organization_id=1))
    await world.services.admins.disable(world.system, "kim")
    assert await names(world, lee) == ["Paused"]
    [view, *_ready] = (await world.services.views.list(lee)).views
    assert view.author == "kim"
    # who moved finds their own, empty and told why; the organization's stay with it
    await world.services.admins.enable(world.system, "kim")
    async with world.database.transaction() as session:
        await session.execute(
            sa.update(Admin).where(Admin.login == "kim").values(organization_id=2)
        )
    assert await names(world, kim) == ["Own"]
    [own, *_ready] = (await world.services.views.list(kim)).views
    assert own.id is not None
    assert own.query is not None
    opened = await world.services.views.open(kim, own.id)
    assert opened.gone == ("The organization of this view is not there for you (any more).",)
    await world.recipient(1)
    assert await world.services.recipients.count(kim, own.query) == 0


async def test_what_is_gone_is_told_and_the_list_opens(world: World) -> None:
    query = RecipientQuery(
        filter=RecipientFilter(campaign="봄", organization="Busan", tags=("고위험",))
    )
    made = await world.services.views.save(world.system, "Spring", query)
    assert made.id is not None
    opened = await world.services.views.open(world.system, made.id)
    assert opened.gone == (
        "No organization has Busan in its name (any more).",
        "There is no tag 고위험 (any more).",
        "No campaign has 봄 in its name (any more).",
    )
    await world.campaign("봄 안부", 2)
    busan = await world.organization("Busan")
    tagged = await world.recipient(busan, "김영희")
    selection = Selection(frozenset({tagged.id}))
    await world.services.tags.change(world.system, selection, 1, add=["고위험"])
    assert (await world.services.views.open(world.system, made.id)).gone == ()
    # another organization's campaign or tag tells nobody that it is there
    kim = await kim_of(world)
    own = await world.services.views.save(
        kim, "Spring", RecipientQuery(filter=RecipientFilter(campaign="봄", tags=("고위험",)))
    )
    assert own.id is not None
    assert len((await world.services.views.open(kim, own.id)).gone) == 2


@pytest.mark.parametrize("name", ["", " ", "a" * 41, "x\x1b[2J", "a\u202eb"])
async def test_a_bad_name_is_refused(world: World, name: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        await world.services.views.save(world.system, name, PAUSED)
    assert refused.value.field == "name"


async def test_two_of_one_name_are_refused_in_any_case_and_form(
    world: World, monkeypatch: Any
) -> None:
    views, kim, lee = world.services.views, await kim_of(world), await kim_of(world, "lee")
    first = await views.save(kim, "Café 가", PAUSED)
    with pytest.raises(InvalidInput, match="already"):
        await views.save(kim, "CAFE\u0301 가", PAUSED)
    await views.save(lee, "Café 가", PAUSED)
    await views.share(kim, 1, "Café 가", PAUSED)
    with pytest.raises(InvalidInput, match="The organization has a view called"):
        await views.share(lee, 1, "café 가", PAUSED)
    other = await views.save(kim, "Other", PAUSED)
    assert first.id is not None
    assert other.id is not None
    with pytest.raises(InvalidInput, match="already"):
        await views.rename(kim, other.id, "café 가", other.version)
    # a name is free once its view is deleted; then that one comes back under no name of another
    await views.delete(kim, first.id, first.version)
    await views.rename(kim, other.id, "café 가", other.version)
    with pytest.raises(InvalidInput, match="already"):
        await views.restore(kim, first.id)
    monkeypatch.setattr(rules, "MOST", 1)
    monkeypatch.setattr("core.views.service.MOST", 1)
    with pytest.raises(ActionBlocked, match="as many as there can be"):
        await views.save(kim, "Another", PAUSED)


async def test_two_who_change_one_are_told(world: World) -> None:
    views, kim = world.services.views, await kim_of(world)
    made = await views.share(kim, 1, "Paused", PAUSED)
    assert made.id is not None
    await views.rename(world.system, made.id, "쉬는 분", made.version)
    for late in (
        views.rename(kim, made.id, "x", made.version),
        views.replace(kim, made.id, RecipientQuery(), made.version),
        views.delete(kim, made.id, made.version),
    ):
        with pytest.raises(Conflict) as told:
            await late
        assert told.value.current.name == "쉬는 분"  # type: ignore[attr-defined]


async def test_the_order_and_the_one_to_start_with_are_each_admins_own(world: World) -> None:
    views, kim, lee = world.services.views, await kim_of(world), await kim_of(world, "lee")
    shared = await views.share(kim, 1, "Paused", PAUSED)
    own = await views.save(kim, "Own", PAUSED)
    assert [one.key for one in (await views.list(kim)).views] == [own.key, shared.key, *READY]
    await views.arrange(kim, ["no-call", shared.key, "nonsense", shared.key], start="no-call")
    found = await views.list(kim)
    # what was not put anywhere comes after
    assert [one.key for one in found.views] == [
        "no-call",
        shared.key,
        own.key,
        *(one for one in READY if one != "no-call"),
    ]
    assert found.start == "no-call"
    assert [one.key for one in (await views.list(lee)).views] == [shared.key, *READY]
    await views.arrange(kim, [], start=own.key)
    assert own.id is not None
    await views.delete(kim, own.id, own.version)
    assert (await views.list(kim)).start == ""


async def test_a_deleted_one_is_erased_in_its_time(world: World) -> None:
    views = world.services.views
    made, kept = [await views.save(world.system, name, PAUSED) for name in ("Old", "Young")]
    for one in (made, kept):
        assert one.id is not None
        await views.delete(world.system, one.id, one.version)
    days = world.settings.retention.deleted_recipients + 1
    await stored(world, made.id, deleted_at=now() - timedelta(days=days))
    await world.services.retention.erase_expired(world.system)
    async with world.database.reading() as session:
        assert list(await session.scalars(sa.select(View.id))) == [kept.id]


async def test_what_a_newer_console_saved_is_told_kept_and_never_misread(world: World) -> None:
    views, kim = world.services.views, await kim_of(world)
    made = await views.share(kim, 1, "Tagged", PAUSED)
    newer = {"form": 1, "later": [1], "filter": {"statuses": ["paused"], "moods": ["a"]}}
    await stored(world, made.id, query=newer)
    assert made.id is not None
    view = (await views.open(kim, made.id)).view
    assert (view.query, view.unknown) == (PAUSED, ("later", "moods"))
    changed = await views.replace(kim, made.id, RecipientQuery(search="김"), view.version)
    assert changed.unknown == ("later", "moods")
    await views.rename(kim, made.id, "Other", changed.version)
    async with world.database.reading() as session:
        kept = await session.scalar(sa.select(View.query).where(View.id == made.id))
    assert kept == {"form": 1, "later": [1], "search": "김", "filter": {"moods": ["a"]}}
    # of a newer form nothing is guessed; it is there all the same
    await stored(world, made.id, query={"form": 2, "search": "x"}, name="\x1b[31m빨강")
    [view] = [one for one in (await views.list(kim)).views if one.key == made.key]
    assert view.query is None
    assert "\x1b" not in view.name
    for refused in (
        views.open(kim, made.id),
        views.replace(kim, made.id, PAUSED, view.version),
    ):
        with pytest.raises(InvalidInput, match="newer version"):
            await refused


async def test_numbers_are_counted_so_far_and_leave_no_record(
    world: World, monkeypatch: Any
) -> None:
    kim = await kim_of(world)
    for name in ("김하나", "김둘", "이셋"):
        await world.recipient(1, name)
    await world.recipient(2, "김넷")
    asked = [RecipientQuery(search="김"), PAUSED, RecipientQuery()]
    monkeypatch.setattr("core.views.service.COUNTED", 2)
    told = [str(one) async for one in world.services.views.numbers(kim, asked)]
    assert told == ["2", "0", "2+"]
    told = [str(one) async for one in world.services.views.numbers(world.system, asked)]
    assert told == ["2+", "0", "2+"]
    async with world.database.reading() as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(AccessRecord)) == 0


async def test_a_number_in_somebody_elses_view_is_hidden_from_who_does_not_see_numbers(
    tmp_path: Path,
) -> None:
    config = tmp_path / ".config/carecall/config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('mask_phones_for = ["viewer"]\n')
    world = await make_services(tmp_path)
    await world.organization()
    eve = await kim_of(world, "eve", Role.VIEWER)
    made = await world.services.views.share(
        world.system, 1, "Park 010-1234-5678", RecipientQuery(search="010-1234-5678")
    )
    [seen, *_ready] = (await world.services.views.list(eve)).views
    assert seen.key == made.key
    assert seen.name == "Park 010-****-5678"
    assert seen.query is not None
    assert "1234" not in seen.query.search
    await world.close()
