"""Reading WAV by the bytes that are there, whatever the header claims.

Understood are PCM of 8, 16, 24 and 32 bits and the telephone's mu-law and A-law (G.711). The
header's sizes are taken as upper bounds only; its byte rate and block size are not used at all.
"""

import struct
from collections.abc import Callable
from functools import cache

from core.values.errors import InvalidInput
from core.values.i18n import _
from core.voice.rules import MAX_SECONDS
from core.voice.sound import Sound

Read = Callable[[int, int], bytes]

MIN_RATE, MAX_RATE = 4_000, 96_000
_PCM, _ALAW, _MULAW, _EXTENSIBLE = 1, 6, 7, 0xFFFE
_MAX_CHUNKS = 1_000
_UNKNOWN_SIZES = (0, 0xFFFFFFFF)


class UnknownEncoding(InvalidInput):
    """A WAV file whose samples are written in a way that is not read here."""


def is_wav(head: bytes) -> bool:
    """Whether the first 12 bytes are those of a WAV file."""
    return head[:4] in {b"RIFF", b"RF64"} and head[8:12] == b"WAVE"


def read_wav(read: Read, size: int) -> Sound:
    """The sound of a WAV file of ``size`` bytes, which ``read(offset, count)`` gives.

    Raises InvalidInput.
    """
    encoding, channels, rate, width, start, length = _walk(read, size)
    if channels not in {1, 2}:
        raise InvalidInput(
            _("The voice file has {count} channels, not 1 or 2.").format(count=channels)
        )
    if not MIN_RATE <= rate <= MAX_RATE:
        raise InvalidInput(
            _("The voice file claims {rate} samples a second, which cannot be.").format(rate=rate)
        )
    convert = _converter(encoding, width)
    frame = width * channels
    frames = length // frame
    if frames == 0:
        raise InvalidInput(_("The voice file ends before its sound begins."))
    check_length(frames, rate)
    return Sound(
        rate, channels, frames,
        lambda at, n: convert(read(start + at * frame, max(0, min(n, frames - at)) * frame)),
    )  # fmt: skip


def check_length(frames: int, rate: int) -> None:
    """Raise InvalidInput where the sound is longer than a call can be."""
    if frames > MAX_SECONDS * rate:
        raise InvalidInput(
            _("The voice file is longer than {hours} hours.").format(hours=MAX_SECONDS // 3600)
        )


def _walk(read: Read, size: int) -> tuple[int, int, int, int, int, int]:
    form: tuple[int, int, int, int] | None = None
    at = 12
    for _number in range(_MAX_CHUNKS):
        head = read(at, 8)
        if len(head) < 8:
            break
        name, claimed = struct.unpack("<4sI", head)
        at += 8
        if name == b"fmt ":
            form = _form(read(at, min(claimed, 40)))
        elif name == b"data":
            if form is None:
                break
            there = size - at
            return (*form, at, there if claimed in _UNKNOWN_SIZES else min(claimed, there))
        at += claimed + (claimed & 1)
    raise InvalidInput(_("The voice file is cut off or damaged: it has no sound in it."))


def _form(chunk: bytes) -> tuple[int, int, int, int]:
    if len(chunk) < 16:
        raise InvalidInput(_("The voice file is cut off or damaged: it has no sound in it."))
    encoding, channels, rate, _bytes_per_second, _block, bits = struct.unpack("<HHIIHH", chunk[:16])
    if encoding == _EXTENSIBLE and len(chunk) >= 26:
        (encoding,) = struct.unpack("<H", chunk[24:26])
    whole_bytes = 0 if bits % 8 else bits // 8
    return encoding, channels, rate, 1 if encoding in {_ALAW, _MULAW} else whole_bytes


def _converter(encoding: int, width: int) -> Callable[[bytes], bytes]:
    if encoding == _PCM and width == 1:
        return lambda data: _translated(data, bytes(256), bytes(byte ^ 0x80 for byte in range(256)))
    if encoding == _PCM and width == 2:
        return lambda data: data[: len(data) & ~1]
    if encoding == _PCM and width in {3, 4}:
        return lambda data: _upper_bytes(data, width)
    if encoding in {_ALAW, _MULAW}:
        low, high = _telephone_tables(encoding)
        return lambda data: _translated(data, low, high)
    raise UnknownEncoding(
        _("The voice file is a WAV of a kind that is not known ({kind}).").format(
            kind=f"{encoding:#06x}, {width * 8}"
        )
    )


def _translated(data: bytes, low: bytes, high: bytes) -> bytes:
    samples = bytearray(2 * len(data))
    samples[0::2] = data.translate(low)
    samples[1::2] = data.translate(high)
    return bytes(samples)


def _upper_bytes(data: bytes, width: int) -> bytes:
    count = len(data) // width
    data = data[: count * width]
    samples = bytearray(2 * count)
    samples[0::2] = data[width - 2 :: width]
    samples[1::2] = data[width - 1 :: width]
    return bytes(samples)


@cache
def _telephone_tables(encoding: int) -> tuple[bytes, bytes]:
    """The lower and the upper byte of the sample that each G.711 byte stands for."""
    decode = _alaw if encoding == _ALAW else _mulaw
    samples = [struct.pack("<h", decode(byte)) for byte in range(256)]
    return bytes(sample[0] for sample in samples), bytes(sample[1] for sample in samples)


def _mulaw(byte: int) -> int:
    byte ^= 0xFF
    magnitude = ((((byte & 0x0F) << 3) + 0x84) << ((byte >> 4) & 7)) - 0x84
    return -magnitude if byte & 0x80 else magnitude


def _alaw(byte: int) -> int:
    byte ^= 0x55
    exponent = (byte >> 4) & 7
    magnitude = ((byte & 0x0F) << 4) + (8 if exponent == 0 else 0x108)
    magnitude <<= max(0, exponent - 1)
    return magnitude if byte & 0x80 else -magnitude
