"""The sample database: complete, consistent with the rules, the same again, and never half there."""

import asyncio
import contextlib
import os
import sqlite3
import stat
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

import tui.__main__ as entry
from core.app.services import Services
from core.calls import metrics
from core.campaigns.status import refresh_status
from core.db import schema
from core.db.engine import Database
from core.db.models import (
    Call,
    MemoryDetail,
    MemoryVersion,
    Participation,
    Recipient,
    Task,
    TaskCall,
    Utterance,
)
from core.demo import helper, writer
from core.demo.calendar import Calendar
from core.demo.generator import Plan, Sample
from core.demo.place import sample_file
from core.duplicates.rules import Reason
from core.io.configuration import load
from core.io.identity import Identity, of_process
from core.recipients.fields import search_text
from core.recipients.rules import RecipientDraft, Status, clean
from core.tasks import from_calls
from core.trends import refreshing
from core.values import phone
from core.values.errors import StorageUnavailable
from tests.factories import make_settings

pytestmark = pytest.mark.sqlite

PLAN = Plan(recipients=240, seed=7, today=date(2026, 11, 23), account="root")


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a sample database, for reading."""
    file = tmp_path_factory.mktemp("sample") / "demo" / "sample.db"
    asyncio.run(writer.make(file, PLAN))
    return file


@pytest.fixture
async def database(sample: Path) -> AsyncIterator[Database]:
    """The sample database, opened as any other."""
    opened = Database(f"sqlite+aiosqlite:///{sample}")
    yield opened
    await opened.close()


def dump(file: Path) -> dict[str, list[Any]]:
    """Every row of every table of our own."""
    with sqlite3.connect(file) as connection:
        names = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table'"
            " AND name NOT LIKE 'recipient_search%' AND name NOT LIKE 'conversation_search%'"
            " AND name NOT LIKE 'sqlite%'"
        ).fetchall()
        return {name: connection.execute(f"SELECT * FROM {name}").fetchall() for (name,) in names}


async def test_the_same_seed_and_day_give_the_same_rows(tmp_path: Path) -> None:
    plan = replace(PLAN, recipients=60)
    once, again = tmp_path / "once.db", tmp_path / "again.db"
    for file in (once, again):
        await writer.make(file, plan)
    assert dump(again) == dump(once)
    here, other = (
        [dict(rows).get("recipients") for _made, rows in Sample(one).batches()]
        for one in (plan, replace(plan, seed=8))
    )
    assert here != other


def test_rows_do_not_depend_on_the_hash_seed_of_the_process() -> None:
    code = (
        "import datetime, hashlib, marshal; from core.demo.generator import Plan, Sample;"
        "plan = Plan(60, 1, datetime.date(2026, 11, 23), 'x');"
        "print(hashlib.sha256(repr([(n, dict(r)) for n, r in Sample(plan).batches()]).encode()).hexdigest())"
    )
    prints = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=Path(__file__).parents[2],
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(prints) == 1


def test_the_second_process_gives_the_same_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    here = [(made, dict(rows)) for made, rows in Sample(PLAN).batches()]
    monkeypatch.setattr(helper, "_WORTH_IT", 0)
    there = [(made, dict(rows)) for made, rows in helper.batches(PLAN)]
    assert there == here


async def test_the_schema_is_the_migrated_one(
    database: Database, sample: Path, tmp_path: Path
) -> None:
    async with database.engine.connect() as connection:
        assert await connection.run_sync(schema.differences) == []
    fresh = Database(f"sqlite+aiosqlite:///{tmp_path / 'fresh.db'}")
    await schema.upgrade(fresh)
    await fresh.close()
    query = "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_stat%'"
    with sqlite3.connect(tmp_path / "fresh.db") as wanted, sqlite3.connect(sample) as made:
        assert set(made.execute(query)) == set(wanted.execute(query))
        assert made.execute("PRAGMA journal_mode").fetchone() == (
            wanted.execute("PRAGMA journal_mode").fetchone()
        )


async def test_metrics_and_status_are_those_that_the_core_computes(
    sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "copy.db"
    copy.write_bytes(sample.read_bytes())
    for module in (metrics, refreshing):
        monkeypatch.setattr(module, "now", lambda: Calendar(PLAN.today).midnight)
    database = Database(f"sqlite+aiosqlite:///{copy}")
    async with database.transaction() as session:
        await metrics.refresh_metrics(session, make_settings(tmp_path), sa.true())
        await refresh_status(session, sa.true())
    await database.close()
    assert dump(copy)["recipients"] == dump(sample)["recipients"]


async def test_recipients_keep_the_rules(database: Database) -> None:
    async with database.reading() as session:
        recipients = (await session.scalars(sa.select(Recipient))).all()
    assert len(recipients) == PLAN.recipients
    for one in recipients:
        draft = RecipientDraft(one.name, phone.show(one.phone, "KR"), one.other_information)
        kept = clean(draft, "KR")
        assert (kept.name, kept.phone) == (one.name, one.phone)
        assert kept.other_information == one.other_information
        assert one.search_text == search_text(one, "KR")
    assert len({(one.organization_id, one.phone) for one in recipients}) == PLAN.recipients


def test_numbers_of_other_countries_can_be_phoned() -> None:
    from core.demo.people import phone_of

    for index in (0, 999, 1_000_000, 9_999_999):
        for luck in (0.001, 0.0025, 0.0035, 0.5):
            number, digits = phone_of(index, luck)
            assert phone.parse(number, "KR") == number
            assert phone.search_digits(number, "KR") == digits


async def test_calls_agree_with_what_was_said(database: Database) -> None:
    async with database.reading() as session:
        said = await session.execute(
            sa.select(
                Call.id,
                Call.answer_count,
                Call.answer_characters,
                sa.func.count(Utterance.position),
                sa.func.sum(sa.func.length(Utterance.text)),
            )
            .join(Utterance, Utterance.call_id == Call.id)
            .where(Utterance.speaker == "recipient")
            .group_by(Call.id)
        )
        rows = said.all()
        too_late = Utterance.at_ms > Call.duration_ms
        late = (
            sa.select(sa.func.count())
            .select_from(Utterance)
            .join(Call, Call.id == Utterance.call_id)
        )
        assert await session.scalar(late.where(too_late)) == 0
    assert rows
    assert all(row[1:3] == row[3:5] for row in rows)


async def test_memory_details_say_what_their_history_says(database: Database) -> None:
    async with database.reading() as session:
        details = {one.id: one for one in await session.scalars(sa.select(MemoryDetail))}
        newest = sa.select(MemoryVersion).order_by(MemoryVersion.memory_id, MemoryVersion.number)
        versions = list(await session.scalars(newest))
    by_detail = {number: [one for one in versions if one.memory_id == number] for number in details}
    for number, detail in details.items():
        changes = [one.change for one in by_detail[number]]
        assert changes[0] == "learned"
        assert ("reset" in changes) == (detail.reset_at is not None)
        assert (detail.admin_id is not None) == bool({"edited", "reset"} & set(changes))
        assert (detail.newer_content is not None) == (changes.count("learned") == 2)


async def test_everything_that_the_console_shows_is_there(database: Database) -> None:
    async with database.reading() as session:
        statuses = Counter(await session.scalars(sa.select(Recipient.status)))
        assert set(statuses) == {int(status) for status in Status}
        paused = (
            await session.execute(
                sa.select(Participation).where(Participation.paused_at.is_not(None))
            )
        ).scalars()
        pauses = list(paused)
        assert any(one.pause_reason for one in pauses)
        assert any(one.resumes_at for one in pauses)
        for query in (
            "SELECT count(*) FROM calls WHERE analysis = 'emergency'",
            "SELECT count(*) FROM calls WHERE voice_file IS NOT NULL",
            "SELECT count(*) FROM recipients WHERE unanswered_streak >= 3",
            "SELECT count(*) FROM followup_actions",
            "SELECT count(*) FROM feedback",
            "SELECT count(*) FROM memory_details WHERE reset_at IS NOT NULL",
            "SELECT count(*) FROM upload_rows WHERE result = 'failed'",
            "SELECT count(*) - 1 FROM (SELECT DISTINCT admin_id FROM memos)",
            "SELECT count(*) - count(DISTINCT phone) FROM contacts WHERE relation = 'guardian'",
        ):
            assert await session.scalar(sa.text(query)), query
        states = await session.scalars(sa.text("SELECT DISTINCT state FROM campaigns"))
        assert set(states) == {"scheduled", "in progress", "ended"}
        assert not (await session.execute(sa.text("PRAGMA foreign_key_check"))).all()


async def test_a_morning_of_work_is_there_and_no_call_is_without_its_task(
    sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    morning = Calendar(PLAN.today, PLAN.minute).now
    monkeypatch.setattr(from_calls, "now", lambda: morning)
    copy = tmp_path / "carecall.db"
    copy.write_bytes(sample.read_bytes())
    services = await Services.open(make_settings(tmp_path))
    assert await from_calls.catch_up(services.database, services.settings) == 0
    async with services.database.reading() as session:
        tasks = list(await session.scalars(sa.select(Task)))
        about = list(await session.scalars(sa.select(TaskCall)))
    for task in tasks:
        assert (
            task.count == max(1, sum(one.task_id == task.id for one in about)) or task.kind == "own"
        )
        assert task.since <= task.created_at <= morning
        assert task.closed_at is None or task.created_at < task.closed_at < morning
        assert (task.acknowledged_at is None) == (task.acknowledged_by is None)
    opened = [task for task in tasks if task.closed_at is None]
    kinds = Counter(task.kind for task in opened)
    assert kinds == {"emergency": 4, "negative": 8, "unanswered": 20, "own": 4, "next_step": 4}
    assert sum(task.due_at < morning for task in opened) == 5
    assert len([one for one in opened if one.kind == "emergency" and not one.acknowledged_at]) == 1
    assert {"done", "dropped"} <= {task.outcome for task in tasks}
    assert len({task.closed_at.date() for task in tasks if task.closed_at}) > 4
    actor = await services.admins.sign_in(Identity("root", 0))
    assert (await services.tasks.numbers(actor)).mine > 3
    last, first = await services.handovers.list(actor, 1)
    assert (first.confirmed_by, last.confirmed_by) == ("김지원", None)
    assert [row.id for row in await services.handovers.waiting(actor)] == [last.id]
    parts = (await services.handovers.get(actor, last.id)).parts
    assert {item.name for part in parts for item in part.items} - {None}
    assert sum(part.count for part in parts) > 2
    # and some who may be there twice, for each reason
    reasons = Counter(
        reason for pair in (await services.duplicates.find(actor)).pairs for reason in pair.reasons
    )
    assert all(2 <= reasons[reason] <= 4 for reason in Reason), reasons
    await services.close()


@pytest.mark.parametrize(("recipients", "opened"), [(1, 0), (50, 10), (1_000, 40), (3_000, 120)])
def test_a_larger_sample_has_more_to_do(recipients: int, opened: int) -> None:
    plan = replace(PLAN, recipients=recipients)
    tasks = [row for _, rows in Sample(plan).batches() for row in rows.get("tasks", ())]
    assert len([row for row in tasks if row[15] is None]) == opened


async def test_its_search_index_is_whole_and_its_record_of_changes_verifies(
    sample: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "carecall.db"
    copy.write_bytes(sample.read_bytes())
    with sqlite3.connect(copy) as connection:
        connection.execute(
            "INSERT INTO recipient_search(recipient_search, rank) VALUES ('integrity-check', 1)"
        )
    services = await Services.open(make_settings(tmp_path))
    actor = await services.admins.sign_in(Identity("root", 0))
    verification = await services.audit.verify(actor)
    await services.close()
    assert verification.records > 20
    assert verification.broken is None


def test_it_is_for_its_owner_alone(sample: Path) -> None:
    assert stat.S_IMODE(sample.stat().st_mode) == 0o600
    assert stat.S_IMODE(sample.parent.stat().st_mode) == 0o700
    assert [file.name for file in sample.parent.iterdir()] == [sample.name]


async def test_an_interrupted_making_leaves_nothing(tmp_path: Path) -> None:
    file = tmp_path / "demo" / "sample.db"
    begun = asyncio.Event()
    loop = asyncio.get_running_loop()

    def progress(percent: int) -> None:
        loop.call_soon_threadsafe(begun.set)

    making = asyncio.create_task(writer.make(file, replace(PLAN, recipients=15_000), progress))
    await begun.wait()
    with pytest.raises(StorageUnavailable):
        await writer.make(file.with_name("other.db"), PLAN)
    making.cancel()
    with pytest.raises(asyncio.CancelledError):
        await making
    assert list(file.parent.iterdir()) == []


async def test_what_a_killed_making_left_is_cleared_away(tmp_path: Path) -> None:
    left = tmp_path / "carecall-9-9.db.part"
    left.write_bytes(b"half")
    file = tmp_path / "sample.db"
    await writer.make(file, replace(PLAN, recipients=3))
    assert [one.name for one in tmp_path.iterdir()] == [file.name]


def test_the_command_makes_it_once_with_its_voice_files(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["demo", "--no-open", "--recipients", "60", "--seed", "3"]
    assert entry.main(arguments) == 0
    assert "100 %" in capsys.readouterr().err
    settings = load()
    file = sample_file(settings, 60, 3)
    made = file.stat()
    assert entry.main(arguments) == 0
    assert capsys.readouterr().err == ""
    assert file.stat().st_mtime_ns == made.st_mtime_ns
    voice = sorted(file.parent.glob("voice/2026/11/sample-00?/*.wav"))
    with contextlib.closing(sqlite3.connect(file)) as connection:
        named = connection.execute("SELECT voice_file FROM calls WHERE voice_file IS NOT NULL")
        assert {f"voice/{row[0]}" for row in named} == {
            str(one.relative_to(file.parent)) for one in voice
        }
    assert voice
    assert {stat.S_IMODE(one.stat().st_mode) for one in voice} == {0o600}


def test_the_command_opens_the_console_on_it_and_not_on_the_real_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened: list[SimpleNamespace] = []

    def console(settings: Any, who: Identity, *, rich: bool = False, plain: bool = False) -> int:
        assert not plain
        opened.append(SimpleNamespace(settings=settings, who=who, rich=rich))
        return 0

    monkeypatch.setattr(entry, "run_console", console)
    monkeypatch.setattr("tui.commands.demo.require_screen", lambda: None)
    monkeypatch.setenv("CARECALL_DATABASE", "sqlite+aiosqlite:////nowhere/real.db")
    assert entry.main(["demo", "--recipients", "20"]) == 0
    (seen,) = opened
    file = sample_file(load(), 20, 1)
    assert seen.settings.database == f"sqlite+aiosqlite:///{file}"
    assert seen.settings.voice_dir == file.parent / "voice"
    assert seen.who == of_process()


@pytest.mark.parametrize("wrong", [["--recipients", "0"], ["--recipients", "x"], ["--seed", "-1"]])
def test_a_wrong_number_is_refused(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        entry.main(["demo", "--no-open", *wrong])
    assert ended.value.code == 2
