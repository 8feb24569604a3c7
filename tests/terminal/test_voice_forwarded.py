"""Sound forwarded with ``ssh -R``, as ``docs/sound.md`` describes it: the host plays, the desk hears."""

import subprocess
import wave
from pathlib import Path

import pytest

from core.settings import Settings
from core.voice.dto import Playing
from core.voice.player import Player
from tests.needs import needs_module
from tests.sound_server import correlation, loudness, running, seconds_of, trimmed, wait_for
from tests.ssh_server import ssh_server
from tests.voice_desk import until
from tests.voice_samples import tone, wav

_NO_SHARED_MEMORY = "enable-shm = no\n"


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
            with server.recorded() as recording:
                await player.play()
                await until(lambda: player.state.playing is Playing.ENDED, "it has been played")
            assert str(socket) in player.state.way
            await player.close()
        finally:
            tunnel.terminate()
            tunnel.wait(10)
    with wave.open(str(call)) as file:
        meant = trimmed(loudness(file.readframes(file.getnframes()), file.getframerate()))
    heard = recording.loudness()
    assert seconds_of(heard) == pytest.approx(seconds_of(meant), rel=0.05)
    assert correlation(heard, meant) >= 0.9
