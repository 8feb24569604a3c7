"""An export gives everything that is kept of one recipient, and nothing of anybody else."""

import json
import os
import stat
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from core.app.actor import Actor
from core.db.models import Memo
from core.exports.dto import KEPT_IN, Export
from core.exports.schema import schema_text
from core.exports.writing import FolderSink
from core.io.identity import of_process
from core.recipients.dto import Selection
from core.retention import holdings
from core.values.errors import InvalidInput, NotFound, NotPermitted
from core.values.jobs import Cancelled, Job
from core.values.roles import Role
from core.written.files import HostFiles
from tests.audit_trail import records
from tests.commands import ROOT, Carecall
from tests.core.people import make_world
from tests.core.whole_person import ORGANIZATION, VOICE, WholePerson, whole_person
from tests.factories import World, make_services

REASON = "asked for by letter"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    made = await make_world(tmp_path)
    await made.organization(ORGANIZATION)
    await made.campaign("Morning")
    yield made
    await made.close()


async def export(
    world: World, recipient_id: int, to: Path, actor: Actor | None = None, **more: Any
) -> Export:
    given = {"reason": REASON, **more}
    with HostFiles().create_folder(str(to)) as folder:
        sink = FolderSink(folder)
        return await world.services.exports.write(
            actor or world.system, recipient_id, sink, **given
        )


def left_out(person: WholePerson, data: str) -> set[str]:
    return {mark for mark in person.marks if mark not in data}


async def test_it_gives_everything_and_nothing_of_anybody_else(
    world: World, tmp_path: Path
) -> None:
    one, other = await whole_person(world, 1), await whole_person(world, 1, 0xB003, number=2)
    await world.services.calls.get(world.system, 1)
    made = await export(world, one.id, tmp_path / "out")
    data, page = (
        (tmp_path / "out" / name).read_text("utf-8") for name in ("data.json", "index.html")
    )
    # where the voice file lay, what is heard in it, and a draft, which is its writer's
    [lay] = [file for file in (tmp_path / "voice").rglob("*.wav") if one.marks[2] in str(file)]
    heard = lay.read_bytes().removeprefix(VOICE).decode()
    drafts = {mark for mark in one.marks[1:] if mark in _drafts(tmp_path)}
    beside = {lay.parent.name, lay.stem, heard, *drafts}
    assert left_out(one, data) == beside
    # the contact's number is written as it is dialled there
    assert left_out(one, page) == {*beside, one.marks[-1]}
    assert set(other.marks) - left_out(other, data) == set()
    assert other.digits[3:7] + other.digits[7:] not in data
    # the line of the hand-over, without who else is named in it
    [line] = [text.text for text in made.texts if text.of == "handovers.text"]
    assert (
        line.splitlines()[0]
        == f"{one.row.name}님({one.digits[:3]}.{one.digits[3:7]}.{one.digits[7:]}) 낙상. 박새롬님은 좋음."
    )
    [call, *_more] = [call for call in made.calls if call.voice]
    assert (tmp_path / "out" / call.voice).read_bytes().startswith(VOICE)
    assert {one.action for one in made.access} >= {"look.details", "look.conversation"}
    assert {one.action for one in made.changes} >= {
        "recipient.add", "call.ingest", "memory.edit", "memo.add", "contact.add", "task.add", "recipient.export",
    }  # fmt: skip


def _drafts(directory: Path) -> str:
    return "".join(file.read_text() for file in (directory / "state").rglob("drafts/*.json"))


async def test_who_else_is_named_beside_somebody_is_left_out(world: World, tmp_path: Path) -> None:
    one = await whole_person(world, 1)
    await world.recipient(1, "박새롬", "01077778888")
    made = await export(world, one.id, tmp_path / "out")
    [line] = [text.text for text in made.texts if text.of == "handovers.text"]
    assert "○○○님은 좋음." in line
    assert one.row.name in line


async def test_what_it_holds_fits_its_published_schema(world: World, tmp_path: Path) -> None:
    one = await whole_person(world, 1)
    made = await export(world, one.id, tmp_path / "out")
    assert (ROOT / "docs/export.schema.json").read_text("utf-8") == schema_text()
    assert (tmp_path / "out/schema.json").read_text("utf-8") == schema_text()
    read = msgspec.json.decode((tmp_path / "out/data.json").read_bytes(), type=Export)
    assert (read.format, read.version, len(read.calls)) == (
        "carecall-recipient",
        1,
        len(made.calls),
    )


