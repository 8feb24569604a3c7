"""Calls, voice files and uploads go when their own time is over; and the command that does it."""

import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from core.db.models import Call, MemoryDetail, Upload
from core.io.identity import of_process
from core.values.errors import NotPermitted
from core.values.roles import Role
from core.values.times import now
from tests.audit_trail import actions
from tests.commands import Carecall
from tests.core.people import VOICE, delete, left_in, make_world, person
from tests.deliveries import call, deliver, unanswered
from tests.factories import World, make_services


async def test_old_calls_go_with_their_voice_and_memory_details_stay(tmp_path: Path) -> None:
    world = await make_world(tmp_path, "calls = 90\n")
    body = await world.organization("Haeundae")
    await world.campaign("Morning")
    one = await person(world, body, 1)
    await deliver(world, unanswered("young", recipient_phone=one.phone))
    await move(world, "call-1", days=91)
    erased = await world.services.retention.erase_expired(world.system)
    assert (erased.calls, erased.voice_files, erased.recipients) == (1, 1, 0)
    row = await world.services.recipients.get(world.system, one.id)
    assert (row.total_calls, row.unanswered_streak) == (1, 1)
    assert one.said not in {found[1] for found in left_in(tmp_path, [one])}
    assert not (tmp_path / "voice/2026/1.wav").exists()
    [detail] = await world.services.memory.list(world.system, one.id)
    async with world.database.reading() as session:
        assert await session.scalar(sa.select(MemoryDetail.call_id)) is None
    assert detail.content
    assert "call.purge" in await actions(world)
    await world.close()


async def move(world: World, external_id: str, *, days: float) -> None:
    async with world.database.transaction() as session:
        await session.execute(
            sa.update(Call)
            .where(Call.external_id == external_id)
            .values(started_at=now() - timedelta(days=days))
        )


async def test_voice_may_go_before_its_call(tmp_path: Path) -> None:
    world = await make_world(tmp_path, "voice = 7\n")
    body = await world.organization("Haeundae")
    await world.campaign("Morning")
    one = await person(world, body, 1)
    line = call("call-1", recipient_phone=one.phone, voice_file="2026/1.wav", memory=[])
    await move(world, "call-1", days=8)
    erased = await world.services.retention.erase_expired(world.system)
    assert (erased.calls, erased.voice_files) == (0, 1)
    assert not (tmp_path / "voice/2026/1.wav").exists()
    found = await world.services.calls.by_external_id(world.system, "call-1")
    assert found.voice_file is None
    assert "voice.purge" in await actions(world)
    assert line["voice_file"]
    await world.close()


async def test_a_voice_file_behind_a_link_is_not_followed(tmp_path: Path) -> None:
    world = await make_world(tmp_path, "deleted_recipients = 1\n")
    body = await world.organization("Haeundae")
    await world.campaign("Morning")
    one = await person(world, body, 1)
    outside = tmp_path / "outside.wav"
    (tmp_path / "voice/2026/1.wav").rename(outside)
    (tmp_path / "voice/2026/1.wav").symlink_to(outside)
    await delete(world, [one], days_ago=2)
    await world.services.retention.erase_expired(world.system)
    assert outside.read_bytes() == VOICE
    assert not (tmp_path / "voice/2026/1.wav").is_symlink()
    await world.close()


@pytest.mark.sqlite
async def test_who_has_a_voice_file_that_cannot_go_is_tried_again(tmp_path: Path) -> None:
    world = await make_world(tmp_path, "deleted_recipients = 1\n")
    body = await world.organization("Haeundae")
    await world.campaign("Morning")
    one, other = [await person(world, body, number) for number in (1, 2)]
    stuck = tmp_path / "voice/2026/1.wav"
    stuck.unlink()
    stuck.mkdir()  # cannot be unlinked, by nobody
    await delete(world, [one, other], days_ago=2)
    erased = await world.services.retention.erase_expired(world.system)
    assert (erased.recipients, erased.voice_left, erased.voice_files) == (1, 1, 1)
    stuck.rmdir()
    erased = await world.services.retention.erase_expired(world.system)
    assert (erased.recipients, erased.voice_left) == (1, 0)
    assert left_in(tmp_path, [one], but=frozenset({one.secrets[7]})) == []
    await world.close()


async def test_old_uploads_leave_their_counts_only(tmp_path: Path) -> None:
    world = await make_world(tmp_path, "uploads = 365\n")
    body = await world.organization("Haeundae")
    await world.campaign("Morning")
    await person(world, body, 1)
    async with world.database.transaction() as session:
        await session.execute(sa.update(Upload).values(created_at=now() - timedelta(days=366)))
    assert (await world.services.retention.erase_expired(world.system)).uploads == 1
    [summary] = await world.services.uploads.uploads(world.system)
    assert (summary.file_name, summary.read, summary.failed) == ("", 2, 1)
    assert await world.services.uploads.results(world.system, summary.id) == []
    assert (await world.services.retention.erase_expired(world.system)).uploads == 0
    await world.close()


@pytest.mark.sqlite
async def test_a_run_that_was_killed_is_finished_by_the_next(
    tmp_path: Path, monkeypatch: Any
) -> None:
    world = await make_world(tmp_path)
    body = await world.organization("Haeundae")
    await world.campaign("Morning")
    one = await person(world, body, 1)
    await delete(world, [one], days_ago=31)

    async def killed(_database: object) -> bool:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr("core.retention.service.tidy", killed)
        with pytest.raises(RuntimeError):
            await world.services.retention.erase_expired(world.system)
    async with world.database.transaction() as session:
        await session.execute(sa.update(Upload).values(file_name="x.xlsx"))
    assert (await world.services.retention.erase_expired(world.system)).recipients == 0
    assert left_in(tmp_path, [one]) == []
    await world.close()


@pytest.mark.sqlite
async def test_a_file_with_nothing_to_erase_is_not_made_anew(world: World) -> None:
    await world.recipient(await world.organization())
    assert world.database.path is not None
    connection = sqlite3.connect(world.database.path)
    before = connection.execute("PRAGMA data_version").fetchone()
    await world.services.retention.erase_expired(world.system)
    assert connection.execute("PRAGMA data_version").fetchone() == before
    connection.close()


async def test_only_system_admins_erase(world: World) -> None:
    kim = await world.admin("kim", Role.ORGANIZATION, await world.organization())
    with pytest.raises(NotPermitted):
        await world.services.retention.erase_expired(kim)


@pytest.fixture
async def carecall(tmp_path: Path) -> Carecall:
    world = await make_services(tmp_path, account=of_process().account)
    body = await world.organization("Haeundae")
    await world.campaign("Morning")
    await delete(world, [await person(world, body, 1)], days_ago=31)
    await world.close()
    return Carecall(tmp_path)


@pytest.mark.sqlite
def test_the_command_tells_what_it_erased(carecall: Carecall) -> None:
    copy = carecall.directory / "carecall.db.before-upgrade-20260101T000000Z"
    copy.write_bytes(b"")
    told = carecall.done("erase", "--expired").told
    assert told == [
        (
            "Erased for good: 1 recipients, 0 calls, 1 voice files, 0 uploads, 0 held deliveries,"
            " 0 drafts, 0 hand-overs, 0 files that admins wrote out."
        ),
        f"{copy} was made before and still holds what is erased; delete it.",
    ]
    assert carecall("erase").code == 2
