"""The player as the screens use it: one voice file at a time, played in a child process.

Nothing that happens there reaches the console: a child that ends or hangs becomes a state with a
reason, and the next ``play`` starts another one.
"""

import asyncio
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO

from msgspec.structs import replace

from core.values.errors import ActionBlocked, InvalidInput
from core.values.i18n import _
from core.values.settings import Settings
from core.voice.child import ChildGone, Message, PlayerChild
from core.voice.dto import BackendState, PlayerState, Playing, SoundFacts
from core.voice.player_errors import backend_lost, checked, lost, unreadable
from core.voice.rules import BACKENDS, nearest_speed, wanted_backends

_ANSWER_SECONDS = 5.0
_READ_SECONDS = 30.0
_HANGS_SECONDS = 6.0
_WATCH_SECONDS = 1.0


class Player:
    """Plays one voice file. ``on_change`` is called on the event loop with each new state."""

    def __init__(
        self,
        settings: Settings,
        on_change: Callable[[PlayerState], None] | None = None,
        *,
        cache_dir: Path | None = None,
    ) -> None:
        self.state = PlayerState()
        self._settings = settings
        self._on_change = on_change
        self._cache_dir = cache_dir
        self._file = -1
        self._child: PlayerChild | None = None
        self._watch: asyncio.Task[None] | None = None
        self._lock = asyncio.Lock()
        self._generation = 0
        self._trying = ""
        self._retried = False
        self._skipped: dict[str, str] = {}

    @property
    def pid(self) -> int:
        """The number of the player process, 0 where there is none."""
        return self._child.pid if self._child else 0

    async def load(self, file: BinaryIO) -> SoundFacts:
        """Be ready to play this open file; the caller may close its own handle afterwards.

        Raises InvalidInput or ActionBlocked where it is no sound that can be read.
        """
        self._generation += 1
        await self._drop()
        async with self._lock:
            self._forget_file()
            self._file = os.dup(file.fileno())
            self._change(PlayerState(speed=self.state.speed))
            facts = await self._open()
            self._change(replace(self.state, duration_ms=facts.duration_ms))
            return facts

    async def waveform(self) -> tuple[float, ...]:
        """The loudness of equal parts of the file, 0 to 1. Raises ActionBlocked."""
        async with self._lock:
            await self._ready()
            assert self._child is not None  # noqa: S101
            try:
                answer = checked(await self._child.ask({"do": "waveform"}, _READ_SECONDS))
            except ChildGone as gone:
                await self._drop()
                raise unreadable(gone) from None
            return tuple(answer["levels"])

    async def play(self, at_ms: int | None = None) -> None:
        """Play from there, or go on from where it is (from the start once it has ended)."""
        async with self._lock:
            if self._file < 0:
                return
            if at_ms is None:
                at_ms = 0 if self.state.playing is Playing.ENDED else self.state.position_ms
            self._skipped.clear()
            self._retried = False
            if self.state.playing is not Playing.PLAYING:
                self._change(replace(self.state, playing=Playing.STARTING, reason="", refused=()))
            generation = self._generation
            while self._generation == generation and not await self._played(at_ms):
                pass

    async def toggle(self) -> None:
        """Pause what plays, play what does not."""
        await (self.pause() if self.state.playing is Playing.PLAYING else self.play())

    async def pause(self) -> None:
        """Be silent and stay where it is."""
        await self._ask({"do": "pause"})

    async def stop(self) -> None:
        """Be silent and go back to the start."""
        await self._ask({"do": "stop"})
        if self._child is None:
            self._change(replace(self.state, playing=Playing.STOPPED, position_ms=0, reason=""))

    async def seek(self, by_ms: int) -> None:
        """Go forward or back by so much."""
        await self._ask({"do": "move", "by_ms": by_ms})

    async def set_speed(self, speed: float) -> None:
        """Play faster or slower, 0.75 to 2. The pitch follows, unless the command keeps it."""
        speed = nearest_speed(speed)
        self._change(replace(self.state, speed=speed))
        await self._ask({"do": "speed", "speed": speed})

    async def rest(self) -> None:
        """End the process where nothing plays; the next ``play`` starts another."""
        async with self._lock:
            if self.state.playing is not Playing.PLAYING:
                await self._drop()

    async def close(self) -> None:
        """Be silent for good: the process is gone when this returns."""
        self._generation += 1
        await self._drop()
        async with self._lock:
            await self._drop()
            self._forget_file()

    def kill(self) -> None:
        """End the process at once, for a console that is being killed itself."""
        if self._child is not None:
            self._child.kill()

    async def _played(self, at_ms: int) -> bool:
        """Whether nothing is left to try: it plays, or it has failed with a reason."""
        names = [
            name for name in wanted_backends(self._settings.player) if name not in self._skipped
        ]
        if not names:
            self._change(self._failed())
            return True
        try:
            await self._ready()
            assert self._child is not None  # noqa: S101
            self._trying = ""
            message = {"do": "play", "at_ms": at_ms, "backends": names}
            await self._child.ask(message, _ANSWER_SECONDS)
        except (ActionBlocked, InvalidInput) as error:
            self._change(replace(self.state, playing=Playing.FAILED, reason=str(error)))
            return True
        except ChildGone as gone:
            await self._drop()
            return not self._goes_on(gone)
        if self.state.playing is Playing.FAILED:
            self._change(self._failed())
        return True

    def _goes_on(self, gone: ChildGone) -> bool:
        """Whether another process is worth a try after this one ended or hung."""
        if self._trying:
            self._skipped[self._trying] = backend_lost(gone)
            if gone.hangs and self._settings.player == "auto":
                # It would most likely wait for the same sound server, and seem to play meanwhile.
                self._skipped["command"] = _("Not tried, since the sound server does not answer.")
            return True
        if not self._retried and not gone.hangs:
            self._retried = True
            return True
        self._change(replace(self.state, playing=Playing.FAILED, reason=lost(gone)))
        return False

    async def _ask(self, message: Message) -> None:
        async with self._lock:
            if self._child is None:
                self._move_alone(message)
                return
            try:
                await self._child.ask(message, _ANSWER_SECONDS)
            except ChildGone as gone:
                await self._drop()
                self._change(replace(self.state, playing=Playing.FAILED, reason=lost(gone)))

    def _move_alone(self, message: Message) -> None:
        """Keep the position for the next process."""
        if message["do"] == "move" and self._file >= 0:
            state = self.state
            at = state.position_ms + message["by_ms"]
            self._change(replace(state, position_ms=max(0, min(at, state.duration_ms))))

    async def _ready(self) -> None:
        if self._file < 0:
            raise ActionBlocked(_("No voice file is open."))
        if self._child is None:
            await self._open()

    async def _open(self) -> SoundFacts:
        child = PlayerChild(self._hear, self._ended)
        self._child = child
        cache = str(self._cache_dir) if self._cache_dir else ""
        message: Message = {
            "do": "open", "file": self._file, "cache": cache,
            "speed": self.state.speed, "at_ms": self.state.position_ms,
            "language": self._settings.language, "command": self._settings.player_command,
        }  # fmt: skip
        try:
            await child.start([self._file])
            answer = checked(await child.ask(message, _READ_SECONDS))
        except ChildGone as gone:
            await self._drop()
            raise unreadable(gone) from None
        except BaseException:
            await self._drop()
            raise
        self._watch = asyncio.create_task(self._watch_over(child))
        return SoundFacts(answer["duration_ms"], answer["rate"], answer["channels"])

    async def _drop(self) -> None:
        child, self._child = self._child, None
        watch, self._watch = self._watch, None
        if watch is not None:
            watch.cancel()
        if child is not None:
            await child.close()

    def _forget_file(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    async def _watch_over(self, child: PlayerChild) -> None:
        """A player that plays tells its position; one that does not hangs, and is ended."""
        while True:
            await asyncio.sleep(_WATCH_SECONDS)
            plays = self.state.playing is Playing.PLAYING
            if plays and child.silent_seconds > _HANGS_SECONDS:
                reason = lost(ChildGone(hangs=True))
                self._change(replace(self.state, playing=Playing.FAILED, reason=reason))
                child.kill()
                return

    def _hear(self, message: Message) -> None:
        if message["event"] == "trying":
            self._trying = message["name"]
            return
        self._trying = ""
        self._change(
            replace(
                self.state,
                playing=Playing(message["playing"]),
                position_ms=message["position_ms"],
                speed=message["speed"],
                way=message["way"],
                reason=message["reason"],
                refused=self._refused(message["refused"]),
            )
        )

    def _ended(self) -> None:
        """The process has ended by itself; the next ``play`` starts another."""
        self._child = None
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None
        if self.state.playing is Playing.PLAYING:
            self._change(
                replace(self.state, playing=Playing.FAILED, reason=lost(ChildGone(hangs=False)))
            )

    def _refused(self, told: Iterable[tuple[str, str]]) -> tuple[BackendState, ...]:
        """What the process tells of the ways it tried, and what those before it died of."""
        reasons = {**dict(told), **self._skipped}
        return tuple(
            BackendState(name, False, reasons[name]) for name in BACKENDS if name in reasons
        )

    def _failed(self) -> PlayerState:
        told = [(way.name, way.reason) for way in self.state.refused]
        refused = self._refused(told)
        reason = (
            _("Playing is switched off in the settings (player = off).")
            if self._settings.player == "off"
            else _("No way of playing works here.")
        )
        return replace(self.state, playing=Playing.FAILED, reason=reason, refused=refused)

    def _change(self, state: PlayerState) -> None:
        if state != self.state:
            self.state = state
            if self._on_change is not None:
                self._on_change(state)
