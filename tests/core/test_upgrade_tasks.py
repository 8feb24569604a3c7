"""An existing database has tasks for what its last days brought up, and not for years back."""

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.db.engine import Database
from core.db.models import Task
from core.storage import maintenance
from core.values.times import now
from tests import postgresql
from tests.factories import make_settings
from tests.older import make_older

DAYS = {"an hour": 0.05, "six days": 6, "eight days": 8, "a year": 365}
CALLED = [
    ("emergency", "connected", "an hour"),
    ("negative", "connected", "six days"),
    ("negative", "connected", "eight days"),
    ("emergency", "connected", "a year"),
    (None, "unanswered", "an hour"),
    (None, "unanswered", "eight days"),
]
STREAK = 3


def rows() -> list[str]:
    """A recipient for each of what was called, the unanswered ones called three times."""
    when = {
        name: f"'{now() - timedelta(days=days):%Y-%m-%d %H:%M:%S.%f}'"
        for name, days in DAYS.items()
    }
    old = when["a year"]
    made = [
        f"INSERT INTO organizations (name, name_key, created_at, version) VALUES ('a', 'a', {old}, 1)",
        f"""INSERT INTO campaigns (name, name_key, list_key, state, created_at, version)
        VALUES ('Morning', 'morning', 'morning', 'scheduled', {old}, 1)""",
    ]
    for at, (analysis, result, days) in enumerate(CALLED, 1):
        streak = STREAK if result == "unanswered" else 0
        made.append(
            f"""INSERT INTO recipients (organization_id, name, phone, other_information, search_text,
            registered_at, version, last_call_at, unanswered_streak)
            VALUES (1, 'r', '+82{at}', '', '', {old}, 1, {when[days]}, {streak})"""
        )
        found = "NULL" if analysis is None else f"'{analysis}'"
        made += [
            f"""INSERT INTO calls (external_id, recipient_id, campaign_id, organization_id, started_at,
            duration_ms, result, completed, analysis, answer_count, answer_characters, content_hash)
            VALUES ('c-{at}-{one}', {at}, 1, 1, {when[days]}, 0, '{result}', true, {found}, 0, 0, '')"""
            for one in range(streak or 1)
        ]
    return made


@pytest.mark.sqlite
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_the_calls_of_the_last_days_make_tasks(kind: str, tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/c.db" if kind == "sqlite" else postgresql.new_database()
    settings = make_settings(tmp_path, CARECALL_DATABASE=url)
    database = Database(url)
    await make_older(database, "0006", *rows())
    assert (await maintenance.upgrade(settings)).with_tasks == 3
    async with database.reading() as session:
        columns = (Task.recipient_id, Task.kind, Task.count)
        found = await session.execute(sa.select(*columns).order_by(Task.recipient_id))
        assert [tuple(row) for row in found] == [
            (1, "emergency", 1),
            (2, "negative", 1),
            (5, "unanswered", STREAK),
        ]
    assert (await maintenance.upgrade(settings)).with_tasks == 0
    await database.close()
