"""From a delivery to the sign on every screen: two consoles in real terminals, one of which asks for more."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deliveries import PHONE, call, small_world
from tests.factories import World
from tests.terminal.driver import Terminal
from tests.terminal.host import Host

OSC = re.compile(rb"\x1b\].*?(?:\x07|\x1b\\)", re.DOTALL)
NOTIFIED = b"\x1b]9;! 1 emergency\x07"


@pytest.fixture
def consoles(host: Host, tmp_path: Path) -> Iterator[tuple[Terminal, Terminal]]:
    """One whose settings ask for a notification, and one whose do not."""

    async def fill(world: World) -> None:
        await small_world(world)

    host.do(fill)
    settings = tmp_path / "carecall"
    settings.mkdir(mode=0o700)
    (settings / "config.toml").write_text("[tasks]\nnotify = true\n")
    with (
        host.opened(XDG_CONFIG_HOME=str(tmp_path)) as asks,
        host.opened() as plain,
    ):
        yield asks, plain


def bells(console: Terminal) -> int:
    """How often the bell has rung."""
    return OSC.sub(b"", console.raw).count(b"\x07")


def test_a_delivery_stands_on_both_screens_and_rings_once(
    host: Host, consoles: tuple[Terminal, Terminal], tmp_path: Path
) -> None:
    asks, plain = consoles
    plain.press("a")
    plain.sees("Add recipient")
    file = tmp_path / "calls.jsonl"
    for at in range(2):
        line = json.dumps(call(f"c-{at}", recipient_phone=PHONE, analysis="emergency"))
        file.write_text(line + "\n")
        assert host.carecall("ingest", str(file)).returncode == 0
        for console in consoles:
            console.sees("! 1 emergency")
            console.until(lambda c=console, n=at + 1: bells(c) == n, "the bell rings")
    for console in consoles:
        mark = console.mark()
        console.settle(1.5)
        assert console.raw[mark:] == b""  # nothing changes, nothing is written
        assert bells(console) == 2
    assert asks.raw.count(NOTIFIED) == 2
    assert b"\x1b]9;" not in plain.raw
