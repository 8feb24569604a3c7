"""A console in a real terminal that nobody sits at: it is warned of, left, and nothing stays on the screen."""

import json
import os
import signal
import time
from pathlib import Path

import pytest

from core.recipients.dto import RecipientQuery
from tests.factories import World
from tests.terminal.driver import Terminal
from tests.terminal.host import Host
from tests.terminal.test_behaviour import assert_given_back

NAME = "이순신"


@pytest.fixture
def host(fresh: Host) -> Host:
    async def fill(world: World) -> None:
        await world.recipient(await world.organization("해운대구 복지관"), NAME, "01011112222")

    fresh.do(fill)
    return fresh


def configured(host: Host, *lines: str) -> dict[str, str]:
    config = host.directory / "config/carecall/config.toml"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text("\n".join(lines))
    return {"XDG_CONFIG_HOME": str(Path(config.parent.parent))}


def left_by_itself(console: Terminal, words: str) -> None:
    assert console.ends() == 0
    assert_given_back(console)
    console.sees(words)
    # a terminal without a second screen keeps what is on it; pyte is one
    assert NAME not in console.text()
    assert "Traceback" not in console.text()


def test_it_is_left_with_a_form_open_which_is_offered_again(host: Host) -> None:
    with host.opened(**configured(host, "idle_minutes = 0.1")) as it:
        it.type("a김유신")
        it.sees("Add recipient", "김유신")
        it.sees("! No key was pressed for long: the console is left within a minute.")
        left_by_itself(it, "The console was left after 1 minute without a key; what was typed")
    listed = host.carecall("audit", "list", "--access", "--action", "session.end", "--json").stdout
    # the worlds of the test itself end without a word, as what was killed does
    assert [json.loads(row)["details"]["how"] for row in listed.splitlines()].count("idle") == 1
    with host.console() as it:
        it.sees("Not saved yet", "You were adding a recipient.", "김유신")


def test_the_longest_session_ends_while_keys_are_pressed(host: Host) -> None:
    with host.console(**configured(host, "session_hours = 0.002")) as it:

        def warned() -> bool:
            it.press("down")
            return "The longest session is over" in it.text()

        it.until(warned, "it warns")
        left_by_itself(it, "The console was left after 1 hour, the longest session")


def test_a_stopped_console_that_goes_on_when_its_time_is_over_shows_nothing(host: Host) -> None:
    """As after kill -STOP or a host that slept; a question is open, and keys wait to be read."""
    with host.opened(**configured(host, "idle_minutes = 0.1")) as it:
        it.press("d")
        it.sees("Delete recipient", NAME)
        os.kill(it.pid, signal.SIGSTOP)
        stopped = time.monotonic()
        it.until(lambda: time.monotonic() - stopped > 6.1, "its time is over")
        it.press("c", "enter")
        before = len(it.raw)
        os.kill(it.pid, signal.SIGCONT)
        left_by_itself(it, "The console was left after 1 minute without a key")
        assert NAME not in it.raw[before:].decode(errors="replace")
    host.do(lambda world: still_there(world))


def test_a_stopped_console_goes_on_where_it_was_and_ends_as_ever(host: Host) -> None:
    with host.opened() as it:
        for number in (signal.SIGSTOP, signal.SIGTSTP):
            os.kill(it.pid, number)
            it.until(lambda: is_stopped(it.pid), "it is stopped")
            taken = it.raw.count(b"\x1b[?2004h")
            os.kill(it.pid, signal.SIGCONT)
            it.until(lambda: it.raw.count(b"\x1b[?2004h") > taken, "it has the terminal again")  # noqa: B023
            it.press("enter")
            it.sees("Recipient details", NAME)
            it.press("escape")
            it.sees("Manage recipients")
            assert it.is_raw
        it.press("q")
        assert it.ends() == 0
        assert_given_back(it)
        assert not it.is_raw


def is_stopped(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "Tt"


async def still_there(world: World) -> None:
    [(row, _anchor)] = await world.services.recipients.window(world.system, RecipientQuery())
    assert row.name == NAME
