"""Recipients who may be one person: found, merged without losing anything, told apart, and two again."""

from collections import Counter
from contextlib import contextmanager
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.contacts.rules import ContactDraft
from core.conversations import index
from core.conversations.dto import ConversationQuery
from core.db.models import Call, Merge, Recipient, Task, Utterance
from core.db.models.duplicates import MOVED
from core.duplicates import moving
from core.duplicates.dto import MergeDraft
from core.duplicates.merging import parts_of, undo
from core.duplicates.rules import Reason, is_near_name, is_near_number
from core.recipients.deletion_dto import DeletedSelection
from core.recipients.dto import Selection
from core.recipients.fields import TEXT_NAMES
from core.recipients.rules import RecipientDraft
from core.values.errors import ActionBlocked, Conflict, InvalidInput, NotFound
from core.values.roles import Role
from core.values.times import now
from tests.audit_trail import records
from tests.deliveries import call, deliver, unanswered
from tests.factories import make_services, next_phone

GUARDIAN = "02-345-6789"


@pytest.fixture
async def world(tmp_path):
    made = await make_services(tmp_path)
    await made.organization("Haeundae")
    yield made
    await made.close()


async def two(world, *, other_organization=None):
    one = await world.recipient(1, "김영수", "+821011112222", "혼자 사심")
    other = await world.recipient(other_organization or 1, "김영수", "+821011112223", "")
    return one, other


async def filled(world, row, *, organization="Haeundae", memo="memo", emergency=False):
    """Calls, memory, a task, a memo, a contact, a follow-up action of the recipient."""
    services, system = world.services, world.system
    more = {"recipient_phone": row.phone, "organization": organization}
    await deliver(
        world,
        call(f"c-{row.id}-1", analysis="emergency" if emergency else "negative", **more),
        call(f"c-{row.id}-2", memory=[{"topic": "family", "content": f"of {row.id}"}], **more),
        unanswered(f"c-{row.id}-3", **more),
    )
    first = await services.calls.window(system, row.id)
    await services.followups.add(system, first[1][0].id, "phoned", f"about {row.id}")
    await services.memos.add(system, row.id, f"{memo} {row.id}")
    await services.contacts.add(system, row.id, ContactDraft("guardian", "", next_phone()))
    await services.contacts.add(system, row.id, ContactDraft("other", "", GUARDIAN))
    await services.tasks.add(system, row.id, f"own {row.id}", now() + timedelta(days=1))


async def held(world, recipient_id):
    """What there is of a recipient, in words that do not depend on whose it is."""
    services, system = world.services, world.system
    calls = [row.external_id for row, _ in await services.calls.window(system, recipient_id)]
    return {
        "calls": sorted(calls),
        "memory": sorted((one.topic, one.content) for one in await services.memory.list(system, recipient_id)),
        "memos": sorted(one.text for one in await services.memos.list(system, recipient_id)),
        "followups": sorted(one.details for one in await services.followups.list(system, recipient_id)),
        "contacts": {one.phone for one in await services.contacts.list(system, recipient_id)},
        "tasks": sorted(
            (one.kind.value, one.text)
            for one in await services.tasks.of_recipient(system, recipient_id)
            if one.closed_at is None
        ),
        "campaigns": sorted(
            one.campaign for one in await services.participations.of_recipient(system, recipient_id)
        ),
    }  # fmt: skip


def together(one, other):
    both = {
        name: sorted(values + other[name]) if isinstance(values, list) else values | other[name]
        for name, values in one.items()
    }
    # of these there is one for a recipient
    both["campaigns"] = sorted(set(both["campaigns"]))
    open_ones = {kind: text for kind, text in both["tasks"] if kind in ("negative", "emergency")}
    others = [task for task in both["tasks"] if task[0] not in open_ones]
    both["tasks"] = sorted([*others, *open_ones.items()])
    return both


