"""The calls of a recipient, driven by keys: list, conversation, search, feedback, follow-up action."""

from datetime import timedelta

import pytest

from core.calls.rules import Verdict
from core.db.models import Call
from core.values.roles import Role
from core.values.times import now
from tests.deliveries import call, deliver, minutes_ago, small_world, unanswered
from tests.factories import make_services
from tests.tui.details import details


@pytest.fixture
async def world(tmp_path):
    made = await make_services(tmp_path, account="root")
    await small_world(made)
    yield made
    await made.close()


async def test_recipient_and_call_are_told_and_everybodys_feedback_is_given_and_withdrawn(world):
    await deliver(
        world, call(analysis="negative", voice_file="2026/11/c-1.wav", summary="잘 주무셨다고 하심")
    )
    kim = await world.admin("kim", Role.ORGANIZATION, 1, name="Kim")
    async with details(world) as it:
        await it.sees("김영희", "010-1111-2222", "Haeundae", "혼자 사심", "Status: in progress")
        await it.sees(
            "Morning (in progress)", "registered 20", "3 months: 1 call", "100% connected"
        )
        await it.sees("summary    잘 주무셨다고 하심")
        await it.sees("connected", "yes", "negative", "1:03", "[1 Calls 1]")
        await it.sees("0:00 machine", "안녕하세요, 어르신.", "0:02 recipient", "네, 잘 잤어요.")
        await it.press("plus")
        await it.sees("Your feedback: positive", "+1", "Feedback: Root positive")
        await it.read()
        await it.press("minus")
        await it.sees("Your feedback: negative", "-1", "Feedback: Root negative")
        await it.read()
        await it.press("minus")
        await it.sees("Your feedback was withdrawn.")
        await it.sees_no("Feedback: Root")
        assert (await world.services.calls.get(world.system, 1)).feedback == ()
        await world.services.feedback.give(kim, 1, Verdict.NEGATIVE)
        await it.sees("Feedback: Kim negative")
        await it.read()
        await it.press("plus")
        await it.sees("+1 -1")
        # keys of other panes say where to go
        await it.press("a")
        await it.sees("Press 2 for memory details, 3 for follow-up actions, 4 for memos, 5")
        await it.press("2", "plus")
        await it.sees("Press 1 for the calls first.")
        await world.pause(1, reason="in hospital")
        await it.sees("Status: paused", "Morning (paused: in hospital)")


async def test_the_conversation_follows_the_cursor_and_what_matters_stands_out_without_colour(
    world,
):
    said = [{"at_s": 65, "speaker": "recipient", "text": "Older words"}]
    older = call("c-1", started_at=minutes_ago(90), analysis="emergency", utterances=said)
    await deliver(
        world,
        older,
        unanswered("c-2", started_at=minutes_ago(60)),
        unanswered("c-3", started_at=minutes_ago(30)),
    )
    async with details(world) as it:
        await it.sees("Nobody answered.", "!! emergency", "! 2 in a row")
        await it.sees("!! last analysis: emergency", "! 2 calls unanswered in a row")
        await it.press("j", "j")
        await it.sees("1:05 recipient  Older words")


async def test_a_thousand_calls_are_paged(world):
    moment = now()
    async with world.database.transaction() as session:
        session.add_all(
            Call(
                external_id=f"m-{at}", recipient_id=1, campaign_id=1, organization_id=1, result="connected",
                started_at=moment - timedelta(hours=at), analysis="normal",
            )
            for at in range(1000)
        )  # fmt: skip
    async with details(world) as it:
        await it.sees("[1 Calls 1000]")
        await it.press("G")
        table = it.screen.calls.table
        await it.until(lambda: table.cursor_row is not None, "the last call is read")
        assert table.cursor_row.data.external_id == "m-999"
        assert len(table._reader.pages) < 1000


async def test_the_conversation_is_searched_as_it_is_typed_and_read_to_its_end(world):
    lines = ["무릎이 아파요", "날씨가 좋네요", "무릎 약을 먹어요", "네"]
    said = [{"at_s": at * 5, "speaker": "recipient", "text": text} for at, text in enumerate(lines)]
    said.append({"at_s": 30, "speaker": "ai", "text": " ".join(f"word{at}" for at in range(300))})
    await deliver(world, call(utterances=said))
    async with details(world) as it:
        await it.press("slash")
        await it.type("무릎")
        await it.sees("2 found", "*   0:00 recipient  무릎이", "*   0:10 recipient  무릎 약")
        conversation = it.screen.calls.conversation
        assert conversation.table.cursor_index == 0
        await it.press("enter")
        assert conversation.table.cursor_index == 2
        await it.press("enter")
        assert conversation.table.cursor_index == 0
        await it.press("escape")
        await it.sees_no("2 found")
        assert it.app.focused is conversation.table
        # a long one is wrapped
        await it.press("end")
        await it.sees("word299")


async def test_a_viewer_reads_and_is_told_why_nothing_else(world):
    await deliver(world, call())
    await world.admin("park", Role.VIEWER, 1, account="park")
    async with details(world, account="park") as it:
        await it.sees("네, 잘 잤어요.")
        for key in ("plus", "minus", "f", "2", "e", "r", "3", "a", "4", "a"):
            await it.press(key)
            if key not in "234":
                await it.sees("The role viewer reads only.")
    assert (await world.services.calls.get(world.system, 1)).feedback == ()


async def test_no_markup_and_no_control_sequence_acts(world):
    said = [{"at_s": 0, "speaker": "recipient", "text": "[@click=app.quit]x[/] \x1b[2J"}]
    memory = [{"topic": "[bold]t[/]", "content": "[red]c"}]
    await deliver(world, call(utterances=said, memory=memory))
    await world.services.memos.add(world.system, 1, "x[/]y [memo]")
    async with details(world) as it:
        await it.sees("[@click=app.quit]x[/] \ufffd[2J")
        await it.press("2")
        await it.sees("[bold]t[/]", "[red]c")
        await it.press("4")
        await it.sees("x[/]y [memo]")
