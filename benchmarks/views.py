"""The numbers of 30 views among all recipients of a sample database, as the chooser asks for them.

python -m benchmarks.views DATABASE_FILE
"""

import asyncio
import sys
import time
from pathlib import Path

from msgspec.structs import replace

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.as_system import opened
from benchmarks.measuring import Line, Samples, line, table
from core.recipients.dto import RecipientFilter, RecipientQuery
from core.recipients.rules import Status
from core.values.days import Ago
from core.views.rules import READY_MADE

TURNS = 5
VIEWS = 30


def queries() -> list[RecipientQuery]:
    """30: the ready-made ones, searches, filters, and each of those within an organization."""
    narrowed = [
        RecipientFilter(statuses=frozenset({Status.PAUSED})),
        RecipientFilter(statuses=frozenset({Status.IN_PROGRESS}), unanswered_streak=2),
        RecipientFilter(analyses=frozenset({"negative"}), last_call_from=Ago(7)),
        RecipientFilter(results=frozenset({"unanswered"}), last_call_from=Ago(1)),
        RecipientFilter(registered_from=Ago(30)),
        RecipientFilter(other_information="독거"),
        RecipientFilter(campaign="순천", no_call_days=7),
    ]
    found = [one.query for one in READY_MADE.values()]
    found += [RecipientQuery(search=typed) for typed in ("김영", "홍", "경로당", "이순자")]
    found += [RecipientQuery(filter=one) for one in narrowed]
    found += [replace(one, organization_id=at % 12 + 1) for at, one in enumerate(found)]
    return found[:VIEWS]


async def _measure(database: Path, samples: Samples) -> None:
    async with opened(database) as (services, actor):
        for _turn in range(TURNS):
            begun = last = time.perf_counter()
            slowest, cpu = 0.0, time.process_time()
            async for _number in services.views.numbers(actor, queries()):
                now = time.perf_counter()
                slowest, last = max(slowest, now - last), now
            cpu = time.process_time() - cpu
            values = ((last - begun) * 1_000, slowest * 1_000, cpu * 1_000)
            samples.take("all_ms slowest_ms cpu_ms", lambda values=values: values)  # type: ignore[misc]
        for query in queries():
            begun = time.process_time()
            told = [str(one) async for one in services.views.numbers(actor, [query])]
            took = (time.process_time() - begun) * 1_000
            sys.stderr.write(f"{took:8.1f} ms {told[0]:>8} {query.search} {query.filter}\n")


def measure(database: Path) -> list[Line]:
    """All of them together, and the slowest of them."""
    samples = Samples("views")
    asyncio.run(_measure(database, samples))
    return [
        line(f"numbers of {VIEWS} views", samples, "all_ms", 300),
        line("the slowest of them", samples, "slowest_ms", None),
        line("all of them, CPU", samples, "cpu_ms", None),
    ]


if __name__ == "__main__":
    print(table(measure(Path(sys.argv[1]))))
