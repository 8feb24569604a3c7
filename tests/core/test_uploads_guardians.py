"""A guardian in a file becomes the first contact of the recipient; a download gives it back."""

import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from core.contacts.rules import ContactDraft
from core.recipients.dto import RecipientQuery
from core.recipients.rules import RecipientDraft
from core.uploads.dto import Guardian, UploadResult
from core.values.errors import InvalidInput
from core.values.roles import Role
from tests.audit_trail import actions
from tests.factories import World, make_services
from tests.reading_here import read_here, write_here
from tests.workbooks import (
    by_header,
    cells,
    header_row,
    raw_workbook,
    sheet_xml,
    text_cell,
    workbook,
)

HEADERS = ("성명", "연락처", "보호자", "보호자 연락처")
NEIGHBOUR = ContactDraft("neighbour", "이웃", "051-749-4000")


@pytest.fixture
async def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    read_here(monkeypatch)
    write_here(monkeypatch)
    made = await make_services(tmp_path)
    await made.organization("Haeundae")
    yield made
    await made.close()


async def upload(world: World, *rows: Any, **more: Any) -> UploadResult:
    file = workbook([list(row) for row in rows], headers=HEADERS)
    return await world.services.uploads.upload(
        world.system, file, organization="Haeundae", again=True, **more
    )


async def told(world: World, result: UploadResult) -> list[tuple[str, tuple[str, ...]]]:
    rows = result.rows or await world.services.uploads.results(world.system, result.upload_id)
    return [(row.result.value, row.reasons + row.warnings) for row in rows]


async def guardians(world: World, recipient: int) -> list[tuple[int, str, str, str]]:
    rows = await world.services.contacts.list(world.system, recipient)
    return [(one.place, one.relation.value, one.name, one.phone) for one in rows]


async def download(world: World) -> bytes:
    file = io.BytesIO()
    await world.services.downloads.write(world.system, RecipientQuery(), file, reason="test")
    return file.getvalue()


@pytest.mark.parametrize("dry_run", [True, False])
async def test_each_kind_of_number_and_what_is_left_blank(world: World, dry_run: bool) -> None:
    result = await upload(
        world,
        ("김영희", "010-2000-0001", "김미영", "010-9876-5432"),
        ("박철수", "010-2000-0002", "", "051-749-4000"),
        ("이순자", "010-2000-0003", "", 1098765432),
        ("최말순", "010-2000-0004", "", ""),
        ("정복순", "010-2000-0005", "아들", ""),
        ("강옥자", "010-2000-0006", "아들", "749-4000"),
        ("조금자", "010-2000-0007", "x" * 41, "119"),
        dry_run=dry_run,
    )
    assert (result.created, result.failed, result.warnings) == (5, 2, 2)
    words = [" ".join(one) for _result, one in await told(world, result)]
    for said in (
        "Guardian's number is not a number that can be phoned.",
        "Guardian may have at most 40 characters",
        "Guardian's number is no text in the sheet; it was read as 010-9876-5432.",
        "Guardian has no number in this row, and was not taken.",
    ):
        assert any(said in one for one in words), words
    if dry_run:
        return
    assert [await guardians(world, at) for at in range(1, 6)] == [
        [(1, "guardian", "김미영", "+821098765432")],
        [(1, "guardian", "", "+82517494000")],
        [(1, "guardian", "", "+821098765432")],
        [],
        [],
    ]


async def test_a_number_that_was_cut_to_an_exponent_is_not_theirs(world: World) -> None:
    cells = "".join(text_cell(*one) for one in (("A2", "김영희"), ("B2", "010-2000-0001")))
    row = f'<row r="2">{cells}<c r="D2"><v>1.09877E+09</v></c></row>'
    result = await world.services.uploads.upload(
        world.system,
        raw_workbook(sheet_xml(header_row(HEADERS) + row)),
        organization="Haeundae",
    )
    [(kind, [reason])] = await told(world, result)
    assert kind == "failed"
    assert reason.startswith("Guardian's number is not a number")


