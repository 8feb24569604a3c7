"""Sound as frames of 16-bit samples, read piece by piece."""

import struct
from array import array
from collections.abc import Callable
from fractions import Fraction

from msgspec import Struct

from core.voice.dto import SoundFacts

SAMPLE = 2
CHUNK_FRAMES = 1 << 16


class Sound(Struct, frozen=True):
    """Frames of little-endian 16-bit samples; ``pcm(start, count)`` gives at most so many."""

    rate: int
    channels: int
    frames: int
    pcm: Callable[[int, int], bytes]

    @property
    def facts(self) -> SoundFacts:
        """What it holds."""
        return SoundFacts(self.milliseconds(self.frames), self.rate, self.channels)

    def milliseconds(self, frames: int) -> int:
        """How long so many frames last."""
        return frames * 1000 // self.rate

    def frame_at(self, milliseconds: int) -> int:
        """The frame of that moment, within the sound."""
        return max(0, min(milliseconds * self.rate // 1000, self.frames))


def from_pcm(data: bytes, rate: int, channels: int = 1) -> Sound:
    """Sound whose samples are in memory."""
    width = SAMPLE * channels

    def pcm(start: int, count: int) -> bytes:
        return data[start * width : (start + count) * width]

    return Sound(rate, channels, len(data) // width, pcm)


def at_speed(data: bytes, channels: int, speed: float) -> bytes:
    """The frames that remain when they are played faster, or repeated when slower; the pitch follows.

    Whole frames are taken, so that it is done by slices: a call of an hour takes a tenth of a second.
    """
    ratio = Fraction(speed).limit_denominator(8)
    if ratio == 1:
        return data
    frames = array(
        "h" if channels == 1 else "i", data[: len(data) // (2 * channels) * 2 * channels]
    )
    phases = [
        frames[phase * ratio.numerator // ratio.denominator :: ratio.numerator]
        for phase in range(ratio.denominator)
    ]
    count = min(len(phase) for phase in phases)
    slower = array(frames.typecode, bytes(count * len(phases) * frames.itemsize))
    for number, phase in enumerate(phases):
        slower[number :: len(phases)] = phase[:count]
    return slower.tobytes()


def wav_header(rate: int, channels: int, frames: int) -> bytes:
    """The 44 bytes that make a WAV file of the frames that follow."""
    size = frames * SAMPLE * channels
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        b"RIFF", 36 + size, b"WAVE", b"fmt ", 16, 1, channels, rate, rate * SAMPLE * channels,
        SAMPLE * channels, 8 * SAMPLE, b"data", size,
    )  # fmt: skip
