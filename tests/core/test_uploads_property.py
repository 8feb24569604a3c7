"""For any table of cells: read = created + unchanged + failed, and each row is in the results once."""

import asyncio
import datetime
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import World, make_services
from tests.reading_here import read_here
from tests.workbooks import workbook

pytestmark = pytest.mark.reading

_TEXTS = st.text(
    st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00\ufffe\uffff"), max_size=40
).filter(
    lambda text: not any(ord(character) < 32 and character not in "\t\n" for character in text)
)
_PHONES = st.one_of(
    st.sampled_from(["010-2000-0001", "01020000002", "+82 10 2000 0003", "02-312-3456", "010", ""]),
    st.integers(1_020_000_000, 1_020_000_009),
    st.floats(allow_nan=False, allow_infinity=False),
    st.none(),
)
_CELLS = st.one_of(
    st.none(),
    _TEXTS,
    st.booleans(),
    st.integers(-(10**18), 10**18),
    st.floats(allow_nan=False, allow_infinity=False),
    st.dates(datetime.date(1900, 3, 1), datetime.date(9999, 12, 30)),
    st.sampled_from(["김영희", "=1+1", "#N/A", "[bold]x", "_x001B_", "  ", "Haeundae", "Suncheon"]),
)
_ROWS = st.tuples(
    _CELLS, _PHONES, _CELLS, st.sampled_from(["Haeundae", "haeundae ", "", "없음", 3])
)


def gives_something(row: tuple[Any, ...]) -> bool:
    return any(cell is not None and str(cell).strip() for cell in row)


def told_rows(notes: Sequence[str]) -> set[int]:
    """The rows that are nobody, as the notes say."""
    found: set[int] = set()
    for note in notes:
        for first, last in re.findall(r"(\d+)(?:(?:-| to )(\d+))?", note):
            found.update(range(int(first), int(last or first) + 1))
    return found


async def take_in(table: list[tuple[Any, ...]]) -> None:
    with tempfile.TemporaryDirectory() as directory:
        world: World = await make_services(Path(directory))
        try:
            await world.organization()
            uploads = world.services.uploads
            data = workbook(table)
            checked = await uploads.upload(world.system, data, dry_run=True)
            for again in (False, True):
                result = await uploads.upload(world.system, data, again=again)
                assert result.upload_id is not None
                found = [row async for row in uploads.all_results(world.system, result.upload_id)]
                told = told_rows(result.notes)
                expected = [
                    at for at, row in enumerate(table, 2) if gives_something(row) and at not in told
                ]
                assert [row.row for row in found] == expected
                assert result.read == len(expected)
                assert result.read == result.created + result.unchanged + result.failed
                for kind in ("created", "unchanged", "failed"):
                    count = sum(row.result.value == kind for row in found)
                    assert count == getattr(result, kind)
                assert all(bool(row.reasons) == (row.result.value == "failed") for row in found)
                if not again:
                    assert (checked.created, checked.failed) == (result.created, result.failed)
                    assert sorted(row.row for row in checked.rows) == expected
                    first = result
            assert (result.created, result.unchanged) == (0, first.created)
        finally:
            await world.close()


@pytest.mark.parametrize("examples", [25, pytest.param(250, marks=pytest.mark.long, id="long")])
def test_every_row_of_any_table_is_accounted_for(
    examples: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_here(monkeypatch)

    @settings(max_examples=examples, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(_ROWS, max_size=15))
    def holds(table: list[tuple[Any, ...]]) -> None:
        asyncio.run(take_in(table))

    holds()
