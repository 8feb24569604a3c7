"""What admins write out over SSH: each has their own, it can be fetched and deleted, and it expires."""

import os
from pathlib import Path

import msgspec
import pytest

from core.values.errors import InvalidInput
from core.values.settings import Retention
from core.voice.waveform import WAVEFORMS, file_hash
from core.written.files import OwnFiles
from tests.audit_trail import records
from tests.core.people import delete, person
from tests.factories import World

DAY = 86_400


def write(world: World, login: str, name: str, *, days_ago: float = 0) -> Path:
    files = OwnFiles(world.settings.data_dir, login)
    with files.create(name) as file:
        file.write("김영희 010-1234-5678".encode())
    path = files.folder / name
    moment = path.stat().st_mtime - days_ago * DAY
    os.utime(path, (moment, moment))
    return path


async def test_each_admin_has_their_own(world: World) -> None:
    body = await world.organization()
    kim, lee = await world.admin("kim", organization_id=body), await world.admin("lee")
    write(world, "kim", "old.xlsx", days_ago=2)
    write(world, "kim", "list.xlsx")
    theirs = write(world, "lee", "theirs.xlsx")
    written = world.services.written
    assert [file.name for file in await written.list(kim)] == ["old.xlsx", "list.xlsx"]
    for name in ("theirs.xlsx", "../lee/theirs.xlsx", str(theirs), "../../carecall.db", "."):
        with pytest.raises(InvalidInput):
            await written.fetch(kim, name)
        with pytest.raises(InvalidInput):
            await written.delete(kim, name)
    with await written.fetch(kim, "list.xlsx") as file:
        assert file.read().endswith(b"5678")
    assert [file.name for file in await written.list(lee)] == ["theirs.xlsx"]


async def test_fetching_and_deleting_are_recorded_without_the_name(world: World) -> None:
    """A name may say whom the file is about."""
    path = write(world, world.system.login, "김영희.xlsx")
    copy = path.with_name("copy")
    copy.hardlink_to(path)  # what is left on the disk of what was deleted
    with await world.services.written.fetch(world.system, "김영희.xlsx"):
        pass
    await world.services.written.delete(world.system, "김영희.xlsx")
    assert not path.exists()
    assert set(copy.read_bytes()) == {0}
    kept = [record for record in await records(world) if record.subject == "file"]
    assert [record.action for record in kept] == ["file.download", "file.delete"]
    assert all(set(record.details) == {"bytes"} for record in kept)


async def test_they_expire_whoever_wrote_them(world: World, tmp_path: Path) -> None:
    old = write(world, "kim", "old.xlsx", days_ago=31)
    new = write(world, "lee", "new.xlsx", days_ago=29)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(b"not ours")
    os.utime(elsewhere, (0, 0))
    (old.parent / "link").symlink_to(elsewhere)
    erased = await world.services.retention.erase_expired(world.system)
    assert (erased.files, erased.files_left) == (1, 0)
    assert (old.exists(), new.exists()) == (False, True)
    assert elsewhere.read_bytes() == b"not ours"
    assert (await world.services.retention.erase_expired(world.system)).files == 0


@pytest.mark.sqlite
async def test_a_setting_keeps_them(world: World) -> None:
    old = write(world, "kim", "old.xlsx", days_ago=400)
    keep = msgspec.structs.replace(world.settings, retention=Retention(files=0))
    world.services.retention._settings = keep
    assert (await world.services.retention.erase_expired(world.system)).files == 0
    assert old.exists()


async def test_the_waveform_of_an_erased_recording_goes_with_it(world: World) -> None:
    body = await world.organization("Haeundae")
    await world.campaign("Morning")
    one = await person(world, body, 1)
    [recording] = [path for path in world.settings.voice_dir.rglob("*") if path.is_file()]
    cache = world.settings.state_dir / WAVEFORMS
    cache.mkdir(parents=True)
    with recording.open("rb") as file:
        kept = cache / f"{file_hash(file.fileno())}.wave"
    kept.write_bytes(bytes(512))
    another = cache / f"{'0' * 64}.wave"
    another.write_bytes(bytes(512))
    await delete(world, [one], days_ago=31)
    await world.services.retention.erase_expired(world.system)
    assert (recording.exists(), kept.exists(), another.exists()) == (False, False, True)
