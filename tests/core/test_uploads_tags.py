"""Tags in a file are given to new recipients; a download gives them back, and nobody who is there is changed."""

import asyncio
import io
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.recipients.dto import RecipientQuery, Selection
from core.recipients.rules import RecipientDraft
from core.tags.rules import MOST_OF_ORGANIZATION, key_of
from core.uploads.dto import UploadResult
from core.values.errors import InvalidInput
from tests.factories import World, make_services
from tests.reading_here import read_here, write_here
from tests.workbooks import by_header, cells, workbook

HEADERS = ("성명", "연락처", "태그")


@pytest.fixture
async def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    read_here(monkeypatch)
    write_here(monkeypatch)
    made = await make_services(tmp_path)
    await made.organization("Haeundae")
    yield made
    await made.close()


async def upload(world: World, *rows: Any, **more: Any) -> UploadResult:
    file = workbook([list(row) for row in rows], headers=more.pop("headers", HEADERS))
    return await world.services.uploads.upload(
        world.system, file, organization="Haeundae", again=True, **more
    )


async def told(world: World, result: UploadResult) -> dict[int, tuple[str, str, str]]:
    rows = result.rows or await world.services.uploads.results(world.system, result.upload_id)
    return {
        row.row: (row.result.value, row.tags, " ".join(row.reasons + row.warnings)) for row in rows
    }


async def tags(world: World) -> dict[str, tuple[str, ...]]:
    rows = await world.services.recipients.window(world.system, RecipientQuery())
    return {row.name: row.tags for row, _place in rows}


async def made(world: World) -> list[str]:
    return [row.name for row in await world.services.tags.list(world.system)]


async def download(world: World) -> bytes:
    file = io.BytesIO()
    await world.services.downloads.write(world.system, RecipientQuery(), file, reason="test")
    return file.getvalue()


@pytest.mark.parametrize("dry_run", [True, False])
async def test_tags_are_given_and_a_wrong_one_fails_its_row(world: World, dry_run: bool) -> None:
    kim = await world.recipient(1, "김영수", "010-3000-0001")
    await world.services.tags.change(
        world.system, Selection(frozenset({kim.id})), 1, add=["고위험", "주 2회"]
    )
    result = await upload(
        world,
        ("김영희", "010-2000-0001", "고위험; 독거"),
        ("박철수", "010-2000-0002", "독거，ＨＩＧＨ、High"),
        ("이순자", "010-2000-0003", ""),
        ("최말순", "010-2000-0004", 3),
        ("정복순", "010-2000-0005", "가" * 21),
        ("강옥자", "010-2000-0006", "010-1234-5678"),
        ("조금자", "010-2000-0007", ", ".join(f"t{at}" for at in range(21))),
        ("김영수", "010-3000-0001", "주 ２회, 고위험"),
        dry_run=dry_run,
    )
    rows = await told(world, result)
    assert (result.created, result.unchanged, result.failed) == (4, 1, 3)
    assert {at: rows[at][:2] for at in (2, 3, 4, 5, 9)} == {
        2: ("created", "고위험, 독거"),
        3: ("created", "High, 독거"),
        4: ("created", ""),
        5: ("created", "3"),
        9: ("unchanged", "고위험, 주 2회" if not dry_run else rows[9][1]),
    }
    for at, words in ((6, "at most 20 characters"), (7, "at most 6 digits"), (8, "most 20 tags")):
        assert rows[at][0] == "failed"
        assert words in rows[at][2]
    assert "was read as 3" in rows[5][2]
    if dry_run:
        assert await made(world) == ["고위험", "주 2회"]
        return
    assert await tags(world) == {
        "김영희": ("고위험", "독거"),
        "박철수": ("High", "독거"),
        "이순자": (),
        "최말순": ("3",),
        "김영수": ("고위험", "주 2회"),
    }
    assert result.upload_id is not None
    assert (await world.services.uploads.undo(world.system, result.upload_id)).left == 4


@pytest.mark.parametrize("dry_run", [True, False])
@pytest.mark.parametrize("given", ["독거", "고위험, 주 2회, 독거", "고위험", "주 2회"])
async def test_other_tags_are_no_silent_change(world: World, given: str, dry_run: bool) -> None:
    first = ("김영희", "010-2000-0001", "주 2회, 고위험" if given != "주 2회" else "고위험")
    await upload(world, first)
    before = await tags(world), await made(world)
    result = await upload(world, (*first[:2], given), dry_run=dry_run)
    assert (result.failed, result.read) == (1, 1)
    [(kind, kept, reason)] = (await told(world, result)).values()
    assert kind == "failed"
    assert sorted(kept.split(", ")) == sorted(given.split(", "))
    assert reason == "김영희, who has 010-2000-0001 already, has other tags."
    # nothing given is nothing cleared; and no tag was made for a row that failed
    assert (await upload(world, (*first[:2], ""), dry_run=dry_run)).unchanged == 1
    assert (await tags(world), await made(world)) == before