async def merge(world, kept, merged, taken=frozenset(), actor=None):
    rows = [await world.services.recipients.get(world.system, one) for one in (kept, merged)]
    draft = MergeDraft(rows[0].version, merged, rows[1].version, frozenset(taken))
    return await world.services.duplicates.merge(actor or world.system, kept, draft)


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("+821011112222", "+821011112223", True),
        ("+821011112222", "+821011122222", True),
        ("+821012345678", "+821012354678", True),
        ("+82101111222", "+821011112222", True),
        ("+821011112222", "+821011113333", False),
    ],
)
def test_numbers_are_near_that_differ_by_one_slip(one, other, near):
    assert is_near_number(one, other) is near


def test_names_are_near_by_their_letters():
    assert is_near_name("김영수", "김영숙")
    assert is_near_name("김 영수", "김영수")
    assert not is_near_name("김영수", "박지훈")


async def test_pairs_are_found_with_their_reasons_and_only_those_of_the_actor(world):
    beta = await world.organization("Beta")
    one, other = await two(world)
    third = await world.recipient(beta, "김 영수", one.phone)
    contact = ContactDraft("guardian", "", GUARDIAN)
    for row in (one, other):
        await world.services.contacts.add(world.system, row.id, contact)
    await world.recipient(1, "박지훈", next_phone())
    office = ContactDraft("town office", "", "051-234-5678")
    for name in ("김나나", "김나니"):
        row = await world.recipient(1, name, next_phone())
        await world.services.contacts.add(world.system, row.id, office)
    found = await world.services.duplicates.find(world.system)
    assert found.is_whole
    assert [(pair.first.id, pair.second.id, pair.reasons) for pair in found.pairs] == [
        (one.id, third.id, (Reason.SAME_NUMBER,)),
        (one.id, other.id, (Reason.SHARED_CONTACT, Reason.NEAR_NUMBER)),
    ]
    kim = await world.admin("kim", Role.ORGANIZATION, 1)
    [pair] = (await world.services.duplicates.find(kim)).pairs
    assert (pair.first.id, pair.second.id) == (one.id, other.id)
    lee = await world.admin("lee", Role.ORGANIZATION, beta)
    assert (await world.services.duplicates.find(lee)).pairs == []
    await world.services.duplicates.tell_apart(kim, other.id, one.id)
    assert (await world.services.duplicates.find(kim)).pairs == []
    await world.services.duplicates.tell_apart(kim, one.id, other.id, apart=False)
    assert len((await world.services.duplicates.find(kim)).pairs) == 1
    with pytest.raises(NotFound):
        await world.services.duplicates.tell_apart(lee, one.id, other.id)
    with pytest.raises(NotFound):
        await merge(world, one.id, third.id, actor=kim)


async def test_a_role_that_sees_no_numbers_is_told_of_no_duplicates(tmp_path):
    config = tmp_path / "config" / "carecall" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('mask_phones_for = ["organization"]\n')
    world = await make_services(tmp_path, {"XDG_CONFIG_HOME": str(tmp_path / "config")})
    await world.organization("Haeundae")
    one, other = await two(world)
    kim = await world.admin("kim", Role.ORGANIZATION, 1)
    draft = MergeDraft(one.version, other.id, other.version)
    duplicates = world.services.duplicates
    for asked in (
        duplicates.find(kim),
        duplicates.compare(kim, one.id, other.id),
        duplicates.merge(kim, one.id, draft),
    ):
        with pytest.raises(ActionBlocked, match="does not see"):
            await asked
    await world.close()


