"""Search in conversations: 5,000,000 calls with what was said, and 500 calls taken in.

python -m benchmarks.conversations [CALLS]

The calls are of 100,000 sample recipients over two years, of which three quarters are connected, six to twelve
lines each. The lines are drawn from 200,000 sentences of 6,000 made-up word stems, the first of them the most
often, with the endings that Korean has: few words are common, most are rare, as in a language. It needs 8 GB.
"""

import asyncio
import itertools
import random
import sqlite3
import sys
import tempfile
import time
from bisect import bisect
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import sqlalchemy as sa

from benchmarks.measuring import Samples
from core.app.actor import Actor
from core.app.services import Services
from core.calls.rules import Analysis
from core.conversations import index, words
from core.conversations.dto import ConversationQuery
from core.conversations.rules import SaidBy
from core.db.models import Admin
from core.demo import writer
from core.demo.generator import Plan
from core.values.roles import Role
from tests.deliveries import call, lines, minutes_ago
from tests.factories import make_services, make_settings, next_phone

CALLS = 5_000_000
RECIPIENTS = 100_000
SENTENCES = 200_000
TAKEN_IN = 500
TURNS = 5
_BATCH = 100_000
_ENDINGS = (
    "은 는 이 가 을 를 에 에서 으로 도 만 해요 했어요 하셨어요 인데요 니까 거든요 지요 어요 아요 습니다 네요 면서"
    " 한테 하고 까지 부터"
)
_ENDS = tuple(f"{_ENDINGS}   ".split(" "))
_COMMON = "약은 드셨어요"  # in a third of the calls
_RARE = "희귀단어"  # in one of 100,000
_SELDOM = "넘어졌어요"  # in one of 200
_INSERTS = (
    """INSERT INTO calls (id, external_id, recipient_id, campaign_id, started_at, duration_ms, result, completed,
        analysis, answer_count, answer_characters, content_hash, organization_id, source, summary)
        VALUES (?, ?, ?, 1, ?, 60000, ?, ?, ?, 0, 0, '', ?, 'bench', '')""",
    "INSERT INTO utterances (call_id, position, at_ms, speaker, text) VALUES (?, ?, ?, ?, ?)",
    "INSERT INTO conversation_search(rowid, grams) VALUES (?, ?)",
)


class _Sentences:
    """Made-up sentences, each with what the index has of it from either speaker."""

    def __init__(self, chance: random.Random, count: int) -> None:
        syllables = [chr(0xAC00 + chance.randrange(11_172)) for _ in range(450)]
        stems = [
            "".join(chance.choices(syllables, k=chance.choice((1, 2, 2, 2, 3, 3))))
            for _ in range(6_000)
        ]
        often = list(itertools.accumulate(1 / (place + 5) ** 0.9 for place in range(len(stems))))

        def word() -> str:
            return stems[bisect(often, chance.random() * often[-1])] + chance.choice(_ENDS)

        self.texts = [" ".join(word() for _ in range(chance.randint(2, 6))) for _ in range(count)]
        self._grams: dict[tuple[SaidBy, str], frozenset[str]] = {}

    def grams(self, said_by: SaidBy, text: str) -> frozenset[str]:
        key = said_by, text
        if key not in self._grams:
            self._grams[key] = frozenset(words.grams_of(said_by, text))
        return self._grams[key]


def fill(file: Path, calls: int, sentences: int = SENTENCES) -> None:
    """Let the recipients have so many more calls, and the index what is said in them."""
    chance = random.Random(1)
    made_up = _Sentences(chance, sentences)
    start = datetime(2024, 11, 1, tzinfo=UTC)
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-262144"):
            connection.execute(f"PRAGMA {pragma}")
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ('calls', 'utterances')"
        ).fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        # merging as it goes would take most of the time
        for option, value in (("automerge", 0), ("crisismerge", 1_900), ("hashsize", 256 << 20)):
            connection.execute(
                "INSERT INTO conversation_search(conversation_search, rank) VALUES (?, ?)",
                (option, value),
            )
        people = connection.execute(
            "SELECT id, organization_id FROM recipients WHERE deleted_at IS NULL"
        ).fetchall()
        first = connection.execute("SELECT max(id) + 1 FROM calls").fetchone()[0]
        for made in range(0, calls, _BATCH):
            rows: tuple[list[tuple[object, ...]], ...] = ([], [], [])
            for number in range(made, min(calls, made + _BATCH)):
                _call(rows, first + number, number / calls, chance, made_up, people, start)
            rows[2].sort()
            connection.execute("BEGIN")
            for statement, of_table in zip(_INSERTS, rows, strict=True):
                connection.executemany(statement, of_table)
            connection.execute("COMMIT")
            if made % 100_000 == 0:
                sys.stderr.write(f"{made:,} calls\n")
        connection.execute("ANALYZE")


def _call(
    rows: tuple[list[tuple[object, ...]], ...],
    call_id: int,
    place: float,
    chance: random.Random,
    sentences: _Sentences,
    people: list[tuple[int, int]],
    start: datetime,
) -> None:
    """One call: of ten hours a day, in the order of time as calls are delivered."""
    recipient, organization = people[chance.randrange(len(people))]
    hours = place * 7_300
    at = start + timedelta(days=int(hours / 10), hours=hours % 10)
    connected = chance.random() < 0.75
    analysis = chance.choices(("normal", "negative", "emergency"), (90, 9, 1))[0]
    rows[0].append(
        (call_id, f"bench-{call_id}", recipient, f"{at:%Y-%m-%d %H:%M:%S.%f}",
         "connected" if connected else "unanswered", int(connected), analysis if connected else None,
         organization)
    )  # fmt: skip
    if not connected:
        return
    said = [chance.choice(sentences.texts) for _ in range(chance.randint(6, 12))]
    if chance.random() < 1 / 3:
        said[0] = _COMMON
    if chance.random() < 1 / 200:
        said[1] = _SELDOM
    if chance.random() < 1 / 100_000:
        said[1] = _RARE
    marks = {words.of_organization(organization), words.of_analysis(analysis)}
    for position, text in enumerate(said):
        said_by = SaidBy.RECIPIENT if position % 2 else SaidBy.AI
        rows[1].append((call_id, position, position * 3_000, said_by.value, text))
        marks |= sentences.grams(said_by, text)
    rows[2].append((index.number_of(at, call_id, is_memory=False), " ".join(marks)))


