"""Who may hear a call, and that hearing it is recorded."""

import shutil
from pathlib import Path

import pytest

from core.app.actor import Actor
from core.values.errors import ActionBlocked, CoreError, NotFound
from core.values.roles import Role
from tests.audit_trail import records
from tests.deliveries import call, deliver, small_world
from tests.factories import World
from tests.voice_samples import SAMPLE

HEARD = {"voice.play", "voice.copy"}


@pytest.fixture
async def call_id(world: World) -> int:
    """A call with a voice file, and one without."""
    await small_world(world)
    voice_dir = world.settings.voice_dir
    (voice_dir / "2026").mkdir(parents=True)
    shutil.copyfile(SAMPLE, voice_dir / "2026/c-1.wav")
    await deliver(world, call("c-1", voice_file="2026/c-1.wav"), call("c-2"))
    return (await world.services.calls.by_external_id(world.system, "c-1")).id


async def own_organization(world: World) -> int:
    return (await world.services.organizations.by_name(world.system, "Haeundae")).id


async def heard(world: World) -> list[tuple[str, int | None, int | None, int | None]]:
    return [
        (record.action, record.admin_id, record.subject_id, record.organization_id)
        for record in await records(world)
        if record.action in HEARD
    ]


async def test_playing_gives_the_file_and_is_recorded(world: World, call_id: int) -> None:
    with await world.services.voice.open_voice(world.system, call_id) as voice:
        assert voice.file.read() == SAMPLE.read_bytes()
        assert (voice.external_id, voice.size) == ("c-1", SAMPLE.stat().st_size)
    organization = await own_organization(world)
    assert await heard(world) == [("voice.play", world.system.admin_id, call_id, organization)]


async def test_copying_is_recorded_as_such(world: World, call_id: int) -> None:
    (await world.services.voice.open_by_external_id(world.system, "c-1")).file.close()
    assert [record[0] for record in await heard(world)] == ["voice.copy"]


async def test_looking_at_the_waveform_is_not_listening(world: World, call_id: int) -> None:
    (await world.services.voice.open_unheard(world.system, call_id)).file.close()
    assert await heard(world) == []


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ORGANIZATION])
async def test_admins_of_the_organization_may_listen(
    world: World, call_id: int, role: Role
) -> None:
    actor = await world.admin("kim", role, await own_organization(world))
    (await world.services.voice.open_voice(actor, call_id)).file.close()
    assert [record[1] for record in await heard(world)] == [actor.admin_id]


async def _refused(world: World, actor: Actor, call_id: int, kind: type[CoreError]) -> None:
    for opening in (
        world.services.voice.open_voice(actor, call_id),
        world.services.voice.open_unheard(actor, call_id),
    ):
        with pytest.raises(kind):
            await opening
    assert await heard(world) == []


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ORGANIZATION])
async def test_for_others_the_call_does_not_exist(world: World, call_id: int, role: Role) -> None:
    other = await world.admin("lee", role, await world.organization("Suncheon"))
    await _refused(world, other, call_id, NotFound)
    with pytest.raises(NotFound):
        await world.services.voice.open_by_external_id(other, "c-1")
    assert await heard(world) == []


async def test_a_call_without_a_voice_file_says_so(world: World, call_id: int) -> None:
    without = (await world.services.calls.by_external_id(world.system, "c-2")).id
    await _refused(world, world.system, without, ActionBlocked)


async def test_a_missing_file_is_not_recorded_as_heard(world: World, call_id: int) -> None:
    (world.settings.voice_dir / "2026/c-1.wav").unlink()
    await _refused(world, world.system, call_id, NotFound)


async def test_a_name_put_straight_into_the_database_leads_nowhere_else(
    world: World, call_id: int, tmp_path: Path
) -> None:
    import sqlalchemy as sa

    from core.db.models import Call

    (tmp_path / "secret.wav").write_bytes(SAMPLE.read_bytes())
    async with world.database.transaction() as session:
        named = {"voice_file": "../secret.wav", "voice_key": "../secret.wav"}
        await session.execute(sa.update(Call).where(Call.id == call_id).values(named))
    await _refused(world, world.system, call_id, CoreError)
