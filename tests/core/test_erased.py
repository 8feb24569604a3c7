"""Of who is erased at request, at once, not a byte is left; of the others everything is."""

import contextlib
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from core.calls.ingest import LineResult
from core.contacts.rules import ContactDraft
from core.db.models import Handover, Recipient, Upload
from core.io import drafts
from core.io.identity import of_process
from core.recipients.dto import Selection
from core.retention import recipients
from core.retention.dto import Erased
from core.values.errors import InvalidInput, NotFound, NotPermitted
from core.values.roles import Role
from core.values.times import now
from tests.audit_trail import records
from tests.commands import ROOT, Carecall
from tests.core.people import make_world
from tests.core.whole_person import (
    ORGANIZATION,
    WholePerson,
    search_indexes,
    tables_of_file,
    text_columns,
    whole_person,
)
from tests.deliveries import call, lines
from tests.factories import World, make_services
from tests.workbooks import workbook

REASON = "asked for by letter"
# Columns that never hold a word of anybody who is phoned, and why.
NEVER = {
    **dict.fromkeys(("organizations.name", "organizations.name_key"), "whose people they are"),
    "organizations.timezone": "a zone",
    **dict.fromkeys(("tags.name", "tags.name_key"), "an organization's words for kinds of people"),
    **dict.fromkeys(
        ("admins.login", "admins.account", "admins.name", "admins.source", "admins.preferences"),
        "who works with the console, and which columns they see",
    ),
    **dict.fromkeys(("campaigns.name", "campaigns.name_key", "campaigns.list_key"), "of many"),
    **{
        f"{kind}_records.{column}": "IDs and names of fields; a reason that names the person is refused"
        for kind in ("audit", "access")
        for column in (
            "account", "client", "action", "subject", "details", "previous_hash", "hash", "key"
        )
    },
    **dict.fromkeys(("header_mappings.digest", "header_mappings.mapping"), "headers of sheets"),
    **dict.fromkeys(
        ("calls.content_hash", "held_deliveries.digest", "uploads.file_hash"), "of many words"
    ),
    **dict.fromkeys(("calls.source", "held_deliveries.source"), "which calling system"),
    "held_deliveries.field": "the name of a field",
    "handovers.report": "numbers, times and IDs",
    "memory_details.topic_key": "see topic",
    "merges.moved": "IDs",
    "forwarded.chain": "which chain of records",
}  # fmt: skip


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    made = await make_world(tmp_path)
    await made.organization(ORGANIZATION)
    await made.campaign("Morning")
    yield made
    await made.close()


async def erase(world: World, person: WholePerson, reason: str = REASON) -> Erased:
    return await world.services.retention.erase(world.system, person.id, reason)


def terms_of(person: WholePerson, file: Path) -> dict[str, set[str]]:
    """What each search index has of the person's texts."""
    letters = {one for one in "".join(person.marks) if one >= "가"}
    indexes = search_indexes(file).items()
    return {name: {term for term in terms if letters & set(term)} for name, terms in indexes}


async def test_every_column_that_could_say_something_of_somebody_is_known(world: World) -> None:
    """Whoever adds one: fill it in ``whole_person``, or say in ``NEVER`` why it holds nothing of anybody."""
    person = await whole_person(world, 1)
    filled = await person.in_columns(world)
    unknown = set(text_columns()) - filled - set(NEVER)
    assert unknown == set()
    assert filled & set(NEVER) <= {"memory_details.topic_key"}


@pytest.mark.sqlite
async def test_no_table_of_the_file_is_unknown(world: World) -> None:
    """A search index is looked into; what else is none of the models' tables needs a look of its own here."""
    assert world.database.path is not None
    ours = {name.partition(".")[0] for name in text_columns()} | {
        "alembic_version", "participations", "deletions", "feedback", "task_calls", "recipient_tags",
        "utterances", "told_apart",
        "conversation_grams", "conversation_fill",
    }  # fmt: skip
    indexes = tuple(search_indexes(world.database.path))
    others = tables_of_file(world.database.path) - ours
    assert {one for one in others if not one.startswith(indexes)} == set()


