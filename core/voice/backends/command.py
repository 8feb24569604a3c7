"""Playing through a command of the user's, such as ``paplay`` or ``mpv --no-video -``.

It is run without a shell and gets a WAV file as its standard input: a file in memory, so that
players that seek work too and nothing is left on a disk. ``{speed}`` in the command is replaced by
the speed, which keeps the pitch where the player can; otherwise the header's rate says the speed,
and the pitch changes with it.
"""

import contextlib
import os
import shlex
import subprocess
import tempfile
from typing import BinaryIO, cast

from core.io.child import die_with_parent
from core.values.i18n import _
from core.voice.backends.base import CannotPlay, Playhead
from core.voice.sound import CHUNK_FRAMES, Sound, wav_header

_EARLY_SECONDS = 0.3
_BROKE_OFF_SECONDS = 2.0
_HANGS_SECONDS = 5.0
_PLACEHOLDER = "{speed}"


class CommandBackend:
    """Whatever the user's command plays to."""

    def __init__(self, command: str) -> None:
        try:
            self._words = shlex.split(command)
        except ValueError:
            self._words = []
        self.way = _("command {name}").format(name=self._name)
        self._proven = False
        self._process: subprocess.Popen[bytes] | None = None
        self._playhead: Playhead | None = None

    @property
    def _name(self) -> str:
        return os.path.basename(self._words[0]) if self._words else "?"  # noqa: PTH119

    def start(self, sound: Sound, frame: int, speed: float) -> None:
        """Run the command on what follows that frame."""
        if not self._words:
            raise CannotPlay(_("The setting player_command is empty or not well quoted."))
        self.stop()
        stretches = any(_PLACEHOLDER in word for word in self._words)
        words = [word.replace(_PLACEHOLDER, f"{speed:g}") for word in self._words]
        rate = sound.rate if stretches else round(sound.rate * speed)
        with _wav_in_memory(sound, frame, rate) as file:
            self._run(words, file)
        self._playhead = Playhead(sound, frame, speed)
        if not self._proven:
            self._wait_for_refusal()

    def _wait_for_refusal(self) -> None:
        """A player that cannot reach its sound server says so at once, by ending."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            if self._process is not None and self._process.wait(_EARLY_SECONDS) != 0:
                raise CannotPlay(self._ended_badly())
        self._proven = True

    def _run(self, words: list[str], file: BinaryIO) -> None:
        try:
            self._process = subprocess.Popen(  # noqa: S603 - the command is the user's own
                words,
                stdin=file,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                preexec_fn=die_with_parent,
            )
        except FileNotFoundError:
            raise CannotPlay(
                _("{name} (setting player_command) is not installed.").format(name=self._name)
            ) from None
        except (OSError, ValueError, subprocess.SubprocessError):
            raise CannotPlay(
                _("The command {name} cannot be run.").format(name=self._name)
            ) from None

    def stop(self) -> None:
        """End the command."""
        process, self._process = self._process, None
        if process is not None and process.poll() is None:
            process.kill()
            process.wait()

    def position(self) -> int:
        """By the clock."""
        return self._playhead.frame() if self._playhead else 0

    def is_finished(self) -> bool:
        """Whether the command has ended well, and not long before it could have."""
        if self._process is None or self._playhead is None:
            return True
        left = self._playhead.seconds_in_all - self._playhead.seconds
        if (code := self._process.poll()) is None:
            if left < -_HANGS_SECONDS:
                raise CannotPlay(_("The command {name} does not end.").format(name=self._name))
            return False
        if code != 0 or left > _BROKE_OFF_SECONDS:
            raise CannotPlay(self._ended_badly())
        return True

    def _ended_badly(self) -> str:
        code = self._process.returncode if self._process else 0
        return _("The command {name} ended too early, with code {code}.").format(
            name=self._name, code=code
        )


def _wav_in_memory(sound: Sound, frame: int, rate: int) -> BinaryIO:
    file: BinaryIO
    if hasattr(os, "memfd_create"):
        file = os.fdopen(os.memfd_create("voice"), "w+b")
    else:  # a file without a name
        file = cast("BinaryIO", tempfile.TemporaryFile())  # noqa: SIM115 - the caller closes it
    file.write(wav_header(rate, sound.channels, sound.frames - frame))
    file.writelines(sound.pcm(at, CHUNK_FRAMES) for at in range(frame, sound.frames, CHUNK_FRAMES))
    file.flush()
    file.seek(0)
    return file
