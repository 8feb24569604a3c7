"""What there is to do: 10,000 open tasks among all recipients of a sample database, and 1,000 calls taken in.

python -m benchmarks.todo DATABASE_FILE
"""

import asyncio
import random
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import sqlalchemy as sa

from benchmarks.measuring import Line, Samples, line, table
from core.app.actor import Actor
from core.app.services import Services
from core.db.models import Admin
from core.tasks.dto import Tab, TaskQuery
from core.values.roles import Role
from core.values.times import now
from tests.deliveries import call, lines, minutes_ago, unanswered
from tests.factories import make_services, make_settings, next_phone

TASKS = 10_000
EMERGENCIES = 200
CALLS = 1_000
TURNS = 7
_INSERT = """
INSERT INTO tasks (recipient_id, organization_id, kind, rank, call_id, count, since, text, due_at, tries,
    created_at, reason, version)
SELECT r.id, r.organization_id, :kind, :rank, (SELECT max(id) FROM calls WHERE recipient_id = r.id), 1, :now, '',
    :due, 0, :now, '', 1
FROM recipients AS r WHERE r.id = :recipient
"""


def _fill(file: Path) -> None:
    """Open tasks of recipients all over the list, half of them overdue."""
    chance, moment = random.Random(1), now()
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("DELETE FROM task_calls")
        connection.execute("DELETE FROM tasks")
        present = [
            row[0]
            for row in connection.execute("SELECT id FROM recipients WHERE deleted_at IS NULL")
        ]
        for number, recipient in enumerate(chance.sample(present, TASKS)):
            kind = "emergency" if number < EMERGENCIES else ("negative", "unanswered")[number % 2]
            due = moment + timedelta(minutes=chance.randint(-3_000, 3_000))
            given = {
                "recipient": recipient,
                "kind": kind,
                "rank": int(kind != "emergency"),
                "now": f"{moment:%Y-%m-%d %H:%M:%S.%f}",
                "due": f"{due:%Y-%m-%d %H:%M:%S.%f}",
            }
            connection.execute(_INSERT, given)


async def _sample_tasks(directory: Path, database: Path, samples: Samples) -> None:
    file = directory / "tasks.db"
    await asyncio.to_thread(shutil.copyfile, database, file)
    await asyncio.to_thread(_fill, file)
    services = await Services.open(
        make_settings(directory, CARECALL_DATABASE=f"sqlite+aiosqlite:///{file}")
    )
    try:
        async with services.database.reading() as session:
            found = await session.execute(
                sa.select(Admin.id, Admin.login).where(Admin.role == Role.SYSTEM.value).limit(1)
            )
            admin_id, login = found.one()
        actor = Actor(admin_id, login, login, Role.SYSTEM, None, login)
        for _turn in range(TURNS):
            for name, work in (
                ("page_ms", lambda: services.tasks.window(actor, TaskQuery(Tab.ALL))),
                ("mine_ms", lambda: services.tasks.window(actor, TaskQuery(Tab.MINE))),
                ("numbers_ms", lambda: services.tasks.numbers(actor)),
                ("next_ms", lambda: services.tasks.next_unseen(actor)),
            ):
                await _take(samples, name, work)
    finally:
        await services.close()


async def _take(samples: Samples, name: str, work: Callable[[], Awaitable[object]]) -> None:
    begun = time.perf_counter()
    await work()
    took = (time.perf_counter() - begun) * 1_000
    samples.take(name, lambda: took)


async def _sample_ingest(directory: Path, samples: Samples) -> None:
    world = await make_services(directory)
    body = await world.organization("Haeundae")
    phones = [next_phone() for _number in range(CALLS // 5)]
    for phone in phones:
        await world.recipient(body, "김영희", phone)
    await world.campaign("Morning")
    made = []
    for number in range(CALLS):
        given = {
            "recipient_phone": phones[number % len(phones)],
            "started_at": minutes_ago(2_000 - number),
        }
        analysis = ("emergency", "negative")[number % 2] if number % 20 == 0 else "normal"
        made.append(
            unanswered(f"c-{number}", **given)
            if number % 3 == 0
            else call(f"c-{number}", analysis=analysis, **given)
        )
    begun = time.process_time()
    await world.services.ingest.deliver(world.system, [lines(*made)])
    took = time.process_time() - begun
    samples.take("ingest_s", lambda: took)
    await world.close()


def measure(database: Path) -> list[Line]:
    """A line for each; the least of all turns counts."""
    samples = Samples("what there is to do")
    with tempfile.TemporaryDirectory() as directory:
        asyncio.run(_sample_tasks(Path(directory), database, samples))
    for _turn in range(3):
        with tempfile.TemporaryDirectory() as directory:
            asyncio.run(_sample_ingest(Path(directory), samples))
    return [
        line(f"to do, {TASKS:,} open: first page", samples, "page_ms", 50),
        line(f"to do, {TASKS:,} open: first page of mine", samples, "mine_ms", 50),
        line(f"to do, {TASKS:,} open: numbers", samples, "numbers_ms", 20),
        line(f"to do, {TASKS:,} open: next emergency", samples, "next_ms", 50),
        line(f"{CALLS:,} calls taken in, CPU", samples, "ingest_s", None),
    ]


def main() -> None:
    """Print them."""
    print(table(measure(Path(sys.argv[1]))))


if __name__ == "__main__":
    main()
