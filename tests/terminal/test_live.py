"""Two consoles on one database: each sees what the other does, and nothing that is at hand gets lost."""

import contextlib
import os
import re
import sqlite3
from collections.abc import Iterator

import pytest

from tests.deliveries import call, deliver
from tests.factories import World
from tests.terminal.driver import Terminal
from tests.terminal.host import Host

NAMES = ("가나다", "라마바", "사아자")
RACES = int(os.environ.get("CARECALL_TEST_RACES", "100"))
BOTH = "Nothing was overwritten."
_COUNT = re.compile(r"(\d) of \1 recipients")


@pytest.fixture(scope="module")
def host(host: Host) -> Host:
    """The module's host, with three recipients more."""

    async def fill(world: World) -> None:
        body = (await world.services.organizations.list(world.system))[0].id
        rows = [await world.recipient(body, name) for name in NAMES]
        await world.campaign("Morning")
        memory = [{"topic": "무릎", "content": "아프시다"}]
        of_first = {"organization": rows[0].organization, "recipient_phone": rows[0].phone}
        await deliver(world, call("c-1", **of_first, memory=memory))

    host.do(fill)
    return host


@pytest.fixture(scope="module")
def consoles(host: Host) -> Iterator[tuple[Terminal, Terminal]]:
    """Mine and that of somebody else, started at the same time."""
    with host.console() as mine, host.console() as theirs:
        for console in (mine, theirs):
            console.sees("4 recipients")
        yield mine, theirs


@pytest.fixture
def mine(consoles: tuple[Terminal, Terminal]) -> Terminal:
    return consoles[0]


@pytest.fixture
def theirs(consoles: tuple[Terminal, Terminal]) -> Terminal:
    return consoles[1]


def cursor_to(console: Terminal, name: str) -> None:
    """Put the cursor on this row, from the first one down."""
    console.press("g")
    console.settle()
    for _row in NAMES:
        line = console.cursor_line()
        if name in line:
            return
        console.press("down")
        console.until(lambda line=line: console.cursor_line() != line, "the cursor moves")
    raise AssertionError(f"{name} is not listed\n{console.text()}")


def edit(console: Terminal, name: str, suffix: str) -> None:
    """Open the form of this recipient, and write something after its name."""
    cursor_to(console, name)
    console.press("e")
    console.sees("Edit recipient")
    console.press("end")
    console.type(suffix)
    console.sees(name + suffix)


def test_keys_typed_while_the_details_are_read_are_for_what_comes(
    host: Host, mine: Terminal
) -> None:
    """Another program has the database for itself when they are typed."""
    cursor_to(mine, NAMES[0])
    file = host.directory / "carecall.db"
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        mine.press("enter")
        mine.sees("Recipient details")
        mine.press("2")
        mine.sees("[2 Memory")
        mine.press("e")
        mine.settle()
        mine.sees_no("no memory under the cursor")
        other.execute("ROLLBACK")
    mine.sees("Edit memory details", "무릎")
    mine.press("escape")
    mine.sees_no("Edit memory details")
    mine.press("escape")
    mine.sees_no("Recipient details")


def test_a_form_says_at_once_that_its_recipient_was_saved_and_shows_both(
    mine: Terminal, theirs: Terminal
) -> None:
    edit(mine, "사아자", "하나")
    edit(theirs, "사아자", "둘")
    theirs.press("ctrl+s")
    theirs.sees("사아자둘 was saved.")
    mine.sees("Somebody else has saved this recipient meanwhile.", "사아자하나")
    mine.press("ctrl+s")
    mine.sees("Nothing was overwritten.", "사아자하나", "사아자둘")
    mine.press("s")
    mine.sees("사아자하나 was saved.")
    theirs.sees("사아자하나")


@pytest.mark.parametrize("races", [2, pytest.param(RACES, marks=pytest.mark.long)])
def test_of_two_who_save_one_form_at_once_one_is_shown_both(
    host: Host, mine: Terminal, theirs: Terminal, races: int
) -> None:
    for race in range(races):
        names = {mine: f"갑{race}", theirs: f"을{race}"}
        for console, name in names.items():
            console.press("g", "e")
            console.sees("Edit recipient")
            console.press("end", *["backspace"] * 6)
            console.type(name)
            console.sees(name)
        for console in names:
            console.press("ctrl+s")
        for console, name in names.items():
            answered(console, name)
        lost, won = sorted(names, key=lambda one: is_saved(one, names[one]))
        assert BOTH in lost.words(), lost.text()
        lost.sees(names[won], names[lost])
        assert saved_as(host, names[won])
        assert not saved_as(host, names[lost])
        lost.press("t")
        lost.sees_no("Edit recipient", names[lost])
        for console in names:
            console.sees(names[won])


def is_saved(console: Terminal, name: str) -> bool:
    """Whether this console was told that its recipient is saved."""
    return f"{name} was saved." in console.text()


def answered(console: Terminal, name: str) -> None:
    """Wait until this console was told what became of it."""
    console.until(lambda: is_saved(console, name) or BOTH in console.words(), "an answer")


def saved_as(host: Host, end: str) -> bool:
    """Whether the name of a recipient ends so."""

    async def read(world: World) -> bool:
        from core.recipients.dto import RecipientQuery

        rows = await world.services.recipients.window(world.system, RecipientQuery())
        return any(row.name.endswith(end) for row, _place in rows)

    return host.do(read)


def test_a_change_is_seen_without_losing_cursor_or_selection(
    mine: Terminal, theirs: Terminal
) -> None:
    cursor_to(mine, "라마바")
    mine.press("space")
    mine.sees("1 recipient selected.")
    cursor_to(mine, "라마바")
    edit(theirs, "가나다", "라")
    theirs.press("ctrl+s")
    theirs.sees("가나다라 was saved.")
    mine.sees("가나다라")
    assert "라마바" in mine.cursor_line()
    mine.press("d")
    mine.sees("Delete recipient", "라마바")
    mine.press("d")
    mine.sees("라마바 was deleted.")
    theirs.sees("3 recipients")
    theirs.sees_no("라마바")


def test_what_is_typed_stays_while_another_console_changes_the_list(
    mine: Terminal, theirs: Terminal
) -> None:
    mine.press("/")
    mine.type("010")
    mine.until(lambda: _COUNT.search(mine.text()), "all are counted")
    before = int(_COUNT.findall(mine.text())[0])  # another test may have deleted one
    cursor_to(theirs, "가나다")
    theirs.press("d")
    theirs.sees("Delete recipient")
    theirs.press("d")
    theirs.sees(" was deleted.")
    mine.sees(f"{before - 1} of {before - 1} recipients")
    mine.type("-1")
    mine.sees("/010-1")
    mine.press("escape")
    mine.sees_no("/010-1")
