"""Finding people and what they said: each kind of word in a large sample, lines of conversations, their cost.

python -m benchmarks.finding DATABASE_FILE
"""

import asyncio
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from msgspec.structs import replace

sys.path.insert(0, str(Path(__file__).parent.parent))


from benchmarks import conversations
from benchmarks.as_system import opened
from benchmarks.measuring import Line, Samples, line, ratio, table
from benchmarks.people import people
from core.conversations import index
from core.recipients.dto import RecipientQuery
from core.recipients.fields import FieldName, search_lines
from core.values.hangul import initials, sought
from tests.factories import make_services

TURNS = 3
CALLS = 20_000
SENTENCES = 10_000
ADDED = 10_000
KINDS = {
    "initials": ("initial consonants", ("ㄱㅇㅅ", "ㅃㅃ", "ㄱ")),
    "unfinished": ("a syllable still typed", ("김ㅇ", "기", "뷁ㅇ")),
    "mixed": ("a consonant and a syllable", ("ㄱ숙", "김ㅇㅅ")),
    "words": ("words in any order", ("김 해운대", "해운대 ㄱㅇㅅ", "독거 김")),
    "others": ("Latin letters and digits", ("kim", "1234", "010-1234")),
}
SAID = {
    "common": "a common word",
    "rare": "a rare word",
    "absent": "a word that nobody said",
    "small organization": "a word in a small organization",
}
_ADD = """INSERT INTO recipients
    (organization_id, name, phone, other_information, search_text, registered_at, version)
    VALUES (1, ?, ?, '', ?, '2026-01-05 01:00:00.000000', 1)"""


async def _people(database: Path, samples: Samples) -> None:
    """The first page of the slowest word of each kind, as listed and by name."""
    async with opened(database) as (services, actor):
        for _turn in range(TURNS):
            for kind, (_what, typed) in KINDS.items():
                slowest = 0.0
                for word in typed:
                    begun = time.perf_counter()
                    await services.recipients.window(actor, RecipientQuery(search=word))
                    slowest = max(slowest, time.perf_counter() - begun)
                samples.taken.setdefault(f"{kind}_ms", []).append(slowest * 1_000)
            by_name = replace(RecipientQuery(search="김ㅇ"), sort=FieldName.NAME, descending=False)
            begun = time.perf_counter()
            await services.recipients.window(actor, by_name)
            samples.taken.setdefault("by_name_ms", []).append((time.perf_counter() - begun) * 1_000)


async def _adding(directory: Path, *, with_initials: bool) -> float:
    """How much of the processor it takes to add people, in one statement."""
    world = await make_services(directory)
    await world.organization("Benchmark")
    file = world.services.database.path
    await world.close()
    assert file is not None
    rows = []
    for name, phone, note in people(ADDED):
        digits = phone.replace("-", "")
        texts = [sought(name), digits, sought(note)]
        text = search_lines(tuple(texts))
        if not with_initials:
            text = text.replace(f"{initials(texts[0])}\n", "")
        rows.append((name, f"+82{digits[1:]}", text))
    with closing(sqlite3.connect(file)) as connection, connection:
        begun = time.process_time()
        connection.executemany(_ADD, rows)
        connection.commit()
        return time.process_time() - begun


def _said(samples: Samples) -> None:
    """Lines among the calls, and taking calls in with and without their index."""
    kept = index.keep_call
    for _turn in range(2):
        for name, indexed in (("with_s", True), ("without_s", False)):
            with tempfile.TemporaryDirectory() as directory:
                took = asyncio.run(conversations.taking_in(Path(directory), indexed=indexed))
            index.keep_call = kept
            samples.taken.setdefault(name, []).append(took)
    with tempfile.TemporaryDirectory(dir="/var/tmp") as directory:
        file = Path(directory) / "carecall.db"
        conversations.make(file, CALLS, SENTENCES)
        asyncio.run(conversations.first_pages(file, samples))


def measure(database: Path) -> list[Line]:
    """Each kind, then what it costs."""
    found, said, added = Samples("finding"), Samples("said"), Samples("added")
    asyncio.run(_people(database, found))
    _said(said)
    for _turn in range(TURNS):
        for name, with_initials in (("with_s", True), ("without_s", False)):
            with tempfile.TemporaryDirectory() as directory:
                took = asyncio.run(_adding(Path(directory), with_initials=with_initials))
            added.taken.setdefault(name, []).append(took)
    return [
        *(
            line(f"search by {what}, first page", found, f"{kind}_ms", 200)
            for kind, (what, _typed) in KINDS.items()
        ),
        line("search by a syllable still typed, sorted by name", found, "by_name_ms", None),
        *(
            line(f"{what} in {CALLS:,} conversations, first page", said, f"{name}_ms", 300)
            for name, what in SAID.items()
        ),
        ratio("calls taken in with the index of what is said, of without", (said, "with_s"),
              (said, "without_s"), 1.3,
              f"{said.best('without_s') or 0:.2f} s to {said.best('with_s') or 0:.2f} s"),
        ratio(f"{ADDED:,} people added with initials in the index, of without", (added, "with_s"),
              (added, "without_s"), 1.2,
              f"{added.best('without_s') or 0:.2f} s to {added.best('with_s') or 0:.2f} s"),
    ]  # fmt: skip


if __name__ == "__main__":
    print(table(measure(Path(sys.argv[1]))))
