"""Playing through simpleaudio, that is ALSA's default device on Linux.

It takes a whole buffer and tells no position, so the position is counted by the clock. The build on
which the extra depends is a patched one: the last simpleaudio ends the interpreter on Python 3.12
and newer.
"""

from typing import Any

from core.values.i18n import _
from core.voice.backends.base import CannotPlay, Playhead
from core.voice.sound import SAMPLE, Sound, at_speed

_BROKE_OFF_SECONDS = 0.5
_HANGS_SECONDS = 5.0


class SimpleaudioBackend:
    """ALSA, Core Audio or WinMM through simpleaudio."""

    def __init__(self) -> None:
        self.way = _("simpleaudio, this host's default device")
        self._playing: Any = None
        self._playhead: Playhead | None = None

    def start(self, sound: Sound, frame: int, speed: float) -> None:
        """Play from that frame; at another speed the pitch changes with it."""
        try:
            import simpleaudio
        except ImportError:
            raise CannotPlay(
                _("Not installed: pip install 'carecall-console[simpleaudio]'.")
            ) from None
        self.stop()
        samples = at_speed(sound.pcm(frame, sound.frames - frame), sound.channels, speed)
        try:
            self._playing = simpleaudio.play_buffer(samples, sound.channels, SAMPLE, sound.rate)
        except Exception as error:  # noqa: BLE001 - its error class is not exported under one name
            raise CannotPlay(
                _("No sound device of this host opens ({error}).").format(error=_short(error))
            ) from None
        self._playhead = Playhead(sound, frame, speed)

    def stop(self) -> None:
        """Drop what is still in the buffer."""
        if self._playing is not None:
            self._playing.stop()
            self._playing = None

    def position(self) -> int:
        """By the clock."""
        return self._playhead.frame() if self._playhead else 0

    def is_finished(self) -> bool:
        """Whether simpleaudio says that the buffer was played."""
        if self._playing is None or self._playhead is None:
            return True
        left = self._playhead.seconds_in_all - self._playhead.seconds
        if self._playing.is_playing():
            if left < -_HANGS_SECONDS:
                raise CannotPlay(_("The sound device has stopped taking sound."))
            return False
        if left > _BROKE_OFF_SECONDS:
            raise CannotPlay(_("The sound device has gone."))
        return True


def _short(error: Exception) -> str:
    """The library's own words without its codes."""
    return str(error).rpartition("MSG:")[2].strip()[:60] or type(error).__name__
