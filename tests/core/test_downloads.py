"""Downloads: what is listed, as texts that no program runs, and that can be uploaded again as they are."""

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.cell import WriteOnlyCell

from core.db.models import AuditRecord, Recipient
from core.recipients.dto import AS_READ, RecipientFilter, RecipientQuery
from core.recipients.fields import FIELDS, NO_VALUE, FieldName, Kind
from core.recipients.rules import Status
from core.recipients.texts import form_of, forms_of_kept
from core.uploads.workbooks import Layout, TextSheet, clean, write_template
from core.uploads.writer import SheetWriter
from core.values import i18n
from core.values.errors import InvalidInput
from core.values.jobs import Cancelled, Job
from core.values.roles import Role
from core.values.times import NEVER, UNREADABLE
from core.written.files import HostFiles
from tests.factories import World, make_services
from tests.reading_here import write_here
from tests.workbooks import by_header, cells, workbook


async def download(
    world: World, query: RecipientQuery | None = None, reason: str = "report"
) -> tuple[bytes, int]:
    file = io.BytesIO()
    count = await world.services.downloads.write(
        world.system, query or RecipientQuery(), file, reason=reason
    )
    return file.getvalue(), count


@pytest.fixture
async def ready(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Two organizations, 30 recipients, some of them in campaigns."""
    write_here(monkeypatch)
    first, second = await world.organization(), await world.organization("순천시 노인복지과")
    rows = await world.recipients(first, 25)
    rows += [await world.recipient(second, f"박{at}", other_information="독거") for at in range(5)]
    await world.recipient(second, "Tanaka", "+81 90-1234-5678")
    await world.campaign("아침 안부", recipients=[row.id for row in rows[:10]])
    await world.pause(rows[0].id)
    return world


@pytest.fixture
def by_a_process(ready: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a user's host."""
    monkeypatch.setattr("core.uploads.download.SheetWriter", SheetWriter)


@pytest.mark.parametrize("language", ["en", "ko"])
async def test_uploaded_again_each_row_is_unchanged(tmp_path: Path, language: str) -> None:
    i18n.use(language)
    world = await make_services(tmp_path, {"CARECALL_LANGUAGE": language})
    try:
        organization = await world.organization("해운대구 복지관")
        await world.recipients(organization, 8)
        await world.recipient(organization, "_x0041_", other_information="-1")
        await world.recipient(organization, "#N/A", other_information="=1+1")
        data, count = await download(world)
        result = await world.services.uploads.upload(world.system, data)
        assert count == 10
        assert (result.read, result.unchanged, result.notes) == (10, 10, ())
    finally:
        await world.close()


async def test_it_has_what_is_listed_in_its_order(ready: World) -> None:
    query = RecipientQuery(
        filter=RecipientFilter(statuses=frozenset({Status.IN_PROGRESS})),
        sort=FieldName.NAME,
        descending=True,
    )
    data, count = await download(ready, query)
    rows = cells(data)
    assert count == 9
    assert [row[0] for row in rows[1:]] == [f"이{at:04}" for at in range(9, 0, -1)]
    first = by_header(rows)[0]
    assert {"Registered at (Asia/Seoul)", "Last call at (Asia/Seoul)"} <= first.keys()
    assert (first["Campaign name"], first["Status"]) == ("아침 안부", "in progress")


@pytest.mark.usefixtures("by_a_process")
async def test_more_than_one_page_is_whole(ready: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.uploads.download._PAGE", 7)
    data, count = await download(ready, RecipientQuery(sort=FieldName.ORGANIZATION))
    names = [row[0] for row in cells(data)[1:]]
    assert count == len(names) == len(set(names)) == 31


async def test_times_are_in_the_zone_of_the_organization(ready: World) -> None:
    organization = await ready.organization("Honolulu", timezone="Pacific/Honolulu")
    await ready.recipient(organization, "Kim")
    data, _count = await download(ready, RecipientQuery(organization_id=organization))
    assert "Registered at (Pacific/Honolulu)" in cells(data)[0]


async def test_cells_are_texts_whatever_they_begin_with(world: World) -> None:
    """Also what was stored by hand, before there were rules, does not stop the download."""
    organization = await world.organization()
    texts = ["=1+1", "+1", "-1", "@SUM(1)", "\tx", "\rx", "\x1b[31mx", "#REF!", "\ue000"]
    if world.database.is_sqlite:
        texts.append("a\x00b")  # PostgreSQL stores no NUL
    rows = [await world.recipient(organization) for _text in texts]
    async with world.database.transaction() as session:
        for row, text in zip(rows, texts, strict=True):
            await session.execute(
                sa.update(Recipient).where(Recipient.id == row.id).values(name=text, version=2)
            )
    data, count = await download(world, RecipientQuery(sort=FieldName.REGISTERED_AT))
    assert count == len(texts)
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value} == {"s"}
    names = {row[0].value for row in sheet.iter_rows()}
    assert {"=1+1", "+1", "-1", "@SUM(1)", "#REF!", "\ufffd[31mx"} <= names
    assert ("a\ufffdb" in names) is world.database.is_sqlite
    xml = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in xml
    assert b"<v>" not in xml


async def test_what_the_actor_may_not_see_is_not_in_it(ready: World) -> None:
    organization = (await ready.services.organizations.by_name(ready.system, "Haeundae")).id
    viewer = await ready.admin("choi", Role.VIEWER, organization)
    file = io.BytesIO()
    count = await ready.services.downloads.write(viewer, RecipientQuery(), file, reason="report")
    assert count == 25
    rows = by_header(cells(file.getvalue()))
    assert {row["Responsible organization"] for row in rows} == {"Haeundae"}


async def test_it_is_recorded_with_its_reason_before_anything_leaves(ready: World) -> None:
    await download(ready, reason="  for the  district office ")
    async with ready.database.reading() as session:
        found = (
            await session.scalars(
                sa.select(AuditRecord).where(AuditRecord.action == "recipient.download")
            )
        ).one()
    assert found.admin_id == ready.system.admin_id
    assert found.details == {
        "count": 31,
        "reason": "for the district office",
        "filtered": False,
    }
    for reason in ("", " ", "x" * 201):
        with pytest.raises(InvalidInput, match="Reason"):
            await download(ready, reason=reason)


@pytest.mark.usefixtures("by_a_process")
async def test_cancelled_it_leaves_no_file(
    ready: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.uploads.download._PAGE", 5)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    job = Job()
    job.on_progress = lambda done, _total: job.cancel() if done > 10 else None
    target = tmp_path / "list.xlsx"
    with pytest.raises(Cancelled), HostFiles().create(str(target)) as file:
        await ready.services.downloads.write(
            ready.system, RecipientQuery(), file, reason="report", job=job
        )
    assert not target.exists()
    assert not list(tmp_path.glob("carecall-*"))


async def test_progress_counts_up_to_all(ready: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.uploads.download._PAGE", 10)
    told: list[tuple[int, int]] = []
    job = Job(lambda done, total: told.append((done, total)))
    await ready.services.downloads.write(
        ready.system, RecipientQuery(), io.BytesIO(), reason="report", job=job
    )
    assert told == [(10, 31), (20, 31), (30, 31), (31, 31)]


@pytest.mark.usefixtures("by_a_process")
async def test_a_recipient_that_moves_in_the_order_meanwhile_is_written_once(
    ready: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.uploads.download._PAGE", 10)
    append = SheetWriter.append
    pages = 0

    async def with_a_change(sheet: SheetWriter, rows: Sequence[Sequence[str]]) -> None:
        nonlocal pages
        await append(sheet, rows)
        pages += 1
        if pages == 1:
            # the first row of all goes to the end
            async with ready.database.transaction() as session:
                await session.execute(
                    sa.update(Recipient)
                    .where(Recipient.name == rows[0][0])
                    .values(name="힣", version=9)
                )

    monkeypatch.setattr(SheetWriter, "append", with_a_change)
    data, count = await download(ready, RecipientQuery(sort=FieldName.NAME, descending=False))
    phones = [row[1] for row in cells(data)[1:]]
    assert count == len(phones) == len(set(phones)) == 31


async def test_a_list_too_long_for_a_sheet_says_so(
    ready: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.uploads.download.MAXIMUM_ROWS", 31)
    with pytest.raises(InvalidInput, match="31 recipients do not fit"):
        await download(ready)


def test_the_template_has_the_columns_formatted_as_text() -> None:
    for language, first in (("en", "Recipient name"), ("ko", "수신인 이름")):
        file = io.BytesIO()
        write_template(file, language)
        sheet = openpyxl.load_workbook(file).worksheets[0]
        assert sheet["A1"].value == first
        assert sheet.column_dimensions["B"].number_format == "@"


async def test_a_filled_in_template_goes_in(world: World) -> None:
    await world.organization()
    file = io.BytesIO()
    write_template(file, "ko")
    headers = cells(file.getvalue())[0]
    typed = {"수신인 이름": "김영희", "휴대폰 번호": "01020000001", "담당 기관": "Haeundae"}
    rows = [[typed.get(header) for header in headers]]
    result = await world.services.uploads.upload(world.system, workbook(rows, headers=headers))
    assert result.created == 1


_CELL_TEXTS = st.one_of(
    st.sampled_from(
        ["", "김영희", "=1+1", "#N/A", "_x0041_", " a", "a ", "a  b", "1", "<&>", "'\""]
    ),
    st.text("a김=<&> \t\n_x0\u00e9\u0301\U0001f600\u3000\u200b\x1b\u2016%{}\0", max_size=8),
)


@given(rows=st.lists(st.lists(_CELL_TEXTS, min_size=3, max_size=3), max_size=5))
def test_cells_are_those_that_openpyxl_would_write(rows: list[list[str]]) -> None:
    made, expected = io.BytesIO(), io.BytesIO()
    sheet = TextSheet(Layout("list", ("name", "phone", "reason"), ("A", "B", "C")), made)
    sheet.append(rows)
    sheet.save()
    book = openpyxl.Workbook(write_only=True)
    theirs = book.create_sheet("list")
    for row in [["A", "B", "C"], *rows]:
        kept = [WriteOnlyCell(theirs, clean(text)) if text else None for text in row]
        for cell in filter(None, kept):
            cell.data_type = "s"
        theirs.append(kept)
    book.save(expected)
    assert cells(made.getvalue()) == cells(expected.getvalue())


def test_many_values_read_as_each_does(world: World) -> None:
    zone, region = world.settings.zone, world.settings.region
    moments = [datetime(2026, 11, 1, 0, minute, tzinfo=UTC) for minute in range(3)]
    samples: dict[Kind, Sequence[Any]] = {
        Kind.TEXT: ["김영희", ""],
        Kind.PHONE: ["+821020000001", "+8210****0001", "+819012345678", "x"],
        Kind.TIME: [*moments, NEVER, UNREADABLE],
        Kind.STATUS: [0, 1, 2, 99],
        Kind.COUNT: [0, 1, 12, "x"],
    }
    for field in FIELDS:
        kept = samples.get(field.kind, [NO_VALUE, 0, 0.5, 61.25, "x"])
        read = AS_READ.get(field.name.value, lambda value: value)
        each = form_of(field, region, zone)
        forms = forms_of_kept(field, region, zone)
        assert list(forms(kept)) == [each(read(value)) for value in kept], field.name
