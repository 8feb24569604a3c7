"""Sound forwarded with ``ssh -R``, as ``docs/sound.md`` describes it: the host plays, the desk hears."""

import socket
import subprocess
import sys
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.values.settings import Settings
from core.voice.dto import Playing
from core.voice.player import Player
from tests.needs import needs_module
from tests.sound_server import comes_out, loudness, running, trimmed, wait_for
from tests.ssh_server import SshServer, ssh_server
from tests.voice_desk import until
from tests.voice_samples import tone, wav

_NO_SHARED_MEMORY = "enable-shm = no\n"
_PLAYING = """
import asyncio, sys
from pathlib import Path
from core.values.settings import Settings
from core.voice.dto import Playing
from core.voice.player import Player

async def play(place):
    player = Player(Settings(database="", voice_dir=place, data_dir=place, state_dir=place, player="miniaudio"))
    with (place / "c-1.wav").open("rb") as file:
        await player.load(file)
    await player.play()
    while player.state.playing is Playing.PLAYING:
        await asyncio.sleep(0.05)
    print(player.state.playing.value, *(way.reason for way in player.state.refused))
    await player.close()

asyncio.run(play(Path(sys.argv[1])))
"""


async def test_a_socket_of_the_host_reaches_the_sound_server_of_the_desk(
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    needs_module("miniaudio", "sound")
    desk, host = tmp_path_factory.mktemp("desk"), tmp_path_factory.mktemp("host")
    call = tmp_path / "c-1.wav"
    call.write_bytes(wav(tone(3).tobytes()))
    (tmp_path / "client.conf").write_text(_NO_SHARED_MEMORY)
    socket = tmp_path / "desk-sound"
    with running(desk) as server, ssh_server(host, {}) as ssh:
        port = server.address.rpartition(":")[2]
        tunnel = subprocess.Popen(ssh.forwarding(f"{socket}:127.0.0.1:{port}"))
        try:
            wait_for(socket.exists, "the socket is there")
            assert socket.stat().st_mode & 0o077 == 0
            monkeypatch.setenv("PULSE_SERVER", f"unix:{socket}")
            monkeypatch.setenv("PULSE_CLIENTCONFIG", str(tmp_path / "client.conf"))
            player = Player(
                Settings(
                    database="", voice_dir=tmp_path, data_dir=tmp_path, state_dir=tmp_path,
                    player="miniaudio",
                )
            )  # fmt: skip
            with call.open("rb") as file:
                await player.load(file)
            with wave.open(str(call)) as file:
                meant = trimmed(loudness(file.readframes(file.getnframes()), file.getframerate()))

            async def play() -> None:
                await player.play()
                await until(lambda: player.state.playing is Playing.ENDED, "it has been played")

            await comes_out(server, play, meant)
            assert str(socket) in player.state.way
            await player.close()
        finally:
            tunnel.terminate()
            tunnel.wait(10)


@pytest.fixture
def port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def host(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, port: int
) -> Iterator[SshServer]:
    """A host on which the keys of kim and lee may both listen at the same port, as nobody should set it up."""
    needs_module("miniaudio", "sound")
    (tmp_path / "c-1.wav").write_bytes(wav(tone(3).tobytes()))
    (tmp_path / "client.conf").write_text(_NO_SHARED_MEMORY)
    (tmp_path / "play.py").write_text(_PLAYING)
    directory = tmp_path_factory.mktemp("keys") / "ssh"
    directory.mkdir()
    allowed = []
    for name in ("kim", "lee"):
        made = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", directory / name]
        subprocess.run(made, check=True)
        public = (directory / f"{name}.pub").read_text()
        allowed.append(f'restrict,port-forwarding,permitlisten="localhost:{port}" {public}')
    environment = {
        "PULSE_SERVER": f"tcp:127.0.0.1:{port}",
        "PULSE_CLIENTCONFIG": str(tmp_path / "client.conf"),
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "HOME": str(tmp_path),
    }
    settings = ["AllowTcpForwarding remote", "AllowStreamLocalForwarding no"]
    with ssh_server(directory, environment, keys=allowed, settings=settings) as server:
        yield server


def test_nothing_is_played_at_a_desk_that_is_not_ones_own(
    host: SshServer, port: int, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """kim listens first where lee's sound is to come; lee's console notices, and plays once it is lee's own."""
    listen = f"-R{port}:127.0.0.1:"
    play = f"{sys.executable} {tmp_path / 'play.py'} {tmp_path}"
    with running(tmp_path_factory.mktemp("desk")) as desk:
        to_desk = listen + desk.address.rpartition(":")[2]
        kim = subprocess.Popen(host.client("kim", "", options=("-N", to_desk)))
        try:
            wait_for(lambda: listens(port), "kim listens")
            with desk.recorded() as stolen:
                lee = told(host.client("lee", play, options=(to_desk,)))
        finally:
            kim.terminate()
            kim.wait(10)
        assert lee.startswith("failed")
        assert "is not that of your desk; nothing is played there" in lee
        assert max(stolen.loudness(), default=0) == 0
        wait_for(lambda: not listens(port), "kim has left")
        with desk.recorded() as own:
            lee = told(host.client("lee", play, options=(to_desk,)))
        assert lee.strip() == "ended"
        assert max(own.loudness()) > 0


def told(words: list[str]) -> str:
    """What is told on the host."""
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done
    return done.stdout


def listens(port: int) -> bool:
    """Whether anybody listens there."""
    with socket.socket() as it:
        return it.connect_ex(("127.0.0.1", port)) == 0
