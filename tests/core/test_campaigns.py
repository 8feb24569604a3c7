"""Campaigns: their life, who may change them, and who takes part."""

from datetime import timedelta

import pytest

from core.campaigns.dto import EnrollmentResult
from core.campaigns.rules import CampaignState, clean_name, why_not_change_participants
from core.recipients.dto import Selection
from core.recipients.rules import RecipientDraft, Status
from core.values.errors import ActionBlocked, InvalidInput, NotFound, NotPermitted
from core.values.roles import Role
from core.values.stored import UNREADABLE
from core.values.times import now
from tests.audit_trail import actions, records
from tests.factories import World


async def status(world: World, recipient_id: int) -> tuple[Status, str]:
    row = await world.services.recipients.get(world.system, recipient_id)
    return row.status, row.campaign


async def test_a_campaign_goes_from_scheduled_to_in_progress_to_ended(world: World) -> None:
    campaigns = world.services.campaigns
    assert (await campaigns.add(world.system, "Morning")).state is CampaignState.SCHEDULED
    started = await campaigns.start(world.system, "MORNING")
    assert started.state is CampaignState.IN_PROGRESS
    assert started.started_at is not None
    ended = await campaigns.end(world.system, "morning")
    assert ended.state is CampaignState.ENDED
    assert ended.ended_at is not None
    assert await actions(world) == ["campaign.add", "campaign.start", "campaign.end"]


@pytest.mark.parametrize(
    ("state", "action", "words"),
    [
        ("scheduled", "end", "has not started yet"),
        ("in progress", "start", "in progress already"),
        ("ended", "start", "cannot be started again"),
        ("ended", "end", "ended already"),
    ],
)
async def test_a_wrong_step_is_refused_with_the_reason(
    world: World, state: str, action: str, words: str
) -> None:
    await world.campaign("Morning", state=state)
    with pytest.raises(ActionBlocked, match=words):
        await getattr(world.services.campaigns, action)(world.system, "Morning")
    assert await actions(world) == []


def test_a_name_has_one_character_at_least_and_60_at_most() -> None:
    for name in ("가", "가" * 60):
        assert clean_name(name) == name
    for name in ("", " ", "가" * 61):
        with pytest.raises(InvalidInput) as raised:
            clean_name(name)
        assert raised.value.field == "name"


def test_nobody_joins_a_campaign_whose_state_cannot_be_read() -> None:
    assert why_not_change_participants(UNREADABLE) == "The state of the campaign cannot be read."


async def test_a_name_is_taken_in_every_case(world: World) -> None:
    await world.services.campaigns.add(world.system, "Morning")
    with pytest.raises(InvalidInput, match="Morning already"):
        await world.services.campaigns.add(world.system, " MORNING")
    with pytest.raises(InvalidInput, match="at most 60"):
        await world.services.campaigns.add(world.system, "x" * 61)


async def test_the_status_of_recipients_follows_the_campaign(world: World) -> None:
    own = await world.organization()
    kim, lee = await world.recipients(own, 2)
    campaigns = world.services.campaigns
    await campaigns.add(world.system, "Morning")
    await campaigns.enroll(world.system, "Morning", phones=[kim.phone])
    assert await status(world, kim.id) == (Status.SCHEDULED, "Morning")
    assert await status(world, lee.id) == (Status.NONE, "")
    await campaigns.start(world.system, "Morning")
    assert await status(world, kim.id) == (Status.IN_PROGRESS, "Morning")
    await campaigns.end(world.system, "Morning")
    assert await status(world, kim.id) == (Status.ENDED, "Morning")


async def test_enrolling_by_number_tells_which_could_not_be_taken(world: World) -> None:
    own = await world.organization()
    kim, lee = await world.recipients(own, 2)
    await world.campaign("Morning", recipients=[lee.id])
    result = await world.services.campaigns.enroll(
        world.system, "Morning", phones=[kim.phone, kim.phone, lee.phone, "02-123", "01099990000"]
    )
    assert (result.changed, result.unchanged) == (1, 1)
    assert [(one.phone, one.reason) for one in result.refused] == [
        ("02-123", result.refused[0].reason),
        ("01099990000", "No recipient has this number."),
    ]
    assert "cannot" not in result.refused[0].reason
    assert await status(world, kim.id) == (Status.IN_PROGRESS, "Morning")


async def test_a_number_of_two_organizations_wants_the_organization(world: World) -> None:
    first, second = await world.organization("First"), await world.organization("Second")
    await world.recipient(first, phone="01012345678")
    meant = await world.recipient(second, phone="01012345678")
    await world.campaign("Morning")
    campaigns = world.services.campaigns
    result = await campaigns.enroll(world.system, "Morning", phones=["01012345678"])
    assert result.changed == 0
    assert "Several organizations" in result.refused[0].reason
    result = await campaigns.enroll(world.system, "Morning", "second", ["01012345678"])
    assert result.changed == 1
    assert await status(world, meant.id) == (Status.IN_PROGRESS, "Morning")


