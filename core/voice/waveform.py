"""Where a voice file has speech: the loudest sample of each part of it.

It is computed once and kept under the hash of the file.
"""

import contextlib
import hashlib
import os
from array import array
from collections.abc import Sequence
from pathlib import Path

from core.io import private
from core.voice.sound import CHUNK_FRAMES, Sound

BUCKETS = 512
KEPT = 1_000
WAVEFORMS = "waveforms"  # where they are kept, below the state directory
# A file with nothing louder than this (of 32768) is shown as silence, not as its own noise blown
# up.
_QUIET = 600
_READ = 1 << 20
# Of a call of hours, every so manyth sample says enough; the player answers meanwhile.
_LOOKED_AT = 4_000_000


def waveform(sound: Sound, buckets: int = BUCKETS) -> list[float]:
    """The loudness of each of so many parts of equal length, 0 to 1, the loudest being 1."""
    # Odd, so that both channels of a stereo sound are looked at.
    stride = sound.frames // _LOOKED_AT | 1
    loudest = [
        _loudest(sound, *_bounds(sound.frames, part, buckets), stride) for part in range(buckets)
    ]
    scale = max(_QUIET, *loudest)
    return [value / scale for value in loudest]


def kept_waveform(sound: Sound, descriptor: int, directory: Path | None) -> list[float]:
    """The waveform, from ``directory`` where it was computed before; without one it is not kept."""
    if directory is None:
        return waveform(sound)
    file = directory / f"{file_hash(descriptor)}.wave"
    with contextlib.suppress(OSError):
        known = file.read_bytes()
        if len(known) == BUCKETS:
            return [value / 255 for value in known]
    levels = waveform(sound)
    # A full or read-only disk costs only that it is computed again.
    with contextlib.suppress(OSError):
        _keep(file, bytes(round(value * 255) for value in levels))
    return levels


def forget_waveform(descriptor: int, directory: Path) -> None:
    """Keep the waveform of this open file no more. Raises OSError where it cannot be removed."""
    (directory / f"{file_hash(descriptor)}.wave").unlink(missing_ok=True)


def fitted(levels: Sequence[float], width: int) -> list[float]:
    """The waveform in so many columns."""
    if not levels or width <= 0:
        return [0.0] * max(0, width)
    spans = (_bounds(len(levels), column, width) for column in range(width))
    return [max(levels[start : max(end, start + 1)]) for start, end in spans]


def file_hash(descriptor: int) -> str:
    """SHA-256 of an open file, in hex; its position is left alone."""
    digest = hashlib.sha256()
    at = 0
    while part := os.pread(descriptor, _READ, at):
        digest.update(part)
        at += len(part)
    return digest.hexdigest()


def _bounds(total: int, part: int, parts: int) -> tuple[int, int]:
    return total * part // parts, total * (part + 1) // parts


def _loudest(sound: Sound, start: int, end: int, stride: int) -> int:
    loudest = 0
    for at in range(start, end, CHUNK_FRAMES):
        samples = array("h", sound.pcm(at, min(CHUNK_FRAMES, end - at)))[::stride]
        if samples:
            loudest = max(loudest, max(samples), -min(samples))
    return loudest


def _keep(file: Path, levels: bytes) -> None:
    with private.replaced(file) as new:
        new.write(levels)
    known = sorted(file.parent.glob("*.wave"), key=lambda path: path.stat().st_mtime)
    for old in known[:-KEPT]:
        old.unlink(missing_ok=True)
