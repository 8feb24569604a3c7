"""Playing through miniaudio, which speaks to PulseAudio and PipeWire, over the network too."""

import time
from collections.abc import Generator
from typing import Any

from core.values.i18n import _
from core.voice.backends.base import CannotPlay, Playhead, sound_server
from core.voice.sound import Sound

_BUFFER_MS = 100
# Silence that follows the last frame, so that closing the device cuts nothing off.
_TAIL_MS = 500
# An idle sink of PulseAudio can take two seconds until it asks for more.
_STALLED_SECONDS = 4.0


class MiniaudioBackend:
    """The sound server of PULSE_SERVER, else the host's own sound."""

    def __init__(self) -> None:
        server = sound_server()
        self.way = (
            _("miniaudio, {server}").format(server=server)
            if server
            else _("miniaudio, this host's own sound")
        )
        self._device: Any = None
        self._playhead: Playhead | None = None
        self._start = self._handed = self._tail = self._tail_frames = 0
        self._last_call = 0.0

    def start(self, sound: Sound, frame: int, speed: float) -> None:
        """Play from that frame; at another speed the pitch changes with it."""
        self.stop()
        rate = round(sound.rate * speed)
        self._start, self._handed, self._tail = frame, 0, 0
        self._tail_frames = rate * _TAIL_MS // 1000
        self._last_call = time.monotonic()
        feed = self._feed(sound)
        next(feed)
        self._device = _started(sound.channels, rate, feed)
        self._playhead = Playhead(sound, frame, speed)

    def stop(self) -> None:
        """Close the device."""
        device, self._device = self._device, None
        if device is not None:
            device.close()

    def position(self) -> int:
        """By the clock, and never past what the device has asked for."""
        return min(self._playhead.frame(), self._start + self._handed) if self._playhead else 0

    def is_finished(self) -> bool:
        """Whether the device has asked for everything and the silence after it."""
        if self._device is None or self._tail >= self._tail_frames:
            return True
        if time.monotonic() - self._last_call > _STALLED_SECONDS:
            raise CannotPlay(_("The sound server has gone or stopped taking sound."))
        return False

    def _feed(self, sound: Sound) -> Generator[bytes, int, None]:
        """Runs in the device's own thread: hands out frames, then silence."""
        wanted = yield b""
        while True:
            self._last_call = time.monotonic()
            at = self._start + self._handed
            count = min(wanted, sound.frames - at)
            self._handed += count
            self._tail += wanted - count
            wanted = yield sound.pcm(at, count)


def _started(channels: int, rate: int, feed: Generator[bytes, int, None]) -> Any:
    try:
        import miniaudio
    except ImportError:
        raise CannotPlay(_("Not installed: pip install 'carecall-console[sound]'.")) from None
    pulse = miniaudio.Backend.PULSEAUDIO
    silent = {miniaudio.Backend.NULL, miniaudio.Backend.CUSTOM, miniaudio.Backend.JACK}
    usable = sorted(miniaudio.get_enabled_backends() - silent, key=lambda kind: kind is not pulse)
    # A named server is meant: sound must not come out of a loudspeaker in the server room instead.
    if sound_server():
        usable = [pulse]
    try:
        device = miniaudio.PlaybackDevice(
            nchannels=channels,
            sample_rate=rate,
            buffersize_msec=_BUFFER_MS,
            backends=usable,
            app_name="carecall",
        )
        device.start(feed)
    except miniaudio.MiniaudioError:
        raise CannotPlay(_refusal()) from None
    return device


def _refusal() -> str:
    if server := sound_server():
        return _("The sound server {server} refuses; is ssh -R open?").format(server=server)
    return _("This host has no sound, and PULSE_SERVER names no sound server.")