async def test_everybody_of_an_organization_is_enrolled_once(world: World) -> None:
    first, second = await world.organization("First"), await world.organization("Second")
    await world.recipients(first, 3)
    other = await world.recipient(second)
    gone = await world.recipient(first)
    await world.services.recipients.delete(world.system, Selection(frozenset({gone.id})), 1)
    await world.campaign("Morning")
    campaigns = world.services.campaigns
    result = await campaigns.enroll(world.system, "Morning", "First", everybody=True)
    assert result == EnrollmentResult(3, 0)
    result = await campaigns.enroll(world.system, "Morning", everybody=True)
    assert result == EnrollmentResult(1, 3)
    assert await status(world, other.id) == (Status.IN_PROGRESS, "Morning")
    recorded = [one for one in await records(world) if one.action == "campaign.enroll"]
    assert [len(one.details["ids"]) for one in recorded] == [3, 1]


async def test_a_campaign_of_an_organization_takes_only_its_recipients(world: World) -> None:
    first, second = await world.organization("First"), await world.organization("Second")
    await world.recipient(first)
    other = await world.recipient(second)
    await world.campaign("Morning", first)
    campaigns = world.services.campaigns
    assert (await campaigns.enroll(world.system, "Morning", everybody=True)).changed == 1
    result = await campaigns.enroll(world.system, "Morning", phones=[other.phone])
    assert result.refused[0].reason == "No recipient has this number."
    with pytest.raises(InvalidInput, match="only for First"):
        await campaigns.enroll(world.system, "Morning", "Second", everybody=True)


async def test_whoever_is_paused_stays_paused_in_the_next_campaign(world: World) -> None:
    own = await world.organization()
    kim = await world.recipient(own)
    lee = await world.recipient(own)
    await world.campaign("Morning", recipients=[kim.id, lee.id])
    until = now() + timedelta(days=3)
    await world.pause(kim.id, reason="hospital", resumes_at=until)
    campaigns = world.services.campaigns
    await world.campaign("Evening")
    await campaigns.enroll(world.system, "Evening", everybody=True)
    await campaigns.end(world.system, "Morning")
    assert await status(world, kim.id) == (Status.PAUSED, "Evening")
    assert await status(world, lee.id) == (Status.IN_PROGRESS, "Evening")
    assert [entry.recipient async for entry in campaigns.call_list(world.system)] == [lee.id]


async def test_a_pause_whose_day_has_come_is_not_taken_along(world: World) -> None:
    own = await world.organization()
    kim = await world.recipient(own)
    await world.campaign("Morning", recipients=[kim.id])
    await world.pause(kim.id, resumes_at=now() + timedelta(days=3))
    await world.day_comes()
    await world.campaign("Evening")
    await world.services.campaigns.enroll(world.system, "Evening", everybody=True)
    entries = world.services.campaigns.call_list(world.system)
    assert [entry.campaign async for entry in entries] == ["Morning", "Evening"]


async def test_withdrawing_takes_recipients_out(world: World) -> None:
    own = await world.organization()
    kim, lee, park = await world.recipients(own, 3)
    await world.campaign("Morning", recipients=[kim.id, lee.id])
    campaigns = world.services.campaigns
    result = await campaigns.withdraw(world.system, "Morning", phones=[kim.phone, park.phone])
    assert (result.changed, result.unchanged) == (1, 1)
    assert await status(world, kim.id) == (Status.NONE, "")
    assert await status(world, lee.id) == (Status.IN_PROGRESS, "Morning")
    assert (await campaigns.withdraw(world.system, "Morning", everybody=True)).changed == 1
    assert await campaigns.participants(world.system) == {}
    assert await actions(world) == ["recipient.add"] * 3 + ["campaign.withdraw"] * 2


async def test_nobody_joins_or_leaves_an_ended_campaign(world: World) -> None:
    await world.campaign("Morning", state="ended")
    for action in (world.services.campaigns.enroll, world.services.campaigns.withdraw):
        with pytest.raises(ActionBlocked, match="has ended"):
            await action(world.system, "Morning", everybody=True)


async def test_whom_has_to_be_said(world: World) -> None:
    await world.campaign("Morning")
    with pytest.raises(InvalidInput, match="Say whom"):
        await world.services.campaigns.enroll(world.system, "Morning")
    with pytest.raises(InvalidInput, match="Say whom"):
        await world.services.campaigns.enroll(
            world.system, "Morning", phones=["01012345678"], everybody=True
        )


