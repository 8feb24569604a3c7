"""Contacts: whom to turn to about a recipient, in the order in which they are phoned."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.contacts.dto import ContactRow
from core.contacts.rules import MOST, ContactDraft, Relation, why_not_add, why_not_move
from core.io.identity import Identity
from core.recipients.dto import Selection
from core.values.errors import ActionBlocked, Conflict, InvalidInput, NotFound, NotPermitted
from core.values.roles import Role
from tests.audit_trail import records
from tests.factories import World, make_services

DAUGHTER = ContactDraft("guardian", "김미영", "010-9876-5432")
OFFICE = ContactDraft("town office", "우1동 행정복지센터", "051-749-4000")
RESCUE = ContactDraft("emergency service", "", "119")


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    made = await make_services(tmp_path)
    body = await made.organization("Haeundae")
    await made.recipient(body, "김영희", "010-1234-5678")
    yield made
    await made.close()


async def of(world: World, *drafts: ContactDraft) -> list[ContactRow]:
    """The recipient's contacts, these added in this order."""
    return [await world.services.contacts.add(world.system, 1, one) for one in drafts]


async def names(world: World) -> list[str]:
    rows = await world.services.contacts.list(world.system, 1)
    assert [row.place for row in rows] == list(range(1, len(rows) + 1))
    return [row.name or row.phone for row in rows]


async def test_add_edit_and_delete(world: World) -> None:
    contacts = world.services.contacts
    daughter, office, rescue = await of(world, DAUGHTER, OFFICE, RESCUE)
    assert (daughter.relation, daughter.phone) == (Relation.GUARDIAN, "+821098765432")
    assert (office.phone, rescue.phone) == ("+82517494000", "119")
    assert await contacts.next_for(world.system, 1) == daughter
    edited = await contacts.edit(
        world.system, daughter.id, ContactDraft("guardian", "김미영 (딸)", "010 9876 5432"), 1
    )
    assert (edited.name, edited.phone, edited.version) == ("김미영 (딸)", "+821098765432", 2)
    await contacts.delete(world.system, daughter.id, 2)
    assert await names(world) == [office.name, "119"]
    assert await contacts.next_for(world.system, 1) == await contacts.get(world.system, office.id)
    # after a try the next one, and round
    after = [await contacts.next_for(world.system, 1, tries) for tries in range(4)]
    assert [one.id for one in after] == [one.id for one in await contacts.list(world.system, 1)] * 2
    kept = [(one.action, one.details) for one in await records(world) if one.subject == "contact"]
    assert kept == [
        *[("contact.add", {"recipient": 1})] * 3,
        ("contact.edit", {"recipient": 1, "fields": ["name"]}),
        ("contact.delete", {"recipient": 1}),
    ]


async def test_the_order_is_changed_by_saying_where_one_goes(world: World) -> None:
    contacts = world.services.contacts
    rows = await of(world, *(ContactDraft("other", name, "119") for name in "abcd"))
    for who, place, then in ((3, 2, "adbc"), (0, 4, "dbca"), (0, 4, "dbca"), (2, 1, "cdba")):
        moved = await contacts.move(world.system, rows[who].id, place)
        assert moved.place == place
        assert await names(world) == list(then)
    for place in (0, 5, -1):
        with pytest.raises(ActionBlocked):
            await contacts.move(world.system, rows[0].id, place)
    assert await names(world) == list("cdba")


async def test_there_are_at_most_five_whoever_adds_at_once(world: World) -> None:
    adding = [
        world.services.contacts.add(world.system, 1, ContactDraft("other", str(at), "119"))
        for at in range(8)
    ]
    done = await asyncio.gather(*adding, return_exceptions=True)
    refused = [one for one in done if isinstance(one, Exception)]
    assert len(await names(world)) == 5
    assert len(refused) == 3
    assert {type(one) for one in refused} == {ActionBlocked}
    assert "at most 5 contacts" in str(refused[0])


async def test_the_database_takes_no_sixth_and_no_other_relation(world: World) -> None:
    await of(world, RESCUE)
    for column, value in (("place", 6), ("relation", "cousin"), ("version", 0)):
        with pytest.raises(InvalidInput, match="does not take"):
            async with world.database.transaction() as session:
                await session.execute(
                    sa.text(f"UPDATE contacts SET {column} = :value"), {"value": value}
                )


async def test_a_change_since_it_was_read_is_a_conflict_with_the_present_one(world: World) -> None:
    contacts = world.services.contacts
    [row] = await of(world, DAUGHTER)
    now = await contacts.edit(world.system, row.id, OFFICE, row.version)
    for late in (
        contacts.edit(world.system, row.id, RESCUE, row.version),
        contacts.delete(world.system, row.id, row.version),
    ):
        with pytest.raises(Conflict) as raised:
            await late
        assert raised.value.current == now


