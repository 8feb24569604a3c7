"""Nobody waits long for a delivery or an upload: little is done while the database is locked, whatever comes."""

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from core.calls.delivery import MOST_MEMORY_DETAILS, MOST_UTTERANCES
from core.calls.ingest import LineResult
from tests.deliveries import call, deliver, lines, minutes_ago, small_world
from tests.factories import World
from tests.workbooks import people, workbook

# create and update alike: who, where, what is known; call, utterances, memory; enrolling, metrics, record
MOST_STATEMENTS = 32
# who; upload, recipients, results, failed rows, counts; record
MOST_OF_UPLOAD = 16
LONGEST_VALUE = (
    200  # of what a statement of an upload is given: no rows that would have to be read first
)
MARKS = "\u0300\u0316" * 500  # alternating: the worst order to sort


@contextlib.contextmanager
def statements(world: World) -> Iterator[list[str]]:
    """What is executed within write transactions."""
    told: list[str] = []

    def tell(connection: sa.Connection, _cursor: object, statement: str, *_more: object) -> None:
        if connection.get_execution_options().get("carecall_write"):
            told.append(statement)

    engine = world.database.engine.sync_engine
    sa.event.listen(engine, "before_cursor_execute", tell)
    yield told
    sa.event.remove(engine, "before_cursor_execute", tell)


@contextlib.contextmanager
def values(world: World) -> Iterator[list[object]]:
    """What the statements within write transactions are given."""
    given: list[object] = []

    def tell(
        connection: sa.Connection, _cursor: object, _sql: str, values: Any, *_: object
    ) -> None:
        if connection.get_execution_options().get("carecall_write"):
            given.extend(values.values() if isinstance(values, dict) else values)

    engine = world.database.engine.sync_engine
    sa.event.listen(engine, "before_cursor_execute", tell)
    yield given
    sa.event.remove(engine, "before_cursor_execute", tell)


def says(text: str, times: int = 1) -> list[dict[str, object]]:
    return [{"at_s": 0, "speaker": "ai", "text": text}] * times


def largest(call_id: str, minutes: float, remembered: str = "remembers") -> dict[str, object]:
    """The largest delivery that is taken, about a megabyte."""
    return call(
        call_id,
        started_at=minutes_ago(minutes),
        utterances=[
            {"at_s": at, "speaker": "recipient", "text": f"{at} {'말' * 130}"}
            for at in range(MOST_UTTERANCES)
        ],
        memory=[
            {"topic": f"topic {at % 7}", "content": f"{remembered} {at}"}
            for at in range(MOST_MEMORY_DETAILS)
        ],
    )


async def test_the_largest_delivery_takes_as_few_statements_as_a_small_one(world: World) -> None:
    # over the one engine whose statements are counted
    world.services = getattr(world.services, "of_owner", world.services)
    recipient = await small_world(world)
    await deliver(world, largest("c-0", 90))
    for detail in (await world.services.memory.list(world.system, recipient))[:20]:
        await world.services.memory.edit(world.system, detail.id, "edited", detail.version)
    for line in (
        largest("c-1", -2),  # what was edited is shown beside
        largest("c-1", -3, "now remembers"),  # the same call, updated
        largest("c-2", -4, "later remembers"),
    ):
        with statements(world) as told:
            await deliver(world, line)
        assert 0 < len(told) <= MOST_STATEMENTS, told


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (call(utterances=says("", MOST_UTTERANCES + 1)), "utterances has more than 2000"),
        (call(memory=[{"topic": "t", "content": "c"}] * 20_000), "memory has more than 200"),
        (call(memory=[{"topic": "t", "content": "c" * 2_001}]), "memory[0].content is too long"),
        (call(utterances=says("가" * 10_001)), "utterances[0].text is too long"),
        (call(utterances=says(MARKS)), "utterances[0].text has more than 30"),
        (call(campaign="a" + MARKS[:190]), "campaign has more than 30"),
        (call("i" + MARKS[:90]), "id has more than 30"),
    ],
    ids=["utterances", "memory", "content", "text", "marks", "campaign", "id"],
)  # fmt: skip
async def test_what_is_too_much_is_refused_before_anything_is_stored(
    world: World, line: dict[str, object], expected: str
) -> None:
    await small_world(world)
    told: list[LineResult] = []
    with statements(world) as executed:
        await world.services.ingest.deliver(world.system, [lines(line)], told.append)
    assert expected in told[0].reason
    # only that it is held: who, whether it is so already, the bounds, the record
    assert len(executed) <= 9
    assert not [one for one in executed if "calls" in one or "memory_" in one]


async def test_an_upload_is_read_taken_apart_and_compared_before_anybody_waits(
    world: World,
) -> None:
    # over the one engine whose statements are counted
    world.services = getattr(world.services, "of_owner", world.services)
    await world.organization("Haeundae")
    renamed = [[f"박{at}", f"010{20_000_000 + at}", "", "Haeundae"] for at in range(2, 3_000)]
    told: list[int] = []
    for book, came_to in (
        (people(5), (5, 0, 0)),
        (people(3_000), (2_995, 5, 0)),
        (people(3_000), (0, 3_000, 0)),
        (workbook([*renamed, ["", "1", "", ""]]), (0, 0, 2_999)),
    ):
        with statements(world) as executed, values(world) as given:
            result = await world.services.uploads.upload(world.system, book, again=True)
        assert (result.created, result.unchanged, result.failed) == came_to
        told.append(len(executed))
        if world.database.is_sqlite:
            assert max(len(str(value)) for value in given) <= LONGEST_VALUE
    assert max(told) <= MOST_OF_UPLOAD, told
