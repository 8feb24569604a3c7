"""A console in a real terminal that nobody sits at: it is warned of, left, and nothing stays on the screen."""

import json
from pathlib import Path

import pytest

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
