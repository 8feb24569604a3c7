"""What a voice file may be called, and the steps of speed."""

import pytest

from core.values.errors import ActionBlocked, InvalidInput
from core.voice.files import check_relative
from core.voice.rules import (
    MAX_FILE_BYTES,
    MAX_SECONDS,
    ORGANIZATIONS,
    check_folder,
    check_owner,
    nearest_speed,
    next_speed,
    voice_key,
)
from tests.voice_samples import HOSTILE_PATHS


@pytest.mark.parametrize(
    "path", ["c-1.wav", "2026/11/c-1.wav", "해운대/통화 1.wav", "..hidden/..c", "a" * 250 + ".wav"]
)
def test_a_relative_path_stays_as_it_is(path: str) -> None:
    assert check_relative(path) == path


@pytest.mark.parametrize("longest", ["a/" * 127 + "a", "a" * 255, "가" * 85])
def test_a_path_has_255_characters_and_each_of_its_parts_255_bytes(longest: str) -> None:
    assert check_relative(longest) == longest
    with pytest.raises(InvalidInput, match="too long"):
        check_relative(longest + "a")


def test_a_voice_file_has_at_most_256_mib_and_4_hours() -> None:
    assert (MAX_FILE_BYTES, MAX_SECONDS) == (268_435_456, 14_400)


@pytest.mark.parametrize("path", HOSTILE_PATHS.values(), ids=HOSTILE_PATHS.keys())
def test_a_path_that_could_lead_elsewhere_is_refused_with_a_reason(path: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_relative(path)
    assert refused.value.field == "voice_file"
    assert refused.value.what.endswith(".")
    assert refused.value.hint


def test_speed_goes_in_steps_and_ends_at_its_bounds() -> None:
    assert [next_speed(0.75, steps) for steps in range(6)] == [0.75, 1.0, 1.25, 1.5, 1.75, 2.0]
    assert next_speed(1.0, 1) == 1.25
    assert next_speed(1.0, -1) == 0.75
    assert next_speed(0.75, -1) == 0.75
    assert next_speed(2.0, 1) == 2.0
    assert nearest_speed(17) == 2.0


def test_a_call_has_its_own_file_wherever_it_lies_but_in_the_folder_of_others() -> None:
    for file in ("2026/c-1.wav", f"{ORGANIZATIONS}/1/c-1.wav"):
        check_owner(file, voice_key(file), 1)
    theirs = f"{ORGANIZATIONS}/2/c-1.wav"
    for file, key in (
        (theirs, voice_key(theirs)),
        ("c-1.wav", voice_key("c-2.wav")),
        ("c-1.wav", None),
    ):
        with pytest.raises(ActionBlocked):
            check_owner(file, key, 1)
    with pytest.raises(InvalidInput, match=f"has to lie in {ORGANIZATIONS}/1"):
        check_folder("2026/c-1.wav", 1, confined=True)
