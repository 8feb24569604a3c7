"""Recipients: added, edited, deleted and found; each as far as the admin may."""

import unicodedata

import pytest
from msgspec.structs import replace

from core.recipients.dto import Page, RecipientFilter, RecipientQuery, Selection
from core.recipients.rules import RecipientDraft, Status
from core.values.errors import Conflict, InvalidInput, NotFound, NotPermitted
from core.values.roles import Role
from tests.audit_trail import actions, records
from tests.factories import World

PHONE = "010-1234-5678"


async def found(world: World, search: str = "", **more: object) -> list[str]:
    """The names that a search finds, in the order of the list; the count has to agree."""
    query = RecipientQuery(search=search, **more)  # type: ignore[arg-type]
    rows = await world.services.recipients.window(world.system, query, Page(limit=1000))
    assert await world.services.recipients.count(world.system, query) == len(rows)
    return [row.name for row, _ in rows]


async def test_an_added_recipient_is_stored_normalised(world: World) -> None:
    own = await world.organization("Haeundae")
    draft = RecipientDraft(
        unicodedata.normalize("NFD", " 김  영희 "), PHONE, " 혼자\t사심 ", organization_id=own
    )
    row = await world.services.recipients.add(world.system, draft)
    assert (row.name, row.phone, row.other_information) == ("김 영희", "+821012345678", "혼자 사심")
    assert (row.organization, row.status, row.version) == ("Haeundae", Status.NONE, 1)
    assert await world.services.recipients.get(world.system, row.id) == row
    recorded = await records(world)
    assert [one.action for one in recorded] == ["recipient.add"]
    assert "김" not in str(recorded[0].details)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "가" * 21}, "name"),
        ({"name": "김\u202e영희"}, "name"),
        ({"phone": "02-123-4567"}, "phone"),
        ({"other_information": "가" * 31}, "other_information"),
        ({"organization_id": None}, "organization_id"),
        ({"organization_id": 99}, "organization_id"),
    ],
)
async def test_what_breaks_a_rule_is_refused_naming_the_field(
    world: World, change: dict[str, object], field: str
) -> None:
    own = await world.organization()
    draft = replace(RecipientDraft("김영희", PHONE, "", organization_id=own), **change)  # type: ignore[arg-type]
    with pytest.raises(InvalidInput) as refused:
        await world.services.recipients.add(world.system, draft)
    assert refused.value.field == field
    assert await found(world) == []
    assert await actions(world) == []


async def test_a_number_is_unique_among_the_present_of_an_organization(world: World) -> None:
    own, other = await world.organization("Own"), await world.organization("Other")
    kim = await world.recipient(own, "김영희", PHONE)
    with pytest.raises(InvalidInput, match="010-1234-5678 belongs to 김영희"):
        await world.recipient(own, "이철수", "+82 10 1234 5678")
    await world.recipient(other, "이철수", PHONE)
    await world.services.recipients.delete(world.system, Selection(frozenset({kim.id})), 1)
    await world.recipient(own, "박민수", PHONE)


async def test_an_edit_over_somebody_elses_is_a_conflict_with_their_version(world: World) -> None:
    own = await world.organization()
    opened = await world.recipient(own, "김영희", PHONE)
    recipients = world.services.recipients
    theirs = await recipients.edit(
        world.system,
        opened.id,
        RecipientDraft("김철수", PHONE, "", organization_id=own),
        opened.version,
    )
    with pytest.raises(Conflict) as conflict:
        await recipients.edit(
            world.system,
            opened.id,
            RecipientDraft("김민수", PHONE, "", organization_id=own),
            opened.version,
        )
    assert conflict.value.current == theirs
    assert conflict.value.by == "Root"
    assert (await recipients.get(world.system, opened.id)).name == "김철수"


async def test_an_edit_records_which_fields_and_none_of_their_contents(world: World) -> None:
    own = await world.organization()
    row = await world.recipient(own, "김영희", PHONE)
    draft = RecipientDraft("김철수", "010-8765-4321", "혼자", organization_id=own)
    edited = await world.services.recipients.edit(world.system, row.id, draft, row.version)
    assert edited.version == row.version + 1
    assert (await records(world))[-1].details == {"fields": ["name", "other_information", "phone"]}
    assert await found(world, "김철수") == await found(world, "8765") == ["김철수"]
    assert await found(world, "김영희") == await found(world, "1234") == []


async def test_saving_what_is_there_already_changes_nothing(world: World) -> None:
    own = await world.organization()
    row = await world.recipient(own, "김영희", PHONE)
    same = RecipientDraft(" 김영희 ", "+821012345678", "", organization_id=None)
    assert await world.services.recipients.edit(world.system, row.id, same, row.version) == row
    assert await actions(world) == ["recipient.add"]


async def test_delete_takes_out_of_the_list_and_undo_brings_back(world: World) -> None:
    own = await world.organization()
    kim, lee, _ = [await world.recipient(own, name) for name in ("김영희", "이철수", "박민수")]
    recipients = world.services.recipients
    deletion = await recipients.delete(world.system, Selection(frozenset({kim.id, lee.id})), 2)
    assert deletion.count == 2
    assert await found(world) == ["박민수"]
    assert await found(world, "김영희") == []
    with pytest.raises(NotFound):
        await recipients.get(world.system, kim.id)
    assert (await world.services.deletions.undo(world.system, deletion.id)).count == 2
    assert sorted(await found(world)) == ["김영희", "박민수", "이철수"]
    with pytest.raises(NotFound):
        await world.services.deletions.undo(world.system, deletion.id)


