"""The player and its process: what is asked is done, and whatever goes wrong there stays there."""

import asyncio
import os
import shlex
import signal
import subprocess
import sys
from array import array
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from core.settings import Settings
from core.voice.dto import PlayerState, Playing
from core.voice.player import Player
from core.voice.probing import probe
from tests.sound_server import wait_for
from tests.voice_samples import tone, wav

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the console needs a Unix host")

TAKES_ALL = "sh -c 'cat >/dev/null'"
PLAYS_ON = "sh -c 'echo $$ > {pid_file}; exec sleep 600'"


class Desk:
    """A player with a command of the test's own, a voice file, and the states it went through."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.states: list[PlayerState] = []
        self.players: list[Player] = []
        self.pid_file = directory / "pid"

    def player(self, command: str = TAKES_ALL, way: str = "command") -> Player:
        settings = Settings(
            database="", voice_dir=self.directory, data_dir=self.directory,
            state_dir=self.directory, player=way,
            player_command=command.replace("{pid_file}", shlex.quote(str(self.pid_file))),
        )  # fmt: skip
        player = Player(settings, self.states.append)
        self.players.append(player)
        return player

    async def loaded(self, player: Player, seconds: float = 1.0) -> Player:
        file = self.directory / "c-1.wav"
        file.write_bytes(wav(tone(seconds).tobytes()))
        with file.open("rb") as handle:
            await player.load(handle)
        return player

    @property
    def command_pid(self) -> int:
        wait_for(lambda: self.pid_file.exists() and self.pid_file.read_text() != "", "it runs")
        return int(self.pid_file.read_text())


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    for player in desk.players:
        await player.close()


async def until(condition: Callable[[], bool], what: str) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 - what is waited for lies in other processes
            await asyncio.sleep(0.02)


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    # Killed, but not yet taken notice of by the process that it was left to.
    return " Z " in Path(f"/proc/{pid}/stat").read_text() if Path("/proc").exists() else False


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


async def test_pause_seek_jump_and_stop(desk: Desk) -> None:
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
    await player.jump(42_000)
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


async def test_one_that_hangs_is_noticed_and_replaced(desk: Desk) -> None:
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
from core.settings import Settings
from core.voice.player import Player

async def main():
    here = Path(sys.argv[1])
    player = Player(Settings(database="", voice_dir=here, data_dir=here, state_dir=here,
                             player="command", player_command=sys.argv[2]))
    with (here / "c-1.wav").open("rb") as file:
        await player.load(file)
    await player.play()
    (here / "player").write_text(str(player.pid))
    os.kill(os.getpid(), getattr(signal, sys.argv[3]))
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


async def test_the_waveform_comes_from_the_process(desk: Desk) -> None:
    player = await desk.loaded(desk.player())
    levels = await player.waveform()
    assert max(levels) == 1.0
    assert levels[0] < 0.1
