"""Taking call results in: what goes in, what is refused with which reason, and that nothing is half saved."""

import pytest
import sqlalchemy as sa

from core.calls.delivery import schema
from core.calls.ingest import IngestSummary, LineResult
from core.calls.lines import MAX_LINE_BYTES, split
from core.db.models import AuditRecord, Call, MemoryDetail, Participation, Utterance
from core.io.identity import of_process
from core.recipients.rules import Status
from core.values.errors import InvalidInput, NotPermitted
from core.values.roles import Role
from tests.deliveries import call, deliver, lines, minutes_ago, small_world, unanswered
from tests.factories import make_services


@pytest.fixture
async def world(tmp_path):
    made = await make_services(tmp_path, account=of_process().account)
    yield made
    await made.close()


async def take_in(world, *blocks: bytes, actor=None) -> tuple[IngestSummary, list[LineResult]]:
    told: list[LineResult] = []
    summary = await world.services.ingest.deliver(actor or world.system, blocks, told.append)
    return summary, told


async def reason(world, line: dict | bytes, actor=None) -> str:
    """Why this line is refused; nothing of it may be stored."""
    data = line if isinstance(line, bytes) else lines(line)
    before = await contents(world)
    summary, told = await take_in(world, data, actor=actor)
    assert summary == IngestSummary(0, 0, 0, 1), told
    assert await contents(world) == before
    return told[0].reason


async def contents(world) -> list[int]:
    async with world.database.reading() as session:
        tables = (Call, Utterance, MemoryDetail, Participation)
        counted = [sa.select(sa.func.count()).select_from(table) for table in tables]
        recorded = sa.select(sa.func.count()).where(AuditRecord.action != "delivery.hold")
        return [await session.scalar(one) for one in (*counted, recorded)]


async def test_a_delivered_call_is_there_with_all_that_it_brought(world):
    recipient = await small_world(world)
    await deliver(world, call(analysis="negative"))
    row = await world.services.calls.by_external_id(world.system, "c-1")
    details = await world.services.calls.get(world.system, row.id)
    assert (row.recipient_id, row.duration_ms, row.result, row.completed, row.analysis) == (
        recipient, 63_200, "connected", True, "negative",
    )  # fmt: skip
    assert [(one.at_ms, one.speaker, one.text) for one in details.utterances] == [
        (0, "ai", "안녕하세요, 어르신."),
        (2400, "recipient", "네, 잘 잤어요."),
    ]
    memory = await world.services.memory.list(world.system, recipient)
    assert [(one.topic, one.content, one.call_id) for one in memory] == [
        ("sleep", "Sleeps well", row.id)
    ]
    listed = await world.services.recipients.get(world.system, recipient)
    assert (listed.total_calls, listed.connection_rate, listed.last_analysis) == (
        1,
        1.0,
        "negative",
    )
    assert listed.answer_length == len("네, 잘 잤어요.")


async def test_the_same_again_changes_nothing_and_another_content_updates(world):
    await small_world(world)
    first = call()
    assert (await take_in(world, lines(first, first)))[0] == IngestSummary(1, 0, 1, 0)
    before = await contents(world)
    assert (await take_in(world, lines(first)))[0] == IngestSummary(0, 0, 1, 0)
    assert await contents(world) == before
    changed = {**first, "duration_s": 70, "utterances": first["utterances"][:1]}
    assert (await take_in(world, lines(changed)))[0] == IngestSummary(0, 1, 0, 0)
    row = await world.services.calls.by_external_id(world.system, "c-1")
    details = await world.services.calls.get(world.system, row.id)
    assert row.duration_ms == 70_000
    assert len(details.utterances) == 1


async def test_a_summary_is_kept_until_another_one_comes(world):
    await small_world(world)
    told = call(summary="Slept well.\n Knee\x1b hurts.")
    assert (await take_in(world, lines(call(), told, told)))[0] == IngestSummary(1, 1, 1, 0)
    row = await world.services.calls.by_external_id(world.system, "c-1")
    await deliver(world, call(duration_s=9))
    details = await world.services.calls.get(world.system, row.id)
    assert details.summary == "Slept well.\nKnee\ufffd hurts."
    assert "summary is too long" in await reason(world, call(summary="x" * 1_001))


async def test_the_same_moment_written_in_another_zone_is_the_same_call(world):
    await small_world(world)
    one = call(started_at="2026-01-05T10:00:00+09:00")
    other = call(started_at="2026-01-05T01:00:00Z")
    assert (await take_in(world, lines(one, other)))[0] == IngestSummary(1, 0, 1, 0)


async def test_a_call_puts_its_recipient_into_the_campaign(world):
    recipient = await small_world(world)
    await world.campaign("Evening", state="ended")
    await deliver(world, call(campaign="evening"))
    async with world.database.reading() as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(Participation)) == 2
    listed = await world.services.recipients.get(world.system, recipient)
    assert listed.status is Status.IN_PROGRESS


