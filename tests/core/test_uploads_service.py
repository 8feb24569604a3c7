"""Uploads as their users meet them: for whom rows are, what is kept, corrected, undone and cancelled."""

import asyncio
import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from core.app.audit import trail
from core.app.services import Services
from core.db import engine
from core.db.models import AuditRecord
from core.recipients.dto import RecipientQuery, Selection
from core.recipients.rules import ManyDraft, RecipientDraft
from core.uploads.dto import ResultFilter, RowResult
from core.uploads.reader import Reader
from core.uploads.writer import SheetWriter
from core.values.errors import ActionBlocked, InvalidInput, NotFound, NotPermitted
from core.values.jobs import Cancelled, Job
from core.values.roles import Role
from core.values.times import now
from tests.factories import World, make_services
from tests.reading_here import read_here, write_here
from tests.workbooks import HEADERS, by_header, cells, workbook
from tests.workbooks import people as many_people


def people(count: int, organization: str = "Haeundae", start: int = 0) -> list[list[Any]]:
    """Rows without a fault."""
    return [
        [f"이{at}", f"010{20_000_000 + at}", "", organization] for at in range(start, start + count)
    ]


BAD = [["", "010-2999-0001", "독거", "Haeundae"], ["박", "02-312-3456", "", "Haeundae"]]


