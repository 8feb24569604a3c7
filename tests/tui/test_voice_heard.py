"""A call is played through each way by pressing keys; a real sound server's output is compared with the file."""

import wave
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from core.voice.dto import Playing
from tests.deliveries import call, deliver, small_world
from tests.factories import make_services
from tests.needs import needs_module
from tests.sound_server import (
    Recording,
    SoundServer,
    correlation,
    last_seconds,
    loudness,
    running,
    seconds_of,
    trimmed,
)
from tests.tui.details import Details, details
from tests.voice_samples import SAMPLE
from tui.voice.voice_pane import VoicePane

WAYS = {"simpleaudio": "simpleaudio", "miniaudio": "sound", "command": ""}
SECONDS = 8


@pytest.fixture
def sound_server(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[SoundServer]:
    with running(tmp_path_factory.mktemp("sound")) as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        yield server


@asynccontextmanager
async def at_the_desk(
    way: str, tmp_path: Path, server: SoundServer
) -> AsyncIterator[tuple[Details, VoicePane, Recording]]:
    """A console on a call of a few seconds, heard at a desk that records."""
    if WAYS[way]:
        needs_module(way, WAYS[way])
    (tmp_path / "voice").mkdir()
    with wave.open(str(SAMPLE)) as whole, wave.open(str(tmp_path / "voice/c-1.wav"), "wb") as part:
        whole.setpos(4 * whole.getframerate())
        part.setparams((1, 2, whole.getframerate(), 0, "NONE", ""))
        part.writeframes(whole.readframes(SECONDS * whole.getframerate()))
    world = await make_services(tmp_path, {"CARECALL_PLAYER": way}, account="root")
    await small_world(world)
    await deliver(world, call("c-1", voice_file="c-1.wav"))
    async with details(world) as it:
        pane = it.screen.query_one(VoicePane)
        await it.until(lambda: pane.view.levels, "the waveform is drawn")
        with server.recorded() as recording:
            yield it, pane, recording
    await world.close()


def curve(tmp_path: Path) -> list[float]:
    with wave.open(str(tmp_path / "voice/c-1.wav")) as file:
        return trimmed(loudness(file.readframes(file.getnframes()), file.getframerate()))


@pytest.mark.parametrize("way", WAYS)
async def test_space_plays_the_call_to_its_end(
    way: str, tmp_path: Path, sound_server: SoundServer
) -> None:
    async with at_the_desk(way, tmp_path, sound_server) as (it, _pane, recording):
        await it.press("space")
        await it.sees("▶ playing", way)
        await it.sees("■ at the end · 0:08 / 0:08")
    heard, meant = recording.loudness(), curve(tmp_path)
    assert seconds_of(heard) == pytest.approx(seconds_of(meant), rel=0.05)
    assert correlation(heard, meant) >= 0.9


@pytest.mark.parametrize("way", WAYS)
async def test_pause_seek_and_stop_are_heard(
    way: str, tmp_path: Path, sound_server: SoundServer
) -> None:
    async with at_the_desk(way, tmp_path, sound_server) as (it, pane, recording):

        async def is_silent() -> None:
            # what lies in buffers is still heard
            since = recording.seconds + 0.8
            await it.until(lambda: recording.seconds > since + 0.7, "time passes at the desk")
            assert recording.is_silent_since(since)

        await it.press("space")
        await it.until(lambda: pane.state.position_ms > 700, "it plays")
        await it.press("space")
        await it.sees("‖ paused")
        await is_silent()
        await it.press("full_stop")
        await it.until(lambda: pane.state.position_ms > 5_000, "it is 5 s on")
        await it.press("space")
        await it.sees("■ at the end")
        heard, meant = recording.loudness(), curve(tmp_path)
        assert correlation(last_seconds(heard, 1), last_seconds(meant, 1)) >= 0.9
        await it.press("space")
        await it.until(
            lambda: pane.state.playing is Playing.PLAYING and pane.state.position_ms > 500, "again"
        )
        await it.press("x")
        await it.sees("■ stopped · 0:00 / 0:08")
        await is_silent()
