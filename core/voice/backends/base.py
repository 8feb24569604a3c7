"""What the player asks of a way of playing."""

import os
import time
from typing import Protocol

from core.voice.sound import Sound


class CannotPlay(Exception):
    """Why this way does not work, or works no more, and what to do about it, in a sentence."""


class Backend(Protocol):
    """One way of playing.

    Pausing, seeking and changing speed are ``stop`` and ``start`` from there.
    """

    way: str

    def start(self, sound: Sound, frame: int, speed: float) -> None:
        """Play from that frame. Raises CannotPlay."""

    def stop(self) -> None:
        """Be silent as soon as the way allows; does nothing where nothing plays."""

    def position(self) -> int:
        """The frame that is heard now, as well as this way knows."""

    def is_finished(self) -> bool:
        """Whether the sound was played to its end.

        Raises CannotPlay where it broke off or hangs.
        """


class Playhead:
    """The position of a way that does not tell it: counted from the moment of its start."""

    def __init__(self, sound: Sound, frame: int, speed: float) -> None:
        self._started = time.monotonic()
        self._frame = frame
        self._end = sound.frames
        self._frames_per_second = sound.rate * speed

    @property
    def seconds(self) -> float:
        """How long it has been playing."""
        return time.monotonic() - self._started

    @property
    def seconds_in_all(self) -> float:
        """How long it will play in all."""
        return (self._end - self._frame) / self._frames_per_second

    def frame(self) -> int:
        """The frame that is heard now."""
        return min(self._end, self._frame + int(self.seconds * self._frames_per_second))


def sound_server() -> str:
    """The sound server that the environment names, or ""."""
    return os.environ.get("PULSE_SERVER", "")