def make(file: Path, calls: int, sentences: int = SENTENCES) -> None:
    """A database with so many calls, of so many sentences, and their index."""
    plan = Plan(min(RECIPIENTS, calls // 5), 1, datetime.now(UTC).date(), "root")
    asyncio.run(writer.make(file, plan))
    fill(file, calls, sentences)


async def first_pages(file: Path, samples: Samples) -> None:
    """The first page of each kind of search."""
    services = await Services.open(
        make_settings(file.parent, CARECALL_DATABASE=f"sqlite+aiosqlite:///{file}")
    )
    async with services.database.reading() as session:
        row = (
            await session.execute(
                sa.select(Admin.id, Admin.login).where(Admin.role == "system").limit(1)
            )
        ).one()
        busiest = "SELECT organization_id FROM recipients GROUP BY 1 ORDER BY count(*) {} LIMIT 1"
        most = await session.scalar(sa.text(busiest.format("DESC")))
        least = await session.scalar(sa.text(busiest.format("ASC")))
    root = Actor(row.id, row.login, row.login, Role.SYSTEM, None, "root")
    emergencies = frozenset({Analysis.EMERGENCY})
    asked = {
        "common": ConversationQuery("약"),
        "common two": ConversationQuery("약은 드셨"),
        "seldom": ConversationQuery("넘어"),
        "rare": ConversationQuery(_RARE),
        "absent": ConversationQuery("뷁"),
        "absent pair": ConversationQuery("약드"),
        "small organization": ConversationQuery("넘어", organization_id=least),
        "large organization": ConversationQuery("약", organization_id=most),
        "rare in small": ConversationQuery(_RARE, organization_id=least),
        "long ago": ConversationQuery("약", last=date(2024, 11, 10)),
        "emergencies": ConversationQuery("넘어", analyses=emergencies, organization_id=least),
        "scattered": ConversationQuery("약은 넘어"),
    }
    for name, query in asked.items():
        for _ in range(TURNS):
            begun = time.perf_counter()
            found = await services.conversations.search(root, query)
            took = (time.perf_counter() - begun) * 1000
            samples.taken.setdefault(f"{name}_ms", []).append(took)
        more = "more follow" if found.rest else "all"
        sys.stderr.write(f"{name}: {len(found.hits)} lines, {more}, {took:.0f} ms\n")
    await services.close()


def _sizes(file: Path) -> dict[str, float]:
    with closing(sqlite3.connect(file)) as connection:
        found = connection.execute(
            "SELECT CASE WHEN name LIKE 'conversation_search%' THEN 'index' WHEN name LIKE '%utterances%' THEN"
            " 'utterances' ELSE 'rest' END, sum(pgsize) / 1048576.0 FROM dbstat GROUP BY 1"
        ).fetchall()
    return dict(found)


async def taking_in(directory: Path, *, indexed: bool) -> float:
    """How much of the processor 500 calls of eight lines take to be taken in."""
    world = await make_services(directory)
    body = await world.organization("Haeundae")
    phones = [(await world.recipient(body, "김영희", next_phone())).phone for _ in range(100)]
    await world.campaign("Morning")
    chance = random.Random(2)
    sentences = _Sentences(chance, 2_000).texts
    delivered = [
        call(
            f"c-{number}",
            recipient_phone=phones[number % 100],
            started_at=minutes_ago(TAKEN_IN - number),
            utterances=[
                {
                    "at_s": 3.0 * at,
                    "speaker": ("ai", "recipient")[at % 2],
                    "text": chance.choice(sentences),
                }
                for at in range(8)
            ],
            memory=[],
        )
        for number in range(TAKEN_IN)
    ]
    blocks = [lines(*delivered)]
    if not indexed:

        async def nothing(*_given: object) -> None:
            return None

        index.keep_call = nothing  # type: ignore[assignment]
    begun = time.process_time()
    summary = await world.services.ingest.deliver(world.system, blocks)
    took = time.process_time() - begun
    assert summary.created == TAKEN_IN
    await world.close()
    return took


def main(calls: int) -> None:
    """Make, measure, print."""
    samples = Samples("conversations")
    kept = index.keep_call
    for turn in range(0 if "--pages" in sys.argv else TURNS):
        for indexed in (True, False):
            with tempfile.TemporaryDirectory() as directory:
                took = asyncio.run(taking_in(Path(directory), indexed=indexed))
            index.keep_call = kept
            samples.taken.setdefault("with_s" if indexed else "without_s", []).append(took)
            sys.stderr.write(f"turn {turn}: {'with' if indexed else 'without'} {took:.2f} s\n")
    with tempfile.TemporaryDirectory(dir="/var/tmp") as directory:
        file = Path(directory) / "carecall.db"
        begun = time.perf_counter()
        make(file, calls)
        sys.stderr.write(f"made in {time.perf_counter() - begun:.0f} s\n")
        sizes = _sizes(file)
        sys.stderr.write(f"sizes in MiB: {sizes}\n")
        asyncio.run(first_pages(file, samples))
    for name, taken in samples.taken.items():
        print(f"{name}: {min(taken):.1f} to {max(taken):.1f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else CALLS)
