"""Hearing a call from the details, by keys; a command stands in for the sound."""

import os
import shlex
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from core.values.roles import Role
from core.voice.dto import Playing
from tests.audit_trail import actions
from tests.deliveries import call, deliver, minutes_ago, small_world
from tests.factories import World, make_services
from tests.sound_server import wait_for
from tests.tui.details import Details, details
from tests.voice_desk import is_gone
from tests.voice_samples import SAMPLE
from tui.voice.voice_pane import VoicePane

SAID = [
    {"at_s": 0.5, "speaker": "ai", "text": "안녕하세요, 어르신."},
    {"at_s": 7.7, "speaker": "recipient", "text": "네, 잘 잤어요."},
    {"at_s": 10.87, "speaker": "ai", "text": "아침 식사는 하셨어요?"},
]


class Host:
    """A world whose first call can be heard, the second has no voice file, the third's is missing."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.pid_file = directory / "command"

    @property
    def command_pid(self) -> int:
        """That of the command that plays."""
        wait_for(lambda: self.pid_file.exists() and self.pid_file.read_text() != "", "it runs")
        return int(self.pid_file.read_text())

    async def world(self, player: str = "command", command: str = "") -> World:
        plays_on = f"sh -c 'echo $$ > {shlex.quote(str(self.pid_file))}; exec sleep 600'"
        more = {"CARECALL_PLAYER": player, "CARECALL_PLAYER_COMMAND": command or plays_on}
        world = await make_services(self.directory, more, account="root")
        await small_world(world)
        (self.directory / "voice").mkdir()
        shutil.copyfile(SAMPLE, self.directory / "voice/c-1.wav")
        await deliver(
            world,
            call("c-1", voice_file="c-1.wav", utterances=SAID),
            call("c-2", started_at=minutes_ago(90)),
            call("c-3", started_at=minutes_ago(120), voice_file="none.wav"),
        )
        return world


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return Host(tmp_path)


@asynccontextmanager
async def opened(
    host: Host, player: str = "command", command: str = ""
) -> AsyncIterator[tuple[Details, VoicePane, World]]:
    world = await host.world(player, command)
    async with details(world) as it:
        pane = it.screen.query_one(VoicePane)
        await it.until(lambda: pane.view.levels, "the waveform is drawn")
        yield it, pane, world
    await world.close()


async def heard(world: World) -> int:
    return (await actions(world)).count("voice.play")


async def the_waveform_is_seen(it: Details) -> None:
    await it.sees("■ stopped · 0:00 / 0:21 · speed 1", "█")


async def speed_goes_in_steps_between_its_bounds(it: Details) -> None:
    await it.press("greater_than_sign")
    await it.sees("speed 1.25")
    await it.press(*["less_than_sign"] * 2)
    await it.sees("speed 0.75")
    await it.press("less_than_sign")
    await it.sees("This is as slow as it can be.")
    await it.press(*["greater_than_sign"] * 5)
    await it.sees("speed 2")
    await it.press("greater_than_sign")
    await it.sees("This is as fast as it can be.")


async def y_copies_the_line_for_the_desk_and_shows_it(it: Details) -> None:
    await it.press("y")
    await it.sees("✓ At your desk: ssh ", "carecall voice c-1 | mpv -")
    assert it.app.clipboard.endswith(" carecall voice c-1 | mpv -")


async def a_call_without_voice_says_so_and_can_be_read(it: Details) -> None:
    await it.press("down")
    await it.sees("(Play)", "네, 잘 잤어요.")
    for key in ("space", "y", "x"):
        await it.press(key)
        await it.sees("! This call has no voice file.")


async def a_file_that_is_missing_says_so(it: Details) -> None:
    await it.press("down", "down")
    await it.sees("Voice: The voice file of this call is not there.")
    await it.press("space")
    await it.sees("! The voice file of this call is not there.")


async def seeking_goes_forward_and_back(it: Details, pane: VoicePane) -> None:
    await it.press("space")
    await it.sees("▶ playing")
    await it.press("full_stop", "full_stop")
    await it.until(lambda: pane.state.position_ms >= 10_000, "it is 10 s on")
    await it.press("comma")
    await it.until(lambda: 5_000 <= pane.state.position_ms < 10_000, "it is 5 s back")


async def the_line_that_is_heard_is_marked(it: Details) -> None:
    await it.press("space")
    await it.sees("▶ playing")
    await it.press("full_stop", "full_stop")
    await it.sees("> >   0:10 machine    아침 식사는")
    await it.press("x")
    await it.sees_no("> >   0:10")


async def enter_on_a_line_plays_from_there(it: Details, pane: VoicePane) -> None:
    await it.press("enter", "down", "enter")
    await it.until(lambda: 7_700 <= pane.state.position_ms < 10_870, "it plays from there")
    await it.press("down", "enter")
    await it.until(lambda: pane.state.position_ms >= 10_870, "it plays from there")
    await it.sees("▶ playing")


async def the_cursor_goes_along_until_it_is_moved_away(it: Details) -> None:
    await it.press("enter", "enter")
    await it.sees("> >   0:00 machine")
    await it.press("full_stop", "full_stop")
    await it.sees("> >   0:10 machine")
    await it.press("up")
    await it.sees(">     0:07 recipient")
    await it.press("up", "full_stop")
    await it.sees("  >   0:10 machine", ">     0:00 machine")


async def test_what_is_seen_and_said_before_anything_is_played(host: Host) -> None:
    async with opened(host) as (it, _pane, world):
        await the_waveform_is_seen(it)
        await speed_goes_in_steps_between_its_bounds(it)
        await y_copies_the_line_for_the_desk_and_shows_it(it)
        await a_call_without_voice_says_so_and_can_be_read(it)
        await a_file_that_is_missing_says_so(it)
        assert await heard(world) == 0


async def test_one_goes_to_and_fro_in_what_plays(host: Host) -> None:
    async with opened(host) as (it, pane, world):
        await the_cursor_goes_along_until_it_is_moved_away(it)
        await it.press("x")
        await it.sees("■ stopped")
        await enter_on_a_line_plays_from_there(it, pane)
        await it.press("x")
        await it.sees("■ stopped")
        await seeking_goes_forward_and_back(it, pane)
        await it.press("x")
        await it.sees("■ stopped")
        await the_line_that_is_heard_is_marked(it)
        assert await heard(world) == 4


async def test_space_plays_and_pauses_and_one_listening_is_one_record(host: Host) -> None:
    world = await host.world()
    async with details(world) as it:
        pane = it.screen.query_one(VoicePane)
        await it.press("space")  # at once
        await it.sees("▶ playing", "command sh")
        await it.press("space")
        await it.sees("‖ paused")
        await it.press("space")
        await it.sees("▶ playing")
        assert await heard(world) == 1
        await it.until(lambda: pane.view.levels, "the waveform is drawn")
        await it.press("ㅌ")  # x in Hangul mode
        await it.sees("■ stopped · 0:00 / 0:21")
        await it.press("space")
        await it.sees("▶ playing")
        assert await heard(world) == 2
        # killed in the middle, it says so and plays again
        assert pane._player
        os.kill(pane._player.pid, signal.SIGKILL)
        await it.sees("✗ cannot play", "The player process has ended.")
        host.pid_file.unlink()
        await it.press("space")
        await it.sees("▶ playing")
        await it.until(host.pid_file.exists, "it plays again")
        # going to another call ends what plays
        command = host.command_pid
        await it.press("down")
        await it.until(lambda: is_gone(command), "it is silent")
        await it.press("up")
        await it.sees("■ stopped · 0:00 / 0:21")
        assert pane.state.reason == ""
    await world.close()


async def test_a_file_that_is_no_sound_says_so(host: Host) -> None:
    world = await host.world()
    (host.directory / "voice/c-1.wav").write_bytes(b"no sound at all")
    async with details(world) as it:
        await it.sees("Voice: The voice file is not sound", "안녕하세요, 어르신.")
    await world.close()


async def test_leaving_ends_what_plays(host: Host) -> None:
    async with opened(host) as (it, _pane, _world):
        for key in ("escape", "q"):
            pane = it.screen.query_one(VoicePane)
            await it.press("space")
            await it.sees("▶ playing")
            assert pane._player
            command, player = host.command_pid, pane._player.pid
            await it.press(key)
            if key == "escape":
                await it.until(lambda: is_gone(command) and is_gone(player), "no process is left")  # noqa: B023
                host.pid_file.unlink()
                await it.press("enter")
                await it.sees("Recipient details")
                await it.read()
    wait_for(lambda: is_gone(command) and is_gone(player), "no process is left", 5)


async def test_where_nothing_works_each_way_has_its_reason_and_the_desk_a_line(host: Host) -> None:
    async with opened(host, command="no-such-player") as (it, _pane, _world):
        await it.press("space")
        await it.sees(
            "✗ cannot play", "command: no-such-player (setting player_command) is not installed.",
            "At your desk: ssh ", "안녕하세요",
        )  # fmt: skip
        await it.press("down")  # it does not stay over the next call
        await it.sees_no("At your desk: ssh ")


async def test_switched_off_is_said_by_the_key(host: Host) -> None:
    async with opened(host, player="off") as (it, _pane, world):
        await it.press("space")
        await it.sees("! Playing is switched off in the settings; y copies a line")
        assert await heard(world) == 0


async def test_a_viewer_may_listen(host: Host) -> None:
    world = await host.world()
    organization = (await world.services.organizations.by_name(world.system, "Haeundae")).id
    await world.admin("viewer", Role.VIEWER, organization, account="viewer")
    async with details(world, account="viewer") as it:
        await it.press("space")
        await it.sees("▶ playing")
    assert await heard(world) == 1
    await world.close()


async def test_nothing_is_drawn_while_nothing_plays(host: Host) -> None:
    async with opened(host) as (it, pane, _world):
        assert pane.state.playing is Playing.STOPPED
        assert pane._player
        await it.until(lambda: pane._player.pid == 0, "the process rests")  # type: ignore[union-attr]
