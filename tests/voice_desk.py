"""A player at work in tests, with a command in the place of a sound device."""

import asyncio
import os
import shlex
from collections.abc import Callable
from pathlib import Path

from core.values.settings import Settings
from core.voice.dto import PlayerState
from core.voice.player import Player
from tests.sound_server import wait_for
from tests.voice_samples import tone, wav

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