async def test_another_organization_s_do_not_exist(world: World) -> None:
    contacts = world.services.contacts
    [row] = await of(world, DAUGHTER)
    viewer = await world.admin("park", Role.VIEWER, 1)
    with pytest.raises(NotPermitted):
        await contacts.add(viewer, 1, OFFICE)
    assert await contacts.list(viewer, 1) == [row]
    stranger = await world.admin("lee", Role.ORGANIZATION, await world.organization("Suncheon"))
    for closed in (
        contacts.add(stranger, 1, OFFICE),
        contacts.edit(stranger, row.id, OFFICE, row.version),
        contacts.move(stranger, row.id, 1),
        contacts.delete(stranger, row.id, row.version),
        contacts.copied(stranger, row.id),
        contacts.reveal(stranger, row.id),
        contacts.get(stranger, row.id),
    ):
        with pytest.raises(NotFound):
            await closed
    assert await contacts.list(stranger, 1) == []
    assert await contacts.next_for(stranger, 1) is None


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (ContactDraft("cousin", "", "119"), "relation"),
        (ContactDraft("other", "x" * 41, "119"), "name"),
        (ContactDraft("other", "a\u202eb", "119"), "name"),
        (ContactDraft("other", "x", ""), "phone"),
        (ContactDraft("other", "x", "749-4000"), "phone"),
    ],
)
async def test_what_cannot_be_is_refused(world: World, draft: ContactDraft, field: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        await of(world, draft)
    assert raised.value.field == field


async def test_who_shares_a_number_is_told_as_far_as_they_are_seen(world: World) -> None:
    contacts = world.services.contacts
    there = await world.organization("Suncheon")
    neighbour = await world.recipient(1, "박철수", "010-9876-5432")
    theirs = await world.recipient(there, "이순자", "010-1111-2222")
    kim = await world.admin("kim", Role.ORGANIZATION, 1)
    await of(world, DAUGHTER, RESCUE)
    await contacts.add(world.system, theirs.id, DAUGHTER)
    await contacts.add(world.system, neighbour.id, RESCUE)

    async def told(actor: object, recipient: int = 1) -> list[tuple[str, ...]]:
        return [row.shared_with for row in await contacts.list(actor, recipient)]

    assert await told(kim) == [("박철수",), ()]  # everybody has 119
    assert await told(world.system) == [("박철수", "이순자"), ()]
    for name in ("가", "나"):
        more = await world.recipient(1, name)
        await contacts.add(world.system, more.id, DAUGHTER)
    [row, _] = await contacts.list(world.system, 1)
    assert (row.shared_with, row.is_shared_widely) == (("박철수", "이순자", "가"), True)
    only = Selection(frozenset({neighbour.id}))
    await world.services.recipients.delete(world.system, only, 1)
    assert (await told(kim))[0] == ("가", "나")


async def test_a_role_that_sees_no_numbers_is_shown_one_with_a_record(tmp_path: Path) -> None:
    config = tmp_path / ".config/carecall/config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('mask_phones_for = ["organization", "viewer"]\n')
    world = await make_services(tmp_path)
    body, contacts = await world.organization("Haeundae"), world.services.contacts
    await world.recipient(body, "김영희", "010-1234-5678")
    await world.recipient(body, "박철수", "010-9876-5432")
    await world.admin("kim", Role.ORGANIZATION, body, account="kim")
    kim = await world.services.admins.sign_in(Identity("kim", 0))
    row = await contacts.add(kim, 1, DAUGHTER)
    office = await contacts.add(kim, 1, OFFICE)
    assert row.phone == "+8210****5432"
    assert row.shared_with == ()  # else a number that is guessed would tell whose it is
    assert (await contacts.add(kim, 1, RESCUE)).phone == "119"
    assert [one.phone for one in await contacts.list(kim, 1)] == [row.phone, office.phone, "119"]
    # sent back as it is shown, it stays; typed anew, it is a change whether it is one or not
    masked = ContactDraft("guardian", "딸", "010-****-5432")
    assert (await contacts.edit(kim, row.id, masked, 1)).version == 2
    assert (await contacts.edit(kim, row.id, masked, 2)).version == 2
    guessed = ContactDraft("guardian", "딸", "010-9876-5432")
    assert (await contacts.edit(kim, row.id, guessed, 2)).version == 3
    for asked, reason in ((contacts.reveal, ""), (contacts.copied, "김영희 씨 댁")):
        with pytest.raises(InvalidInput) as refused:
            await asked(kim, row.id, reason)
        assert refused.value.field == "reason"
    assert await contacts.reveal(kim, row.id, "nobody answers") == "+821098765432"
    assert await contacts.copied(kim, office.id, "nobody answers") == "+82517494000"
    kept = [(one.action, one.subject_id, one.details) for one in await records(world)][-2:]
    why = {"recipient": 1, "reason": "nobody answers"}
    assert kept == [("contact.reveal", row.id, why), ("contact.copy", office.id, why)]
    assert await contacts.copied(kim, 3) == "119"  # which is nobody's
    await world.close()


def test_where_a_contact_cannot_go_is_told_by_why() -> None:
    def why(place: int, to: int) -> str:
        return why_not_move(place, to, 3) or ""

    assert [why(2, to) for to in (1, 3)] == ["", ""]
    assert [why(1, 0), why(3, 4)] == [
        "This is the first contact already.",
        "This is the last contact already.",
    ]
    assert {why(at, at) for at in (1, 2, 3)} == {"This contact has that place already."}
    assert (why_not_add(MOST - 1), bool(why_not_add(MOST))) == (None, True)
