"""Drafts as files: whose they are, which are offered, and what is erased of them."""

import fcntl
import resource
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.io import beneath, drafts
from core.io.drafts import Drafts

URL = "sqlite+aiosqlite:////srv/carecall.db"
VALUES = {"name": "김유신"}


@pytest.fixture
def mine(tmp_path: Path) -> Drafts:
    return Drafts(tmp_path, URL, 1)


def files(state_dir: Path) -> list[Path]:
    return sorted(drafts.directory(state_dir).glob("*"))


def leave(kept: Drafts, recipient_id: int | None = None, name: str = "김유신") -> None:
    file = kept.begin()
    file.save("recipient.add", {"name": name}, recipient_id)
    file.release()


def found(kept: Drafts) -> list[str]:
    names = []
    for file in kept.left_behind():
        assert file.draft
        names.append(file.draft.values["name"])
        file.release()
    return names


def test_nothing_is_written_before_something_is_kept(mine: Drafts, tmp_path: Path) -> None:
    mine.begin()
    assert files(tmp_path) == []
    assert mine.left_behind() == []


def test_what_is_left_behind_is_offered_oldest_first_until_it_is_removed(mine: Drafts) -> None:
    leave(mine, name="하나")
    leave(mine, name="둘")
    assert found(mine) == ["하나", "둘"]
    for file in mine.left_behind():
        file.remove()
    assert found(mine) == []


def test_where_there_is_no_room_the_former_one_stays(mine: Drafts) -> None:
    kept = mine.begin()
    kept.save("recipient.add", VALUES)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200, before[1]))  # as a full disk: a part is written
    try:
        with pytest.raises(OSError, match="too large"):
            kept.save("recipient.add", {"name": "김유신" * 100})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    kept.release()
    assert found(mine) == ["김유신"]


def test_what_is_held_is_offered_to_nobody(mine: Drafts, tmp_path: Path) -> None:
    held = mine.begin()
    held.save("recipient.add", VALUES)
    held.save("recipient.add", {"name": "김유신이"})
    assert mine.left_behind() == []
    assert drafts.erase(tmp_path, URL, before=datetime.now(UTC) + timedelta(days=1)) == 0
    held.release()
    assert found(mine) == ["김유신이"]


def test_what_its_console_saves_again_while_it_is_looked_at_stays_its_own(
    mine: Drafts, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = mine.begin()
    held.save("recipient.add", VALUES)
    opened = beneath.open_file

    def saved_again(path: Path) -> int:
        descriptor = opened(path)  # of a file that nobody holds any more, and that has no name
        held.save("recipient.add", {"name": "김유신이"})
        return descriptor

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(beneath, "open_file", saved_again)
        assert mine.left_behind() == []
    held.release()
    assert found(mine) == ["김유신이"]


def test_another_admin_and_another_database_have_their_own(mine: Drafts, tmp_path: Path) -> None:
    leave(mine)
    assert Drafts(tmp_path, URL, 11).left_behind() == []
    assert Drafts(tmp_path, URL + "2", 1).left_behind() == []


def test_files_are_private_whatever_the_umask(mine: Drafts, tmp_path: Path) -> None:
    leave(mine)
    (file,) = files(tmp_path)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_half_a_file_of_a_killed_console_is_cleared_away(mine: Drafts, tmp_path: Path) -> None:
    leave(mine)
    (file,) = files(tmp_path)
    file.with_suffix(".part").write_text('{"form": "recip')
    assert found(mine) == ["김유신"]
    assert files(tmp_path) == [file]


@pytest.mark.parametrize(
    "content",
    ["", "{}", "[1]", '{"form": 1, "recipient": null, "saved_at": "2026-01-01", "values": {}}',
     '{"form": "x", "recipient": "1", "saved_at": "2026-01-01T00:00:00", "values": {}}',
     '{"form": "x", "recipient": 1, "saved_at": "2026-01-01T00:00:00", "values": {"a": 1}}',
     '{"form": "x", "recipient": 1, "saved_at": "once", "values": {}}'],
)  # fmt: skip
def test_a_file_that_is_no_draft_is_cleared_away(
    mine: Drafts, tmp_path: Path, content: str
) -> None:
    leave(mine)
    (file,) = files(tmp_path)
    file.write_text(content)
    assert mine.left_behind() == []
    assert files(tmp_path) == []


def test_a_link_is_not_followed(mine: Drafts, tmp_path: Path) -> None:
    leave(mine)
    (file,) = files(tmp_path)
    elsewhere = tmp_path / "elsewhere"
    file.rename(elsewhere)
    file.symlink_to(elsewhere)
    assert mine.left_behind() == []
    assert elsewhere.exists()


def test_erasing_finds_the_drafts_about_a_recipient_and_the_old_ones(
    mine: Drafts, tmp_path: Path
) -> None:
    leave(mine, 7, name="일곱")
    leave(mine, 8, name="여덟")
    leave(mine, name="새로")
    assert drafts.erase(tmp_path, URL, recipients={7}) == 1
    assert found(mine) == ["여덟", "새로"]
    assert drafts.erase(tmp_path, URL, before=datetime.now(UTC) - timedelta(days=1)) == 0
    assert drafts.erase(tmp_path, URL, before=datetime.now(UTC) + timedelta(seconds=1)) == 2
    assert files(tmp_path) == []


def test_erasing_one_database_leaves_the_drafts_on_another(tmp_path: Path) -> None:
    """The sample and the real database have other people under the same numbers."""
    real, sample = Drafts(tmp_path, URL, 1), Drafts(tmp_path, URL + "2", 1)
    leave(real, 7, name="김유신")
    leave(sample, 7, name="표본")
    later = datetime.now(UTC) + timedelta(days=1)
    assert drafts.erase(tmp_path, URL + "2", recipients={7}, before=later) == 1
    assert found(real) == ["김유신"]
    assert found(sample) == []


def test_a_lock_of_another_process_is_respected(mine: Drafts, tmp_path: Path) -> None:
    leave(mine)
    (file,) = files(tmp_path)
    with file.open() as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        assert mine.left_behind() == []
    assert found(mine) == ["김유신"]


def test_a_draft_comes_back_exactly_as_it_was_typed(mine: Drafts) -> None:
    typed = "🩷 \u202e김\ufffd\ud800 \x1b[31m 🙂\u200d\u2194\ufe0f\n"
    leave(mine, name=typed)
    assert found(mine) == [typed]


def test_what_is_longer_than_any_form_comes_back_or_is_told_of(mine: Drafts) -> None:
    pasted = "\x01가" * 300_000
    leave(mine, name=pasted)
    assert found(mine) == [pasted]
    kept = mine.begin()
    kept.save("recipient.add", VALUES)
    with pytest.raises(OSError, match="too large"):
        kept.save("recipient.add", {"name": "가" * 2_000_000})
    kept.release()
    assert found(mine) == [pasted, "김유신"]
