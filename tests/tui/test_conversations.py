"""Searching in conversations, driven by keys at 80x24, and the command that does the same."""

import asyncio
import json
from unittest import mock

import pytest

from core.conversations.service import ConversationService
from core.io.identity import of_process
from core.recipients.dto import RecipientQuery, Selection
from core.values.roles import Role
from tests.commands import Carecall
from tests.deliveries import call, deliver, minutes_ago, small_world
from tests.drivers import console
from tests.factories import make_services, next_phone
from tui.conversations import search_view
from tui.voice.voice_pane import VoicePane


def said(call_id, *lines, minutes, **changed):
    """A call in which the recipient says these lines, one each 3 seconds."""
    utterances = [
        {"at_s": 3.0 * at, "speaker": "recipient", "text": line} for at, line in enumerate(lines)
    ]
    return call(
        call_id,
        utterances=utterances,
        **{"memory": [], "started_at": minutes_ago(minutes), **changed},
    )


@pytest.fixture
async def world(tmp_path):
    made = await make_services(tmp_path, account=of_process().account)
    await small_world(made)
    beta = await made.organization("Beta")
    other = await made.recipient(beta, "박철수", next_phone())
    await deliver(
        made,
        said("c-1", *[f"이야기 {n}" for n in range(20)], "어제 넘어졌어요.", minutes=90),
        said("c-2", "[bold]넘어질 뻔[/]", minutes=60, analysis="negative"),
        said(
            "c-3",
            "괜찮아요.",
            minutes=30,
            memory=[{"topic": "건강", "content": "넘어지셨다"}],
            summary="잠을 설치심",
        ),
        said("b-1", "넘어갔어요.", minutes=10, organization="Beta", recipient_phone=other.phone),
    )
    await made.admin("kim", Role.ORGANIZATION, 1, account="kim")
    yield made
    await made.close()


async def test_words_lead_to_the_line_in_its_call(world):
    async with console(world, account="kim") as it:
        await it.press("F")
        await it.sees("Search conversations", "A word of what was said", "enter Search", "esc Back")
        await it.press("enter")
        await it.type('"*"')
        await it.press("enter")
        await it.sees("There is no word in what you search for.")
        await it.press("escape", "F")
        await it.type("넘어")
        await it.press("enter")
        # only what kim may see, the newest first, the words in brackets; what looks like markup is text
        await it.sees("3 lines", "건강: [넘어]지셨다", "[bold][넘어]질 뻔[/]", "어제 [넘어]졌어요.")
        await it.sees_no("넘어갔어요", "박철수")
        await it.sees("김영희 · ", "memory", "/ Other words", "f Narrow")
        await it.press("o")
        await it.sees("Only system admins choose an organization")
        await it.press("G")
        await it.sees("recipient · normal")
        await it.press("enter")
        # the twenty-first line of an older call is in sight, marked, under the cursor
        await it.sees("Recipient details", "> *", "어제 넘어졌어요.", "1:00")
        await it.press("F")
        await it.sees("Search conversations")
        await it.press("escape", "escape")
        await it.sees("3 lines")
        await it.press("g", "enter")
        await it.sees("Recipient details", "[2 Memory", "1 of 3")
        # the neighbours are the lines beside it, in the tab of each
        await it.press("right_square_bracket")
        await it.sees("2 of 3", "[1 Calls", "> *", "[bold]넘어질 뻔[/]")
        await it.press("right_square_bracket")
        await it.sees("3 of 3", "어제 넘어졌어요.")
        await it.press("right_square_bracket")
        await it.sees("This is the last line that was found.")
        await it.press("escape")
        await it.until(lambda: it.app.screen.table.cursor_index == 2)
        await it.press("f")
        await it.sees("Narrow the search", "Said by", "Analysis of the call", "ctrl+s Search")
        await it.type("someday")
        await it.press("ctrl+s")
        await it.sees("A day is written like")
        await it.press(*["backspace"] * 7, "tab", "tab", "tab", "down", "space", "ctrl+s")
        await it.sees("1 line", "negative", "[bold][넘어]질 뻔[/]")
        await it.sees_no("건강:")
        await it.press("slash")
        await it.type(" 없는말")
        await it.press("enter")
        await it.sees("0 lines", "Nobody said that, as far as you may see.")


