"""The terminal's own cursor stands on what is selected: braille lines and screen readers follow it."""

import re

from tests.factories import World
from tests.terminal.driver import Terminal
from tests.terminal.host import Host

FIELD = 30  # the column in which the fields of a form begin
BOX, TEXT = 4, 6  # those of a dialog, and of what is typed in it
MOST_BYTES = 12  # of a move


def test_the_cursor_is_on_the_selected_line_and_at_the_caret(host: Host) -> None:
    async def fill(world: World) -> None:
        body = (await world.services.organizations.list(world.system))[0].id
        row = await world.recipient(body, "김영희")
        await world.services.memos.add(world.system, row.id, "약을 챙겨 드심")

    host.do(fill)
    with host.opened() as it:
        walk_lists(it)
        walk_fields(it)
        walk_dialogs(it)
        it.press("q")
        assert it.ends() == 0
        assert it.cursor is not None


def walk_lists(it: Terminal) -> None:
    it.press("g")
    it.reads("> ", 0)
    first = it.cursor
    it.press("down")
    it.until(lambda: it.cursor not in (None, first), "the cursor is on another row")
    for name in ("이순신", "김영희"):
        it.press("/")
        it.type(name)
        it.reads(f"/{name}", 2 + 2 * len(name))
        it.press("left")
        it.reads(f"/{name}", 2 * len(name))
        it.press("enter")
        it.reads(name, 0)
        it.press("escape")
        it.sees("2 recipients")
    it.press("/")
    it.type("김영희")
    it.press("enter", "enter")
    it.sees("Recipient details")
    it.press("4")
    it.reads("약을 챙겨 드심", 0)
    it.press("5")
    it.reads("There is no contact")  # what is said where there is no row
    it.press("escape", "escape")
    it.sees("2 recipients")


def walk_fields(it: Terminal) -> None:
    it.press("a")
    it.reads("Recipient name", FIELD)
    it.type("김영")
    it.reads("김영", FIELD + 4)
    it.press("left")
    it.reads("김영", FIELD + 2)
    it.press("tab")
    it.reads("Mobile phone number", FIELD)
    it.press("tab", "tab")
    it.reads("Responsible organization", FIELD)
    it.press("enter")
    it.sees("Type a part of the name", "› 해운대구 복지관")
    it.press("down")  # the arrows are for the choices, though the field has the focus
    it.reads("› 해운대구 복지관", BOX)
    it.type("운")
    it.reads("  운 ", BOX + 3)
    it.press("escape", "escape")
    it.reads("[x Discard]")
    it.press("x")
    it.sees_no("Add recipient")


def walk_dialogs(it: Terminal) -> None:
    it.press("d")
    it.sees("Delete recipient")
    line = it.line_of("[d Delete]")
    it.reads("[d Delete]", line.index("[esc"))
    it.press("right")
    it.reads("[d Delete]", line.index("[d"))
    it.press("escape", "v")
    it.sees("View options")
    it.reads("› [x] Phone number", BOX)
    it.press("down")
    it.reads("› [x] Organization", BOX)
    it.press("escape", "?")
    it.reads("Type what you want to do, or a key", BOX + 1)
    it.press("down")
    it.reads("", BOX)  # the text, of which the next line is the first one now
    it.press("escape", "enter", "4", "a")
    it.sees("Add memo")
    it.type("가나")
    it.reads("가나", TEXT + 4)
    it.press("enter")
    it.type("a")
    it.reads("│ a ", TEXT + 1)
    it.press("escape", "x", "escape")
    it.sees("Manage recipients")


def test_the_cursor_costs_few_bytes_and_is_not_seen_running(console: Terminal) -> None:
    for key in ("down", "up", "down", "up"):
        before = console.mark()
        console.press(key)
        console.settle()
        written = console.raw[before:]
        move = re.search(rb"\x1b\[\d+;\d+H\Z", written)
        assert written == b"" or (move and len(move[0]) <= MOST_BYTES)
        assert b"\x1b[?25" not in written
        assert len(written) <= 500
    before = console.mark()
    console.press("a")
    console.sees("Add recipient")
    console.settle()
    long = console.raw[before:]
    assert long.index(b"\x1b[?25l") < long.index(b"Add recipient") < long.index(b"\x1b[?25h")
    assert console.cursor is not None
