"""Playing to a real sound server, through each way; what comes out of it is compared with the file."""

import asyncio
import wave
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from core.settings import Settings
from core.voice.dto import Playing
from core.voice.player import Player
from tests.needs import needs_module
from tests.sound_server import (
    SoundServer,
    correlation,
    loudness,
    running,
    seconds_of,
    trimmed,
)

SAMPLE = Path(__file__).parents[2] / "core/demo/voice/2026/11/sample-001.wav"
WAYS = ("simpleaudio", "miniaudio", "command")


@pytest.fixture
def sound_server(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[SoundServer]:
    with running(tmp_path_factory.mktemp("sound")) as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        yield server


@pytest.fixture
def speech(tmp_path: Path) -> Path:
    """Five seconds of the sample, with speech of both and a pause between them."""
    with wave.open(str(SAMPLE)) as whole:
        whole.setpos(4 * whole.getframerate())
        frames = whole.readframes(5 * whole.getframerate())
        with wave.open(str(tmp_path / "speech.wav"), "wb") as part:
            part.setparams((1, 2, whole.getframerate(), 0, "NONE", ""))
            part.writeframes(frames)
    return tmp_path / "speech.wav"


def settings_for(way: str, tmp_path: Path, command: str = "paplay") -> Settings:
    return Settings(
        database="", voice_dir=tmp_path, data_dir=tmp_path, state_dir=tmp_path, player=way,
        player_command=command,
    )  # fmt: skip


@pytest.fixture(params=WAYS)
async def player(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Player]:
    if request.param != "command":
        needs_module(request.param, "sound" if request.param == "miniaudio" else "simpleaudio")
    player = Player(settings_for(request.param, tmp_path))
    yield player
    await player.close()


async def until(condition: Callable[[], bool], what: str) -> None:
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 - what is waited for lies in other processes
            await asyncio.sleep(0.02)


def curve_of(file: Path) -> list[float]:
    with wave.open(str(file)) as whole:
        return trimmed(loudness(whole.readframes(whole.getnframes()), whole.getframerate()))


async def load(player: Player, file: Path) -> None:
    with file.open("rb") as handle:
        await player.load(handle)


async def test_what_comes_out_is_the_file(
    sound_server: SoundServer, player: Player, speech: Path
) -> None:
    await load(player, speech)
    with sound_server.recorded() as recording:
        await player.play()
        assert player.state.playing is Playing.PLAYING, player.state
        await until(lambda: player.state.playing is Playing.ENDED, "it has been played")
    heard, meant = recording.loudness(), curve_of(speech)
    assert seconds_of(heard) == pytest.approx(seconds_of(meant), rel=0.05)
    assert correlation(heard, meant) >= 0.9
