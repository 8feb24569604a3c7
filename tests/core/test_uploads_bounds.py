"""What an upload holds: the writer only while it saves, and of failed rows no more than fits."""

import io
import sqlite3

import pytest

from core.io import child
from core.uploads import protocol
from core.uploads.protocol import Done, Message, Question, Rows
from core.uploads.rules import GIVEN_LONGEST, given, phone_digits
from core.uploads.sheet import taking, worker
from core.values import i18n
from core.values.jobs import Job
from core.values.settings import UploadLimits
from tests.factories import World
from tests.workbooks import people, workbook


@pytest.mark.sqlite
async def test_others_write_while_a_file_is_read(world: World) -> None:
    await world.organization()
    path = world.database.path
    assert path is not None
    wrote: list[int] = []

    def write(done: int, total: int) -> None:
        if done < total:
            other = sqlite3.connect(path, timeout=0, isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            other.execute("ROLLBACK")
            other.close()
            wrote.append(done)

    result = await world.services.uploads.upload(world.system, people(12_000), job=Job(write))
    assert result.created == 12_000
    assert max(wrote) > 0


def test_of_a_row_that_fails_100_characters_of_each_cell_are_kept() -> None:
    kept = given({"name": "가" * 100, "phone": "1" * 101, "other_information": "  "})
    assert kept == {"name": "가" * 100, "phone": "1" * 100}


def test_of_what_is_no_number_the_last_15_digits_are_compared() -> None:
    assert phone_digits("9" * 5 + "-010 1234 5678 ９０12") == "010123456789012"


async def test_of_a_cell_no_more_is_kept_than_a_form_can_show(world: World) -> None:
    own = await world.organization()
    far = " " * 30_000
    pile = "e" + "\u0315\u0300" * 495
    rows = [
        ["김영희", f"010-2000-0001{far}", "", ""],
        ["이철수", f"010-2000-0001{far}", "", ""],
        [pile, "010-2000-0002", "", ""],
    ]
    uploads = world.services.uploads
    result = await uploads.upload(world.system, workbook(rows), organization=own)
    assert (result.created, result.failed, result.upload_id) == (1, 2, 1)
    failed = {row.row: row for row in await uploads.results(world.system, 1)}
    assert max(len(failed[3].phone), len(failed[4].name)) <= GIVEN_LONGEST
    assert "marks" in failed[4].reasons[0]


def test_what_failed_rows_gave_is_kept_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking, "KEPT_CHARACTERS", 2_000)
    monkeypatch.setattr(taking, "BYTES_PER_MESSAGE", 1_000)
    rows = [["x" * 900, "010", "x" * 900, "x" * 900] for _ in range(100)]
    question = Question(UploadLimits(), "en", "KR", {"haeundae": 1}, 1, "Haeundae")
    out = io.BytesIO()
    worker.answer(io.BytesIO(workbook(rows)), question.opening, lambda: question, out)
    told = _messages(out.getvalue())
    bad = [
        row
        for one in told
        if isinstance(one, Rows)
        for row in protocol.decode_others.decode(one.bad)
    ]
    assert [row.row for row in bad] == list(range(2, 102))
    assert all(row.reasons for row in bad)
    kept = [row.row for row in bad if "name" in row.given]
    assert 2 <= len(kept) < 10
    assert len(told) < 25
    done = told[-1]
    assert isinstance(done, Done)
    assert f"row {kept[-1] + 1} on" in i18n.told(done.notes[0])


def _messages(data: bytes) -> list[Message]:
    told = io.BytesIO(data)
    return [protocol.decode.decode(message) for message in iter(lambda: child.hear(told), None)]