async def test_who_is_erased_is_gone_from_every_table_and_the_others_are_not(world: World) -> None:
    gone, other = await whole_person(world, 1), await whole_person(world, 1, 0xB003, number=2)
    before = await other.in_columns(world)
    erased = await erase(world, gone)
    assert (erased.recipients, erased.voice_files, erased.texts, erased.views) == (
        2,
        1,
        3,
        1,
    )  # with whom was merged into it
    assert await gone.in_columns(world) == set()
    assert await other.in_columns(world) == before
    with pytest.raises(NotFound):
        await world.services.recipients.get(world.system, gone.id)
    async with world.database.reading() as session:
        texts = list(await session.scalars(sa.select(Handover.text).order_by(Handover.id)))
        names = list(await session.scalars(sa.select(Upload.file_name).order_by(Upload.id)))
    assert texts[0] == "○○○님(○○○.○○○○.○○○○) 낙상. 박새롬님은 좋음.\n○ ○○가 다시 전화하기로 함"
    assert names[0] == "신청_○○○.xlsx"
    assert other.row.name in texts[1]


async def test_what_is_delivered_and_uploaded_meanwhile_is_erased_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between what an erasing finds by name and number, and the end of the rows that say whose that was."""
    gone = await whole_person(world, 1)
    mine = {"organization": ORGANIZATION, "recipient_phone": gone.row.phone, "campaign": "Morning"}
    seen: list[LineResult] = []
    voices = recipients.erase_voice

    async def meanwhile(*given: Any) -> Any:
        late = call("late", summary=f"{gone.row.name}님과 통화", **mine)
        await world.services.ingest.deliver(world.system, [lines(late)], seen.append)
        rows = [[gone.row.name, f"{gone.row.phone} 또는 없음", "", ORGANIZATION]]
        uploaded = await world.services.uploads.upload(world.system, workbook(rows))
        assert uploaded.failed == 1
        return await voices(*given)

    async def blocks() -> AsyncIterator[bytes]:
        yield lines(call("early", summary=f"{gone.row.name}님과 통화", **mine))
        await erase(world, gone)

    monkeypatch.setattr(recipients, "erase_voice", meanwhile)
    await world.services.ingest.deliver(world.system, blocks(), seen.append)
    assert [one.outcome.value for one in seen] == ["created", "failed"]
    assert await gone.in_columns(world) == set()


@pytest.mark.sqlite
@pytest.mark.parametrize("deleted", [False, True])
async def test_not_a_byte_of_who_is_erased_is_left_in_any_file(
    world: World, tmp_path: Path, *, deleted: bool
) -> None:
    gone, other = await whole_person(world, 1), await whole_person(world, 1, 0xB003, number=2)
    assert world.database.path is not None
    terms = terms_of(gone, world.database.path)
    assert all(terms.values())
    found = {text for _file, text in gone.in_files(tmp_path)}
    assert set(gone.marks) <= found
    if deleted:
        await world.services.recipients.delete(world.system, Selection(frozenset({gone.id})), 1)
    erased = await erase(world, gone)
    assert not erased.journal_in_use
    await world.services.audit.verify(world.system, access=True)
    assert gone.in_files(tmp_path) == []
    assert not any(terms_of(gone, world.database.path).values())
    assert set(other.marks) <= {text for _file, text in other.in_files(tmp_path)}
    assert len(list((tmp_path / "voice").rglob("*.wav"))) == 1
    # nor of the folder that only the file of this one lay in
    assert len([one for one in (tmp_path / "voice").iterdir() if one.is_dir()]) == 1


async def test_one_record_says_who_and_why_and_not_whom(world: World) -> None:
    gone = await whole_person(world, 1)
    for reason in (
        f"{gone.row.name} asked",
        f"the one of {gone.digits[3:7]} {gone.digits[7:]}",
        " ",
    ):
        with pytest.raises(InvalidInput) as refused:
            await erase(world, gone, reason)
        assert refused.value.field == "reason"
    assert (await world.services.recipients.get(world.system, gone.id)).name == gone.row.name
    await erase(world, gone)
    [record] = [one for one in await records(world) if one.action == "recipient.erase"]
    assert (record.subject_id, record.admin_id) == (gone.id, world.system.admin_id)
    assert record.details == {"reason": REASON}
    assert (await world.services.audit.verify(world.system)).is_whole


async def test_only_system_admins_erase_and_hear_of_nobody_otherwise(world: World) -> None:
    gone = await whole_person(world, 1)
    kim = await world.admin("kim", Role.ORGANIZATION, 1)
    for recipient_id in (gone.id, 999):
        with pytest.raises(NotPermitted):
            await world.services.retention.erase(kim, recipient_id, REASON)
    with pytest.raises(NotFound):
        await world.services.retention.erase(world.system, 999, REASON)


async def test_a_run_that_ends_in_the_middle_shows_nothing_and_is_finished_by_the_next(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = await whole_person(world, 1)

    async def killed(*_given: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr("core.retention.recipients.erase_voice", killed)
        with pytest.raises(RuntimeError):
            await erase(world, gone)
    with pytest.raises(NotFound):
        await world.services.recipients.get(world.system, gone.id)
    assert await world.services.deletions.latest(world.system) is None
    # by the same command, or by the one of every night
    erased = await world.services.retention.erase_expired(world.system)
    assert erased.recipients == 2
    assert await gone.in_columns(world) == set()
    again = await erase(world, gone)
    assert again.recipients == 0


@pytest.mark.sqlite
async def test_a_form_that_is_open_is_told_and_goes_with_the_next_run(
    world: World, tmp_path: Path
) -> None:
    gone = await whole_person(world, 1)
    of_kim = drafts.Drafts(world.settings.state_dir, world.settings.database, 1).begin()
    of_kim.save("memo", {"text": "궤궤"}, gone.id)
    assert (await erase(world, gone)).drafts_open == 1
    of_kim.release()  # its console was killed
    assert (await erase(world, gone)).drafts == 1
    assert not list((tmp_path / "state").rglob("drafts/*.json"))[1:]


async def test_somebody_new_may_have_the_number_and_is_nobody_erased(world: World) -> None:
    gone = await whole_person(world, 1)
    await erase(world, gone)
    new = await world.recipient(1, "박새롬", gone.digits)
    async with world.database.reading() as session:
        rows = list(await session.scalars(sa.select(Recipient.id).order_by(Recipient.id)))
    assert rows == [gone.id, gone.id + 1, new.id]


@pytest.fixture
async def carecall(tmp_path: Path) -> Carecall:
    world = await make_services(tmp_path, account=of_process().account)
    await world.organization(ORGANIZATION)
    one = await world.recipient(1, "김영희", "01023456789")
    other = await world.recipient(1, "박새롬", "01034567890")
    await world.recipient(1, "김영희", "01034567891")
    neighbour = ContactDraft("neighbour", "김영희", one.phone)
    await world.services.contacts.add(world.system, other.id, neighbour)
    async with world.database.transaction() as session:
        session.add(
            Handover(
                organization_id=1, number=1, since=now(), signed_at=now(), signed_by=1,
                text="김영희님 병원", report=[],
            )
        )  # fmt: skip
    await world.close()
    (tmp_path / "carecall.db.before-upgrade-20260101T000000Z").write_bytes(b"")
    return Carecall(tmp_path)


@pytest.mark.sqlite
def test_the_command_asks_and_says_what_stays(
    carecall: Carecall, monkeypatch: pytest.MonkeyPatch
) -> None:
    because = ("--reason", REASON)
    asked = ("recipient", "erase", "1", *because)
    with Path(os.devnull).open() as nobody:
        monkeypatch.setattr(sys, "stdin", nobody)
        refused = carecall(*asked)
        assert (refused.code, "Add --yes" in refused.err) == (2, True)
    # whoever sits at a terminal types name or number
    assert "nothing was erased" in typed(carecall, "박새롬", *asked)
    assert "is erased for good" in typed(carecall, "010 2345 6789", *asked)
    whom = ("010-3456-7890", "--organization", ORGANIZATION)
    done = carecall("recipient", "erase", *whom, *because, "--yes")
    assert (done.code, done.told[0]) == (
        0,
        "Recipient 2 is erased for good: 0 calls, 0 voice files, 0 drafts; blotted out of 0 texts of many people.",
    )
    assert "still holds what is erased; delete it." in done.told[1]
    assert carecall("recipient", "erase", "9", *because, "--yes").code == 2
    again = carecall.done("recipient", "erase", "1", *because, "--yes").told[0]
    assert again == "Recipient 1 was erased before; what was left of it is looked after."


def typed(carecall: Carecall, answer: str, *arguments: str) -> str:
    """What the command says to somebody who sits at a terminal and answers so."""
    master, slave = os.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "tui", *arguments],
        cwd=ROOT, env=carecall.environment(), stdin=slave, stdout=slave, stderr=slave,
    ) as process:  # fmt: skip
        os.close(slave)
        said = b""
        with contextlib.suppress(OSError):  # the end of a terminal
            while block := os.read(master, 4096):
                said += block
                if b"to erase it: " in said and answer:
                    os.write(master, answer.encode() + b"\n")
                    answer = ""
        os.close(master)
    assert b"Traceback" not in said
    told = said.decode()
    if process.returncode == 0:
        assert "1 other of the organization has this name" in told
        assert "1 other recipient has this number as a contact's" in told
    return told
