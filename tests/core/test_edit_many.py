"""One field of many is changed at once; nobody is overwritten, and whoever stays as it is is told."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.app.services import Services
from core.db.models import Task
from core.recipients.dto import RecipientQuery, Selection
from core.recipients.edit_dto import ManyEdited
from core.recipients.rules import ManyDraft, RecipientDraft
from core.values.errors import ActionBlocked, Conflict, InvalidInput, NotFound
from core.values.jobs import Job
from core.values.times import now
from tests.audit_trail import records
from tests.factories import World, make_services


def these(*ids: int) -> Selection:
    return Selection(frozenset(ids))


async def edit(world: World, draft: ManyDraft, *ids: int) -> ManyEdited:
    recipients = world.services.recipients
    return await recipients.edit_many(world.system, these(*ids), len(ids), draft)


async def listed(world: World, **asked: object) -> Sequence[str]:
    query = RecipientQuery(**asked)  # type: ignore[arg-type]
    rows = await world.services.recipients.window(world.system, query)
    return sorted(row.name for row, _ in rows)


async def test_a_text_takes_the_place_of_what_was_there_and_is_found(world: World) -> None:
    body = await world.organization("해운대")
    kim, lee, park = [
        await world.recipient(body, name, other_information=text)
        for name, text in (("김영수", "독거"), ("이순자", ""), ("박정희", "새 주소"))
    ]
    draft = ManyDraft({"other_information": " 새  주소 "})
    edited = await edit(world, draft, kim.id, lee.id, park.id)
    assert (edited.done.done, edited.kept_count) == (3, 0)
    assert await listed(world, search="새 주소") == ["김영수", "박정희", "이순자"]
    assert await listed(world, search="ㄱㅇㅅ 주소") == ["김영수"]
    assert await listed(world, search="독거") == []
    versions = await world.services.recipients.versions(
        world.system, these(kim.id, lee.id, park.id)
    )
    assert list(versions.versions) == [2, 2, 1]  # who had it already was not written
    [record] = [one for one in await records(world) if one.action == "recipient.edit"]
    assert record.details == {"fields": ["other_information"], "ids": [kim.id, lee.id]}
    assert record.organization_id == body
    # and an empty one clears it
    await edit(world, ManyDraft({"other_information": ""}), kim.id, lee.id)
    assert await listed(world, search="새 주소") == ["박정희"]


async def test_what_others_have_saved_since_is_not_overwritten(world: World) -> None:
    recipients, system = world.services.recipients, world.system
    body = await world.organization("해운대")
    kim, lee, park = [await world.recipient(body, name) for name in ("김영수", "이순자", "박정희")]
    chosen = these(kim.id, lee.id, park.id)
    before = await recipients.versions(system, chosen)
    mine = RecipientDraft(kim.name, kim.phone, "아들이 돌봄", organization_id=body)
    await recipients.edit(system, kim.id, mine, 1)
    await recipients.delete(system, these(park.id), 1)
    edited = await recipients.edit_many(
        system, chosen, 3, ManyDraft({"other_information": "독거"}), before=before
    )
    assert (edited.done.done, edited.kept_count, edited.gone) == (1, 2, 1)
    [kept] = edited.kept
    assert (kept.id, kept.name) == (kim.id, "김영수")
    assert "since" in kept.reason
    assert await listed(world, search="독거") == ["이순자"]
    with pytest.raises(Conflict, match="2 recipients now"):
        await recipients.edit_many(system, these(kim.id, lee.id), 3, ManyDraft(add=["x"]))


async def test_who_goes_to_another_organization_takes_along_what_hangs_on_it(world: World) -> None:
    services, system = world.services, world.system
    here, third, there = await world.organizations("해운대", "수영", "속초")
    kim = await world.recipient(here, "김영수", "010-7000-0001")
    lee = await world.recipient(here, "이순자", "010-7000-0002")
    twin = await world.recipient(third, "이순이", "010-7000-0001")
    park = await world.recipient(there, "박정희", "010-7000-0002")
    await services.tags.change(system, these(kim.id, twin.id), 2, add=["고위험"])
    task = await services.tasks.add(system, kim.id, "전화", now() + timedelta(days=1))
    await world.campaign("아침", here, recipients=[kim.id, lee.id])
    edited = await edit(
        world, ManyDraft(organization_id=there, add=["이관"]), kim.id, lee.id, twin.id, park.id
    )
    assert (edited.done.done, edited.kept_count) == (2, 2)
    assert {one.name: one.reason for one in edited.kept} == {
        "이순자": "Mobile phone number 010-7000-0002 belongs to 박정희 in the other organization already.",
        "이순이": "Mobile phone number 010-7000-0001 belongs to 김영수 in the other organization already.",
    }
    rows = await services.recipients.window(system, RecipientQuery(organization_id=there))
    assert {row.name: (row.tags, row.campaign) for row, _ in rows} == {
        "김영수": (("고위험", "이관"), ""),
        "박정희": (("이관",), ""),
    }
    counted = [(row.organization, row.name, row.count) for row in await services.tags.list(system)]
    assert sorted(counted) == [
        ("속초", "고위험", 1), ("속초", "이관", 2), ("수영", "고위험", 1), ("해운대", "고위험", 0),
    ]  # fmt: skip
    async with world.database.reading() as session:
        moved = sa.select(Task.organization_id).where(Task.id == task.id)
        assert await session.scalar(moved) == there
    recorded = [one for one in await records(world) if one.action == "recipient.edit"]
    assert [(one.organization_id, one.details) for one in recorded] == [
        (there, {"fields": ["organization_id", "tags"], "ids": [kim.id]}),
        (there, {"fields": ["tags"], "ids": [park.id]}),
    ]


async def test_who_may_and_what_is_refused(world: World) -> None:
    recipients = world.services.recipients
    here, there = await world.organizations("해운대", "속초")
    kim, park = await world.recipient(here, "김영수"), await world.recipient(there, "박정희")
    lee = await world.admin("lee", organization_id=here)
    with pytest.raises(NotFound):
        await recipients.edit_many(lee, these(park.id), 1, ManyDraft(add=["x"]))
    with pytest.raises(ActionBlocked, match="system admins"):
        await recipients.edit_many(lee, these(kim.id), 1, ManyDraft(organization_id=there))
    for draft in (
        ManyDraft(),
        ManyDraft({"other_information": "가" * 31}),
        ManyDraft(add=["x"], remove=["X"]),
        ManyDraft(add=["010-1234-5678"]),
        ManyDraft(organization_id=99),
    ):
        with pytest.raises(InvalidInput):
            await recipients.edit_many(world.system, these(kim.id), 1, draft)
    # what another organization's admin names is not there: nobody of it is changed
    before = await recipients.versions(world.system, these(kim.id, park.id))
    edited = await recipients.edit_many(
        lee, these(kim.id, park.id), 2, ManyDraft({"other_information": "x"}), before=before
    )
    assert (edited.done.done, edited.gone, edited.kept) == (1, 1, ())
    assert await listed(world, search="x") == ["김영수"]


async def test_very_many_go_in_parts_and_can_be_cancelled(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.db.bulk.FEW", 4)
    body = await world.organization("해운대")
    rows = await world.recipients(body, 10)
    everybody = Selection(query=RecipientQuery())
    job = Job()
    job.on_progress = lambda done, _total: job.cancel() if done else None
    recipients = world.services.recipients
    edited = await recipients.edit_many(
        world.system, everybody, 10, ManyDraft({"other_information": "x"}), job=job
    )
    assert (edited.done.done, edited.done.cancelled) == (4, True)
    assert await listed(world, search="x") == sorted(row.name for row in rows[:4])


async def test_a_role_that_sees_no_numbers_is_told_none(tmp_path: Path) -> None:
    config = tmp_path / ".config/carecall/config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('mask_phones_for = ["system"]\n')
    world = await make_services(tmp_path)
    here, there = await world.organizations("해운대", "속초")
    kim = await world.recipient(here, "김영수", "010-7000-0001")
    await world.recipient(there, "박정희", "010-7000-0001")
    edited = await edit(world, ManyDraft(organization_id=there), kim.id)
    assert [one.reason for one in edited.kept] == [
        "The number belongs to somebody in the other organization already."
    ]
    assert (await records(world))[-1].action == "recipient.reveal"
    await world.close()


async def test_two_consoles_that_change_the_same_people_at_once_overwrite_nobody(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each has a few parts; whoever comes second to somebody leaves that one, and says so. Tags add up."""
    monkeypatch.setattr("core.db.bulk.FEW", 6)
    body = await world.organization("해운대")
    rows = await world.recipients(body, 20)
    everybody = these(*(row.id for row in rows))
    other = World(await Services.open(world.settings), world.system)
    edits = []
    for one, text in ((world, "독거"), (other, "새 주소")):
        recipients = one.services.recipients
        before = await recipients.versions(one.system, everybody)
        draft = ManyDraft({"other_information": text}, add=[text, "둘 다"])
        edits.append(recipients.edit_many(one.system, everybody, 20, draft, before=before))
    mine, theirs = await asyncio.gather(*edits)
    found = [await listed(world, search=text) for text in ("독거", "새 주소")]
    assert [len(names) for names in found] == [mine.done.done, theirs.done.done]
    assert sum(map(len, found)) == 20 == mine.kept_count + theirs.kept_count
    assert len(await listed(world, search="둘")) == 20
    tags = world.services.tags
    changes = [
        one.services.tags.change(one.system, everybody, 20, add=[name, "neu"], remove=["둘 다"])
        for one, name in ((world, "a1"), (other, "b1"))
    ]
    await asyncio.gather(*changes)
    counts = {row.name: row.count for row in await tags.list(world.system)}
    # who was quicker may have had all of them
    assert (counts.get("독거", 0), counts.get("새 주소", 0)) == (mine.done.done, theirs.done.done)
    assert [counts[name] for name in ("a1", "b1", "neu", "둘 다")] == [20, 20, 20, 0]
    await other.services.close()