@pytest.mark.parametrize("taken", [frozenset(), frozenset({"phone"}), frozenset(TEXT_NAMES)])
@pytest.mark.parametrize("emergency", [False, True])
async def test_all_of_both_is_there_after_a_merge_and_each_has_its_own_after_the_undo(
    world, taken, emergency
):
    one, other = await two(world)
    await world.campaign("Morning", recipients=[one.id])
    await world.campaign("Evening", recipients=[other.id])
    kim = await world.admin("kim", Role.ORGANIZATION, 1)
    await filled(world, one)
    await filled(world, other, emergency=emergency)
    before = [await held(world, row.id) for row in (one, other)]
    rows = [await world.services.recipients.get(world.system, row.id) for row in (one, other)]
    made = await merge(world, one.id, other.id, taken, actor=kim)
    assert await held(world, one.id) == together(*before)
    kept = await world.services.recipients.get(world.system, one.id)
    for name in TEXT_NAMES:
        assert getattr(kept, name) == getattr(other if name in taken else one, name)
    assert kept.total_calls == 6
    with pytest.raises(NotFound):
        await world.services.recipients.get(world.system, other.id)
    latest = await world.services.deletions.latest(kim)
    assert latest.id == made.deletion_id
    restored = await world.services.deletions.undo(kim, made.deletion_id)
    assert restored.count == 1
    [parted] = restored.parted
    assert (parted.kept, parted.name, set(parted.fields)) == (
        one.name,
        other.name,
        set(taken) & {"phone", "other_information"},
    )
    went = (
        parted.counts["calls"],
        parted.counts["memos"],
        parted.counts["contacts"],
        parted.counts["participations"],
    )
    assert went == (3, 1, 1, 1)
    assert [await held(world, row.id) for row in (one, other)] == before
    again = [await world.services.recipients.get(world.system, row.id) for row in (one, other)]
    told = [[getattr(row, name) for name in (*TEXT_NAMES, "total_calls", "status")] for row in rows]
    assert [
        [getattr(row, name) for name in (*TEXT_NAMES, "total_calls", "status")] for row in again
    ] == told
    actions = [row.action for row in await records(world)]
    assert [one for one in actions if "merge" in one] == ["recipient.merge", "recipient.unmerge"]


async def test_what_was_changed_since_stays_and_what_came_since_too(world):
    one, other = await two(world)
    await world.campaign("Morning", recipients=[one.id, other.id])
    await filled(world, one)
    await filled(world, other)
    made = await merge(world, one.id, other.id, {"other_information"})
    kept = await world.services.recipients.get(world.system, one.id)
    assert kept.other_information == ""
    draft = RecipientDraft(kept.name, kept.phone, "병원에 계심", organization_id=1)
    await world.services.recipients.edit(world.system, one.id, draft, kept.version)
    await world.services.memos.add(world.system, one.id, "came later")
    await world.services.deletions.undo(world.system, made.deletion_id)
    kept = await world.services.recipients.get(world.system, one.id)
    assert kept.other_information == "병원에 계심"
    assert "came later" in (await held(world, one.id))["memos"]
    assert (await held(world, other.id))["memos"] == [f"memo {other.id}"]


async def restore(world, actor, recipient_id):
    selection = DeletedSelection(ids=frozenset({recipient_id}))
    return await world.services.deletions.restore(actor, selection)


async def test_a_call_that_came_since_has_its_own_task_after_the_undo(world):
    one, other = await two(world)
    await world.campaign("Morning")
    await deliver(world, call("of-other", analysis="emergency", recipient_phone=other.phone))
    await merge(world, one.id, other.id)
    await deliver(world, call("of-one", analysis="emergency", recipient_phone=one.phone))
    await restore(world, world.system, other.id)
    for row, known in ((one, "of-one"), (other, "of-other")):
        there = await held(world, row.id)
        assert (there["calls"], there["tasks"]) == ([known], [("emergency", "")])
        [task] = await world.services.tasks.of_recipient(world.system, row.id)
        assert task.count == 1


async def test_what_was_added_to_a_call_since_goes_back_with_it(world):
    one, other = await two(world)
    await world.campaign("Morning")
    await deliver(world, call("of-other", recipient_phone=other.phone))
    await merge(world, one.id, other.id)
    [(row, _place)] = await world.services.calls.window(world.system, one.id)
    await world.services.followups.add(world.system, row.id, "phoned", "since")
    await restore(world, world.system, other.id)
    assert (await held(world, one.id))["followups"] == []
    assert (await held(world, other.id))["followups"] == ["since"]


