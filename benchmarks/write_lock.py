"""How long one write keeps all other writers waiting: the largest deliveries and uploads, a save, an edit.

python -m benchmarks.write_lock
"""

import asyncio
import contextlib
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

import sqlalchemy as sa

from benchmarks.measuring import Line, Samples, line, table
from benchmarks.people import make_workbook, people
from core.calls.delivery import MOST_MEMORY_DETAILS, MOST_UTTERANCES
from core.db.models import Recipient
from core.recipients.rules import RecipientDraft
from tests.deliveries import PHONE, call, lines, minutes_ago, small_world
from tests.factories import World, make_services
from tests.workbooks import header_row, raw_workbook, sheet_xml

GOAL = 1.0
TURNS = 5
ROWS = 100_000  # the most that are taken, unless a setting says otherwise


def largest(number: int, *, content: int) -> bytes:
    """A line with as many utterances and memory details as are taken, about as long as a line may be."""
    said = "말" * 60
    return lines(
        call(
            f"c-{number}",
            started_at=minutes_ago(90 - number),
            utterances=[
                {"at_s": at, "speaker": "recipient", "text": f"{at} {said}"}
                for at in range(MOST_UTTERANCES)
            ],
            memory=[
                {"topic": f"topic {at % 9}", "content": f"{number} {at} " + "가" * content}
                for at in range(MOST_MEMORY_DETAILS)
            ],
        )
    )


def with_formulas(count: int) -> bytes:
    """A workbook of recipients of whom each cell is a formula: each row has its warnings."""
    cell = '<c r="{column}{row}" t="str"><f>"x"</f><v>{text}</v></c>'
    rows = "".join(
        f'<row r="{row}">'
        + "".join(
            cell.format(column=column, row=row, text=text)
            for column, text in zip("ABCD", (*person, "Benchmark"), strict=True)
        )
        + "</row>"
        for row, person in enumerate(people(count), 2)
    )
    return raw_workbook(sheet_xml(header_row() + rows))


class _Held:
    """How long each write transaction was held."""

    def __init__(self, world: World) -> None:
        self.seconds: list[float] = []
        self._transaction: Callable[[], Any] = world.database.transaction
        world.database.transaction = self._timed  # type: ignore[method-assign,assignment]

    @contextlib.asynccontextmanager
    async def _timed(self, *prepared: Any) -> AsyncIterator[Any]:
        begun = 0.0
        try:
            async with self._transaction(*prepared) as session:
                begun = time.perf_counter()
                yield session
        finally:
            self.seconds.append(time.perf_counter() - begun)

    async def longest(self, work: Awaitable[object]) -> float:
        """The longest that the work held it."""
        self.seconds.clear()
        await work
        return max(self.seconds)


async def _sample(directory: Path, samples: Samples) -> None:
    world = await make_services(directory)
    recipient = await small_world(world)
    held = _Held(world)
    taken: list[Any] = []
    for number in range(TURNS):
        for name, content in (("delivery_s", 500), ("short_s", 1)):
            data = largest(number * 2 + content % 2, content=content)
            seconds = await held.longest(
                world.services.ingest.deliver(world.system, [data], taken.append)
            )
            samples.take(name, lambda seconds=seconds: seconds)  # type: ignore[misc]
    assert not [one.reason for one in taken if one.reason], taken
    for number in range(TURNS):
        row = await world.services.recipients.get(world.system, recipient)
        draft = RecipientDraft(row.name, PHONE, f"n{number}", organization_id=row.organization_id)
        seconds = await held.longest(
            world.services.recipients.edit(world.system, row.id, draft, row.version)
        )
        samples.take("edit_s", lambda seconds=seconds: seconds)  # type: ignore[misc]
        added = RecipientDraft(
            "김영희", f"0103333{number:04}", "", organization_id=row.organization_id
        )
        seconds = await held.longest(world.services.recipients.add(world.system, added))
        samples.take("save_s", lambda seconds=seconds: seconds)  # type: ignore[misc]
    await world.close()


async def _sample_uploads(directory: Path, samples: Samples) -> None:
    book, formulas = directory / "people.xlsx", directory / "formulas.xlsx"
    make_workbook(book, ROWS)
    formulas.write_bytes(with_formulas(ROWS))
    for first, name in ((formulas, "formulas_s"), (book, "upload_s")):
        world = await make_services(directory / name)
        await world.organization("Benchmark")
        held = _Held(world)
        for file, what in ((first, name), (first, "same_s")):
            seconds = await held.longest(
                world.services.uploads.upload(world.system, file, again=True)
            )
            samples.take(what, lambda seconds=seconds: seconds)  # type: ignore[misc]
        async with world.database.transaction() as session:
            await session.execute(sa.update(Recipient).values(name="김"))
        seconds = await held.longest(world.services.uploads.upload(world.system, first, again=True))
        samples.take("fails_s", lambda seconds=seconds: seconds)  # type: ignore[misc]
        await world.close()


def measure() -> list[Line]:
    """A line for each kind of write; the longest of all turns counts."""
    samples = Samples("the write lock")
    with tempfile.TemporaryDirectory() as directory:
        asyncio.run(_sample(Path(directory) / "one", samples))
        asyncio.run(_sample_uploads(Path(directory), samples))
    found = []
    for what, name in (
        ("the largest delivery", "delivery_s"),
        ("one of many short texts", "short_s"),
        ("a recipient added", "save_s"),
        ("a recipient edited", "edit_s"),
        (f"an upload of {ROWS:,}", "upload_s"),
        (f"of {ROWS:,} formulas", "formulas_s"),
        (f"of {ROWS:,} that are there", "same_s"),
        (f"of {ROWS:,} with taken numbers", "fails_s"),
    ):
        one = line(f"write lock held: {what}", samples, name, GOAL)
        longest = max(samples.taken.get(name, [0.0]))
        found.append(Line(one.what, longest, "s", one.goal, one.noise, one.reference))
    return found


def main() -> None:
    """Print them."""
    print(table(measure()))


if __name__ == "__main__":
    main()