async def test_downloaded_and_uploaded_again_each_row_is_unchanged(world: World) -> None:
    first = [
        ("김영희", "010-2000-0001", "김미영", "010-9876-5432"),
        ("박철수", "010-2000-0002", "", "119"),
        ("이순자", "010-2000-0003", "", ""),
    ]
    await upload(world, *first)
    await world.services.contacts.add(world.system, 3, NEIGHBOUR)
    file = await download(world)
    rows = {row["Recipient name"]: row for row in by_header(cells(file))}
    assert rows["김영희"]["Guardian"] == "김미영"
    assert rows["김영희"]["Guardian's number"] == "010-9876-5432"
    assert rows["박철수"]["Guardian's number"] == "119"
    assert not rows["이순자"]["Guardian's number"]
    again = await world.services.uploads.upload(world.system, file)
    assert (again.unchanged, again.read) == (3, 3)
    blank = await upload(world, *((*row[:2], "", "") for row in first))
    assert blank.unchanged == 3  # nothing given is nothing cleared


@pytest.mark.parametrize("dry_run", [True, False])
async def test_another_guardian_is_no_silent_change(world: World, dry_run: bool) -> None:
    await upload(world, ("김영희", "010-2000-0001", "김미영", "010-9876-5432"))
    other = ("김영희", "010-2000-0001", "김미영", "051-749-4000")
    result = await upload(world, other, dry_run=dry_run)
    [(kind, [reason])] = await told(world, result)
    assert kind == "failed"
    assert reason.startswith("Guardian's number differs from that of 김영희")
    assert await guardians(world, 1) == [(1, "guardian", "김미영", "+821098765432")]
    # a second guardian is one of those that are there
    await world.services.contacts.add(
        world.system, 1, ContactDraft("guardian", "김미영", "051-749-4000")
    )
    assert (await upload(world, other, dry_run=dry_run)).unchanged == 1


async def test_a_failed_row_is_corrected_with_its_guardian(world: World) -> None:
    uploads = world.services.uploads
    result = await upload(world, ("김영희", "010-2000-0001", "김미영", "749-4000"))
    assert result.upload_id is not None
    file = io.BytesIO()
    await uploads.write_results(world.system, result.upload_id, file, failed_only=True)
    [row] = by_header(cells(file.getvalue()))
    assert (row["Guardian"], row["Guardian's number"]) == ("김미영", "749-4000")
    draft = RecipientDraft("김영희", "010-2000-0001", organization_id=1)
    wrong, right = Guardian("김미영", ""), Guardian("김미영", "051-749-4000")
    with pytest.raises(InvalidInput) as raised:
        await uploads.correct_row(world.system, result.upload_id, 2, draft, wrong)
    assert raised.value.field == "guardian_phone"
    made = await uploads.correct_row(world.system, result.upload_id, 2, draft, right)
    assert made.recipient_id is not None
    assert await guardians(world, made.recipient_id) == [(1, "guardian", "김미영", "+82517494000")]
    assert (await actions(world))[-2:] == ["recipient.add", "contact.add"]
    assert (await uploads.undo(world.system, result.upload_id)).left == 1


async def test_undo_leaves_whom_somebody_gave_a_contact(world: World) -> None:
    rows = [(name, f"010-2000-000{at}", "", "119") for at, name in enumerate("가나다", 1)]
    result = await upload(world, *rows)
    assert result.upload_id is not None
    [contact] = await world.services.contacts.list(world.system, 1)
    edited = ContactDraft("guardian", "딸", "119")
    await world.services.contacts.edit(world.system, contact.id, edited, 1)
    await world.services.contacts.add(world.system, 2, NEIGHBOUR)
    undone = await world.services.uploads.undo(world.system, result.upload_id)
    assert (undone.left, undone.kept) == (1, ("가", "나"))


async def test_a_download_masks_the_number_too(tmp_path: Path) -> None:
    config = tmp_path / ".config/carecall/config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('mask_phones_for = ["viewer"]\n')
    world = await make_services(tmp_path)
    body = await world.organization("Haeundae")
    await upload(world, ("김영희", "010-2000-0001", "김미영", "010-9876-5432"))
    lee = await world.admin("lee", Role.VIEWER, body)
    file = io.BytesIO()
    await world.services.downloads.write(lee, RecipientQuery(), file, reason="test")
    [row] = by_header(cells(file.getvalue()))
    assert row["Guardian's number"] == "010-****-5432"
    await world.close()