async def test_in_a_campaign_in_which_calls_came_since_both_are_after_the_undo(world):
    one, other = await two(world)
    await world.campaign("Morning", recipients=[other.id])
    await world.campaign("Evening", recipients=[other.id])
    await merge(world, one.id, other.id)
    at = now().isoformat()
    await deliver(
        world, call("since", recipient_phone=one.phone, campaign="Evening", started_at=at)
    )
    await world.pause(one.id, reason="hospital")
    kim = await world.admin("kim", Role.ORGANIZATION, 1)
    restored = await restore(world, kim, other.id)
    [parted] = restored.parted
    assert (parted.campaigns, parted.counts["participations"]) == (("Evening",), 2)
    assert (await held(world, one.id))["campaigns"] == ["Evening"]
    assert (await held(world, other.id))["campaigns"] == ["Evening", "Morning"]
    for row in (one, other):
        assert (await world.services.recipients.get(kim, row.id)).status.name == "PAUSED"


async def test_whose_merge_cannot_be_taken_back_is_named_and_the_others_are_back(world):
    one, other = await two(world)
    third, fourth = [await world.recipient(1, name, next_phone()) for name in ("박지훈", "최민호")]
    await merge(world, one.id, other.id)
    await world.services.recipients.delete(
        world.system, Selection(frozenset({one.id, third.id})), 2
    )
    await world.services.recipients.delete(world.system, Selection(frozenset({fourth.id})), 1)
    many = DeletedSelection(frozenset({other.id, third.id, fourth.id}))
    restored = await world.services.deletions.restore(world.system, many)
    assert (restored.count, restored.kept_count, restored.parts_count) == (2, 0, 1)
    assert "who is deleted. Restore 김영수 first." in restored.parts[0]
    # with whom it was merged among them, both are back
    both = DeletedSelection(frozenset({one.id, other.id}))
    restored = await world.services.deletions.restore(world.system, both)
    assert (restored.count, restored.parts_count, len(restored.parted)) == (2, 0, 1)


async def test_whom_somebody_is_merged_with_elsewhere_is_not_told_and_stays(world):
    beta = await world.organization("Beta")
    one = await world.recipient(1, "박지훈", "+821011112222")
    other = await world.recipient(beta, "김영수", "+821011112222")
    lee = await world.admin("lee", Role.ORGANIZATION, beta)
    await merge(world, one.id, other.id)
    await refused_unnamed(world, lee, other.id)
    await world.services.recipients.delete(world.system, Selection(frozenset({one.id})), 1)
    await refused_unnamed(world, lee, other.id)


async def refused_unnamed(world, actor, recipient_id):
    with pytest.raises(ActionBlocked) as refused:
        await restore(world, actor, recipient_id)
    assert "박지훈" not in refused.value.what + refused.value.hint


async def test_who_comes_back_with_another_number_is_no_part_of_anybody(world):
    one, other = await two(world)
    await world.campaign("Morning", recipients=[one.id, other.id])
    await filled(world, other)
    before = await held(world, other.id)
    await merge(world, one.id, other.id)
    await world.services.deletions.restore_with(world.system, other.id, "010-7777-8888")
    assert await held(world, other.id) == before
    async with world.database.reading() as session:
        assert await parts_of(session, one.id) == []


async def test_that_the_number_from_before_is_somebodys_now_is_told(world):
    one, other = await two(world)
    await merge(world, one.id, other.id, {"phone"})
    await world.recipient(1, "박지훈", one.phone)
    with pytest.raises(InvalidInput, match="belongs to 박지훈"):
        await restore(world, world.system, other.id)


async def test_whoever_has_lost_the_number_stays_part_and_is_told_among_many(world):
    one, other = await two(world)
    third = await world.recipient(1, "박지훈", next_phone())
    await world.services.memos.add(world.system, other.id, "memo")
    await merge(world, one.id, other.id)
    await world.services.recipients.delete(world.system, Selection(frozenset({third.id})), 1)
    await world.recipient(1, "새사람", other.phone)
    both = DeletedSelection(frozenset({other.id, third.id}))
    restored = await world.services.deletions.restore(world.system, both)
    assert restored.count == 1
    assert [(row.name, row.holder) for row in restored.kept] == [(other.name, "새사람")]
    assert (await held(world, one.id))["memos"] == ["memo"]


