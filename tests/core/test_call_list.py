"""The call list: whom the calling system may phone now."""

from datetime import timedelta

import pytest

from core.app.actor import Actor
from core.campaigns import call_list
from core.campaigns.dto import CallListEntry
from core.recipients.dto import Selection
from core.values.errors import NotFound, NotPermitted
from core.values.roles import Role
from core.values.times import now
from tests.audit_trail import actions, records
from tests.factories import World


async def phoned(
    world: World, actor: Actor | None = None, campaign: str | None = None
) -> list[int]:
    entries = world.services.campaigns.call_list(actor or world.system, campaign)
    return [entry.recipient async for entry in entries]


async def test_an_entry_says_whom_to_phone_for_which_campaign(world: World) -> None:
    own = await world.organization("Haeundae")
    kim = await world.recipient(own, "김영희", "010-1234-5678")
    await world.campaign("Morning", recipients=[kim.id])
    entries = world.services.campaigns.call_list(world.system)
    assert [entry async for entry in entries] == [
        CallListEntry("Morning", "Haeundae", kim.id, "김영희", "+821012345678")
    ]


async def test_only_campaigns_in_progress_are_phoned_for(world: World) -> None:
    own = await world.organization()
    kim, lee, park = await world.recipients(own, 3)
    await world.campaign("Later", state="scheduled", recipients=[kim.id])
    await world.campaign("Over", state="ended", recipients=[lee.id])
    await world.campaign("Now", recipients=[park.id])
    assert await phoned(world) == [park.id]


async def test_pause_and_resume_show_at_once(world: World) -> None:
    own = await world.organization()
    kim, lee = await world.recipients(own, 2)
    await world.campaign(recipients=[kim.id, lee.id])
    await world.pause(kim.id)
    assert await phoned(world) == [lee.id]
    await world.services.participations.resume(world.system, Selection(frozenset({kim.id})), 1)
    assert await phoned(world) == [kim.id, lee.id]


async def test_whose_day_to_resume_has_come_is_phoned_again_and_recorded(world: World) -> None:
    own = await world.organization()
    kim = await world.recipient(own)
    await world.campaign(recipients=[kim.id])
    await world.pause(kim.id, resumes_at=now() + timedelta(days=1))
    assert await phoned(world) == []
    await world.day_comes()
    assert await phoned(world) == [kim.id]
    assert "participation.resume" in await actions(world)


async def test_delete_and_undo_show_at_once(world: World) -> None:
    own = await world.organization()
    kim, lee = await world.recipients(own, 2)
    await world.campaign(recipients=[kim.id, lee.id])
    deletion = await world.services.recipients.delete(
        world.system, Selection(frozenset({kim.id})), 1
    )
    assert await phoned(world) == [lee.id]
    await world.services.deletions.undo(world.system, deletion.id)
    assert await phoned(world) == [kim.id, lee.id]


async def test_one_campaign_can_be_asked_for(world: World) -> None:
    own = await world.organization()
    kim, lee = await world.recipients(own, 2)
    await world.campaign("Morning", recipients=[kim.id])
    await world.campaign("Evening", recipients=[lee.id])
    assert await phoned(world, campaign="evening") == [lee.id]
    with pytest.raises(NotFound, match="no campaign Noon"):
        await phoned(world, campaign="Noon")


async def test_others_get_only_their_own_recipients(world: World) -> None:
    own, other = await world.organization("Own"), await world.organization("Other")
    kim, lee = await world.recipient(own), await world.recipient(other)
    await world.campaign("Open", recipients=[kim.id, lee.id])
    await world.campaign("Theirs", other, recipients=[lee.id])
    viewer = await world.admin("park", Role.VIEWER, own)
    assert await phoned(world, viewer) == [kim.id]
    with pytest.raises(NotFound):
        await phoned(world, viewer, "Theirs")
    await world.services.admins.disable(world.system, "park")
    with pytest.raises(NotPermitted):
        await phoned(world, viewer)


async def test_it_is_read_in_pages_without_a_gap_or_a_repetition(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call_list, "PAGE", 3)
    own = await world.organization()
    people = [one.id for one in await world.recipients(own, 7)]
    await world.campaign("Morning", recipients=people)
    await world.campaign("Evening", recipients=people[:5])
    assert await phoned(world) == people + people[:5]


async def test_a_reader_in_the_middle_does_not_hold_writers_up(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call_list, "PAGE", 2)
    own = await world.organization()
    people = [one.id for one in await world.recipients(own, 4)]
    await world.campaign("Morning", recipients=people)
    entries = world.services.campaigns.call_list(world.system)
    first = [(await anext(entries)).recipient, (await anext(entries)).recipient]
    await world.pause(people[3])
    assert first + [entry.recipient async for entry in entries] == people[:3]


async def test_reading_it_leaves_an_audit_record(world: World) -> None:
    own = await world.organization()
    people = [one.id for one in await world.recipients(own, 3)]
    await world.campaign("Morning", recipients=people)
    await world.campaign("Evening", recipients=people[:2])
    assert len(await phoned(world)) == 5
    last = (await records(world))[-1]
    assert (last.action, last.details) == ("call_list.read", {"count": 3})
