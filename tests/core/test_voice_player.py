"""The player does what it is asked, and says what it does."""

from array import array
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.voice.dto import Playing
from tests.voice_desk import PLAYS_ON, Desk, is_gone, until
from tests.voice_samples import tone


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    for player in desk.players:
        await player.close()


async def test_it_plays_to_the_end(desk: Desk) -> None:
    player = await desk.loaded(desk.player())
    await player.play()
    await until(lambda: player.state.playing is Playing.ENDED, "it has ended")
    assert player.state.position_ms == player.state.duration_ms == 1_000
    assert "sh" in player.state.way
    assert Playing.STARTING in {state.playing for state in desk.states}


async def test_the_command_gets_a_wav_of_what_follows(desk: Desk, tmp_path: Path) -> None:
    player = await desk.loaded(desk.player(f"sh -c 'cat > {tmp_path}/heard.wav'"))
    await player.play(250)
    await until(lambda: player.state.playing is Playing.ENDED, "it has ended")
    heard = (tmp_path / "heard.wav").read_bytes()
    assert heard[:4] == b"RIFF"
    assert array("h", heard[44:]) == tone()[2_000:]


async def test_speed_is_in_the_header_and_the_position_is_the_files_own(
    desk: Desk, tmp_path: Path
) -> None:
    player = await desk.loaded(desk.player(f"sh -c 'cat > {tmp_path}/heard.wav'"))
    await player.set_speed(1.5)
    await player.play()
    await until(lambda: player.state.playing is Playing.ENDED, "it has ended")
    assert int.from_bytes((tmp_path / "heard.wav").read_bytes()[24:28], "little") == 12_000
    assert player.state.speed == 1.5
    assert player.state.position_ms == 1_000


async def test_a_command_that_knows_speed_is_told_it_and_gets_the_sound_as_it_is(
    desk: Desk, tmp_path: Path
) -> None:
    command = f"sh -c 'echo {{speed}} > {tmp_path}/speed; cat > {tmp_path}/heard.wav'"
    player = await desk.loaded(desk.player(command))
    await player.set_speed(1.25)
    await player.play()
    await until(lambda: player.state.playing is Playing.ENDED, "it has ended")
    assert (tmp_path / "speed").read_text() == "1.25\n"
    assert int.from_bytes((tmp_path / "heard.wav").read_bytes()[24:28], "little") == 8_000


async def test_pause_seek_and_stop(desk: Desk) -> None:
    player = await desk.loaded(desk.player(PLAYS_ON), 60)
    await player.play(10_000)
    await player.pause()
    paused_at = player.state.position_ms
    assert player.state.playing is Playing.PAUSED
    assert is_gone(desk.command_pid)
    await player.seek(5_000)
    assert player.state.position_ms == paused_at + 5_000
    await player.seek(-60_000)
    assert player.state.position_ms == 0
    await player.seek(42_000)
    assert (player.state.playing, player.state.position_ms) == (Playing.PAUSED, 42_000)
    await player.toggle()
    assert player.state.playing is Playing.PLAYING
    assert player.state.position_ms >= 42_000
    await player.seek(5_000)
    assert player.state.playing is Playing.PLAYING
    assert player.state.position_ms >= 47_000
    await player.stop()
    assert (player.state.playing, player.state.position_ms) == (Playing.STOPPED, 0)


async def test_seeking_past_the_end_ends_and_playing_starts_again(desk: Desk) -> None:
    player = await desk.loaded(desk.player(PLAYS_ON), 60)
    await player.play(58_000)
    await player.seek(5_000)
    assert (player.state.playing, player.state.position_ms) == (Playing.ENDED, 60_000)
    await player.play()
    assert player.state.playing is Playing.PLAYING
    assert player.state.position_ms < 10_000


async def test_the_position_moves_on(desk: Desk) -> None:
    player = await desk.loaded(desk.player(PLAYS_ON), 60)
    await player.play()
    await until(lambda: player.state.position_ms > 1_000, "a second has been played")
    told = [state.position_ms for state in desk.states if state.playing is Playing.PLAYING]
    assert told == sorted(set(told)) or told[1:] == sorted(set(told[1:]))
    assert len(told) <= 4 * player.state.position_ms / 1_000 + 3


async def test_what_the_command_prints_does_not_reach_the_console(
    desk: Desk, capfd: pytest.CaptureFixture[str]
) -> None:
    player = await desk.loaded(
        desk.player("sh -c 'echo out; echo error >&2; cat >/dev/null; echo x > /dev/stdout'")
    )
    await player.play()
    await until(lambda: player.state.playing is Playing.ENDED, "it has ended")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("no-such-player -", "not installed"),
        ("sh -c 'exit 3'", "code 3"),
        ("", "empty"),
        ("sh 'unbalanced", "quoted"),
        ("/", "cannot be run"),
    ],
)
async def test_a_command_that_does_not_work_gets_a_reason(
    desk: Desk, command: str, why: str
) -> None:
    player = await desk.loaded(desk.player(command))
    await player.play()
    assert player.state.playing is Playing.FAILED
    assert player.state.reason
    [refused] = player.state.refused
    assert refused.name == "command"
    assert why in refused.reason


async def test_a_command_that_ends_long_before_the_sound_is_not_believed(desk: Desk) -> None:
    player = await desk.loaded(desk.player("sh -c 'sleep 0.6'"), 60)
    await player.play()
    await until(lambda: player.state.playing is Playing.FAILED, "it is noticed")
    assert "too early" in player.state.reason


async def test_switched_off_is_said(desk: Desk) -> None:
    player = await desk.loaded(desk.player(way="off"))
    await player.play()
    assert player.state.playing is Playing.FAILED
    assert "switched off" in player.state.reason


async def test_the_waveform_comes_from_the_process(desk: Desk) -> None:
    player = await desk.loaded(desk.player())
    levels = await player.waveform()
    assert max(levels) == 1.0
    assert levels[0] < 0.1
