"""A voice file is one call's own: nobody hears, overwrites or erases it through another call."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.app.actor import Actor
from core.calls.ingest import LineResult
from core.db.models import Call, Recipient
from core.recipients.dto import Selection
from core.retention.dto import Erased
from core.values.errors import ActionBlocked
from core.values.roles import Role
from core.values.times import now
from core.voice.rules import folder_of
from tests.deliveries import call, deliver, lines, small_world
from tests.factories import World

THEIRS = "+821077778888"
VOICE = b"RIFF-somebody-speaks"


@pytest.fixture
async def two(world: World) -> World:
    """Haeundae (1) and Suncheon (2), with a recipient each."""
    await small_world(world)
    body = await world.organization("Suncheon")
    await world.recipient(body, "이철수", THEIRS)
    return world


def theirs(call_id: str, file: str | None) -> dict[str, object]:
    """A call of Suncheon's recipient."""
    return call(call_id, organization="Suncheon", recipient_phone=THEIRS, voice_file=file)


async def refused(world: World, line: dict[str, object], actor: Actor | None = None) -> str:
    """Why the line is refused."""
    told: list[LineResult] = []
    await world.services.ingest.deliver(actor or world.system, [lines(line)], told.append)
    [result] = told
    assert result.outcome == "failed"
    return result.reason


def write(world: World, file: str) -> Path:
    path = world.settings.voice_dir / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(VOICE)
    return path


async def erase_for_good(world: World, recipient_id: int) -> Erased:
    """Delete the recipient, and let its time be over."""
    await world.services.recipients.delete(world.system, Selection(frozenset({recipient_id})), 1)
    async with world.database.transaction() as session:
        long_ago = sa.update(Recipient).values(deleted_at=now() - timedelta(days=99))
        await session.execute(long_ago.where(Recipient.id == recipient_id))
    return await world.services.retention.erase_expired(world.system)


@pytest.mark.parametrize("twin", ["2026/\uac00.wav", "2026/\u1100\u1161.wav"])
async def test_a_voice_file_is_the_first_call_s_whoever_else_names_it(
    two: World, twin: str
) -> None:
    await deliver(two, theirs("c-1", "2026/\uac00.wav"))
    assert "belongs to another call" in await refused(two, call("c-2", voice_file=twin))
    assert "belongs to another call" in await refused(two, theirs("c-3", twin))
    row = await two.services.calls.by_external_id(two.system, "c-1")
    assert row.voice_file == "2026/\uac00.wav"


async def test_a_calling_system_of_one_organization_names_files_in_its_folder_only(
    two: World,
) -> None:
    robot = await two.admin("robot", Role.INGEST, 1)
    for file in (
        "2026/c.wav",
        "organizations/2/c.wav",
        "Organizations/1/c.wav",
        "organizations/1.wav",
    ):
        assert "has to lie in organizations/1/" in await refused(two, call(voice_file=file), robot)
    own = lines(call(voice_file=folder_of(1) + "c.wav"))
    assert (await two.services.ingest.deliver(robot, [own])).created == 1


async def test_nobody_names_a_file_in_another_organization_s_folder(two: World) -> None:
    for file in (folder_of(1) + "d.wav", "ORGANIZATIONS/2/d.wav", "organizations/d.wav"):
        told = await refused(two, theirs("c-1", file))
        assert "in the folder of another organization" in told
    await deliver(two, theirs("c-1", folder_of(2) + "d.wav"))


async def test_a_call_keeps_its_voice_file(two: World) -> None:
    await deliver(two, call(voice_file="a.wav"), call(duration_s=5))
    assert "has another voice file already" in await refused(two, call(voice_file="b.wav"))
    row = await two.services.calls.by_external_id(two.system, "c-1")
    assert (row.voice_file, row.duration_ms) == ("a.wav", 5_000)
    await deliver(two, theirs("c-9", "b.wav"))


async def test_what_is_written_past_the_rules_is_not_opened(two: World) -> None:
    await deliver(two, theirs("c-1", "2026/1.wav"), call("c-2"))
    write(two, "2026/1.wav")
    mine = (await two.services.calls.by_external_id(two.system, "c-2")).id
    for file, key in (("2026/1.wav", "another key"), (folder_of(2) + "x.wav",) * 2):
        write(two, file)
        async with two.database.transaction() as session:
            taken = sa.update(Call).where(Call.id == mine).values(voice_file=file, voice_key=key)
            await session.execute(taken)
        with pytest.raises(ActionBlocked, match=r"not belong to this call|another organization"):
            await two.services.voice.open_voice(two.system, mine)


async def test_a_file_with_another_name_is_neither_heard_nor_overwritten(two: World) -> None:
    await deliver(two, theirs("c-1", "theirs.wav"), call("c-2", voice_file="mine.wav"))
    file = write(two, "theirs.wav")
    os.link(file, two.settings.voice_dir / "mine.wav")
    mine = await two.services.calls.by_external_id(two.system, "c-2")
    with pytest.raises(ActionBlocked, match="hard link"):
        await two.services.voice.open_voice(two.system, mine.id)
    erased = await erase_for_good(two, mine.recipient_id)
    assert (erased.recipients, erased.voice_left) == (0, 1)
    assert file.read_bytes() == VOICE


@pytest.mark.parametrize(("file", "key"), [("2026/1.wav", "mine"), (folder_of(2) + "x.wav",) * 2])
async def test_what_is_written_past_the_rules_is_not_erased(
    two: World, file: str, key: str
) -> None:
    await deliver(two, theirs("c-1", "2026/1.wav"), call("c-2"))
    kept = write(two, file)
    mine = await two.services.calls.by_external_id(two.system, "c-2")
    async with two.database.transaction() as session:
        taken = sa.update(Call).where(Call.id == mine.id).values(voice_file=file, voice_key=key)
        await session.execute(taken)
    erased = await erase_for_good(two, mine.recipient_id)
    assert (erased.recipients, erased.voice_files) == (1, 0)
    assert kept.read_bytes() == VOICE