def test_no_table_of_a_recipient_is_forgotten() -> None:
    """Whoever adds one: let ``core.exports`` give what it holds, and say in ``KEPT_IN`` where."""
    tables = {table.name for table in holdings.tables_below(holdings.PEOPLE)}
    assert tables | {*holdings.CLEARED, holdings.PEOPLE.name} == set(KEPT_IN)
    assert set(KEPT_IN.values()) <= set(Export.__struct_fields__)


async def test_the_page_runs_nothing_and_loads_nothing(world: World, tmp_path: Path) -> None:
    row = await world.recipient(1, '<img src=x onerror="', other_information="</td><script>alert()")
    memo = await world.services.memos.add(world.system, row.id, "<a href=javascript:x>&")
    async with world.database.transaction() as session:
        odd = "\x1b]52;c;aGk=\x07 \u202e\x9b <b>"
        await session.execute(sa.update(Memo).where(Memo.id == memo.id).values(text=odd))
    await export(world, row.id, tmp_path / "out")
    page = (tmp_path / "out/index.html").read_text("utf-8")
    assert "default-src 'none'" in page
    for bad in (
        "<script",
        "<img",
        "<b>",
        "javascript:",
        "\x1b",
        "\x07",
        "\u202e",
        "\x9b",
        "http:",
        "https:",
    ):
        assert bad not in page
    data = (tmp_path / "out/data.json").read_text("utf-8")
    assert not {"\x1b", "\x07", "\u202e", "\x9b"} & set(data)
    assert json.loads(data)["memos"][0]["text"] == odd


async def test_of_others_people_is_told_what_is_told_of_nobody(
    world: World, tmp_path: Path
) -> None:
    row = await world.recipient(1)
    other = await world.organization("Suncheon")
    lee = await world.admin("lee", Role.ORGANIZATION, other)
    eve = await world.admin("eve", Role.VIEWER, 1)
    said = set()
    for recipient_id in (row.id, 999):
        with pytest.raises(NotFound) as refused:
            await export(world, recipient_id, tmp_path / "out", lee)
        said.add(str(refused.value))
        with pytest.raises(NotPermitted):
            await export(world, recipient_id, tmp_path / "out", eve)
    assert len(said) == 1
    assert not [name for name in os.listdir(tmp_path) if "out" in name]  # noqa: PTH208


async def test_who_does_not_see_numbers_gets_none(tmp_path: Path) -> None:
    config = tmp_path / ".config/carecall/config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('mask_phones_for = ["organization"]\n')
    world = await make_services(tmp_path)
    row = await world.recipient(await world.organization())
    kim = await world.admin("kim", Role.ORGANIZATION, 1)
    with pytest.raises(NotPermitted, match="does not see"):
        await export(world, row.id, tmp_path / "out", kim)
    await world.close()


async def test_both_records_say_that_it_was_given_and_why(world: World, tmp_path: Path) -> None:
    row = await world.recipient(1, "김영희")
    with pytest.raises(InvalidInput):
        await export(world, row.id, tmp_path / "out", reason="김영희 asked")
    await export(world, row.id, tmp_path / "out")
    [record] = [one for one in await records(world) if one.action == "recipient.export"]
    assert (record.subject_id, record.details) == (row.id, {"reason": REASON})
    again = await export(world, row.id, tmp_path / "again")
    assert "look.export" in {one.action for one in again.access}


async def test_it_is_whole_or_not_there_and_never_in_the_place_of_anything(
    world: World, tmp_path: Path
) -> None:
    one = await whole_person(world, 1)
    target, outside = tmp_path / "out", tmp_path / "outside"
    outside.mkdir()
    for there in (
        lambda: target.mkdir(),
        lambda: target.symlink_to(outside),
        lambda: target.write_text(""),
    ):
        there()
        with pytest.raises(InvalidInput, match="exists already"):
            await export(world, one.id, target)
        target.rmdir() if target.is_dir() and not target.is_symlink() else target.unlink()
    assert list(outside.iterdir()) == []
    job = Job()
    job.on_progress = lambda done, _total: job.cancel() if done else None
    with pytest.raises(Cancelled):
        await export(world, one.id, target, job=job)
    assert not [name for name in os.listdir(tmp_path) if "out" in name and name != "outside"]  # noqa: PTH208
    os.umask(before := os.umask(0))
    await export(world, one.id, target)
    os.umask(before)
    modes = {
        stat.S_IMODE(path.stat().st_mode) for path in (target, *target.rglob("*")) if path.is_dir()
    }
    files = {stat.S_IMODE(path.stat().st_mode) for path in target.rglob("*") if path.is_file()}
    assert (modes, files) == ({0o700}, {0o600})