async def test_space_plays_from_the_line_and_a_search_is_stopped(world):
    async with console(world, account="kim") as it:
        await it.press("t", "F")
        await it.type("어제")
        await it.press("enter")
        await it.sees("1 line", "어제")
        await it.press("space")
        await it.sees("Recipient details", "This call has no voice file.")
        await it.press("escape")
        played = []
        with (
            mock.patch.object(VoicePane, "why_not", return_value=None),
            mock.patch.object(VoicePane, "play_from", lambda _pane, at_ms: played.append(at_ms)),
        ):
            await it.press("space")
            await it.until(lambda: played == [60_000])
        await it.press("escape")
        await it.sees("1 line")
        # while a search takes long, keys are answered, and esc stops it
        held = asyncio.Event()

        async def wait(*_asked, **_more):
            await held.wait()

        with mock.patch.object(ConversationService, "search", wait):
            await it.press("slash", "enter")
            await it.sees("Searching… 0 lines so far")
            await it.type("x")
            await it.sees("/ 어제x")
            await it.press("escape")
            await it.sees("Stopped.")
        await it.press("backspace", "enter")
        await it.sees("1 line", "[어제]")
        await it.press("slash", "backspace", "backspace")
        await it.type("설치심")
        await it.press("enter")
        await it.sees("1 line", "summary", "잠을 [설치심]")
        await it.press("enter")
        await it.sees("Recipient details", "> *", "summary    잠을 설치심")


async def test_more_is_read_beside_the_last_line_and_who_is_gone_is_passed_over(world):
    with mock.patch.multiple(search_view, PAGE=2, _NEAR=0):
        async with console(world, account=world.system.account) as it:
            await it.press("F")
            await it.type("넘어")
            await it.press("enter")
            await it.sees("2 lines, more follow", "[넘어]갔어요.")
            await it.press("down", "enter")
            await it.sees("Recipient details", "[2 Memory")
            theirs = await world.services.recipients.window(
                world.system, RecipientQuery(search="박철수")
            )
            gone = Selection(frozenset({theirs[0][0].id}))
            await world.services.recipients.delete(world.system, gone, 1)
            await it.press("left_square_bracket")
            await it.sees("This is the first line that was found.", "김영희")
            await it.press("right_square_bracket")
            await it.sees("[1 Calls", "[bold]넘어질 뻔[/]")
            await it.press("right_square_bracket")
            await it.sees("어제 넘어졌어요.", "4 of 4")
            await it.press("escape")
            await it.sees("4 lines")
            await it.until(lambda: it.app.screen.table.cursor_index == 3)


def rows(outcome):
    """What a command printed, line by line."""
    return [json.loads(line) for line in outcome.out.splitlines()]


async def test_the_command_finds_the_same(world, tmp_path):
    carecall = Carecall(tmp_path)

    def run(*arguments):
        return asyncio.to_thread(carecall, "search", *arguments)

    found = rows(await run("넘어", "--json"))
    assert [(one["organization"], one["call"], one["said_by"]) for one in found] == [
        ("Beta", "b-1", "recipient"),
        ("Haeundae", "", "memory"),
        ("Haeundae", "c-2", "recipient"),
        ("Haeundae", "c-1", "recipient"),
    ]
    narrowed = ("--organization", "Haeundae", "--speaker", "recipient", "--analysis", "negative")
    assert [one["call"] for one in rows(await run("넘어", "뻔", *narrowed, "--json"))] == ["c-2"]
    assert rows(await run("넘어", "--to=-2", "--json")) == []
    table = await run("넘어", "--limit", "1")
    assert (table.code, "[넘어]갔어요." in table.out, "There is more" in table.err) == (
        0,
        True,
        True,
    )
    nothing = await run("없는말")
    assert (nothing.code, nothing.out, nothing.told) == (
        0, "", ["Nobody said that, as far as you may see."],
    )  # fmt: skip
    for wrong, words in (
        (("*",), "no word"),
        (("넘어", "--from", "someday"), "A day is written"),
        (("넘어", "--organization", "Gamma"), "Gamma"),
    ):
        refused = await run(*wrong)
        assert (refused.code, words in refused.err) == (2, True)
    await world.admin("bot", Role.INGEST, 1)
    assert (await run("넘어", "--as", "bot")).code == 3
