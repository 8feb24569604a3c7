"""The player process (see ``core.io.child``): it takes commands and tells events.

It ends when the commands end, that is when the console closes the pipe or is gone. Whatever goes
wrong in it (a sound library that crashes, hangs or prints) stays in it.
"""

import os
import queue
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from core.io import child
from core.io.limits import bound
from core.values import i18n
from core.values.errors import ActionBlocked, CoreError
from core.values.i18n import _
from core.voice.backends import Backend, CannotPlay, make_backend
from core.voice.desk import refuse_another_desk
from core.voice.dto import Playing
from core.voice.sound import Sound
from core.voice.tone import short_tone

TICK_SECONDS = 0.25
_MEMORY_MIB = 3 << 10  # for what a damaged file makes a decoder take

Message = dict[str, Any]
Commands = queue.Queue[Message]


class PlayerSession:
    """One voice file and what is being done with it."""

    def __init__(self, events: BinaryIO) -> None:
        self._events = events
        self._file = -1
        self._at_ms = 0
        self._sound: Sound | None = None
        self._names: list[str] = []
        self._command = ""
        self._cache: Path | None = None
        self._backend: Backend | None = None
        self._refused: list[tuple[str, str]] = []
        self._playing = Playing.STOPPED
        self._frame = 0
        self._speed = 1.0
        self._reason = ""
        self._told: Message = {}

    def run(self, commands: Commands) -> None:
        """Do what is asked, each answered with ``done``; tell the position while it plays."""
        while True:
            try:
                plays = self._playing is Playing.PLAYING
                message = commands.get(timeout=TICK_SECONDS if plays else None)
            except queue.Empty:
                self._watch()
                self._tell_state()
            else:
                answer = self._do(message)
                if message["do"] not in {"open", "waveform"}:
                    self._tell_state()
                self._tell({"event": "done", **answer})

    def end(self) -> None:
        """Be silent, whatever goes on."""
        if self._backend is not None:
            self._backend.stop()

    def _do(self, message: Message) -> Message:
        match message.get("do"):
            case "open":
                self._set_up(message)
                return _answer(self._open)
            case "waveform":
                return _answer(self._waveform)
            case "play":
                self._names = message["backends"]
                self._play(message["at_ms"])
            case "pause" if self._playing is Playing.PLAYING:
                self._halt(Playing.PAUSED)
            case "stop":
                self._halt(Playing.STOPPED)
                self._frame = 0
            case "move":
                self._move(message)
            case "speed":
                self._set_speed(float(message["speed"]))
            case _:
                pass
        return {}

    def _set_up(self, message: Message) -> None:
        i18n.use(message["language"])
        self._command = message["command"]
        self._cache = Path(message["cache"]) if message["cache"] else None
        self._speed, self._file = message["speed"], message["file"]
        self._at_ms = message["at_ms"]

    def _open(self) -> Message:
        from core.voice.audio import open_sound

        sound = self._sound = short_tone() if self._file < 0 else open_sound(self._file)
        facts = sound.facts
        self._frame = sound.frame_at(self._at_ms)
        return {"duration_ms": facts.duration_ms, "rate": facts.rate, "channels": facts.channels}

    def _waveform(self) -> Message:
        from core.voice.waveform import kept_waveform

        if self._sound is None:
            raise ActionBlocked(_("No voice file is open."))
        return {"levels": kept_waveform(self._sound, self._file, self._cache)}

    def _play(self, at_ms: int) -> None:
        if self._sound is None:
            return
        self._halt(Playing.PAUSED)
        frame = self._sound.frame_at(at_ms)
        self._frame = frame if frame < self._sound.frames else 0
        self._start()

    def _start(self) -> None:
        """Start the way in use, or the first that works."""
        if self._backend is not None and self._try(self._backend, ""):
            return
        self._backend, self._refused = None, []
        for name in self._names:
            if self._try(make_backend(name, self._command), name):
                return
        self._playing, self._reason = Playing.FAILED, _("No way of playing works here.")

    def _try(self, backend: Backend, name: str) -> bool:
        assert self._sound is not None  # noqa: S101
        if name:
            # The console learns from this which way it was, should it end or hang here.
            self._tell({"event": "trying", "name": name})
        try:
            refuse_another_desk()
            backend.start(self._sound, self._frame, self._speed)
        except CannotPlay as problem:
            self._refused.append((name, str(problem)))
            return False
        self._backend, self._playing = backend, Playing.PLAYING
        return True

    def _halt(self, then: Playing) -> None:
        if self._backend is not None and self._playing is Playing.PLAYING:
            self._frame = self._backend.position()
            self._backend.stop()
        self._playing, self._reason = then, ""

    def _move(self, message: Message) -> None:
        if self._sound is None:
            return
        was_playing = self._playing is Playing.PLAYING
        self._halt(Playing.PAUSED)
        now = self._sound.milliseconds(self._frame)
        self._frame = self._sound.frame_at(now + message["by_ms"])
        if was_playing and self._frame < self._sound.frames:
            self._start()
        elif was_playing:
            self._playing = Playing.ENDED

    def _set_speed(self, speed: float) -> None:
        was_playing = self._playing is Playing.PLAYING
        if was_playing:
            self._halt(Playing.PAUSED)
        self._speed = speed
        if was_playing:
            self._start()

    def _watch(self) -> None:
        """Notice the end, and a way that broke off."""
        assert self._backend is not None  # noqa: S101
        assert self._sound is not None  # noqa: S101
        try:
            finished = self._backend.is_finished()
        except CannotPlay as problem:
            self._frame = self._backend.position()
            self._playing, self._reason = Playing.FAILED, str(problem)
            self._tell_state()
            # Closing a device whose server is gone can hang: the process ends instead, the console
            # starts another.
            os._exit(0)
        if finished:
            self._backend.stop()
            self._frame, self._playing = self._sound.frames, Playing.ENDED

    def _tell_state(self) -> None:
        if self._sound is None:
            return
        if self._backend is not None and self._playing is Playing.PLAYING:
            self._frame = self._backend.position()
        state: Message = {
            "event": "state",
            "playing": self._playing.value,
            "position_ms": self._sound.milliseconds(self._frame),
            "speed": self._speed,
            "way": self._backend.way if self._backend is not None else "",
            "reason": self._reason,
            "refused": self._refused,
        }
        if state != self._told:
            self._tell(state)
            self._told = state

    def _tell(self, event: Message) -> None:
        child.tell(self._events, event)


def _answer(make: Callable[[], Message]) -> Message:
    try:
        return make()
    except CoreError as error:
        return {"refused": type(error).__name__, "what": error.what, "hint": error.hint}
    except (OSError, MemoryError):
        what = _("The voice file cannot be read.")
        return {"refused": "ActionBlocked", "what": what, "hint": ""}


def _read_commands(pipe: BinaryIO, commands: Commands, session: PlayerSession) -> None:
    """Runs beside the session, so that the process ends even while a sound library hangs."""
    while (command := child.hear(pipe)) is not None:
        commands.put(child.decode(command))
    session.end()
    os._exit(0)


def main() -> None:
    """Run until the console closes the commands."""
    command_pipe, event_pipe = child.enter()
    bound(memory_mib=_MEMORY_MIB)
    commands: Commands = queue.Queue()
    session = PlayerSession(event_pipe)
    reader = threading.Thread(
        target=_read_commands, args=(command_pipe, commands, session), daemon=True
    )
    reader.start()
    try:
        session.run(commands)
    except BrokenPipeError:
        os._exit(0)


if __name__ == "__main__":
    main()