async def test_a_system_admin_merges_over_two_organizations(world):
    beta = await world.organization("Beta")
    one, other = await two(world, other_organization=beta)
    await world.campaign("Morning", recipients=[one.id, other.id])
    await world.campaign("Beta's", beta, recipients=[other.id])
    await filled(world, other, organization="Beta")
    made = await merge(world, one.id, other.id)
    kim = await world.admin("kim", Role.ORGANIZATION, 1)
    assert len(await world.services.calls.window(kim, one.id)) == 3
    tasks = await world.services.tasks.of_recipient(kim, one.id)
    assert {task.organization_id for task in tasks} == {1}
    assert (await held(world, one.id))["campaigns"] == ["Morning"]
    await world.services.deletions.undo(world.system, made.deletion_id)
    tasks = await world.services.tasks.of_recipient(world.system, other.id)
    assert {task.organization_id for task in tasks} == {beta}
    assert (await held(world, other.id))["campaigns"] == ["Beta's", "Morning"]


async def test_a_merge_that_somebody_wrote_by_hand_reaches_nobody_else(world):
    """By SQL an admin writes a merge that never was; a system admin takes it back, or erases the one."""
    there = await world.organization("Elsewhere")
    one, other = await two(world)
    stranger = await world.recipient(there)
    task = await world.services.tasks.add(
        world.system, stranger.id, "theirs", now() + timedelta(days=1)
    )
    joined = {"task": task.id, "other": task.id, "calls": []}
    became = {"became": {"version": 1}, "was": {"count": 9}}
    forged = Merge(
        kept_id=one.id, merged_id=other.id, admin_id=1, created_at=now(), moved={},
        changed={"fields": {"organization_id": [there, 1]}, "tasks": [joined | became]},
    )  # fmt: skip
    async with world.database.transaction() as session:
        session.add(forged)
        await session.flush()
        assert await parts_of(session, one.id) == []
        await undo(session, world.system, world.settings, forged)
        assert (await session.get_one(Recipient, one.id)).organization_id == 1
        assert (await session.get_one(Task, task.id)).count != 9


async def test_who_was_brought_back_by_hand_and_is_deleted_again_is_part_of_nobody(world):
    """Else whoever is erased would take along somebody whom a colleague deletes later."""
    one, other = await two(world)
    await merge(world, one.id, other.id)
    async with world.database.transaction() as session:
        back = {"deleted_at": None, "deletion_id": None}
        await session.execute(sa.update(Recipient).where(Recipient.id == other.id).values(**back))
    await world.services.recipients.delete(world.system, Selection(frozenset({other.id})), 1)
    await world.services.retention.erase(world.system, one.id, "asked for")
    assert await world.services.exports.check(world.system, other.id, "asked for") is None


async def test_of_three_the_last_merge_is_taken_back_first(world):
    one, other = await two(world)
    third = await world.recipient(1, "김영수", "+821011112224")
    for row in (one, other, third):
        await world.services.memos.add(world.system, row.id, f"memo {row.id}")
    first = await merge(world, one.id, other.id)
    second = await merge(world, third.id, one.id)
    assert len((await held(world, third.id))["memos"]) == 3
    with pytest.raises(ActionBlocked):
        await world.services.deletions.undo(world.system, first.deletion_id)
    await world.services.deletions.undo(world.system, second.deletion_id)
    await world.services.deletions.undo(world.system, first.deletion_id)
    for row in (one, other, third):
        assert (await held(world, row.id))["memos"] == [f"memo {row.id}"]


