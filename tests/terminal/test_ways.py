"""The main ways through the console, as a person goes them in a terminal of 80x24."""

import json

from rich.cells import cell_len

from core.recipients.dto import RecipientQuery
from tests.factories import World
from tests.terminal.driver import Terminal
from tests.terminal.host import Host


def add(host: Host, *names: str, campaign: str = "") -> list[int]:
    """Recipients with these names, in the campaign."""

    async def fill(world: World) -> list[int]:
        body = (await world.services.organizations.list(world.system))[0].id
        rows = [await world.recipient(body, name) for name in names]
        if campaign:
            await world.campaign(campaign, recipients=[row.id for row in rows])
        return [row.id for row in rows]

    return host.do(fill)


def names(host: Host) -> list[str]:
    """The names that the list has."""

    async def read(world: World) -> list[str]:
        rows = await world.services.recipients.window(world.system, RecipientQuery())
        return [row.name for row, _place in rows]

    return host.do(read)


def call_list(host: Host) -> list[str]:
    """The names that the calling system gets."""
    done = host.carecall("call-list")
    assert done.returncode == 0, done.stderr
    return [json.loads(line)["name"] for line in done.stdout.splitlines()]


def to(console: Terminal, name: str) -> None:
    """Put the cursor on this recipient, whom a search finds alone."""
    console.press("/")
    console.type(name)
    console.sees("1 of ")
    console.press("enter")
    console.until(lambda: name in console.cursor_line(), f"the cursor is on {name}")


def test_the_list_stands_in_straight_columns_with_its_count_and_keys(
    host: Host, console: Terminal
) -> None:
    add(host, "Kim Young-hee", "김영희", "金英姬👵🏽")
    console.sees("Manage recipients", "4 recipients", "010-1111-2222", "金英姬", "a Add", "? Help")
    lines = console.text().splitlines()
    heading = next(line for line in lines if "Phone number" in line)
    for name in ("Kim Young-hee", "김영희", "이순신"):
        row = next(line for line in lines if name in line)
        before = cell_len(row[: row.index("010-")])
        assert before == cell_len(heading[: heading.index("Phone number")]), row


def test_search_as_it_is_typed_and_clear_it(host: Host, console: Terminal) -> None:
    add(host, "박초롱초롱", "박하늘별님")
    console.press("/")
    console.type("초롱")
    console.sees("1 of ", "박초롱초롱")
    console.sees_no("박하늘별님")
    console.press("escape")
    console.sees("박하늘별님", "박초롱초롱")
    console.sees_no("1 of ")


def test_add_a_recipient_with_a_korean_name(host: Host, console: Terminal) -> None:
    console.press("a")
    console.sees("Add recipient")
    console.type("남궁민수")
    console.press("tab")
    console.type("010 3333 4444")
    console.press("tab")
    console.type("혼자 사심")
    console.press("tab", "enter")
    console.sees("Type a part of the name", "› 해운대구 복지관")
    console.press("enter")
    console.sees_no("Type a part of the name")
    console.press("ctrl+s")
    console.sees("남궁민수 was added.", "010-3333-4444")
    assert "남궁민수" in names(host)


def test_letter_keys_work_in_hangul_mode(console: Terminal) -> None:
    console.type("ㅁ")
    console.sees("Add recipient")


def test_edit_a_recipient(host: Host, console: Terminal) -> None:
    add(host, "서문탁")
    to(console, "서문탁")
    console.press("e")
    console.sees("Edit recipient")
    console.press("end")
    console.type("이")
    console.press("ctrl+s")
    console.sees("서문탁이 was saved.")
    assert "서문탁이" in names(host)


def test_delete_and_undo(host: Host, console: Terminal) -> None:
    add(host, "독고영재")
    to(console, "독고영재")
    console.press("d")
    console.sees("Delete recipient", "Cancel")
    console.press("d")
    console.sees("독고영재 was deleted. Press z to undo.", "0 of ")
    assert "독고영재" not in names(host)
    console.press("z")
    console.sees("독고영재 is back.", "1 of ")
    assert "독고영재" in names(host)


def test_what_is_typed_for_a_dialog_acts_on_nothing_below(host: Host, console: Terminal) -> None:
    add(host, "남궁옥분")
    to(console, "남궁옥분")
    console.press("d")
    console.sees("Delete recipient", "[d Delete]")
    console.type("delete")  # d deletes; e would edit whoever the cursor is on then
    console.sees("남궁옥분 was deleted.")
    console.settle()
    assert "╭" not in console.text()
    console.press("escape")
    console.sees_no("0 of ")
    console.type("aname\x1b")  # before the form is seen, each key acts in its turn
    console.sees("Add recipient", "name", "What you typed will be lost.")
    console.type("xa")
    console.sees_no("Add recipient")
    console.settle()
    assert "Add recipient" not in console.text()


def test_enter_in_the_delete_dialog_deletes_nothing(host: Host, console: Terminal) -> None:
    add(host, "제갈량")
    to(console, "제갈량")
    console.press("d")
    console.sees("Delete recipient")
    console.press("enter")
    console.sees_no("Delete recipient")
    assert "제갈량" in names(host)


def test_who_is_paused_leaves_the_call_list_until_resumed(host: Host, console: Terminal) -> None:
    add(host, "황보관", campaign="Morning")
    to(console, "황보관")
    console.until(lambda: "in progress" in console.cursor_line())
    assert "황보관" in call_list(host)
    console.press("p")
    console.sees("Pause participation")
    console.press("ctrl+s")
    console.sees("황보관 was paused.")
    assert "황보관" not in call_list(host)
    console.until(lambda: "paused" in console.cursor_line())
    console.press("r")
    console.sees("Resume participation")
    console.press("r")
    console.sees("황보관 was resumed.")
    assert "황보관" in call_list(host)


def test_what_is_not_possible_says_why(host: Host, console: Terminal) -> None:
    add(host, "선우용녀")
    to(console, "선우용녀")
    console.press("p")
    console.sees("! ", "campaign")
    assert "Pause participation" not in console.text()


def test_details_open_and_close(host: Host, console: Terminal) -> None:
    add(host, "사공필")
    to(console, "사공필")
    console.press("enter")
    console.sees("Recipient details", "사공필", "1 of 1")
    console.press("escape")
    console.sees("Manage recipients", "1 of ")


def test_keys_are_explained(console: Terminal) -> None:
    console.press("?")
    console.sees("What can be done here", "Not possible now")
