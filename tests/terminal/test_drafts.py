"""What is typed into a form outlives the console that is lost, and nothing else does."""

import contextlib
import json
import os
import signal
import sqlite3
import stat

import pytest

from tests.factories import World
from tests.terminal.driver import Terminal
from tests.terminal.host import Host


@pytest.fixture
def host(fresh: Host) -> Host:
    async def fill(world: World) -> None:
        await world.recipient(await world.organization("해운대구 복지관"), "이순신", "01011112222")

    fresh.do(fill)
    return fresh


def add(console: Terminal, host: Host, name: str) -> None:
    """Type this name into the form to add a recipient, and wait until it is kept."""
    console.press("a")
    console.sees("Add recipient")
    console.type(name)
    kept(console, host, name)


def kept(console: Terminal, host: Host, name: str) -> None:
    """Wait until this name is kept."""

    def is_kept() -> bool:
        return any(
            json.loads(draft.read_text("utf-8"))["values"]["name"] == name
            for draft in host.whole_drafts
        )

    console.until(is_kept, "it is kept")


def edit(console: Terminal, host: Host) -> None:
    """Add to the name of the recipient under the cursor, which is kept as 이순신장군."""
    console.press("e")
    console.sees("Edit recipient")
    console.press("end")
    console.type("장군")
    kept(console, host, "이순신장군")


def lose(console: Terminal, how: str) -> None:
    """Lose the console this way."""
    if how == "link":
        console.hang_up()
        assert console.ends() == 128 + signal.SIGHUP
    else:
        number = signal.Signals[how]
        console.signal(number)
        assert console.ends() == (-number if number == signal.SIGKILL else 128 + number)


WAYS = ("link", "SIGHUP", "SIGTERM", "SIGKILL")


def test_what_was_typed_is_offered_again_and_can_be_saved(host: Host) -> None:
    with contextlib.ExitStack() as consoles:
        opened = [consoles.enter_context(host.console()) for _how in WAYS]
        for first, how in zip(opened, WAYS, strict=True):
            first.sees("1 recipient ")
            add(first, host, f"김{how}")
            first.press("tab")
            first.type("010 3333")
            if how == "SIGKILL":
                first.until(lambda: "010 3333" in texts(host, "김SIGKILL"), "it is kept")
            else:
                first.sees("010 3333")
            lose(first, how)
    assert len(host.drafts) == len(WAYS)
    assert {stat.S_IMODE(draft.stat().st_mode) for draft in host.drafts} == {0o600}
    assert stat.S_IMODE(host.drafts[0].parent.stat().st_mode) == 0o700
    assert texts(host).count("010 3333") == len(WAYS)
    with host.console() as second:
        for how in WAYS[:-1]:
            second.sees("Not saved yet", "You were adding a recipient.", f"김{how}", "[g Go on]")
            second.press("escape")
            second.sees_no(f"김{how}")
        second.sees("Not saved yet", "김SIGKILL")
        second.press("enter")
        second.sees("Add recipient", "김SIGKILL", "010 3333")
        second.press("tab")
        second.press("end")
        second.type("4444")
        second.press("tab", "tab", "enter")
        second.sees("› 해운대구 복지관")
        second.press("enter")
        second.sees_no("Type a part of the name")
        second.press("ctrl+s")
        second.sees("김SIGKILL was added.", "010-3333-4444")
        second.until(lambda: len(host.drafts) == len(WAYS) - 1, "it is kept no more")


def texts(host: Host, name: str = "") -> str:
    """What is kept in the drafts in which this name stands."""
    found = (draft.read_text("utf-8") for draft in host.whole_drafts)
    return "".join(text for text in found if name in text)


def test_a_write_that_waits_for_somebody_else_keeps_no_lost_console(host: Host) -> None:
    database = host.directory / "carecall.db"
    with (
        contextlib.closing(sqlite3.connect(database, isolation_level=None)) as other,
        host.opened() as it,
    ):
        edit(it, host)
        other.execute("BEGIN IMMEDIATE")
        it.press("ctrl+s")
        it.sees("The database is in use by another program; waiting for it.")
        it.hang_up()
        # the second: the kernel ended it, on a machine too busy for the rest within seconds
        assert it.ends() in (128 + signal.SIGHUP, -signal.SIGALRM)
        other.execute("ROLLBACK")  # held until the console was gone
    assert "이순신장군" in texts(host)
    assert host.do(lambda world: world.services.recipients.get(world.system, 1)).name == "이순신"


def test_it_can_be_discarded_or_left_for_later(host: Host) -> None:
    with host.opened() as it:
        add(it, host, "김유신")
        lose(it, "SIGTERM")
    with host.console() as it:
        it.sees("Not saved yet")
        it.press("escape")
        it.sees_no("Not saved yet")
        it.press("q")
        assert it.ends() == 0
    with host.console() as it:
        it.sees("Not saved yet")
        it.press("x")
        it.sees_no("Not saved yet")
        assert host.drafts == []


def test_cancelling_discarding_and_undoing_what_was_typed_keep_nothing(host: Host) -> None:
    with host.opened() as it:
        add(it, host, "김유신")
        for _character in "김유신":
            it.press("backspace")
        it.until(lambda: host.drafts == [], "nothing is kept")
        it.type("강감찬")
        kept(it, host, "강감찬")
        it.press("escape")
        it.sees("What you typed will be lost.")
        it.press("x")
        it.sees_no("Add recipient")
        assert host.drafts == []
        add(it, host, "을지문덕")
        it.press("ctrl+c")
        it.sees("What you typed will be lost.")
        it.press("x")
        assert it.ends() == 0
    assert host.drafts == []


def test_a_form_open_elsewhere_is_not_offered(host: Host) -> None:
    with host.opened() as first:
        add(first, host, "김유신")
        with host.opened() as second:
            second.settle(1.0)
            assert "Not saved yet" not in second.text()
            second.press("q")
            assert second.ends() == 0
        first.type("이")
        kept(first, host, "김유신이")


def test_where_nothing_can_be_kept_it_is_said_and_typing_goes_on(host: Host) -> None:
    with host.opened() as it:
        place = host.directory / ".local/state/carecall/drafts"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("in the way")
        it.press("a")
        it.sees("Add recipient")
        it.type("김유신")
        it.sees("What you type cannot be kept; save it before you leave.", "김유신")


def test_a_draft_that_somebody_tampered_with_does_no_harm(host: Host) -> None:
    with host.opened() as it:
        add(it, host, "김유신")
        lose(it, "SIGKILL")
    (draft,) = host.drafts
    kept_values = json.loads(draft.read_text("utf-8"))
    kept_values["values"] |= {
        "name": "\x1b[2J\u202e[blink]x[/]",
        "organization_id": "9" * 30,
        "version": "x",
        "more": "\x9b31m",
    }
    draft.write_text(json.dumps(kept_values))
    (draft.parent / draft.name.replace(".json", "0.json")).write_bytes(b"[" * 60_000)
    (draft.parent / draft.name.replace(".json", "1.json")).symlink_to("/etc/passwd")
    os.mkfifo(draft.parent / draft.name.replace(".json", "2.json"))
    with host.console() as it:
        it.sees("Not saved yet", "[blink]x[/]")
        it.press("enter")
        it.sees("Add recipient", "[blink]x[/]")
        it.settle()
        assert b"\x1b[2J" not in it.raw
        assert "\u202e".encode() not in it.raw
        it.press("ctrl+s")
        it.sees("Mobile phone number is missing.")