async def test_a_delete_of_another_number_than_was_confirmed_does_nothing(world: World) -> None:
    own = await world.organization()
    await world.recipients(own, 3)
    with pytest.raises(Conflict, match="3 recipients now; nothing was done"):
        await world.services.recipients.delete(world.system, Selection(query=RecipientQuery()), 2)
    assert len(await found(world)) == 3


async def test_all_matching_but_some_can_be_deleted(world: World) -> None:
    own = await world.organization()
    rows = await world.recipients(own, 4)
    await world.recipient(own, "김영희")
    selection = Selection(query=RecipientQuery(search="이"), excluded=frozenset({rows[0].id}))
    assert (await world.services.recipients.counts(world.system, selection)).total == 3
    await world.services.recipients.delete(world.system, selection, 3)
    assert sorted(await found(world)) == ["김영희", "이0000"]


async def test_the_search_finds_in_name_number_and_other_information(world: World) -> None:
    own = await world.organization()
    await world.recipient(own, "김영희", PHONE, "혼자 사심 100%")
    await world.recipient(own, "Lee_Chul", "010-8765-4321", "a*b")
    for typed in ("영희", unicodedata.normalize("NFD", "영희"), "5678", "010-1234", "+82 10-1234",
                  "０１０ １２３４", "혼자", "김 혼자", "100%", "김영희 1234"):  # fmt: skip
        assert await found(world, typed) == ["김영희"], typed
    for typed in ("lee_", "LEE_CHUL", "a*b", "8765"):
        assert await found(world, typed) == ["Lee_Chul"], typed
    for typed in ("없음", "Lee%Chul", '"', "김 8765", "'; --", "\x1b", "Lee\nKim"):
        assert await found(world, typed) == [], typed
    assert len(await found(world, "  ")) == 2


async def test_the_detailed_search_narrows_by_each_field(world: World) -> None:
    own, other = await world.organization("Own"), await world.organization("Other")
    kim = await world.recipient(own, "김영희", PHONE, "혼자")
    lee = await world.recipient(other, "혼자수", "010-8765-4321")
    await world.campaign("Morning", recipients=[kim.id])
    await world.campaign("Later", state="scheduled", recipients=[lee.id])
    for narrowed in (
        RecipientFilter(name="영희"),
        RecipientFilter(phone="1234"),
        RecipientFilter(other_information="혼자"),
        RecipientFilter(statuses=frozenset({Status.IN_PROGRESS, Status.ENDED})),
        RecipientFilter(campaign="MORN"),
        RecipientFilter(organization="own"),
    ):
        assert await found(world, filter=narrowed) == ["김영희"], narrowed
    assert await found(world, organization_id=other) == ["혼자수"]
    today = kim.registered_at.astimezone(world.settings.zone).date()
    assert len(await found(world, filter=RecipientFilter(registered_from=today))) == 2
    assert await found(world, filter=RecipientFilter(last_call_to=today)) == []


async def test_others_see_and_change_only_their_own(world: World) -> None:
    own, other = await world.organization("Own"), await world.organization("Other")
    mine, theirs = await world.recipient(own, "김영희"), await world.recipient(other, "이철수")
    kim = await world.admin("kim", Role.ORGANIZATION, own)
    recipients = world.services.recipients
    rows = await recipients.window(kim, RecipientQuery(organization_id=other))
    assert rows == []
    assert await recipients.count(kim, RecipientQuery(search="이철수")) == 0
    draft = RecipientDraft("박민수", PHONE, "", organization_id=other)
    for attempt in (
        recipients.get(kim, theirs.id),
        recipients.edit(kim, theirs.id, draft, theirs.version),
        recipients.delete(kim, Selection(frozenset({theirs.id})), 1),
    ):
        with pytest.raises(NotFound):
            await attempt
    with pytest.raises(Conflict):
        await recipients.delete(kim, Selection(frozenset({mine.id, theirs.id})), 2)
    assert (await recipients.add(kim, draft)).organization == "Own"
    edited = await recipients.edit(kim, mine.id, replace(draft, phone="01011112222"), mine.version)
    assert edited.organization == "Own"
    gone = await recipients.delete(world.system, Selection(frozenset({theirs.id})), 1)
    with pytest.raises(NotFound):
        await world.services.deletions.undo(kim, gone.id)


async def test_a_viewer_changes_nothing(world: World) -> None:
    own = await world.organization()
    row = await world.recipient(own)
    viewer = await world.admin("park", Role.VIEWER, own)
    recipients = world.services.recipients
    draft = RecipientDraft("박민수", PHONE)
    for attempt in (
        recipients.add(viewer, draft),
        recipients.edit(viewer, row.id, draft, row.version),
        recipients.delete(viewer, Selection(frozenset({row.id})), 1),
        world.services.deletions.undo(viewer, 1),
    ):
        with pytest.raises(NotPermitted, match="viewer"):
            await attempt
    assert await recipients.get(viewer, row.id) == row
