"""The list of recipients, driven by keys at 80x24."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from core.db.models import Recipient
from core.io.identity import Identity
from core.recipients.fields import TEXTS
from core.values.roles import Role
from tests.drivers import Console, console
from tests.factories import World, make_services
from tui.app import ConsoleApp


@pytest.fixture
async def world(tmp_path):
    made = await make_services(tmp_path, account="root")
    yield made
    await made.close()


async def fill(world: World) -> list[int]:
    body = await world.organization("해운대구 복지관")
    other = await world.organization("순천시 노인복지과")
    rows = [
        await world.recipient(body, "김영희", "010-1111-2222", "혼자 사심"),
        await world.recipient(body, "박철수", "010-3333-4444"),
        await world.recipient(other, "[bold]x[/]", "010-5555-6666"),
    ]
    return [row.id for row in rows]


async def test_it_shows_the_recipients_and_search_as_you_type_finds_them(world):
    await fill(world)
    async with console(world) as it:
        await it.sees("3 recipients", "김영희", "010-1111-2222", "해운대구 복지관", "[bold]x[/]")
        # a number in any way of writing it
        await it.press("slash")
        await it.type("+82 10-3333")
        await it.sees("1 of 3 recipients", "박철수")
        await it.sees_no("김영희")
        await it.press("enter")
        assert it.app.focused is it.list.table
        await it.sees("/+82 10-3333")
        await it.press("escape")
        await it.sees("3 recipients", "김영희")
        # a part of a name, and of other information
        await it.press("slash")
        await it.type("영희")
        await it.sees("1 of 3 recipients")
        await it.press("escape", "slash")
        await it.sees_no("1 of 3 recipients")
        await it.type("혼자")
        await it.sees("1 of 3 recipients", "김영희")


async def test_the_sort_and_the_columns_are_chosen_and_remembered(world):
    await fill(world)

    def names(it):
        table = it.list.table
        return [table.row_at(at).data.name for at in range(3)]

    async with console(world) as it:
        await it.press("s", "home", "enter")
        await it.sees("Recipient name ▲")
        await it.quiet()
        assert names(it) == ["[bold]x[/]", "김영희", "박철수"]
        await it.press("s", "enter")
        await it.sees("Recipient name ▼")
        await it.quiet()
        assert names(it) == ["박철수", "김영희", "[bold]x[/]"]
        await it.sees("Phone number")
        await it.press("v", "space", "ctrl+s")
        await it.sees_no("Phone number", "010-1111-2222")
        await it.quiet()
    async with console(world) as it:
        await it.sees("Recipient name ▼", "Organization")
        await it.sees_no("Phone number")


async def test_detailed_search_and_the_choice_of_an_organization(world):
    ids = await fill(world)
    await world.campaign("아침 안부", recipients=ids[:1])
    async with console(world) as it:
        await it.press("f", *["tab"] * len(TEXTS), "tab")  # and the campaign's
        await it.type("2026-13-01")
        await it.press("ctrl+s")
        await it.sees("A day is written like 2026-12-01")
        await it.press(*["backspace"] * 10)
        while it.app.focused.id != "statuses":
            await it.press("tab")
        await it.press("down", "down", "space", "ctrl+s")
        await it.sees("1 of 3 recipients", "filtered: Status (esc clears)", "김영희")
        await it.press("escape")
        await it.sees("3 recipients")
        # however long a search is: how it is taken back stands there whole
        await it.press("slash")
        await it.type("해운대구 독거 어르신 가운데 오래 통화 못 한 분")
        await it.press("enter")
        await it.sees("0 of 3 recipients", "/해운대구 독거", "… (esc clears)")
        await it.press("escape", "o")
        await it.sees("All organizations")
        await it.type("순천")
        await it.sees_no("› 해운대구 복지관", "│   해운대구 복지관")
        await it.press("enter")
        await it.sees("1 of 3 recipients", "순천시 노인복지과 ·")


async def test_others_see_their_own_organization_only_and_are_told_what_they_may_not(world):
    await fill(world)
    own = (await world.services.organizations.by_name(world.system, "해운대구 복지관")).id
    await world.admin("kim", Role.ORGANIZATION, own, account="kim")
    await world.admin("lee", Role.VIEWER, own, account="lee")
    async with console(world, account="kim") as it:
        await it.sees("2 recipients")
        await it.press("o")
        await it.sees("Only system admins choose an organization")
    async with console(world, account="lee") as it:
        await it.press("a")
        await it.sees("! The role viewer reads only.")
        # what the role never has gives its place to what it has
        assert it.text().splitlines()[-1].startswith("/ Search"), it.text()
        await it.press("j")
        await it.sees_no("The role viewer reads only.")
        await it.press("Z")
        await it.sees("! The role viewer reads only.")


async def test_a_reason_goes_with_the_cursor_or_a_dialog_and_hangul_keys_do_the_same(world):
    await fill(world)
    async with console(world) as it:
        assert "esc Back" not in it.text()
        await it.press("p")
        await it.sees("The recipient is in no campaign")
        await it.press("ㅓ")
        await it.sees_no("The recipient is in no campaign")
        assert it.list.table.cursor_index == 1
        await it.press("r")
        await it.sees("The recipient is not paused.")
        await it.press("ㅁ")
        await it.sees("Add recipient")
        await it.press("escape")
        await it.sees_no("Add recipient", "The recipient is not paused.")
        await it.press("enter")
        await it.sees("Recipient details", "esc Back")


async def test_an_empty_list_says_what_to_do_and_help_and_palette_know_every_key(world):
    await world.organization("해운대구 복지관")
    async with console(world) as it:
        await it.sees("Manage recipients", "0 recipients", "Press a to add one, u to upload")
        await it.press("question_mark")
        await it.sees("Help", "What can be done here", "esc Close")
        await it.sees("Not possible now", "(Edit)  There is no recipient under the cursor.")
        await it.type("select all")
        await it.sees("Select all matching")
        await it.press(*["backspace"] * 10)
        await it.sees("(Edit)  There is no recipient under the cursor.")  # the whole help
        await it.press(*["pagedown"] * 6)
        await it.sees("ctrl+r", "a = ㅁ")
        await it.press("escape", "colon")
        await it.type("sort")
        await it.press("enter")
        await it.sees("─ Sort ─")


async def test_another_console_s_change_arrives_and_keeps_cursor_and_selection(world):
    await fill(world)
    async with console(world) as it:
        await it.press("down", "space")
        key = it.list.table.cursor_row.key
        selected = it.list.table.selected
        body = (await world.services.organizations.by_name(world.system, "해운대구 복지관")).id
        await world.recipient(body, "새 사람")
        await it.sees("4 recipients", "새 사람")
        await it.quiet()
        assert it.list.table.cursor_row.key == key
        assert it.list.table.selected == selected
        await it.pilot.resize_terminal(60, 20)
        await it.sees("The terminal is too small")
        await it.pilot.resize_terminal(80, 24)
        await it.sees("4 recipients")


async def test_keys_pressed_while_it_opens_are_answered_and_break_nothing(world):
    await fill(world)
    app = ConsoleApp(world.settings, Identity("root", 0))
    async with app.run_test(size=(80, 24)) as pilot:
        it = Console(app, pilot)
        for key in (
            "enter",
            "a",
            "o",
            "ctrl+r",
            "G",
            "space",
            "question_mark",
            "escape",
            "slash",
            "escape",
        ):
            await it.press(key)
        await it.until(lambda: app.is_open, "the core is open")
        assert not app.failure


async def test_a_list_that_grows_by_another_console_shows_all_of_it(world):
    body = await world.organization("해운대구 복지관")
    await world.recipient(body, "이순신")
    async with console(world) as it:
        await it.sees("1 recipient ", "이순신")
        await world.recipients(body, 3)
        await it.sees("4 recipients", "이0000", "이0001", "이0002", "이순신")


async def test_pgdn_goes_by_the_rows_a_page_that_were_chosen(world):
    body = await world.organization("해운대구 복지관")
    await world.recipients(body, 60)
    async with console(world) as it:
        await it.press("v", "tab", "down", "ctrl+s")
        await it.quiet()
        await it.press("home", "pagedown", "pagedown")
        assert it.list.table.cursor_index == 20
    async with console(world) as it:
        await it.press("pagedown")
        assert it.list.table.cursor_index == 10


async def test_who_had_an_emergency_has_a_sign_in_front_and_a_wide_screen_is_used(world):
    body = await world.organization("가나다라마바사아자차카타파하")
    row = await world.recipient(body, "김영희")
    async with world.database.transaction() as session:
        await session.execute(
            sa.update(Recipient).where(Recipient.id == row.id).values(last_analysis="emergency")
        )
    await world.campaign("Morning", recipients=[row.id])
    await world.pause(row.id, reason="입원", resumes_at=datetime(2999, 12, 1, 3, tzinfo=UTC))
    async with console(world) as it:
        await it.sees("!! 김영희", "가나다라마바사아…", "paused      Morning")
        await it.pilot.resize_terminal(120, 40)
        await it.sees("!! 김영희", "가나다라마바사아자차…", "paused · until 2999-12-01")