async def test_a_paused_recipient_stays_paused_in_the_new_campaign_too(world):
    recipient = await small_world(world)
    await world.campaign("Evening")
    await world.pause(recipient)
    await deliver(world, call(), call("c-2", campaign="Evening"))
    async with world.database.reading() as session:
        paused = list(await session.scalars(sa.select(Participation.paused_at)))
    assert len(paused) == 2
    assert None not in paused
    listed = await world.services.recipients.get(world.system, recipient)
    assert listed.status is Status.PAUSED


async def test_unanswered_calls_count_as_a_streak(world):
    recipient = await small_world(world)
    await deliver(
        world,
        call("c-1", started_at=minutes_ago(90)),
        unanswered("c-2", started_at=minutes_ago(60)),
        unanswered("c-3", started_at=minutes_ago(30)),
    )
    listed = await world.services.recipients.get(world.system, recipient)
    assert listed.unanswered_streak == 2


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"started_at": "2026-11-20T10:00:00"}, "started_at has no zone"),
        ({"started_at": "20 November"}, "started_at is no time"),
        ({"started_at": minutes_ago(-1_000)}, "started_at is in the future"),
        ({"started_at": "0001-01-01T00:00:00+09:00"}, "before the year 2000"),
        ({"duration_s": -1}, "duration_s must not be negative"),
        ({"duration_s": 1e300}, "duration_s is more than a day"),
        ({"duration_s": None}, "duration_s is missing"),
        ({"utterances": [{"at_s": -0.1, "speaker": "ai", "text": ""}]}, "utterances[0].at_s must"),
        ({"utterances": [{"at_s": 0, "speaker": "dog", "text": ""}]}, "utterances[0].speaker"),
        ({"result": "busy"}, "result has a value that the contract does not know"),
        ({"completed": "yes"}, "completed cannot be read"),
        ({"result": "unanswered"}, "An unanswered call cannot be completed"),
        ({"type": "text"}, "type has a value"),
        ({"id": None}, "id is missing"),
        ({"id": ""}, "id is empty"),
        ({"id": "c\u202e1"}, "id has blanks or characters"),
        ({"utterence": []}, "utterence is no field of the contract"),
        ({"organization": "Nowhere"}, "There is no organization Nowhere"),
        ({"campaign": "Nightly"}, "Haeundae has no campaign Nightly"),
        ({"recipient_phone": "+821099998888"}, "Haeundae has no recipient with the number 010-9999"),
        ({"recipient_phone": "02-123-4567"}, "not a mobile number"),
        ({"voice_file": "../../etc/passwd"}, "'.' or '..'"),
        ({"voice_file": "/etc/passwd"}, "begins with a slash"),
        ({"memory": [{"topic": " ", "content": "x"}]}, "memory[0].topic is empty"),
    ],
)  # fmt: skip
async def test_a_wrong_line_is_refused_with_a_reason(world, changed, expected):
    await small_world(world)
    assert expected in await reason(world, call(**changed))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b'{"type": "call", "id": "c\xff"}', "not UTF-8"),
        (lines(call())[:200], "ends in the middle"),
        (b"hello\n", "no JSON"),
        (b"[1, 2]\n", "no JSON object"),
        (b"[" * 500_000, "no JSON object"),
    ],
)
async def test_bytes_that_are_no_call_are_refused(world, line, expected):
    await small_world(world)
    assert expected in await reason(world, line)


async def test_a_deleted_recipient_is_unknown(world):
    recipient = await small_world(world)
    from core.recipients.dto import Selection

    await world.services.recipients.delete(world.system, Selection(frozenset({recipient})), 1)
    assert "has no recipient" in await reason(world, call())


async def test_an_id_of_another_recipient_is_refused(world):
    await small_world(world)
    await world.recipient(1, "이철수", "010-7777-8888")
    await deliver(world, call())
    other = call(recipient_phone="010-7777-8888")
    assert "belongs to a call of another recipient" in await reason(world, other)


async def test_an_id_is_unique_within_organization_and_source_only(world):
    await small_world(world)
    body = await world.organization("Suncheon")
    await world.recipient(body, "이철수", "010-7777-8888")
    elsewhere = call(organization="Suncheon", recipient_phone="010-7777-8888", analysis="emergency")
    await deliver(world, call(), elsewhere)
    summary = await world.services.ingest.deliver(world.system, [lines(call())], source="second")
    assert summary == IngestSummary(1, 0, 0, 0)
    calls = world.services.calls
    with pytest.raises(
        InvalidInput, match=r"of Haeundae, Haeundae \(second\), Suncheon\. Name one"
    ):
        await calls.by_external_id(world.system, "c-1")
    assert (await calls.by_external_id(world.system, "c-1", "suncheon")).analysis == "emergency"
    with pytest.raises(InvalidInput, match="Several calls"):
        await calls.by_external_id(world.system, "c-1", "Haeundae")
    assert await calls.by_external_id(world.system, "c-1", "Haeundae", "second")
    kim = await world.admin("kim", Role.ORGANIZATION, body)
    assert (await calls.by_external_id(kim, "c-1")).analysis == "emergency"


