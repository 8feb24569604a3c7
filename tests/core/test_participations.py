"""Pause and resume: only where it is possible, with the reason where it is not."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from core.campaigns.participations import resume_due
from core.db.models import Participation
from core.recipients.dto import Selection
from core.recipients.rules import Status
from core.values.errors import ActionBlocked, Conflict, InvalidInput, NotFound, NotPermitted
from core.values.roles import Role
from core.values.times import now
from tests.audit_trail import actions, records
from tests.factories import World


def only(*ids: int) -> Selection:
    return Selection(frozenset(ids))


async def status(world: World, recipient_id: int) -> Status:
    return (await world.services.recipients.get(world.system, recipient_id)).status


async def participations(world: World, recipient_id: int) -> list[Participation]:
    async with world.database.reading() as session:
        select = sa.select(Participation).where(Participation.recipient_id == recipient_id)
        return list(await session.scalars(select.order_by(Participation.campaign_id)))


async def test_a_pause_keeps_its_reason_and_its_day(world: World) -> None:
    kim = await world.recipient(await world.organization())
    await world.campaign(recipients=[kim.id])
    until = now() + timedelta(days=2)
    assert await world.pause(kim.id, reason=" in  hospital ", resumes_at=until) == 1
    assert await status(world, kim.id) is Status.PAUSED
    [place] = await participations(world, kim.id)
    assert (place.pause_reason, place.resumes_at) == ("in hospital", until)
    assert (await records(world))[-1].details["ids"] == [kim.id]
    assert "hospital" not in str((await records(world))[-1].details)


async def test_a_pause_holds_for_campaigns_that_start_later(world: World) -> None:
    kim = await world.recipient(await world.organization())
    await world.campaign("Morning", recipients=[kim.id])
    await world.campaign("Later", state="scheduled", recipients=[kim.id])
    await world.campaign("Over", state="ended", recipients=[kim.id])
    await world.pause(kim.id)
    paused = [place.paused_at is not None for place in await participations(world, kim.id)]
    assert paused == [True, True, False]
    await world.services.campaigns.start(world.system, "Later")
    await world.services.campaigns.end(world.system, "Morning")
    assert await status(world, kim.id) is Status.PAUSED
    await world.services.participations.resume(world.system, only(kim.id), 1)
    assert await status(world, kim.id) is Status.IN_PROGRESS


@pytest.mark.parametrize(
    ("state", "words"),
    [(None, "in no campaign"), ("scheduled", "has not started yet"), ("ended", "has ended")],
)
async def test_only_with_a_campaign_in_progress_can_it_be_paused(
    world: World, state: str | None, words: str
) -> None:
    kim = await world.recipient(await world.organization())
    if state:
        await world.campaign(state=state, recipients=[kim.id])
    with pytest.raises(ActionBlocked, match=words):
        await world.pause(kim.id)
    with pytest.raises(ActionBlocked, match="not paused"):
        await world.services.participations.resume(world.system, only(kim.id), 1)
    assert await actions(world) == ["recipient.add"]


async def test_a_paused_one_cannot_be_paused_again(world: World) -> None:
    kim = await world.recipient(await world.organization())
    await world.campaign(recipients=[kim.id])
    await world.pause(kim.id)
    with pytest.raises(ActionBlocked, match="paused already"):
        await world.pause(kim.id)


async def test_of_a_selection_those_are_taken_for_whom_it_is_possible(world: World) -> None:
    kim, lee, park = await world.recipients(await world.organization(), 3)
    await world.campaign(recipients=[kim.id, lee.id])
    await world.pause(kim.id)
    assert await world.pause(kim.id, lee.id, park.id) == 1
    assert await status(world, park.id) is Status.NONE
    participations = world.services.participations
    resumed = await participations.resume(world.system, only(kim.id, lee.id, park.id), 3)
    assert (resumed.done, resumed.total) == (2, 2)
    assert await status(world, kim.id) is Status.IN_PROGRESS


async def test_a_day_to_resume_in_the_past_is_refused(world: World) -> None:
    kim = await world.recipient(await world.organization())
    await world.campaign(recipients=[kim.id])
    with pytest.raises(InvalidInput) as refused:
        await world.pause(kim.id, resumes_at=now() - timedelta(seconds=1))
    assert refused.value.field == "resumes_at"
    with pytest.raises(InvalidInput, match="at most 100"):
        await world.pause(kim.id, reason="x" * 101)
    assert await status(world, kim.id) is Status.IN_PROGRESS


async def test_whose_day_has_come_resumes_by_itself_and_only_they(world: World) -> None:
    kim, lee, park = await world.recipients(await world.organization(), 3)
    await world.campaign(recipients=[kim.id, lee.id, park.id])
    await world.pause(kim.id, resumes_at=now() + timedelta(days=1))
    await world.day_comes()
    await world.pause(lee.id, resumes_at=now() + timedelta(days=1))
    await world.pause(park.id)
    assert await resume_due(world.database) == 1
    assert await resume_due(world.database) == 0
    assert await status(world, kim.id) is Status.IN_PROGRESS
    assert await status(world, lee.id) is Status.PAUSED
    assert await status(world, park.id) is Status.PAUSED
    last = (await records(world))[-1]
    assert (last.action, last.admin_id, last.details["ids"]) == (
        "participation.resume",
        None,
        [kim.id],
    )


async def test_another_number_than_was_confirmed_pauses_nobody(world: World) -> None:
    kim, lee = await world.recipients(await world.organization(), 2)
    await world.campaign(recipients=[kim.id, lee.id])
    with pytest.raises(Conflict):
        await world.services.participations.pause(world.system, only(kim.id, lee.id), 3)
    assert await status(world, kim.id) is Status.IN_PROGRESS


async def test_pausing_leaves_the_version_so_that_an_open_form_can_be_saved(world: World) -> None:
    kim = await world.recipient(await world.organization())
    await world.campaign(recipients=[kim.id])
    await world.pause(kim.id)
    row = await world.services.recipients.get(world.system, kim.id)
    assert row.version == kim.version


async def test_others_pause_only_their_own_and_viewers_nobody(world: World) -> None:
    own, other = await world.organization("Own"), await world.organization("Other")
    mine, theirs = await world.recipient(own), await world.recipient(other)
    await world.campaign(recipients=[mine.id, theirs.id])
    kim = await world.admin("kim", Role.ORGANIZATION, own)
    viewer = await world.admin("park", Role.VIEWER, own)
    participations = world.services.participations
    with pytest.raises(NotFound):
        await participations.pause(kim, only(theirs.id), 1)
    assert (await participations.pause(kim, only(mine.id), 1)).done == 1
    with pytest.raises(NotPermitted):
        await participations.resume(viewer, only(mine.id), 1)
