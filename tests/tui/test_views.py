"""Views, driven by keys at 80x24: choose, open, save, arrange, start with; what is gone or not understood."""

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from rich.cells import cell_len

from core.db.models import View
from core.recipients.dto import RecipientFilter, RecipientQuery
from core.values.roles import Role
from tests.deliveries import call, deliver
from tests.drivers import Console, console
from tests.factories import World, make_services
from tui.recipients.heading import fitted


@pytest.fixture
async def world(tmp_path: Path) -> Any:
    made = await make_services(tmp_path, account="root")
    body = await made.organization("Haeundae")
    rows = [await made.recipient(body, name) for name in ("김영희", "박철수", "이민수")]
    await made.campaign("Morning", recipients=[row.id for row in rows])
    await deliver(made, call("a", analysis="emergency", recipient_phone=rows[0].phone))
    for name, role in (("kim", Role.ORGANIZATION), ("eve", Role.VIEWER)):
        await made.admin(name, role, body, name=name.title(), account=name)
    yield made
    await made.close()


async def line(it: Console, name: str) -> str:
    """The line of the chooser with this name."""
    await it.sees(name)
    return next(one for one in it.text().splitlines() if name in one)


async def test_a_view_is_chosen_listed_changed_and_left(world: World) -> None:
    async with console(world, account="kim") as it:
        await it.press("b")
        await it.sees("Views", "Emergencies of this week", "Not reached 3 times", "Getting worse")
        await it.until(lambda: "…" not in it.text(), "all are counted")
        assert (await line(it, "Emergencies of this week")).rstrip(" │").endswith(" 1")
        assert (await line(it, "No call for 14 days")).rstrip(" │").endswith(" 0")
        # a number is that of now: somebody else's change is counted
        await deliver(
            world, call("b", analysis="emergency", recipient_phone=await phone(world, "박철수"))
        )
        await it.until(
            lambda: any(
                "Emergencies of" in one and one.rstrip(" │").endswith(" 2")
                for one in it.text().splitlines()
            ),
            "the emergency that has come is counted",
        )
        await it.type("emer")
        await it.sees_no("Getting worse")
        await it.press("enter")
        await it.quiet()
        await it.sees("2 of 3 recipients", "view: Emergencies of thi…", "박철수")
        await it.sees_no("이민수")
        # what is changed of it is told in words
        await it.press("slash")
        await it.type("김")
        await it.press("enter")
        await it.quiet()
        await it.sees("1 of 3 recipients", "view* (changed): Emergen… (esc leaves)")
        await it.press("escape")
        await it.quiet()
        await it.sees("2 of 3 recipients", "view: Emergencies of thi…")
        await it.press("escape")
        await it.quiet()
        await it.sees("3 recipients", "Registered at ▼", "이민수")
        await it.sees_no("view:")
        # by its number; one that nobody is in says how to leave it
        await it.press("2")
        await it.sees("Nobody is in this view now. esc leaves it.")
        await it.press("9")
        await it.sees("There is no view with this number. b shows which there are.")
        # what it is sorted by stands beside the name, at 80 columns too
        await it.press("5")
        await it.sees("view: Getting worse (esc leaves)", "Recipient name Change ▲")
        await it.press("1")
        await it.sees("2 of 3 recipients", "view: Emergencies of thi… (esc leaves)")
        await it.sees("Recipient name Last call at ▼")
        await it.press("escape")
        await it.quiet()
        await it.sees("3 recipients", "Recipient name Phone number")


async def phone(world: World, name: str) -> str:
    query = RecipientQuery(search=name)
    [(row, _place)] = await world.services.recipients.window(world.system, query)
    return row.phone


async def test_what_is_listed_is_saved_and_saved_again(world: World) -> None:
    async with console(world, account="kim") as it:
        await it.press("slash")
        await it.type("김")
        await it.press("enter", "B")
        await it.sees(
            "Save as a view", "/김 · Registered at", "a new view of your own", "of the organization"
        )
        await it.press("ctrl+s")
        await it.sees("Name is missing")
        await it.type("김씨")
        await it.press("ctrl+s")
        await it.sees("Saved as the view 김씨; b lists all of them.", "view: 김씨")
        await it.press("escape", "escape")
        await it.quiet()
        await it.sees("3 recipients")
        await it.press("1")
        await it.sees("1 of 3 recipients", "view: 김씨")
        await it.press("f")
        await it.type("희")
        await it.press("enter")
        await it.sees("view* (changed): 김씨")
        await it.press("B")
        await it.sees("(x) change the view 김씨")
        # for the organization, under the name that is taken by an own one only
        await it.press("tab", "down", "down", "ctrl+s")
        await it.sees("Saved as the view 김씨")
        await it.press("B")
        await it.sees("(x) change the view 김씨")
        await it.press("tab", "down", "ctrl+s")
        await it.sees("You have a view called 김씨 already.")
        await it.press("escape")
        await it.press("x")
        await it.sees_no("Save as a view")
    found = (await world.services.views.list(await actor(world, "kim"))).views[:2]
    assert [(one.name, one.organization_id) for one in found] == [("김씨", None), ("김씨", 1)]
    assert found[0].query == RecipientQuery(search="김")
    assert found[1].query == RecipientQuery(search="김", filter=RecipientFilter(name="희"))


