"""Where there is speech, computed once and kept by the file's hash."""

import os
import stat
from pathlib import Path

import pytest

from core.voice.audio import open_sound
from core.voice.sound import Sound, from_pcm
from core.voice.waveform import BUCKETS, fitted, kept_waveform, waveform
from tests.voice_samples import SAMPLE, tone, wav


def test_it_is_loud_where_the_sound_is() -> None:
    silence = bytes(2 * 8_000)
    levels = waveform(from_pcm(silence + tone().tobytes() + silence, 8_000), 3)
    assert levels == [0.0, 1.0, 0.0]


def test_silence_with_a_little_noise_stays_low() -> None:
    assert max(waveform(from_pcm(b"\x03\x00" * 8_000, 8_000), 10)) < 0.01


def test_speech_of_the_sample_is_where_its_transcript_says() -> None:
    with SAMPLE.open("rb") as file:
        levels = waveform(open_sound(file.fileno()), 219)  # a tenth of a second each
    assert max(levels[:4]) < 0.05  # the first word is at 0.5 s
    assert max(levels[5:12]) > 0.3
    assert max(levels[78:90]) > 0.3  # the answer, at 7.7 s


def test_hours_are_looked_at_in_samples_and_look_the_same() -> None:
    part = bytes(2 * 80_000) + tone(10).tobytes()
    asked = []

    def pcm(start: int, count: int) -> bytes:
        asked.append(count)
        at = 2 * start % len(part)
        return (part + part + part)[at : at + 2 * count]

    hours = Sound(8_000, 1, 4 * 3_600 * 8_000, pcm)
    levels = waveform(hours, 1_440)  # ten seconds each: silence and sound by turns
    assert max(levels[0::2]) == 0
    assert min(levels[1::2]) > 0.9
    assert sum(asked) == hours.frames


def test_more_parts_than_samples() -> None:
    assert len(waveform(from_pcm(b"\x00\x40" * 3, 8_000), 10)) == 10


def test_it_is_kept_privately_and_used_again(tmp_path: Path) -> None:
    cache, file = tmp_path / "cache/waveforms", tmp_path / "c-1.wav"
    file.write_bytes(wav(tone().tobytes()))
    descriptor = os.open(file, os.O_RDONLY)
    sound = open_sound(descriptor)
    first = kept_waveform(sound, descriptor, cache)
    [kept] = cache.iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(cache.stat().st_mode) == 0o700
    kept.write_bytes(bytes(BUCKETS))  # what is kept is what is used
    assert kept_waveform(sound, descriptor, cache) == [0.0] * BUCKETS
    kept.write_bytes(b"damaged")
    assert kept_waveform(sound, descriptor, cache) == first


def test_another_file_under_the_same_name_has_its_own(tmp_path: Path) -> None:
    file = tmp_path / "c-1.wav"
    seen = []
    for samples in (tone(), tone()[::-1]):
        file.write_bytes(wav(samples.tobytes()))
        descriptor = os.open(file, os.O_RDONLY)
        seen.append(kept_waveform(open_sound(descriptor), descriptor, tmp_path / "cache"))
    assert seen[0] != seen[1]


def test_a_cache_that_cannot_be_written_costs_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("in the way")
    file = tmp_path / "c-1.wav"
    file.write_bytes(wav(tone().tobytes()))
    descriptor = os.open(file, os.O_RDONLY)
    levels = kept_waveform(open_sound(descriptor), descriptor, tmp_path / "cache")
    assert max(levels) == 1.0


@pytest.mark.parametrize("width", [1, 7, 512, 2_000])
def test_it_fits_any_width(width: int) -> None:
    levels = fitted([0.0] * 300 + [1.0] + [0.0] * 211, width)
    assert len(levels) == width
    assert max(levels) == 1.0
    assert fitted([], width) == [0.0] * width