async def test_who_was_saved_meanwhile_is_not_merged(world):
    one, other = await two(world)
    draft = MergeDraft(one.version, other.id, other.version)
    changed = RecipientDraft("김영숙", other.phone, "", organization_id=1)
    await world.services.recipients.edit(world.system, other.id, changed, other.version)
    with pytest.raises(Conflict) as told:
        await world.services.duplicates.merge(world.system, one.id, draft)
    assert told.value.current.name == "김영숙"
    assert (await held(world, other.id))["calls"] == []


async def test_who_edits_one_of_two_that_are_merged_meanwhile_overwrites_nothing(world):
    one, other = await two(world)
    await merge(world, one.id, other.id, {"other_information"})
    edit = world.services.recipients.edit
    draft = RecipientDraft("김영수", one.phone, "복도 끝 방", organization_id=1)
    with pytest.raises(Conflict) as told:
        await edit(world.system, one.id, draft, one.version)
    assert told.value.current.other_information == ""
    draft = RecipientDraft("김영숙", other.phone, "", organization_id=1)
    with pytest.raises(NotFound):
        await edit(world.system, other.id, draft, other.version)
    await restore(world, world.system, other.id)
    assert (await world.services.recipients.get(world.system, other.id)).name == "김영수"


async def test_more_contacts_than_there_can_be_are_refused(world):
    one, other = await two(world)
    for row, count in ((one, 3), (other, 3)):
        for _at in range(count):
            contact = ContactDraft("other", "", next_phone())
            await world.services.contacts.add(world.system, row.id, contact)
    with pytest.raises(ActionBlocked, match="6 contacts"):
        await merge(world, one.id, other.id)
    async with world.database.reading() as session:
        assert await session.scalar(sa.select(sa.func.count(Merge.id))) == 0
    assert len((await held(world, other.id))["contacts"]) == 3


async def test_a_pause_and_a_delete_go_their_way(world):
    one, other = await two(world)
    await world.campaign("Morning", recipients=[one.id, other.id])
    await world.pause(other.id)
    made = await merge(world, one.id, other.id)
    assert (await world.services.recipients.get(world.system, one.id)).status.name == "IN_PROGRESS"
    await world.services.recipients.delete(world.system, Selection(frozenset({one.id})), 1)
    with pytest.raises(ActionBlocked, match="who is deleted"):
        await world.services.deletions.undo(world.system, made.deletion_id)
    await world.services.deletions.restore(world.system, DeletedSelection(frozenset({one.id})))
    await world.services.deletions.undo(world.system, made.deletion_id)
    assert (await world.services.recipients.get(world.system, other.id)).status.name == "PAUSED"


def test_every_table_of_a_recipient_with_ids_is_moved_or_said_to_stay():
    stays = {"merges", "told_apart", "upload_rows", "recipient_tags", "conversation_grams"}
    of_recipients = {
        table.name
        for table in Merge.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name == "recipients"
    }
    assert of_recipients == set(MOVED) | stays
    assert set(moving.TABLES) == set(MOVED)


async def notes(world, rows):
    """The memos of these recipients, sorted."""
    of_each = [await world.services.memos.list(world.system, row.id) for row in rows]
    return sorted(one.text for memos in of_each for one in memos)


# the choices of whoever merges, one after the other, in any order
_TWO_OF_THREE = st.permutations([0, 1, 2]).map(lambda order: order[:2])
_TAKEN = st.sets(st.sampled_from(TEXT_NAMES))