async def test_somebody_deleted_is_still_told_and_somebody_erased_no_more(
    world: World, tmp_path: Path
) -> None:
    one = await whole_person(world, 1)
    await world.services.recipients.delete(world.system, Selection(frozenset({one.id})), 1)
    made = await export(world, one.id, tmp_path / "out")
    assert made.deleted_at is not None
    await world.services.retention.erase(world.system, one.id, REASON)
    with pytest.raises(NotFound):
        await export(world, one.id, tmp_path / "again")


async def test_a_voice_file_that_cannot_be_read_is_said(world: World, tmp_path: Path) -> None:
    one = await whole_person(world, 1)
    [file] = (tmp_path / "voice").rglob("*.wav")
    file.rename(tmp_path / "elsewhere.wav")
    file.symlink_to(tmp_path / "elsewhere.wav")
    made = await export(world, one.id, tmp_path / "out")
    [call] = [call for call in made.calls if call.voice_missing]
    assert (call.voice, "link" in call.voice_missing) == ("", True)
    assert not (tmp_path / "out/voice").exists()


@pytest.fixture
async def carecall(tmp_path: Path) -> Carecall:
    world = await make_services(tmp_path, account=of_process().account)
    await world.organization(ORGANIZATION)
    await world.recipient(1, "김영희", "01023456789")
    await world.recipient(1, "박새롬", "01034567890")
    await world.close()
    return Carecall(tmp_path)


@pytest.mark.sqlite
def test_the_command_writes_a_folder_or_a_zip_in_the_language_asked_for(
    carecall: Carecall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(carecall.directory)
    because = ("--reason", REASON)
    assert carecall.done("recipient", "export", "1", *because).told == [
        "Wrote what is kept of 1 recipient to recipient-1.zip."
    ]
    carecall.done("recipient", "export", "1", "2", "--to", "김영희.zip", "--lang", "ko", *because)
    for name, count in (("recipient-1.zip", 1), ("김영희.zip", 2)):
        assert stat.S_IMODE(Path(name).stat().st_mode) == 0o600
        with zipfile.ZipFile(name) as archive:
            assert archive.testzip() is None
            names = [one.filename for one in archive.infolist()]
            assert [one.external_attr >> 16 for one in archive.infolist()] == [0o600] * 3 * count
            assert "recipient-1/data.json" in names
            page = archive.read("recipient-1/index.html").decode()
            assert ('<html lang="ko">' in page) == (name == "김영희.zip")
    carecall.done(
        "recipient",
        "export",
        "010-2345-6789",
        "--organization",
        ORGANIZATION,
        "--to",
        "one",
        *because,
    )
    assert {path.name for path in Path("one").iterdir()} == {
        "data.json",
        "index.html",
        "schema.json",
    }
    carecall.done("recipient", "export", "1", "2", "--to", "two", *because)
    assert {path.name for path in Path("two").iterdir()} == {"recipient-1", "recipient-2"}
    for wrong in ("99", "../1", "recipient-1.zip"):
        assert carecall("recipient", "export", wrong, "--to", "new.zip", *because).code == 2
    assert carecall("recipient", "export", "1", *because).code == 2
    before = len(carecall.done("audit", "list", "--access", "--action", "look").out.splitlines())
    refused = carecall("recipient", "export", "1", "99", "--to", "three", *because)
    assert (refused.code, refused.told) == (
        2,
        ["carecall: 99: This recipient does not exist (any more)."],
    )
    # nothing was given, nothing is on record
    looks = carecall.done("audit", "list", "--access", "--action", "look").out.splitlines()
    assert len(looks) == before + 1  # the listing itself
    assert carecall.done("audit", "list", "--action", "recipient.export").out.count("export") == 6
    assert not {name for name in os.listdir() if "three" in name or "new" in name}  # noqa: PTH208
