"""Playing to a real sound server, through each way; what comes out of it is compared with the file."""

import asyncio
import signal
import wave
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from core.values.settings import Settings
from core.voice.dto import Playing
from core.voice.player import Player
from core.voice.probing import probe
from tests.needs import needs_module
from tests.sound_server import (
    SoundServer,
    at_home,
    comes_out,
    correlation,
    last_seconds,
    loudness,
    running,
    seconds_of,
    trimmed,
)
from tests.voice_samples import SAMPLE, part_of_sample

WAYS = ("simpleaudio", "miniaudio", "command")
SECONDS = 4


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SoundServer]:
    with running(tmp_path_factory.mktemp("sound")) as one:
        yield one


@pytest.fixture
def sound_server(server: SoundServer, monkeypatch: pytest.MonkeyPatch) -> SoundServer:
    """A server that every test leaves as it is."""
    return at_home(server, monkeypatch)


@pytest.fixture
def weak_server(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[SoundServer]:
    """A server that this test may stop."""
    with running(tmp_path_factory.mktemp("sound")) as one:
        yield at_home(one, monkeypatch)


@pytest.fixture
def speech(tmp_path: Path) -> Path:
    """Speech of both with a pause between them."""
    return part_of_sample(tmp_path / "speech.wav", 4, SECONDS)


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


async def test_what_comes_out_faster_is_the_file(
    sound_server: SoundServer, player: Player, speech: Path
) -> None:
    await load(player, speech)
    await player.set_speed(1.5)

    async def play() -> None:
        await player.play()
        assert player.state.playing is Playing.PLAYING, player.state
        await until(lambda: player.state.playing is Playing.ENDED, "it has been played")

    whole = curve_of(speech)
    meant = [whole[int(at * 1.5)] for at in range(int(len(whole) / 1.5))]
    await comes_out(sound_server, play, meant, within=0.07)
    await player.close()
    await until(lambda: sound_server.streams() == 0, "the server has no stream")


async def test_seeking_leaves_out_what_lies_between(
    sound_server: SoundServer, player: Player, speech: Path
) -> None:
    await load(player, speech)
    with sound_server.recorded() as recording:
        await player.play()
        await until(lambda: player.state.position_ms > 200, "it plays")
        await player.seek(2_500 - player.state.position_ms)
        await until(lambda: player.state.playing is Playing.ENDED, "it has been played")
    heard, meant = recording.loudness(), curve_of(speech)
    assert seconds_of(heard) < seconds_of(meant) - 1
    assert correlation(last_seconds(heard, 1), last_seconds(meant, 1)) >= 0.9


async def test_a_server_that_goes_in_the_middle_is_noticed(
    weak_server: SoundServer, player: Player, tmp_path: Path
) -> None:
    await load(player, SAMPLE)
    with weak_server.recorded():
        await player.play()
        await until(lambda: player.state.position_ms > 500, "it plays")
    weak_server.stop()
    await until(lambda: player.state.playing is Playing.FAILED, "it is noticed")
    assert player.state.reason
    await player.play()
    assert player.state.playing is Playing.FAILED
    [refused] = player.state.refused
    assert refused.reason


async def test_a_server_that_stops_answering_is_noticed(
    weak_server: SoundServer,
    tmp_path: Path,
    speech: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    needs_module("miniaudio", "sound")
    monkeypatch.setattr("core.voice.player._ANSWER_SECONDS", 2.0)
    player = Player(settings_for("auto", tmp_path))
    await load(player, speech)
    weak_server.process.send_signal(signal.SIGSTOP)
    await player.play()
    assert player.state.playing is Playing.FAILED
    assert all(way.reason for way in player.state.refused)
    weak_server.process.send_signal(signal.SIGCONT)
    with weak_server.recorded():
        await player.play()
        await until(lambda: player.state.position_ms > 500, "it plays again")
    await player.close()


async def test_without_a_server_the_reason_names_it(
    tmp_path: Path, speech: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    needs_module("miniaudio", "sound")
    monkeypatch.setenv("PULSE_SERVER", "tcp:127.0.0.1:1")
    player = Player(settings_for("miniaudio", tmp_path))
    await load(player, speech)
    await player.play()
    assert player.state.playing is Playing.FAILED
    [refused] = player.state.refused
    assert "tcp:127.0.0.1:1" in refused.reason
    assert "ssh -R" in refused.reason
    await player.close()


async def test_the_doctor_finds_each_way_working(sound_server: SoundServer, tmp_path: Path) -> None:
    needs_module("simpleaudio", "simpleaudio")
    needs_module("miniaudio", "sound")
    with sound_server.recorded() as recording:
        ways = await probe(settings_for("auto", tmp_path))
    assert [way.works for way in ways] == [True, True, True], ways
    assert recording.loudness()
