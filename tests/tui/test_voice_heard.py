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
    SoundServer,
    at_home,
    comes_out,
    correlation,
    last_seconds,
    loudness,
    running,
    trimmed,
)
from tests.tui.details import Details, details
from tests.voice_samples import part_of_sample
from tui.voice.voice_pane import VoicePane

WAYS = {"simpleaudio": "simpleaudio", "miniaudio": "sound", "command": ""}
SHORT, LONG = 3, 7


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SoundServer]:
    with running(tmp_path_factory.mktemp("sound")) as one:
        yield one


@pytest.fixture
def sound_server(server: SoundServer, monkeypatch: pytest.MonkeyPatch) -> SoundServer:
    return at_home(server, monkeypatch)


@asynccontextmanager
async def at_the_desk(
    way: str, seconds: int, tmp_path: Path
) -> AsyncIterator[tuple[Details, VoicePane]]:
    """A console on a call of a few seconds."""
    if WAYS[way]:
        needs_module(way, WAYS[way])
    (tmp_path / "voice").mkdir()
    part_of_sample(tmp_path / "voice/c-1.wav", 4, seconds)
    world = await make_services(tmp_path, {"CARECALL_PLAYER": way}, account="root")
    await small_world(world)
    await deliver(world, call("c-1", voice_file="c-1.wav"))
    async with details(world) as it:
        pane = it.screen.query_one(VoicePane)
        await it.until(lambda: pane.view.levels, "the waveform is drawn")
        yield it, pane
    await world.close()


def curve(tmp_path: Path) -> list[float]:
    with wave.open(str(tmp_path / "voice/c-1.wav")) as file:
        return trimmed(loudness(file.readframes(file.getnframes()), file.getframerate()))


@pytest.mark.parametrize("way", WAYS)
async def test_space_plays_the_call_to_its_end(
    way: str, tmp_path: Path, sound_server: SoundServer
) -> None:
    async with at_the_desk(way, SHORT, tmp_path) as (it, _pane):

        async def play() -> None:
            await it.press("space")
            await it.sees("▶ playing", way)
            await it.sees("■ at the end · 0:03 / 0:03")

        await comes_out(sound_server, play, curve(tmp_path))


@pytest.mark.parametrize("way", WAYS)
async def test_pause_seek_and_stop_are_heard(
    way: str, tmp_path: Path, sound_server: SoundServer
) -> None:
    async with at_the_desk(way, LONG, tmp_path) as (it, pane):
        with sound_server.recorded() as recording:

            async def is_silent() -> None:
                # what lies in buffers is still heard
                since = recording.seconds + 0.8
                await it.until(lambda: recording.seconds > since + 0.5, "time passes at the desk")
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
                lambda: pane.state.playing is Playing.PLAYING and pane.state.position_ms > 500,
                "again",
            )
            await it.press("x")
            await it.sees("■ stopped · 0:00 / 0:07")
            await is_silent()
            await it.until(lambda: sound_server.streams() == 0, "the server has no stream")
