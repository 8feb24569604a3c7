"""Of who is purged not a byte is left in any file."""

import contextlib
import random
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.db.models import Call, Memo, Recipient, Upload
from core.recipients.dto import RecipientQuery
from core.values.errors import InvalidInput, NotFound
from core.values.text import clean_reason
from core.values.times import now
from tests.audit_trail import actions, records
from tests.core.people import VOICE, delete, left_in, make_world, person
from tests.deliveries import call, deliver
from tests.factories import World


@pytest.mark.sqlite
@pytest.mark.parametrize("journal", ["delete", "wal"])
async def test_of_who_is_purged_not_a_byte_is_left_in_any_file(
    tmp_path: Path, journal: str
) -> None:
    world = await make_world(tmp_path, "deleted_recipients = 30\n")
    with contextlib.closing(sqlite3.connect(tmp_path / "carecall.db")) as connection:
        connection.execute(f"PRAGMA journal_mode = {journal}")
    body = await world.organization("Haeundae")
    await world.campaign("Morning")
    people = [await person(world, body, number) for number in range(6)]
    gone, kept = people[:2], people[2:]
    await delete(world, gone, days_ago=31)
    assert len(left_in(tmp_path, gone)) >= 10 * len(
        gone
    )  # the search for bytes finds what is there
    # the name of a file of theirs is taken with the upload's own time, see below
    async with world.database.transaction() as session:
        await session.execute(sa.update(Upload).values(file_name="x.xlsx"))

    erased = await world.services.retention.erase_expired(world.system)
    await world.services.backup.make(world.system, tmp_path / "copy.db")

    assert (erased.recipients, erased.voice_files, erased.drafts) == (2, 2, 2)
    assert left_in(tmp_path, gone) == []
    assert {len(left_in(tmp_path, [one])) > 8 for one in kept} == {True}
    voices = sorted((tmp_path / "voice/2026").iterdir())
    assert [file.read_bytes() for file in voices] == [VOICE] * len(kept)
    assert await world.services.recipients.count(world.system, RecipientQuery()) == len(kept)
    await world.close()
    assert left_in(tmp_path, gone) == []


def test_a_reason_has_one_character_at_least_and_200_at_most() -> None:
    for reason in ("가", "가" * 200):
        assert clean_reason(reason) == reason
    for reason in ("", "가" * 201):
        with pytest.raises(InvalidInput):
            clean_reason(reason)


@pytest.mark.sqlite
async def test_pages_keep_no_copies_of_rows_that_moved(world: World) -> None:
    body = await world.organization()
    some = random.Random(1)

    def hangul(places: int) -> str:
        return "".join(chr(some.randrange(0xAC00, 0xD7A3)) for _ in range(places))

    memos = {number: hangul(some.randrange(20, 90)) for number in range(1, 1_501)}
    gone = set(some.sample(sorted(memos), 700))
    long_ago = now() - timedelta(days=99)
    for numbers in (list(memos)[:750], list(memos)[750:]):
        async with world.database.transaction() as session:
            people = [
                {
                    "id": number, "organization_id": body, "name": memos[number][:3],
                    "phone": f"+8210{number:08}", "search_text": memos[number][:3],
                    "registered_at": long_ago,
                }
                for number in numbers
            ]  # fmt: skip
            await session.execute(sa.insert(Recipient), people)
            notes = [
                {
                    "recipient_id": number, "admin_id": 1, "text": "short",
                    "created_at": long_ago, "updated_at": long_ago,
                }
                for number in numbers
            ]  # fmt: skip
            await session.execute(sa.insert(Memo), notes)
    of_one = Memo.__table__.c.recipient_id == sa.bindparam("whose")
    write = sa.update(Memo.__table__).where(of_one).values(text=sa.bindparam("written"))
    for at in range(0, len(memos), 100):
        longer = [{"whose": one, "written": memos[one]} for one in list(memos)[at : at + 100]]
        async with world.database.transaction() as session:
            await (await session.connection()).execute(write, longer)
    async with world.database.transaction() as session:
        await session.execute(
            sa.update(Recipient).where(Recipient.id.in_(gone)).values(deleted_at=long_ago)
        )
    assert (await world.services.retention.erase_expired(world.system)).recipients == len(gone)
    assert world.database.path is not None
    content = world.database.path.read_bytes()
    # the search index leaves out the bytes that a word has in common with the one before it
    left = [n for n in gone if memos[n].encode() in content or memos[n][:3].encode()[2:] in content]
    assert left == []
    assert all(text.encode() in content for n, text in memos.items() if n not in gone)


async def test_ids_stay_for_the_audit_records_and_nothing_else(tmp_path: Path) -> None:
    world = await make_world(tmp_path)
    body = await world.organization("Haeundae")
    await world.campaign("Morning")
    one = await person(world, body, 1)
    deletion = await delete(world, [one], days_ago=31)
    await world.services.retention.erase_expired(world.system)
    async with world.database.reading() as session:
        row = (await session.scalars(sa.select(Recipient).where(Recipient.id == one.id))).one()
        assert (row.name, row.phone, row.other_information, row.search_text) == ("", "", "", "")
        assert (row.organization_id, row.registered_at) == (body, row.deleted_at)
        assert await session.scalar(sa.select(sa.func.count()).select_from(Call)) == 0
    last = (await records(world))[-1]
    assert (last.action, last.details) == ("recipient.purge", {"ids": [one.id]})
    assert (await world.services.audit.verify(world.system)).is_whole
    with pytest.raises(NotFound, match="cannot be undone any more"):
        await world.services.deletions.undo(world.system, deletion)
    # the number is free again, and the ID is not
    again = await world.recipient(body, "새 사람", one.phone)
    assert again.id > one.id
    await deliver(world, call("call-1", recipient_phone=one.phone))
    await world.close()


async def test_what_may_still_be_undone_stays_and_then_undo_ends(tmp_path: Path) -> None:
    world = await make_world(tmp_path, "deleted_recipients = 30\n")
    body = await world.organization("Haeundae")
    await world.campaign("Morning")
    one, other = [await person(world, body, number) for number in (1, 2)]
    late = await delete(world, [one], days_ago=29.9)
    too_late = await delete(world, [other], days_ago=30.1)
    with pytest.raises(NotFound, match="cannot be undone any more"):
        await world.services.deletions.undo(world.system, too_late)
    assert (await world.services.retention.erase_expired(world.system)).recipients == 1
    assert (await world.services.deletions.undo(world.system, late)).count == 1
    assert (await world.services.recipients.get(world.system, one.id)).phone == one.phone
    assert (tmp_path / "voice/2026/1.wav").read_bytes() == VOICE
    await world.close()


async def test_nothing_expires_where_the_settings_say_0(tmp_path: Path) -> None:
    keep = "deleted_recipients = 0\ncalls = 0\nvoice = 0\nuploads = 0\n"
    world = await make_world(tmp_path, keep)
    body = await world.organization("Haeundae")
    await world.campaign("Morning")
    one = await person(world, body, 1)
    await delete(world, [one], days_ago=4_000)
    before = await actions(world)
    erased = await world.services.retention.erase_expired(world.system)
    assert (erased.recipients, erased.calls, erased.voice_files, erased.uploads) == (0, 0, 0, 0)
    assert await actions(world) == before
    await world.close()