async def test_an_organization_admin_keeps_the_campaigns_of_the_organization(world: World) -> None:
    own, other = await world.organization("Own"), await world.organization("Other")
    kim = await world.admin("kim", Role.ORGANIZATION, own)
    mine, theirs = await world.recipient(own), await world.recipient(other)
    campaigns = world.services.campaigns
    assert (await campaigns.add(kim, "Ours")).organization == "Own"
    assert (await campaigns.start(kim, "Ours")).state is CampaignState.IN_PROGRESS
    await world.campaign("Open")
    await world.campaign("Theirs", other)
    assert {row.name for row in await campaigns.list(kim)} == {"Ours", "Open"}

    assert (await campaigns.enroll(kim, "Open", everybody=True)).changed == 1
    assert await status(world, mine.id) == (Status.IN_PROGRESS, "Open")
    assert await status(world, theirs.id) == (Status.NONE, "")
    await campaigns.enroll(world.system, "Open", everybody=True)
    assert await campaigns.participants(kim) != await campaigns.participants(world.system)
    assert (await campaigns.withdraw(kim, "Open", everybody=True)).changed == 1
    assert await status(world, theirs.id) == (Status.IN_PROGRESS, "Open")

    with pytest.raises(NotPermitted, match="open to every organization"):
        await campaigns.end(kim, "Open")
    for attempt in (
        campaigns.start(kim, "Theirs"),
        campaigns.enroll(kim, "Theirs", everybody=True),
        campaigns.enroll(kim, "Open", "Other", everybody=True),
        campaigns.add(kim, "New", "Other"),
    ):
        with pytest.raises(NotFound):
            await attempt


async def test_a_viewer_reads_only(world: World) -> None:
    own = await world.organization("Own")
    viewer = await world.admin("park", Role.VIEWER, own)
    await world.campaign("Ours", own)
    campaigns = world.services.campaigns
    assert [row.name for row in await campaigns.list(viewer)] == ["Ours"]
    for attempt in (
        campaigns.add(viewer, "New"),
        campaigns.end(viewer, "Ours"),
        campaigns.enroll(viewer, "Ours", everybody=True),
        campaigns.withdraw(viewer, "Ours", everybody=True),
    ):
        with pytest.raises(NotPermitted, match="viewer"):
            await attempt


async def test_a_recipient_of_another_organization_leaves_the_campaigns_of_the_old_one(
    world: World,
) -> None:
    first, second = await world.organization("First"), await world.organization("Second")
    kim = await world.recipient(first)
    await world.campaign("Open", recipients=[kim.id])
    await world.campaign("Of first", first, recipients=[kim.id])
    draft = RecipientDraft(kim.name, kim.phone, "", organization_id=second)
    await world.services.recipients.edit(world.system, kim.id, draft, kim.version)
    entries = world.services.campaigns.call_list(world.system)
    assert [(one.campaign, one.organization) async for one in entries] == [("Open", "Second")]
    assert await status(world, kim.id) == (Status.IN_PROGRESS, "Open")


async def test_names_of_another_organization_s_campaigns_are_not_told(world: World) -> None:
    campaigns = world.services.campaigns
    alpha, beta = await world.organizations("Alpha", "Beta")
    kim = await world.admin("kim", Role.ORGANIZATION, alpha)
    lee = await world.admin("lee", Role.ORGANIZATION, beta)
    theirs = await campaigns.add(lee, "Beta Secret Plan")
    mine = await campaigns.add(kim, "beta secret plan")
    assert (mine.organization, theirs.organization) == ("Alpha", "Beta")
    assert [one.name for one in await campaigns.list(kim)] == ["beta secret plan"]
    with pytest.raises(InvalidInput, match=r"beta secret plan already\.$"):
        await campaigns.add(kim, "Beta Secret Plan")
    await campaigns.start(kim, "Beta Secret Plan")
    with pytest.raises(InvalidInput, match=r"Several organizations .*: Alpha, Beta\. Name one"):
        await campaigns.start(world.system, "Beta Secret Plan")
    assert (await campaigns.start(world.system, "Beta Secret Plan", "beta")).id == theirs.id


async def test_a_shared_campaign_and_an_organization_s_own_never_have_one_name(
    world: World,
) -> None:
    campaigns = world.services.campaigns
    alpha, _beta = await world.organizations("Alpha", "Beta")
    kim = await world.admin("kim", Role.ORGANIZATION, alpha)
    await campaigns.add(world.system, "Morning")
    for actor, organization in ((kim, None), (world.system, "Beta")):
        with pytest.raises(InvalidInput, match=r"Morning already\.$"):
            await campaigns.add(actor, "morning", organization)
    await campaigns.add(kim, "Evening")
    with pytest.raises(InvalidInput, match="Evening already, of Alpha"):
        await campaigns.add(world.system, "evening")


async def test_of_two_campaigns_with_one_name_the_named_organization_s_is_meant(
    world: World,
) -> None:
    campaigns = world.services.campaigns
    alpha, beta = await world.organizations("Alpha", "Beta")
    rows = [await world.recipient(body) for body in (alpha, beta)]
    for body in (alpha, beta):
        await world.campaign("Own", body)
    await campaigns.enroll(world.system, "Own", "Beta", everybody=True)
    listed = [one.recipient async for one in campaigns.call_list(world.system, "Own", "Beta")]
    assert listed == [rows[1].id]
    with pytest.raises(InvalidInput, match="Several organizations"):
        await campaigns.withdraw(world.system, "Own", everybody=True)