@pytest.mark.sqlite
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(st.tuples(_TWO_OF_THREE, _TAKEN, st.booleans()), min_size=1, max_size=5))
async def test_nothing_of_anybody_is_lost_whatever_is_chosen(tmp_path_factory, steps):
    world = await make_services(tmp_path_factory.mktemp("merge"))
    services, system = world.services, world.system
    await world.organization("Haeundae")
    rows = await world.recipients(1, 3)
    for row in rows:
        for at in range(2):
            await services.memos.add(system, row.id, f"{row.id} {at}")
        await services.tasks.add(system, row.id, f"{row.id}", now() + timedelta(days=1))
        await services.contacts.add(system, row.id, ContactDraft("other", "", next_phone()))
    numbers = sorted(row.phone for row in rows)
    made, gone = [], set()
    for (kept, merged), taken, undoes in steps:
        if kept in gone or merged in gone:
            continue
        made.append((merged, await merge(world, rows[kept].id, rows[merged].id, taken)))
        gone.add(merged)
        if undoes:
            merged, last = made.pop()
            await world.services.deletions.undo(world.system, last.deletion_id)
            gone.discard(merged)
        present = [row for at, row in enumerate(rows) if at not in gone]
        assert await notes(world, present) == [f"{row.id} {at}" for row in rows for at in range(2)]
        tasks = [await services.tasks.of_recipient(system, row.id) for row in present]
        assert sum(one.closed_at is None for of_one in tasks for one in of_one) == 3
        contacts = [await services.contacts.list(system, row.id) for row in present]
        assert len({one.phone for of_one in contacts for one in of_one}) == 3
    for merged, last in reversed(made):
        await world.services.deletions.undo(world.system, last.deletion_id)
        gone.discard(merged)
    again = [await world.services.recipients.get(world.system, row.id) for row in rows]
    assert sorted(row.phone for row in again) == numbers
    assert [(row.name, row.phone) for row in again] == [(row.name, row.phone) for row in rows]
    assert [await notes(world, [row]) for row in rows] == [
        [f"{row.id} 0", f"{row.id} 1"] for row in rows
    ]
    await world.close()


@contextmanager
def statements(world):
    """What is executed meanwhile, and how often."""
    told = Counter()

    def note(_connection, _cursor, statement, parameters, _context, executemany):
        told[statement.split("(")[0].strip()] += len(parameters) if executemany else 1

    engine = world.services.database.engine.sync_engine
    sa.event.listen(engine, "before_cursor_execute", note)
    yield told
    sa.event.remove(engine, "before_cursor_execute", note)


@pytest.mark.sqlite
async def test_what_is_said_is_not_written_into_its_index_again_by_a_merge(world):
    one, other = await two(world)
    await world.campaign("Morning")
    await filled(world, other)
    with statements(world) as told:
        made = await merge(world, one.id, other.id)
        await world.services.deletions.undo(world.system, made.deletion_id)
    assert not [one for one in told if "conversation_search" in one]


@pytest.mark.long
async def test_somebody_with_ten_thousand_calls_is_seen_found_and_merged(world):
    many = 10_000
    one, other = await two(world)
    await world.campaign("Morning")
    await filled(world, other)
    async with world.services.database.transaction() as session:
        known = (await session.execute(sa.select(Call.__table__).limit(1))).mappings().one()
        rows = [
            {**known, "id": at, "external_id": f"m-{at}", "summary": f"오늘 {at}",
             "started_at": now() - timedelta(hours=at - 999)}
            for at in range(1_000, 1_000 + many)
        ]  # fmt: skip
        await session.execute(sa.insert(Call), rows)
        said = {"position": 0, "at_ms": 0, "speaker": "recipient", "text": "무릎이 아파요"}
        await session.execute(
            sa.insert(Utterance), [{**said, "call_id": row["id"]} for row in rows]
        )
        await index.keep_calls(session, [row["id"] for row in rows])
    services, system = world.services, world.system
    for row in (other, one):
        with statements(world) as told:
            assert await services.calls.count(system, row.id) == many + 3
            first = await services.calls.window(system, row.id)
            assert len(first) == 64
            found = await services.conversations.search(system, ConversationQuery("무릎이"))
            assert {hit.recipient_id for hit in found.hits} == {row.id}
            assert len((await services.trends.of_recipient(system, row.id)).weeks) == 12
        assert told.total() < 100
        if row is other:
            with statements(world) as told:
                made = await merge(world, one.id, other.id)
            assert told.total() < 200
    with statements(world) as told:
        await services.deletions.undo(system, made.deletion_id)
    assert told.total() < 200
    assert await services.calls.count(system, other.id) == many + 3