async def test_a_campaign_of_another_organization_is_unknown(world):
    await small_world(world)
    other = await world.organization("Suncheon")
    await world.campaign("Suncheon only", other)
    assert "Haeundae has no campaign" in await reason(world, call(campaign="Suncheon only"))


async def test_wrong_lines_are_named_and_the_others_go_in(world):
    await small_world(world)
    data = lines(call("c-1")) + b"\n{oops\n" + lines(call("c-2"), call("c-3", duration_s=-1))
    summary, told = await take_in(world, data)
    assert summary == IngestSummary(2, 0, 0, 2)
    assert [(one.number, one.outcome) for one in told] == [
        (1, "created"), (3, "failed"), (4, "created"), (5, "failed"),
    ]  # fmt: skip
    assert summary.read == len(told)


async def test_control_characters_are_replaced(world):
    recipient = await small_world(world)
    said = [{"at_s": 0, "speaker": "recipient", "text": "a\x1b[2Jb\u202ec"}]
    await deliver(world, call(utterances=said, memory=[{"topic": "x\x07", "content": "y\x1b"}]))
    row = await world.services.calls.by_external_id(world.system, "c-1")
    details = await world.services.calls.get(world.system, row.id)
    assert details.utterances[0].text == "a\ufffd[2Jb\ufffdc"
    memory = await world.services.memory.list(world.system, recipient)
    assert (memory[0].topic, memory[0].content) == ("x\ufffd", "y\ufffd")


async def test_a_line_of_ten_megabytes_is_refused_without_being_held(world):
    await small_world(world)
    block = b"x" * 65_536
    blocks = [*[block] * 160, b"\n", lines(call())]
    summary, told = await take_in(world, *blocks)
    assert summary == IngestSummary(1, 0, 0, 1)
    assert f"longer than {MAX_LINE_BYTES:,} bytes" in told[0].reason


async def test_lines_are_the_same_however_the_blocks_are_cut():
    text = b"one\n\ntwo\nthree"

    async def found(size: int) -> list[tuple[int, bytes | None]]:
        blocks = [text[at : at + size] for at in range(0, len(text), size)]
        return [(line.number, line.data) async for line in split(blocks)]

    whole = await found(len(text))
    assert whole == [(1, b"one"), (2, b""), (3, b"two"), (4, b"three")]
    assert [await found(size) for size in range(1, 8)] == [whole] * 7


async def test_an_interrupted_pipe_leaves_the_whole_lines_and_nothing_of_the_last(world):
    await small_world(world)

    async def breaks_off():
        yield lines(call("c-1")) + lines(call("c-2"))[:100]
        raise OSError("connection lost")

    told: list[LineResult] = []
    with pytest.raises(OSError, match="connection lost"):
        await world.services.ingest.deliver(world.system, breaks_off(), told.append)
    assert [(one.number, one.outcome) for one in told] == [(1, "created")]
    assert (await contents(world))[0] == 1


async def test_only_the_calling_system_and_system_admins_deliver(world):
    await small_world(world)
    for login, role in (("park", Role.VIEWER), ("choi", Role.ORGANIZATION)):
        with pytest.raises(NotPermitted):
            await take_in(world, lines(call()), actor=await world.admin(login, role, 1))
    assert (await take_in(world, lines(call())))[0].created == 1


async def test_a_calling_system_of_one_organization_knows_nothing_of_the_others(world):
    await small_world(world)
    other = await world.organization("Suncheon")
    await world.recipient(other, "이철수", "010-7777-8888")
    robot = await world.admin("robot", Role.INGEST, other)
    mine = call("c-9", organization="Suncheon", recipient_phone="010-7777-8888")
    assert "There is no organization Haeundae" in await reason(world, call(), actor=robot)
    assert "There is no organization Nowhere" in await reason(
        world, call(organization="Nowhere"), actor=robot
    )
    assert (await take_in(world, lines(mine), actor=robot))[0].created == 1


async def test_a_calling_system_of_all_delivers_for_each_and_reads_the_call_list(world):
    await small_world(world)
    robot = await world.admin("robot", Role.INGEST)
    assert (await take_in(world, lines(call()), actor=robot))[0].created == 1
    listed = [one.name async for one in world.services.campaigns.call_list(robot)]
    assert listed == ["김영희"]


async def test_each_change_has_its_audit_record(world):
    await small_world(world)
    changed = call("c-2", duration_s=5)
    await deliver(world, call("c-1"), call("c-2"), changed, changed)
    async with world.database.reading() as session:
        records = await session.scalars(
            sa.select(AuditRecord.details).where(AuditRecord.action == "call.ingest")
        )
        assert [one["outcome"] for one in records] == ["created", "created", "updated"]


def test_the_schema_names_every_field_of_the_contract():
    (fields,) = [one for one in schema()["$defs"].values() if one["title"] == "DeliveredCall"]
    assert set(fields["properties"]) >= set(call()) | {"voice_file"}