async def test_a_failed_row_is_written_and_corrected_with_its_tags(world: World) -> None:
    uploads = world.services.uploads
    result = await upload(world, ("김영희", "02-345-6789", "고위험;독거"))
    assert result.upload_id is not None
    file = io.BytesIO()
    await uploads.write_results(world.system, result.upload_id, file, failed_only=True)
    [row] = by_header(cells(file.getvalue()))
    assert row["Tags"] == "고위험;독거"
    draft = RecipientDraft("김영희", "010-2000-0001", organization_id=1)
    with pytest.raises(InvalidInput) as raised:
        await uploads.correct_row(world.system, result.upload_id, 2, draft, tags="가" * 21)
    assert raised.value.field == "tags"
    corrected = await uploads.correct_row(
        world.system, result.upload_id, 2, draft, tags="고위험;독거"
    )
    assert corrected.tags == "고위험, 독거"
    assert await tags(world) == {"김영희": ("고위험", "독거")}
    written = io.BytesIO()
    await uploads.write_results(world.system, result.upload_id, written, failed_only=False)
    again = await uploads.upload(world.system, written.getvalue(), organization="Haeundae")
    assert (again.unchanged, again.read) == (1, 1)


async def test_a_tag_of_another_organization_is_another_tag(world: World) -> None:
    """One file for two, and one by somebody who does not know that the other has the tag."""
    sokcho = await world.organization("Sokcho")
    await upload(world, ("김영수", "010-2000-0001", "고위험"))
    headers = (*HEADERS, "기관")
    rows = [
        ["이순자", "010-2000-0002", "고위험", "Sokcho"],
        ["박철수", "010-2000-0003", "독거", "Haeundae"],
    ]
    await world.services.uploads.upload(world.system, workbook(rows, headers=headers))
    kim = await world.admin("kim", organization_id=sokcho)
    file = workbook([["최말순", "010-2000-0004", "독거, 고위험"]], headers=HEADERS)
    assert (await world.services.uploads.upload(kim, file)).created == 1
    found = {
        (row.organization, row.name): row.count
        for row in await world.services.tags.list(world.system)
    }
    assert found == {
        ("Haeundae", "고위험"): 1, ("Haeundae", "독거"): 1, ("Sokcho", "고위험"): 2, ("Sokcho", "독거"): 1,
    }  # fmt: skip
    assert [row.count for row in await world.services.tags.list(kim)] == [2, 1]


async def test_an_organization_has_no_more_than_it_may(world: World) -> None:
    many = [f"t{at}" for at in range(MOST_OF_ORGANIZATION + 1)]
    rows = [
        (f"이{at}", f"010-2000-{at:04}", ", ".join(many[at * 20 : at * 20 + 20]))
        for at in range(11)
    ]
    result = await upload(world, *rows)
    assert (result.created, result.failed) == (10, 1)
    assert "at most 200 tags" in (await told(world, result))[12][2]
    for dry_run in (True, False):
        with pytest.raises(InvalidInput, match="200 tags"):
            await upload(world, ("박", "010-3000-0001", "one more"), dry_run=dry_run)
    assert len(await made(world)) == MOST_OF_ORGANIZATION


async def test_a_form_with_a_column_filled_in_beforehand_has_no_rows_of_nobody(
    world: World,
) -> None:
    headers = ("구분", "성명", "연락처", "비고")
    rows = [("독거", "김영희", "010-2000-0001", ""), ("독거", "", "", ""), ("합계", "", "", "")]
    result = await upload(world, *rows, headers=headers)
    assert (result.created, result.read) == (1, 1)
    assert await tags(world) == {"김영희": ("독거",)}


async def test_a_column_that_somebody_has_said_to_be_tags_is_kept(world: World) -> None:
    headers, guardian = ("성명", "연락처", "분류", "돌보는 분"), "051-749-4000"
    said = {"분류": "tags", "돌보는 분": "guardian_phone"}
    first = ("김영희", "010-2000-0001", "독거", guardian)
    await upload(world, first, headers=headers, mapping=said)
    again = await upload(world, ("이순자", "010-2000-0002", "고위험", guardian), headers=headers)
    assert again.created == 1
    assert await tags(world) == {"김영희": ("독거",), "이순자": ("고위험",)}
    for at in (1, 2):
        assert [one.phone for one in await world.services.contacts.list(world.system, at)]


_NAMES = st.one_of(
    st.sampled_from(
        ["고위험", "주 2회", "A", "a", "é", "e\u0301", '"q"', "back\\slash", "%", "[1]"]
    ),
    st.text(
        st.characters(codec="utf-8", exclude_categories=["C"], exclude_characters=",;，；、､"),
        max_size=20,
    ),
)
_TAGS = st.lists(_NAMES, max_size=4)


async def _round_trip(of_each: list[list[str]]) -> None:
    with tempfile.TemporaryDirectory() as directory:
        world = await make_services(Path(directory))
        try:
            await world.organization("Haeundae")
            rows = [
                (f"이{at}", f"010-2000-{at:04}", ";".join(names))
                for at, names in enumerate(of_each)
            ]
            first = await upload(world, *rows)
            found = await told(world, first)
            kept = await tags(world)
            for at, (row, names) in enumerate(zip(rows, of_each, strict=True), 2):
                if found[at][0] == "created":
                    keys = {key_of(one) for one in kept[row[0]]}
                    assert keys == {key_of(name) for name in names if name.strip()}
                else:
                    assert row[0] not in kept
            again = await world.services.uploads.upload(world.system, await download(world))
            assert (again.unchanged, again.failed) == (first.created, 0)
            assert await tags(world) == kept
        finally:
            await world.close()


@pytest.mark.parametrize("examples", [8, pytest.param(60, marks=pytest.mark.long, id="long")])
def test_whatever_is_given_comes_back_unchanged(
    examples: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_here(monkeypatch)
    write_here(monkeypatch)

    @settings(max_examples=examples, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(_TAGS, min_size=1, max_size=4))
    def holds(of_each: list[list[str]]) -> None:
        asyncio.run(_round_trip(of_each))

    holds()
