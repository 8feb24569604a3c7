"""Whatever goes wrong in the player process stays there, and no process is left."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.voice.dto import Playing
from core.voice.probing import probe
from tests.sound_server import wait_for
from tests.voice_desk import PLAYS_ON, TAKES_ALL, Desk, is_gone, until
from tests.voice_samples import tone, wav


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    for player in desk.players:
        await player.close()


async def test_killed_in_the_middle_it_says_so_and_plays_again(desk: Desk) -> None:
    player = await desk.loaded(desk.player(PLAYS_ON), 60)
    await player.play(20_000)
    first, command = player.pid, desk.command_pid
    os.kill(first, signal.SIGKILL)
    await until(lambda: player.state.playing is Playing.FAILED, "it is noticed")
    assert "ended" in player.state.reason
    assert player.state.position_ms >= 20_000
    wait_for(lambda: is_gone(command), "its command is gone with it")
    await player.play()
    assert player.state.playing is Playing.PLAYING
    assert player.state.position_ms >= 20_000
    assert player.pid not in {0, first}


async def test_killed_while_it_is_paused_nothing_is_lost(desk: Desk) -> None:
    player = await desk.loaded(desk.player(PLAYS_ON), 60)
    await player.play(20_000)
    await player.pause()
    os.kill(player.pid, signal.SIGKILL)
    await player.seek(5_000)
    at = player.state.position_ms
    await player.play()
    assert player.state.playing is Playing.PLAYING
    assert player.state.position_ms >= at >= 20_000


async def test_one_that_hangs_is_noticed_and_replaced(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.voice.player._HANGS_SECONDS", 1.0)
    monkeypatch.setattr("core.voice.player._WATCH_SECONDS", 0.2)
    player = await desk.loaded(desk.player(PLAYS_ON), 60)
    await player.play()
    first = player.pid
    os.kill(first, signal.SIGSTOP)
    await until(lambda: player.state.playing is Playing.FAILED, "it is noticed")
    assert "does not answer" in player.state.reason
    wait_for(lambda: is_gone(first), "it is gone")
    await player.play()
    assert player.state.playing is Playing.PLAYING


async def test_closing_while_it_hangs_leaves_nothing(desk: Desk) -> None:
    player = await desk.loaded(desk.player(PLAYS_ON), 60)
    await player.play()
    pid, command = player.pid, desk.command_pid
    os.kill(pid, signal.SIGSTOP)
    async with asyncio.timeout(5):
        await player.close()
    assert is_gone(pid)
    wait_for(lambda: is_gone(command), "its command is gone")


async def test_closing_while_it_plays_leaves_nothing(desk: Desk) -> None:
    player = await desk.loaded(desk.player(PLAYS_ON), 60)
    await player.play()
    pid, command = player.pid, desk.command_pid
    async with asyncio.timeout(5):
        await player.close()
    assert is_gone(pid)
    wait_for(lambda: is_gone(command), "its command is gone")


async def test_loading_another_file_ends_what_plays(desk: Desk) -> None:
    player = await desk.loaded(desk.player(PLAYS_ON), 60)
    await player.play()
    command = desk.command_pid
    await desk.loaded(player, 30)
    wait_for(lambda: is_gone(command), "the first is silent")
    assert (player.state.playing, player.state.duration_ms) == (Playing.STOPPED, 30_000)


async def test_two_play_at_once_and_do_not_disturb_each_other(desk: Desk) -> None:
    one, other = desk.player(PLAYS_ON), desk.player(PLAYS_ON)
    await desk.loaded(one, 60)
    await desk.loaded(other, 60)
    await asyncio.gather(one.play(), other.play(30_000))
    await one.stop()
    assert other.state.playing is Playing.PLAYING
    assert other.state.position_ms >= 30_000


_CONSOLE = """
import asyncio, os, signal, sys
from pathlib import Path
from core.values.settings import Settings
from core.voice.player import Player

async def main():
    here = Path(sys.argv[1])
    player = Player(Settings(database="", voice_dir=here, data_dir=here, state_dir=here,
                             player="command", player_command=sys.argv[2]))
    with (here / "c-1.wav").open("rb") as file:
        await player.load(file)
    await player.play()
    (here / "player").write_text(str(player.pid))
    sent = getattr(signal, sys.argv[3])
    if sent is not signal.SIGKILL:
        signal.signal(sent, signal.SIG_DFL)  # who runs the suite may have it ignored
    os.kill(os.getpid(), sent)
    await asyncio.sleep(600)

