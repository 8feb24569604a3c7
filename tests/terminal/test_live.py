"""Two consoles on one database: each sees what the other does, and nothing that is at hand gets lost."""

import pytest

from tests.factories import World
from tests.terminal.driver import Terminal
from tests.terminal.host import Host

NAMES = ("가나다", "라마바", "사아자")


@pytest.fixture
def host(fresh: Host) -> Host:
    async def fill(world: World) -> None:
        body = await world.organization("해운대구 복지관")
        for name in NAMES:
            await world.recipient(body, name)

    fresh.do(fill)
    return fresh


def cursor_to(console: Terminal, name: str) -> None:
    """Move the cursor down to this row."""
    for _row in NAMES:
        if name in console.cursor_line():
            return
        console.press("down")
        console.settle()
    raise AssertionError(console.text())


def test_a_change_of_another_console_is_seen_without_losing_cursor_or_selection(host: Host) -> None:
    with host.opened() as mine, host.opened() as theirs:
        cursor_to(mine, "라마바")
        mine.press("space")
        mine.sees("1 recipient selected.")
        cursor_to(mine, "라마바")
        cursor_to(theirs, "가나다")
        theirs.press("e")
        theirs.sees("Edit recipient")
        theirs.type("라")
        theirs.press("ctrl+s")
        theirs.sees("가나다라 was saved.")
        mine.sees("가나다라")
        assert "라마바" in mine.cursor_line()
        mine.press("d")
        mine.sees("Delete recipient", "라마바")
        mine.press("y")
        mine.sees("1 recipient was deleted.")
        theirs.sees("2 recipients")
        theirs.sees_no("라마바")


def test_what_is_typed_stays_while_another_console_changes_the_list(host: Host) -> None:
    with host.opened() as mine, host.opened() as theirs:
        mine.press("/")
        mine.type("010")
        mine.sees("3 of 3 recipients")
        cursor_to(theirs, "가나다")
        theirs.press("d")
        theirs.sees("Delete recipient")
        theirs.press("y")
        theirs.sees("1 recipient was deleted.")
        mine.sees("2 of 2 recipients")
        mine.type("-2")
        mine.sees("/010-2")
        mine.press("escape")
        mine.sees_no("/010-2")


def test_a_form_says_at_once_that_its_recipient_was_saved_and_shows_both(host: Host) -> None:
    with host.opened() as mine, host.opened() as theirs:
        for console, suffix in ((mine, "하나"), (theirs, "둘")):
            cursor_to(console, "사아자")
            console.press("e")
            console.sees("Edit recipient")
            console.type(suffix)
        theirs.press("ctrl+s")
        theirs.sees("사아자둘 was saved.")
        mine.sees("Somebody else has saved this recipient meanwhile.", "사아자하나")
        mine.press("ctrl+s")
        mine.sees("Nothing was overwritten.", "사아자하나", "사아자둘")
        mine.press("y")
        mine.sees("사아자하나 was saved.")
        theirs.sees("사아자하나")
