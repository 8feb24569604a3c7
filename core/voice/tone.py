"""A short tone that says that a way of playing works."""

import math
from array import array

from core.voice.sound import Sound, from_pcm

_RATE = 8_000
_SECONDS = 0.4
_HERTZ = 440
_LOUDNESS = 6_000


def short_tone() -> Sound:
    """Four tenths of a second of concert pitch, not loud, without a click at its ends."""
    count = int(_RATE * _SECONDS)
    edge = _RATE // 50
    samples = array(
        "h",
        (
            int(
                _LOUDNESS
                * min(1.0, at / edge, (count - 1 - at) / edge)
                * math.sin(2 * math.pi * _HERTZ * at / _RATE)
            )
            for at in range(count)
        ),
    )
    return from_pcm(samples.tobytes(), _RATE)
