"""Voice files for tests: good ones in each encoding, and such as nobody should be able to deliver."""

import math
import struct
import wave
from array import array
from pathlib import Path

DEMO = Path(__file__).parents[1] / "core/demo/voice"
SAMPLE = DEMO / "2026/11/sample-001.wav"
PCM, ALAW, MULAW = 1, 6, 7


def tone(seconds: float = 1.0, rate: int = 8_000) -> "array[int]":
    """Samples that swell from silence to loud."""
    count = int(seconds * rate)
    return array("h", (int(30_000 * at / count * math.sin(at / 4)) for at in range(count)))


def part_of_sample(file: Path, start: int, seconds: int) -> Path:
    """That part of the sample, as a file of its own."""
    with wave.open(str(SAMPLE)) as whole, wave.open(str(file), "wb") as part:
        whole.setpos(start * whole.getframerate())
        part.setparams((1, 2, whole.getframerate(), 0, "NONE", ""))
        part.writeframes(whole.readframes(seconds * whole.getframerate()))
    return file


def wav(
    data: bytes, *, encoding: int = PCM, channels: int = 1, rate: int = 8_000, bits: int = 16,
    claimed: int | None = None, before: bytes = b"",
) -> bytes:  # fmt: skip
    """A WAV file around the data; ``claimed`` is what its header says of the data's size."""
    frame = channels * bits // 8
    form = struct.pack(
        "<HHIIHH", encoding, channels, rate, rate * frame % (1 << 32), frame % (1 << 16), bits
    )
    size = len(data) if claimed is None else claimed
    body = (
        b"fmt " + struct.pack("<I", len(form)) + form + before + b"data" + struct.pack("<I", size)
    )
    whole = b"WAVE" + body + data
    return b"RIFF" + struct.pack("<I", len(whole) % (1 << 32)) + whole


def hostile_files() -> dict[str, bytes]:
    """Files that are no sound, by what is wrong with them."""
    speech = tone(0.1).tobytes()
    good = wav(speech)
    return {
        "one byte": b"R",
        "a header only": good[:12],
        "cut in the form": good[:24],
        "cut before the data": good[:44],
        "no form": b"RIFF\x24\0\0\0WAVEdata\x10\0\0\0" + speech[:16],
        "data before the form": b"RIFF\xff\0\0\0WAVEdata\x04\0\0\0abcd" + good[12:36],
        "a form of no length": good[:16] + bytes(4) + good[20:],
        "zero rate": wav(speech, rate=0),
        "a rate of four thousand million": wav(speech, rate=0xFFFFFFFF),
        "no channel": wav(speech, channels=0),
        "255 channels": wav(speech, channels=255),
        "no bits": wav(speech, bits=0),
        "65,528 bits": wav(speech, bits=65_528),
        "an unknown encoding": wav(speech, encoding=0x1234),
        "a chunk that leads past the end": wav(speech, before=b"LIST\xff\xff\xff\xff"),
        "thousands of empty chunks": wav(speech, before=(b"JUNK" + bytes(4)) * 5_000),
        "text": b"Hello, this is no sound.\n" * 100,
        "a page": b"<!DOCTYPE html><html></html>" * 100,
        "a picture": b"\x89PNG\r\n\x1a\n" + bytes(1_000),
        "an archive": b"PK\x03\x04" + bytes(1_000),
        "zeros": bytes(10_000),
        "FLAC in name only": b"fLaC" + bytes(range(256)) * 20,
        "OGG in name only": b"OggS" + bytes(range(256)) * 20,
        "MP3 in name only": b"ID3" + bytes(range(256)) * 20,
        "an MP3 frame and nothing": b"\xff\xfb\x90\x00" + bytes(3_000),
    }


HOSTILE_PATHS = {
    "empty": "",
    "absolute": "/etc/passwd",
    "up": "../secret.wav",
    "up in the middle": "2026/../../secret.wav",
    "up at the end": "2026/..",
    "only up": "..",
    "only here": ".",
    "here in the middle": "2026/./c-1.wav",
    "two slashes": "2026//c-1.wav",
    "two slashes at the start": "//etc/passwd",
    "a slash at the end": "2026/c-1.wav/",
    "only a slash": "/",
    "NUL": "c-1.wav\0.txt",
    "a line break": "c-1.wav\n",
    "a control sequence": "\x1b[2Jc-1.wav",
    "a right-to-left override": "c-1\u202evaw.exe",
    "a lone surrogate": "c-\udcff.wav",
    "a backslash": "..\\..\\secret.wav",
    "too long": "a/" * 200 + "c.wav",
    "a part too long": "가" * 90 + ".wav",
    "a private character": "c-\ue000.wav",
}
