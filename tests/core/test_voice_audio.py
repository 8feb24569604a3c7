"""Voice files of each kind become the same samples, by the bytes that are there."""

import os
import struct
import subprocess
from array import array
from pathlib import Path

import pytest

from core.values.errors import ActionBlocked
from core.voice.audio import open_sound
from core.voice.sound import Sound, at_speed, from_pcm, wav_header
from core.voice.tone import short_tone
from tests.needs import needs, needs_module
from tests.sound_server import correlation, loudness
from tests.voice_samples import ALAW, MULAW, SAMPLE, tone, wav


def opened(content: bytes, tmp_path: Path) -> Sound:
    file = tmp_path / "c-1.wav"
    file.write_bytes(content)
    return opened_file(file)


def opened_file(file: Path) -> Sound:
    # Kept open for as long as the test runs: a Sound reads when it is asked.
    return open_sound(os.open(file, os.O_RDONLY))


def samples(sound: Sound) -> "array[int]":
    return array("h", sound.pcm(0, sound.frames))


def as_bits(values: "array[int]", bits: int) -> bytes:
    """The samples written with so many bits."""
    if bits == 8:
        return bytes((value >> 8) + 128 for value in values)
    if bits == 24:
        return b"".join(struct.pack("<i", value << 8)[:3] for value in values)
    if bits == 32:
        return b"".join(struct.pack("<i", value << 16) for value in values)
    return values.tobytes()


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100, 48_000])
@pytest.mark.parametrize("bits", [8, 16, 24, 32])
def test_pcm_of_each_width(tmp_path: Path, bits: int, rate: int, channels: int) -> None:
    meant = tone()
    sound = opened(wav(as_bits(meant, bits), bits=bits, rate=rate, channels=channels), tmp_path)
    assert (sound.rate, sound.channels, sound.frames) == (rate, channels, len(meant) // channels)
    lost = 255 if bits == 8 else 0
    differences = (abs(a - b) for a, b in zip(samples(sound), meant, strict=True))
    assert max(differences) <= lost


@pytest.mark.parametrize(
    ("encoding", "byte", "sample"),
    [
        (MULAW, 0x00, -32_124), (MULAW, 0x80, 32_124), (MULAW, 0xFF, 0), (MULAW, 0xF0, 120),
        (ALAW, 0x2A, -32_256), (ALAW, 0xAA, 32_256), (ALAW, 0xD5, 8), (ALAW, 0x55, -8),
    ],
)  # fmt: skip
def test_telephone_codes_by_the_standard(
    tmp_path: Path, encoding: int, byte: int, sample: int
) -> None:
    sound = opened(wav(bytes([byte]), encoding=encoding, bits=8), tmp_path)
    assert list(samples(sound)) == [sample]


@pytest.mark.parametrize("encoding", ["mu-law", "a-law"])
def test_telephone_speech_is_read_as_another_program_reads_it(
    tmp_path: Path, encoding: str
) -> None:
    sox = needs("sox", "sox")
    coded, plain = tmp_path / "coded.wav", tmp_path / "plain.raw"
    subprocess.run([sox, "-D", SAMPLE, "-e", encoding, coded], check=True)
    subprocess.run([sox, "-D", coded, "-e", "signed", "-b", "16", "-t", "raw", plain], check=True)
    assert samples(opened_file(coded)).tobytes() == plain.read_bytes()


@pytest.mark.parametrize("kind", ["flac", "ogg", "mp3"])
def test_compressed_speech_is_read_through_miniaudio(tmp_path: Path, kind: str) -> None:
    needs_module("miniaudio", "sound")
    sox = needs("sox", "sox libsox-fmt-all")
    file = tmp_path / f"speech.{kind}"
    subprocess.run([sox, SAMPLE, "-r", "16000", file], check=True)
    sound, original = opened_file(file), opened_file(SAMPLE)
    assert sound.facts.duration_ms == pytest.approx(original.facts.duration_ms, rel=0.02)
    heard = loudness(sound.pcm(0, sound.frames), sound.rate)
    meant = loudness(original.pcm(0, original.frames), original.rate)
    assert correlation(heard, meant) > 0.9


def test_compressed_speech_without_miniaudio_names_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "miniaudio", None)
    with pytest.raises(ActionBlocked, match=r"carecall-console\[sound\]"):
        opened(b"fLaC" + bytes(100), tmp_path)


@pytest.mark.parametrize("claimed", [0, 0xFFFFFFFF, 0x7FFFFFFF, 16_002])
def test_a_length_that_the_header_makes_up_is_not_believed(tmp_path: Path, claimed: int) -> None:
    sound = opened(wav(tone().tobytes(), claimed=claimed), tmp_path)
    assert sound.facts.duration_ms == 1_000


def test_a_header_that_claims_less_is_believed(tmp_path: Path) -> None:
    assert opened(wav(tone().tobytes(), claimed=8_000), tmp_path).facts.duration_ms == 500


def test_chunks_before_the_sound_are_passed_over(tmp_path: Path) -> None:
    sound = opened(wav(tone().tobytes(), before=b"LIST\x03\0\0\0abc\0"), tmp_path)
    assert samples(sound) == tone()


def test_the_file_may_be_read_by_two_at_once(tmp_path: Path) -> None:
    file = tmp_path / "c-1.wav"
    file.write_bytes(wav(tone().tobytes()))
    descriptor = os.open(file, os.O_RDONLY)
    one, other = open_sound(descriptor), open_sound(os.dup(descriptor))
    assert one.pcm(10, 5) == other.pcm(10, 5) == tone()[10:15].tobytes()
    assert os.lseek(descriptor, 0, os.SEEK_CUR) == 0


def test_pieces_join_without_a_gap_and_end_at_the_end(tmp_path: Path) -> None:
    sound = opened(wav(as_bits(tone(), 24), bits=24), tmp_path)
    pieces = b"".join(sound.pcm(at, 999) for at in range(0, sound.frames, 999))
    assert pieces == sound.pcm(0, sound.frames) == sound.pcm(0, 10 * sound.frames)
    assert sound.pcm(sound.frames, 100) == b""


@pytest.mark.parametrize("speed", [0.75, 1.25, 1.5, 1.75, 2.0])
@pytest.mark.parametrize("channels", [1, 2])
def test_faster_takes_less_and_slower_takes_more(speed: float, channels: int) -> None:
    ramp = array("h", range(24_000))
    played = array("h", at_speed(ramp.tobytes(), channels, speed))
    assert len(played) == pytest.approx(len(ramp) / speed, abs=8)
    assert list(played) == sorted(played) or channels == 2
    assert played[len(played) // 2] == pytest.approx(12_000, abs=8)


def test_what_is_written_with_the_header_can_be_read(tmp_path: Path) -> None:
    meant = tone()
    sound = opened(wav_header(8_000, 1, len(meant)) + meant.tobytes(), tmp_path)
    assert samples(sound) == meant


def test_the_test_tone_is_to_be_heard_and_does_not_click() -> None:
    sound = short_tone()
    values = array("h", sound.pcm(0, sound.frames))
    assert max(values) > 5_000
    assert values[0] == values[-1] == 0


def test_moments_and_frames() -> None:
    sound = from_pcm(bytes(16_000), 8_000)
    assert sound.frame_at(500) == 4_000
    assert sound.frame_at(-1) == 0
    assert sound.frame_at(5_000) == sound.frames
    assert sound.milliseconds(4_000) == 500