@pytest.fixture
async def world(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    read_here(monkeypatch)
    write_here(monkeypatch)
    return world


@pytest.fixture
def by_processes(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a user's host."""
    monkeypatch.setattr("core.uploads.service.Reader", Reader)
    monkeypatch.setattr("core.uploads.reading.SheetWriter", SheetWriter)


async def listed(world: World) -> int:
    return await world.services.recipients.count(world.system, RecipientQuery())


async def test_a_system_admin_has_to_say_for_whom(world: World) -> None:
    await world.organization()
    rows = [row[:3] for row in people(2)]
    take_in = world.services.uploads.upload
    with pytest.raises(InvalidInput, match="Responsible organization is missing"):
        await take_in(world.system, workbook(rows, headers=HEADERS[:3]))
    result = await take_in(
        world.system, workbook(rows, headers=HEADERS[:3]), organization="haeundae"
    )
    assert result.created == 2


async def test_a_row_for_another_organization_than_the_chosen_one_fails(world: World) -> None:
    chosen = await world.organization()
    await world.organization("Suncheon")
    rows = [*people(1), *people(1, "Suncheon", start=5)]
    result = await world.services.uploads.upload(world.system, workbook(rows), organization=chosen)
    assert (result.created, result.failed) == (1, 1)


async def test_others_upload_for_their_own_organization_and_learn_of_no_other(world: World) -> None:
    own = await world.organization()
    await world.organization("Suncheon")
    admin = await world.admin("lee", Role.ORGANIZATION, own)
    rows = [
        *people(1, ""),
        *people(1, "Haeundae", 1),
        *people(1, "Suncheon", 2),
        *people(1, "없는 기관", 3),
    ]
    uploads = world.services.uploads
    result = await uploads.upload(admin, workbook(rows))
    assert (result.created, result.failed) == (2, 2)
    assert result.upload_id is not None
    found = [row async for row in uploads.all_results(admin, result.upload_id)]
    existing, missing = (row.reasons for row in found[2:])
    assert existing == missing
    assert "Suncheon" not in existing[0]
    for name in ("Suncheon", "없는 기관"):
        with pytest.raises(NotFound):
            await uploads.upload(admin, workbook(rows), organization=name, again=True)


async def test_a_viewer_may_not_upload(world: World) -> None:
    viewer = await world.admin("choi", Role.VIEWER, await world.organization())
    with pytest.raises(NotPermitted):
        await world.services.uploads.upload(viewer, workbook(people(1)))


async def test_uploads_of_another_organization_do_not_exist(world: World) -> None:
    own, other = await world.organization(), await world.organization("Suncheon")
    mine = await world.admin("lee", Role.ORGANIZATION, own)
    theirs = await world.admin("park", Role.ORGANIZATION, other)
    uploads = world.services.uploads
    result = await uploads.upload(mine, workbook(people(3)))
    upload_id = result.upload_id
    assert upload_id is not None
    assert await uploads.count(theirs) == 0
    assert await uploads.uploads(theirs) == []
    draft = RecipientDraft("김", "010-2000-9999", "", organization_id=None)
    for call in (
        uploads.get(theirs, upload_id),
        uploads.results(theirs, upload_id),
        uploads.count_results(theirs, upload_id),
        uploads.correct_row(theirs, upload_id, 2, draft),
        uploads.undo(theirs, upload_id),
        uploads.write_results(theirs, upload_id, io.BytesIO(), failed_only=True),
    ):
        with pytest.raises(NotFound):
            await call
    assert [upload.id for upload in await uploads.uploads(mine)] == [upload_id]


async def test_results_show_failed_rows_first_and_are_searched_and_paged(world: World) -> None:
    await world.organization()
    uploads = world.services.uploads
    result = await uploads.upload(world.system, workbook([*people(7), *BAD, *people(3, start=20)]))
    upload_id = result.upload_id
    assert upload_id is not None
    all_rows = await uploads.results(world.system, upload_id)
    assert [row.row for row in all_rows] == [9, 10, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13]
    paged = [
        row
        for start in range(0, 12, 5)
        for row in await uploads.results(world.system, upload_id, start=start, limit=5)
    ]
    assert paged == all_rows
    failed = ResultFilter(failed_only=True)
    assert [row.row for row in await uploads.results(world.system, upload_id, failed)] == [9, 10]
    for typed, found in (
        ("이2", [4, 11, 12, 13]),
        ("02-312", [10]),
        ("독거", [9]),
        ("20000005", [7]),
    ):
        wanted = ResultFilter(search=typed)
        rows = await uploads.results(world.system, upload_id, wanted)
        assert [row.row for row in rows] == found, typed
        assert await uploads.count_results(world.system, upload_id, wanted) == len(found)


async def test_what_has_to_be_told_is_read_without_the_rest(world: World) -> None:
    await world.organization()
    uploads = world.services.uploads
    guessed = ["김숫자", 1029990009, "", "Haeundae"]
    rows = [*people(3), guessed, *BAD, *people(600, start=20)]
    result = await uploads.upload(world.system, workbook(rows))
    assert result.upload_id is not None
    told = [
        (row.row, row.result.value, bool(row.warnings))
        async for row in uploads.all_results(
            world.system, result.upload_id, ResultFilter(told_only=True)
        )
    ]
    assert told == [(5, "created", True), (6, "failed", False), (7, "failed", False)]


async def test_a_failed_row_is_corrected_as_part_of_its_upload(world: World) -> None:
    organization = await world.organization()
    uploads = world.services.uploads
    result = await uploads.upload(world.system, workbook([*people(1), *BAD]))
    upload_id = result.upload_id
    assert upload_id is not None
    draft = RecipientDraft("김영희", "010-2999-0001", "독거", organization_id=organization)
    with pytest.raises(InvalidInput) as told:
        await uploads.correct_row(
            world.system,
            upload_id,
            3,
            RecipientDraft("", "010-2999-0001", "", organization_id=organization),
        )
    assert told.value.field == "name"
    row = await uploads.correct_row(world.system, upload_id, 3, draft)
    assert (row.result, row.name, row.reasons) == (RowResult.CREATED, "김영희", ())
    upload = await uploads.get(world.system, upload_id)
    assert (upload.created, upload.failed, upload.read) == (2, 1, 3)
    with pytest.raises(ActionBlocked):
        await uploads.correct_row(world.system, upload_id, 3, draft)
    undone = await uploads.undo(world.system, upload_id)
    assert undone.left == 2


async def test_whom_an_upload_or_its_correction_created_is_found_by_a_search(world: World) -> None:
    await world.organization()
    uploads = world.services.uploads
    await uploads.upload(world.system, workbook(people(2)))
    # one is there already, one is new, two fail, of whom one is corrected
    result = await uploads.upload(world.system, workbook([*people(2, start=1), *BAD]))
    draft = RecipientDraft("박", "010-2999-0002", "", organization_id=1)
    assert result.upload_id is not None
    await uploads.correct_row(world.system, result.upload_id, 5, draft)
    for number, name in (("20000000", "이0"), ("20000002", "이2"), ("29990002", "박")):
        query = RecipientQuery(search=number)
        found = await world.services.recipients.window(world.system, query)
        assert [row.name for row, _anchor in found] == [name]
    if world.database.is_sqlite:
        async with world.database.transaction() as session:
            check = "INSERT INTO recipient_search (recipient_search, rank) VALUES ('integrity-check', 1)"
            await session.execute(sa.text(check))


@pytest.mark.usefixtures("by_processes")
async def test_failed_rows_are_written_corrected_and_uploaded_as_they_are(world: World) -> None:
    await world.organization()
    uploads = world.services.uploads
    result = await uploads.upload(world.system, workbook([*people(1), *BAD]))
    assert result.upload_id is not None
    file = io.BytesIO()
    count = await uploads.write_results(world.system, result.upload_id, file, failed_only=True)
    rows = cells(file.getvalue())
    assert count == 2
    assert [cell for cell in by_header(rows)[0].values() if cell] == [
        "010-2999-0001",
        "독거",
        "Haeundae",
        "Recipient name is missing.",
    ]
    rows[1][0], rows[2][1] = "김영희", "010-2999-0002"
    again = await uploads.upload(world.system, workbook(rows[1:], headers=rows[0]))
    assert (again.created, again.failed, again.notes) == (2, 0, ())


async def test_undo_takes_back_what_nobody_has_touched_and_names_the_rest(world: World) -> None:
    await world.organization()
    uploads, recipients = world.services.uploads, world.services.recipients
    await uploads.upload(world.system, workbook(people(1)))
    result = await uploads.upload(world.system, workbook(people(5)))
    assert (result.created, result.unchanged) == (4, 1)
    assert result.upload_id is not None
    rows = {row.name: row async for row in uploads.all_results(world.system, result.upload_id)}
    edited = await recipients.get(world.system, rows["이1"].recipient_id or 0)
    draft = RecipientDraft(
        edited.name, edited.phone, "독거", organization_id=edited.organization_id
    )
    await recipients.edit(world.system, edited.id, draft, edited.version)
    await world.campaign(recipients=[rows["이2"].recipient_id or 0])
    undone = await uploads.undo(world.system, result.upload_id)
    assert (undone.left, undone.kept) == (2, ("이1", "이2"))
    assert await listed(world) == 3
    assert (await uploads.get(world.system, result.upload_id)).undone_by == "Root"
    with pytest.raises(ActionBlocked):
        await uploads.undo(world.system, result.upload_id)
    # an undone file is not one that was taken in
    again = await uploads.upload(world.system, workbook(people(5)))
    assert (again.created, again.unchanged) == (2, 3)


async def test_undo_leaves_whose_tags_were_changed_since_and_who_has_a_task(world: World) -> None:
    """Tags of the file are no work; giving one, taking one and a task by hand are."""
    body = await world.organization()
    services = world.services
    rows = [[f"이{at}", f"010{20_000_000 + at}", "", "Haeundae", "독거"] for at in range(6)]
    headers = [*HEADERS, "Tags"]
    file = workbook(rows, headers=headers)
    result = await services.uploads.upload(world.system, file, organization=body)
    assert result.upload_id is not None
    found = services.uploads.all_results(world.system, result.upload_id)
    ids = {row.name: row.recipient_id or 0 async for row in found}
    kim = await world.admin("kim", organization_id=body)

    def one(name: str) -> Selection:
        return Selection(frozenset({ids[name]}))

    await services.tags.change(kim, one("이0"), 1, add=["고위험"])
    await services.tags.change(world.system, one("이1"), 1, remove=["독거"])
    await services.recipients.edit_many(kim, one("이2"), 1, ManyDraft(add=["고위험"]))
    await services.tags.change(kim, one("이3"), 1, add=["독거"])  # which it has
    await services.tasks.add(kim, ids["이4"], "들르기", now() + timedelta(days=1))
    # a record that names others' recipients is about nobody
    elsewhere = await world.organization("Suncheon")
    async with world.database.transaction() as session:
        await trail.record(
            session, kim, "recipient.tag", "recipient",
            organization_id=elsewhere,
            details={"ids": [ids["이5"], "x", [1]], "ranges": [[1, ids["이5"]], [1], "x"]},
        )  # fmt: skip
    undone = await services.uploads.undo(kim, result.upload_id)
    assert (undone.left, undone.kept, undone.kept_count) == (2, ("이0", "이1", "이2"), 4)


@pytest.mark.usefixtures("by_processes")
async def test_cancelled_while_it_is_saved_nothing_was_saved(world: World) -> None:
    await world.organization()
    job = Job()

    def cancel_when_some_are_done(done: int, _total: int) -> None:
        if done:
            job.cancel()

    job.on_progress = cancel_when_some_are_done
    with pytest.raises(Cancelled, match="nothing was saved"):
        await world.services.uploads.upload(world.system, many_people(3_000), job=job)
    assert await listed(world) == 0
    assert await world.services.uploads.count(world.system) == 0
    assert (await world.services.uploads.upload(world.system, workbook(people(3)))).created == 3


@pytest.mark.usefixtures("by_processes")
async def test_cancelled_while_the_file_is_read_its_process_ends_at_once(world: World) -> None:
    await world.organization()
    started = asyncio.Event()

    class Begun(Job):
        def when_cancelled(self, act: Callable[[], None]) -> None:
            started.set()
            super().when_cancelled(act)

    job = Begun()
    upload = asyncio.ensure_future(
        world.services.uploads.upload(world.system, many_people(6_000), job=job)
    )
    await started.wait()
    job.cancel()
    with pytest.raises(Cancelled):
        await upload
    assert await listed(world) == 0


@pytest.mark.usefixtures("by_processes")
async def test_a_task_that_is_cancelled_leaves_nothing_behind(world: World) -> None:
    """What ctrl+c does to the command."""
    await world.organization()
    some = asyncio.Event()
    job = Job(lambda done, _total: some.set() if done else None)
    upload = asyncio.ensure_future(
        world.services.uploads.upload(world.system, many_people(3_000), job=job)
    )
    await some.wait()
    upload.cancel()
    with pytest.raises(asyncio.CancelledError):
        await upload
    assert await listed(world) == 0
    assert (await world.services.uploads.upload(world.system, workbook(people(3)))).created == 3


@pytest.mark.usefixtures("by_processes")
async def test_progress_counts_up_to_all_rows(world: World) -> None:
    await world.organization()
    told: list[tuple[int, int]] = []
    job = Job(lambda done, total: told.append((done, total)))
    await world.services.uploads.upload(world.system, many_people(3_000), job=job)
    assert told[0] == (0, 3_000)
    assert told[-1] == (3_000, 3_000)
    assert [done for done, _total in told] == sorted(done for done, _total in told)
    assert len(told) >= 3


@pytest.mark.threads
async def test_other_consoles_read_on_while_an_upload_is_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where SQLite has no WAL that can be trusted, whose writers lock readers out when memory is short."""
    of_a_host = engine._pragmas
    monkeypatch.setattr(engine, "_pragmas", lambda wait: (*of_a_host(wait), "cache_size=-256"))
    world = await make_services(tmp_path)
    await world.organization()
    other = World(await Services.open(world.settings), world.system)
    looks: list[asyncio.Task[int]] = []
    job = Job(lambda _done, _total: looks.append(asyncio.ensure_future(listed(other))))
    result = await world.services.uploads.upload(world.system, many_people(6_000), job=job)
    seen = await asyncio.gather(*looks)
    for one in (world, other):
        await one.close()
    assert result.created == 6_000
    # a reader that was locked out would have seen all of them, after the commit
    assert seen[:-1] == [0] * (len(looks) - 1)
    assert len(looks) > 3


async def test_an_upload_leaves_one_audit_record_without_personal_data(world: World) -> None:
    await world.organization()
    result = await world.services.uploads.upload(world.system, workbook(people(3)))
    async with world.database.reading() as session:
        found = (
            await session.scalars(
                sa.select(AuditRecord).where(AuditRecord.action == "upload.take_in")
            )
        ).all()
    assert [record.subject_id for record in found] == [result.upload_id]
    assert found[0].details == {
        "read": 3,
        "created": 3,
        "unchanged": 0,
        "failed": 0,
        "warnings": 0,
    }


async def test_where_there_is_no_organization_yet_the_way_out_is_told(world: World) -> None:
    with pytest.raises(NotFound, match="carecall organization add"):
        await world.services.uploads.upload(world.system, workbook(people(1)))


async def test_a_role_that_sees_no_numbers_sees_none_in_results(tmp_path: Path) -> None:
    config = tmp_path / ".config/carecall/config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('mask_phones_for = ["viewer"]\n')
    world = await make_services(tmp_path)
    try:
        own = await world.organization()
        viewer = await world.admin("choi", Role.VIEWER, own)
        uploads = world.services.uploads
        result = await uploads.upload(world.system, workbook(people(2)), organization=own)
        assert result.upload_id is not None
        rows = await uploads.results(viewer, result.upload_id)
        assert [row.phone for row in rows] == ["010-****-0000", "010-****-0001"]
        guess = ResultFilter(search="2000")
        assert await uploads.count_results(viewer, result.upload_id, guess) == 0
    finally:
        await world.close()