async def actor(world: World, login: str) -> Any:
    from core.io.identity import Identity

    return await world.services.admins.sign_in(Identity(account=login, uid=0))


async def test_views_are_renamed_deleted_arranged_and_started_with(world: World) -> None:
    views, kim = world.services.views, await actor(world, "kim")
    await views.save(kim, "First", RecipientQuery(search="박"))
    await views.save(kim, "Second", RecipientQuery(search="이"))
    async with console(world, account="kim") as it:
        await it.press("b")
        await it.sees("1  First", "2  Second", "yours")
        await it.press("down", "ctrl+o")
        await it.sees("1  Second", "2  First")
        await it.press("ctrl+t")
        await it.sees("The console starts with Second.", "start, yours")
        await it.press("ctrl+n")
        await it.sees("Rename the view")
        await it.type(" one")
        await it.press("ctrl+s")
        await it.sees("1  Second one")
        await it.quiet()  # read again, with their numbers
        await it.press("down", "ctrl+d")
        await it.sees("Deleted First. ctrl+u takes it back.")
        await it.sees_no("2  First")
        await it.sees("› 2  Emergencies")  # who was behind it
        await it.press("ctrl+u")
        await it.sees("First is back.", "2  First")
        await it.press("ctrl+u")
        await it.sees("There is no delete to undo.")
        await it.type("ready")
        await it.sees("No view has this in its name.")
        await it.press(*["backspace"] * 5)
        await it.type("getting")
        await it.press("ctrl+d")
        await it.sees("The ready-made views stay as they are")
        await it.press("escape")
        await it.sees("3 recipients")
    async with console(world, account="kim") as it:
        await it.sees("1 of 3 recipients", "view: Second one (esc leaves)", "이민수")
        await it.sees_no("김영희")
        await it.press("escape")
        await it.quiet()
        await it.sees("3 recipients", "김영희")


async def test_a_viewer_has_own_ones_and_only_opens_the_organizations(world: World) -> None:
    views = world.services.views
    kim, eve = await actor(world, "kim"), await actor(world, "eve")
    made = await views.share(
        kim, 1, "Spring", RecipientQuery(filter=RecipientFilter(campaign="봄"))
    )
    newer = await views.share(kim, 1, "Tagged", RecipientQuery(search="김"))
    newest = await views.share(kim, 1, "Tomorrow", RecipientQuery())
    await world.services.admins.disable(world.system, "kim")
    async with world.database.transaction() as session:
        for one, kept in (
            (newer, {"filter": {"moods": ["a"]}, "search": "김"}),
            (newest, {"form": 9}),
        ):
            await session.execute(sa.update(View).where(View.id == one.id).values(query=kept))
    async with console(world, account="eve") as it:
        await it.press("b")
        await it.sees("Spring", "Haeundae", "Tagged")
        for key in ("ctrl+d", "ctrl+n"):
            await it.press(key)
            await it.sees("The organization's views are changed by its admins")
        await it.press("enter")
        await it.sees(
            "No campaign has 봄 in its name (any more).", "0 of 3 recipients", "view: Spring"
        )
        await it.press("2")
        await it.sees("1 of 3 recipients", "asks for more than this version understands: moods.")
        await it.press("3")
        await it.sees("This view was made by a newer version", "view: Tagged")
        await it.press("escape")
        await it.sees_no("asks for more")
        await it.press("B")
        await it.sees("Save as a view")
        await it.sees_no("of the organization")
        await it.type("mine")
        await it.press("enter")
        await it.sees("Saved as the view mine")
    assert made.key in [one.key for one in (await views.list(eve)).views]


@pytest.mark.parametrize(
    "name", ["독거", "우리 관할 독거 어르신 가운데 오래 통화 못 한 분들", "{x} view [b]" * 9]
)
def test_the_name_of_a_view_is_cut_before_what_is_said_of_it(name: str) -> None:
    for width in range(24, 90):
        told = fitted("view: %s (esc leaves)".__mod__, name, ["Name ▲"], width)
        first = told.removesuffix(" · Name ▲").removesuffix(" …")
        assert first.startswith("view: ")
        assert first.endswith((name + " (esc leaves)", "… (esc leaves)"))
        assert cell_len(told) <= max(width, 25)
