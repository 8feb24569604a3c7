"""Voice files that are links, devices, pipes or lies: a reason each, nothing hangs, nothing outside is read."""

import os
from pathlib import Path

import pytest

from core.values.errors import ActionBlocked, CoreError, InvalidInput, NotFound
from core.values.settings import Settings
from core.voice.files import open_voice_file
from core.voice.player import Player
from core.voice.rules import MAX_FILE_BYTES
from tests.voice_samples import HOSTILE_PATHS, hostile_files, tone, wav


@pytest.fixture
def voice_dir(tmp_path: Path) -> Path:
    """A voice directory with one good file, beside a secret one."""
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret/c-1.wav").write_bytes(wav(tone().tobytes()))
    voice = tmp_path / "voice"
    (voice / "2026/11").mkdir(parents=True)
    (voice / "2026/11/c-1.wav").write_bytes(b"RIFF")
    return voice


def test_a_file_below_the_directory_is_opened(voice_dir: Path) -> None:
    with open_voice_file(voice_dir, "2026/11/c-1.wav") as file:
        assert file.read() == b"RIFF"


def test_the_directory_itself_may_be_a_link(voice_dir: Path) -> None:
    link = voice_dir.parent / "link"
    link.symlink_to(voice_dir)
    with open_voice_file(link, "2026/11/c-1.wav") as file:
        assert file.read() == b"RIFF"


@pytest.mark.parametrize("path", HOSTILE_PATHS.values(), ids=HOSTILE_PATHS.keys())
def test_a_hostile_path_is_refused(voice_dir: Path, path: str) -> None:
    (voice_dir.parent / "secret.wav").write_bytes(b"secret")
    with pytest.raises(InvalidInput):
        open_voice_file(voice_dir, path)


@pytest.mark.parametrize(
    ("link", "target", "path"),
    [
        ("c.wav", "../secret/c-1.wav", "c.wav"),
        ("2026/11/c.wav", "c-1.wav", "2026/11/c.wav"),
        ("out", "../secret", "out/c-1.wav"),
        ("2026/12", "11", "2026/12/c-1.wav"),
        ("c.wav", "/dev/zero", "c.wav"),
        ("c.wav", "/proc/self/environ", "c.wav"),
        ("dangling.wav", "nowhere", "dangling.wav"),
        ("round.wav", "round.wav", "round.wav"),
    ],
)
def test_no_link_is_followed_on_any_part_of_the_way(
    voice_dir: Path, link: str, target: str, path: str
) -> None:
    (voice_dir / link).symlink_to(target)
    with pytest.raises(ActionBlocked, match="link"):
        open_voice_file(voice_dir, path)


def test_a_pipe_is_refused_without_waiting_for_its_writer(voice_dir: Path) -> None:
    os.mkfifo(voice_dir / "pipe.wav")
    with pytest.raises(ActionBlocked, match="no regular file"):
        open_voice_file(voice_dir, "pipe.wav")


@pytest.mark.parametrize("device", ["null", "zero", "tty"])
def test_a_device_is_refused(device: str) -> None:
    with pytest.raises(ActionBlocked, match="no regular file"):
        open_voice_file(Path("/dev"), device)


def test_a_directory_is_refused(voice_dir: Path) -> None:
    with pytest.raises(ActionBlocked, match="no regular file"):
        open_voice_file(voice_dir, "2026/11")


@pytest.mark.parametrize("path", ["2026/11/c-2.wav", "2027/c-1.wav", "2026/11/c-1.wav/c-2.wav"])
def test_what_is_not_there_is_not_found(voice_dir: Path, path: str) -> None:
    with pytest.raises(NotFound, match="not there"):
        open_voice_file(voice_dir, path)


def test_a_missing_voice_directory_names_the_setting(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="voice_dir"):
        open_voice_file(tmp_path / "nowhere", "c-1.wav")


def test_an_empty_and_a_huge_file_are_refused(voice_dir: Path) -> None:
    (voice_dir / "empty.wav").touch()
    with pytest.raises(ActionBlocked, match="empty"):
        open_voice_file(voice_dir, "empty.wav")
    with (voice_dir / "huge.wav").open("wb") as huge:
        huge.truncate(MAX_FILE_BYTES + 1)
    with pytest.raises(ActionBlocked, match="256"):
        open_voice_file(voice_dir, "huge.wav")


def test_a_file_without_permission_says_so(voice_dir: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    (voice_dir / "2026/11/c-1.wav").chmod(0)
    with pytest.raises(ActionBlocked, match="may not be read"):
        open_voice_file(voice_dir, "2026/11/c-1.wav")


def test_no_descriptor_is_left_open(voice_dir: Path) -> None:
    before = len(list(Path("/dev/fd").iterdir()))
    os.mkfifo(voice_dir / "pipe.wav")
    for path in ("pipe.wav", "2026/11", "2026/none.wav", "2026/11/c-1.wav/x"):
        with pytest.raises(CoreError):
            open_voice_file(voice_dir, path)
    assert len(list(Path("/dev/fd").iterdir())) == before


@pytest.mark.parametrize("content", hostile_files().values(), ids=hostile_files().keys())
async def test_a_file_that_is_no_sound_gets_a_reason_and_leaves_no_process(
    voice_dir: Path, content: bytes
) -> None:
    (voice_dir / "c.wav").write_bytes(content)
    player = Player(
        Settings(database="", voice_dir=voice_dir, data_dir=voice_dir, state_dir=voice_dir)
    )
    with open_voice_file(voice_dir, "c.wav") as file, pytest.raises(CoreError) as refused:
        await player.load(file)
    assert refused.value.what.endswith(".")
    assert player.pid == 0
    await player.close()


async def test_a_sound_of_more_than_four_hours_is_refused(voice_dir: Path) -> None:
    with (voice_dir / "long.wav").open("wb") as long:
        long.write(wav(b"", rate=4_000, bits=8, claimed=0xFFFFFFFF))
        long.truncate(5 * 3600 * 4_000)
    player = Player(
        Settings(database="", voice_dir=voice_dir, data_dir=voice_dir, state_dir=voice_dir)
    )
    with open_voice_file(voice_dir, "long.wav") as file, pytest.raises(InvalidInput, match="hours"):
        await player.load(file)
    await player.close()
