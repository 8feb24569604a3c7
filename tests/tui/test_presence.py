"""A console that nobody sits at is left by itself; keys, a call that is played and writes keep it open."""

import asyncio
from pathlib import Path

import msgspec
import pytest

from core.app.audit.dto import AuditFilter
from core.io.configuration import load
from core.values.settings import Settings
from core.voice.dto import PlayerState, Playing
from tests.deliveries import call, deliver, small_world
from tests.drivers import Console, console
from tests.factories import World, make_services
from tests.tui.details import details
from tui.presence import Presence
from tui.voice.voice_pane import VoicePane

WARNING = "No key was pressed for long"


class Clock:
    """The time, as far as somebody sets it."""

    def __init__(self) -> None:
        self.at = 1_000.0

    def __call__(self) -> float:
        return self.at

    def passes(self, *, minutes: float) -> None:
        self.at += minutes * 60


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load({"HOME": str(tmp_path)}, tmp_path / "none.toml")


def test_it_is_left_after_ten_minutes_without_a_key_and_warned_one_before(
    settings: Settings, clock: Clock
) -> None:
    presence = Presence(settings, clock)
    clock.passes(minutes=8.9)
    assert (presence.over, presence.warning) == ("", "")
    clock.passes(minutes=presence.next_look / 60)
    assert WARNING in presence.warning
    presence.acted()
    assert presence.warning == ""
    clock.passes(minutes=9.9)
    assert (presence.over, WARNING in presence.warning) == ("", True)
    clock.passes(minutes=0.1)
    assert presence.over == "idle"
    assert "after 10 minutes without a key" in presence.farewell("idle")


def test_the_longest_session_ends_whatever_is_pressed(settings: Settings, clock: Clock) -> None:
    presence = Presence(settings, clock)
    for _minute in range(12 * 60 - 1):
        assert (presence.over, presence.warning) == ("", "")
        clock.passes(minutes=1)
        presence.acted()
    assert "longest session" in presence.warning
    clock.passes(minutes=1)
    presence.acted()
    assert presence.over == "longest"
    assert "after 12 hours" in presence.farewell("longest")


def test_0_is_never(settings: Settings, clock: Clock) -> None:
    never = msgspec.structs.replace(settings, idle_minutes=0, session_hours=0)
    presence = Presence(never, clock)
    clock.passes(minutes=100_000)
    assert (presence.over, presence.warning) == ("", "")
    assert presence.next_look > 0


@pytest.fixture
async def world(tmp_path: Path):
    made = await make_services(tmp_path, account="root")
    await small_world(made)
    await deliver(made, call("c-1"))
    yield made
    await made.close()


def at(it: Console, clock: Clock) -> None:
    """Let the clock be the console's."""
    it.app.presence = Presence(it.app.settings, clock)


async def looked(it: Console) -> None:
    """Have the console look whether somebody is there, as it does from time to time."""
    it.app.run_worker(it.app.watch_presence, group="presence", exclusive=True)
    await it.pilot.pause()


async def test_a_key_and_a_write_keep_it_open(
    world: World, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with console(world) as it:
        at(it, clock)
        await it.press("space")
        await it.sees("1 recipient selected.")
        clock.passes(minutes=9)
        await looked(it)
        await it.sees("! " + WARNING)
        await it.press("home")
        await it.sees("1 recipient selected.")
        await it.sees_no(WARNING)
        gate = asyncio.Event()

        async def slow(*_args):
            await gate.wait()

        monkeypatch.setattr(it.app.services.recipients, "delete", slow)
        await it.press("d", "d")
        assert it.app.is_writing
        clock.passes(minutes=60)
        await looked(it)
        assert (it.app.presence.over, it.app.ending) == ("", "left")
        gate.set()
        await it.until(lambda: not it.app.is_writing)
        clock.passes(minutes=10)
        await looked(it)
        await it.until(lambda: not it.app.is_running, "it is left")
        assert (it.app.ending, it.app.return_code) == ("idle", 0)
        assert "after 10 minutes" in it.app.farewell


async def test_a_key_that_comes_when_the_time_is_over_does_nothing_but_end_it(
    world: World, clock: Clock
) -> None:
    async with console(world) as it:
        at(it, clock)
        clock.passes(minutes=11)  # nobody has looked since: the process was stopped
        assert not it.app.may_show
        await it.pilot.press("enter")
        await it.until(lambda: not it.app.is_running, "it is left")
        assert it.app.ending == "idle"
        seen = world.services.audit.list(world.system, AuditFilter(action="look", access=True))
        assert [row.action async for row in seen] == []


async def test_a_call_that_is_played_keeps_it_open_and_a_paused_one_does_not(
    world: World, clock: Clock
) -> None:
    async with details(world) as it:
        at(it, clock)
        pane = it.screen.query_one(VoicePane)
        pane.state = PlayerState(playing=Playing.PLAYING)
        clock.passes(minutes=60)
        await looked(it)
        assert it.app.presence.over == ""
        pane.state = PlayerState(playing=Playing.PAUSED)
        clock.passes(minutes=10)
        await looked(it)
        await it.until(lambda: not it.app.is_running, "it is left")
        assert it.app.ending == "idle"