asyncio.run(main())
"""


@pytest.mark.parametrize("name", ["SIGKILL", "SIGHUP", "SIGTERM"])
def test_no_process_outlives_a_console_that_is_killed(tmp_path: Path, name: str) -> None:
    desk = Desk(tmp_path)
    (tmp_path / "c-1.wav").write_bytes(wav(tone(60).tobytes()))
    command = PLAYS_ON.replace("{pid_file}", str(desk.pid_file))
    root = str(Path(__file__).parents[2])
    subprocess.run(
        [sys.executable, "-c", _CONSOLE, str(tmp_path), command, name],
        env={**os.environ, "PYTHONPATH": root},
        check=False,
        timeout=60,
    )
    player = int((tmp_path / "player").read_text())
    wait_for(lambda: is_gone(player), "the player process is gone", 5)
    wait_for(lambda: is_gone(desk.command_pid), "its command is gone", 5)


async def test_the_directory_it_is_started_in_lends_it_no_modules(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here/core").mkdir(parents=True)
    (tmp_path / "here/core/__init__.py").write_text("raise SystemExit('not mine')")
    (tmp_path / "here/json.py").write_text("raise SystemExit('not mine')")
    monkeypatch.chdir(tmp_path / "here")
    player = await desk.loaded(desk.player())
    assert player.state.duration_ms == 1_000


def pretend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str, text: str) -> None:
    """A sound library of that name that does what the text says."""
    (tmp_path / "libraries").mkdir(exist_ok=True)
    (tmp_path / f"libraries/{module}.py").write_text(text)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "libraries"))


CRASHES = "import os, signal\ndef play_buffer(*_): os.kill(os.getpid(), signal.SIGSEGV)\n"
HANGS = "import time\ndef play_buffer(*_): time.sleep(600)\n"
PRINTS = """
import os
os.write(1, b"ALSA lib: something\\n"); os.write(2, b"ALSA lib: something else\\n"); print("hello")
class Playing:
    def stop(self): pass
    def is_playing(self): return False
def play_buffer(*_): return Playing()
"""
NOT_THERE = "raise ImportError\n"


async def test_a_way_that_crashes_is_skipped_with_a_reason(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend(tmp_path, monkeypatch, "simpleaudio", CRASHES)
    pretend(tmp_path, monkeypatch, "miniaudio", NOT_THERE)
    player = await desk.loaded(desk.player(PLAYS_ON, way="auto"), 60)
    await player.play(5_000)
    assert player.state.playing is Playing.PLAYING, player.state
    assert player.state.position_ms >= 5_000
    assert "sh" in player.state.way
    assert [way.name for way in player.state.refused] == ["simpleaudio", "miniaudio"]


async def test_when_nothing_works_each_way_has_its_reason(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend(tmp_path, monkeypatch, "simpleaudio", CRASHES)
    pretend(tmp_path, monkeypatch, "miniaudio", NOT_THERE)
    player = await desk.loaded(desk.player("no-such-player", way="auto"))
    await player.play()
    assert player.state.playing is Playing.FAILED
    reasons = {way.name: way.reason for way in player.state.refused}
    assert "ends the player process" in reasons["simpleaudio"]
    assert "carecall-console[sound]" in reasons["miniaudio"]
    assert "not installed" in reasons["command"]


async def test_where_a_way_hangs_the_command_is_not_tried(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.voice.player._ANSWER_SECONDS", 2.0)
    pretend(tmp_path, monkeypatch, "simpleaudio", HANGS)
    pretend(tmp_path, monkeypatch, "miniaudio", NOT_THERE)
    player = await desk.loaded(desk.player(PLAYS_ON, way="auto"), 60)
    await player.play()
    assert player.state.playing is Playing.FAILED
    reasons = {way.name: way.reason for way in player.state.refused}
    assert "does not answer" in reasons["simpleaudio"]
    assert not desk.pid_file.exists()


async def test_a_library_that_prints_disturbs_neither_console_nor_pipe(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    pretend(tmp_path, monkeypatch, "simpleaudio", PRINTS)
    player = await desk.loaded(desk.player(way="simpleaudio"), 0.3)
    await player.play()
    await until(lambda: player.state.playing is Playing.ENDED, "it has ended")
    assert capfd.readouterr() == ("", "")


async def test_each_way_is_tried_for_the_doctor(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend(tmp_path, monkeypatch, "simpleaudio", CRASHES)
    pretend(tmp_path, monkeypatch, "miniaudio", NOT_THERE)
    player = desk.player(TAKES_ALL)
    ways = {way.name: way for way in await probe(player._settings)}
    assert (ways["simpleaudio"].works, ways["miniaudio"].works) == (False, False)
    assert "ends the player process" in ways["simpleaudio"].reason
    assert "carecall-console[sound]" in ways["miniaudio"].reason
    assert ways["command"].works
