"""Memos, memory details and follow-up actions, driven by keys: each how-to and each refusal."""

import pytest

from core.actor import Role
from tests.deliveries import call, deliver, minutes_ago, small_world, unanswered
from tests.drivers import console
from tests.factories import make_services
from tests.tui.details import details


@pytest.fixture
async def world(tmp_path):
    made = await make_services(tmp_path, account="root")
    await small_world(made)
    await deliver(
        made,
        call("c-1", started_at=minutes_ago(90), analysis="negative"),
        call("c-2", started_at=minutes_ago(60), analysis="emergency", memory=[]),
        unanswered("c-3", started_at=minutes_ago(30)),
    )
    yield made
    await made.close()


async def memos(world) -> list[str]:
    return [one.text for one in await world.services.memos.list(world.system, 1)]


async def actions(world) -> list[tuple[int, str, str]]:
    rows = await world.services.followups.list(world.system, 1)
    return [(one.call_id, one.action_type.value, one.details) for one in rows]


# memo


async def test_add_edit_and_delete_a_memo(world):
    async with details(world) as it:
        await it.press("4", "a")
        await it.sees("Add memo", "500 characters left")
        await it.type("Likes")
        await it.press("enter")
        await it.type("tea")
        await it.sees("491 characters left")
        await it.press("ctrl+s")
        await it.sees("The memo was added.", "Likes tea", "[4 Memo 1]")
        assert await memos(world) == ["Likes\ntea"]
        await it.read()
        await it.press("e")
        await it.sees("Edit memo")
        await it.type("!")
        await it.press("ctrl+s")
        await it.sees("The memo was saved.", "Likes tea!")
        await it.read()
        await it.press("d")
        await it.sees("Delete memo", "It is gone for good.")
        await it.press("enter")
        await it.stays("Likes tea!")
        await it.press("d")
        await it.sees("Delete memo")
        await it.press("y")
        await it.sees("The memo was deleted.", "There is no memo.")
    assert await memos(world) == []


async def test_pasted_lines_are_kept(world):
    from textual.events import Paste

    async with details(world) as it:
        await it.press("4", "a")
        await it.sees("Add memo")
        it.app.post_message(Paste("첫째 줄\n둘째 줄"))
        await it.sees("첫째 줄", "491 characters left")
        await it.press("ctrl+s")
        await it.sees("The memo was added.")
    assert await memos(world) == ["첫째 줄\n둘째 줄"]


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("x" * 501, "Memo may have at most 500 characters; this has 501."),
        ("", "Memo is missing."),
        (" \n ", "Memo is missing."),
        ("a\x1b[2Jb", "Memo has a character that cannot be used (U+001B)."),
    ],
)
async def test_a_memo_that_breaks_a_rule_is_refused_and_stays_typed(world, typed, reason):
    async with details(world) as it:
        await it.press("4", "a")
        await it.sees("Add memo")
        it.app.focused.insert(typed)
        await it.press("ctrl+s")
        await it.sees(reason)
        assert it.app.focused.text == typed
    assert await memos(world) == []


async def test_another_authors_memo_cannot_be_changed_and_says_why(world):
    kim = await world.admin("kim", Role.ORGANIZATION, 1)
    await world.services.memos.add(kim, 1, "Mine")
    async with details(world) as it:
        await it.press("4")
        await it.sees("Mine", "e(Edit)", "d(Delete)")
        for key in ("e", "d", "enter"):
            await it.press(key)
            await it.sees("Only the author of a memo may edit or delete it.")
    assert await memos(world) == ["Mine"]


async def test_esc_asks_before_what_was_typed_is_lost(world):
    async with details(world) as it:
        await it.press("4", "a")
        await it.sees("Add memo")
        await it.press("escape")
        await it.sees_no("Add memo")
        await it.press("a")
        await it.sees("Add memo")
        await it.type("abc")
        await it.press("escape")
        await it.sees("What you typed is not saved.")
        await it.press("enter")
        await it.sees("Add memo")
        assert it.app.focused.text == "abc"
        await it.press("escape", "y")
        await it.sees_no("Add memo")


async def test_a_conflict_shows_both_texts_and_one_can_go_back(world):
    memo = await world.services.memos.add(world.system, 1, "First")
    async with details(world) as it:
        await it.press("4", "e")
        await it.sees("Edit memo")
        await world.services.memos.edit(world.system, memo.id, "Theirs now", memo.version)
        await it.type(" mine")
        await it.press("ctrl+s")
        await it.sees("Yours:", "First mine", "Theirs:", "Theirs now")
        await it.press("escape")
        await it.sees_no("Theirs:")
        assert it.app.focused.text == "First mine"
        assert await memos(world) == ["Theirs now"]
        await it.press("ctrl+s")
        await it.sees("Theirs:")
        await it.press("y")
        await it.sees("The memo was saved.", "First mine")
    assert await memos(world) == ["First mine"]


async def test_theirs_can_be_taken(world):
    memo = await world.services.memos.add(world.system, 1, "First")
    async with details(world) as it:
        await it.press("4", "e")
        await it.sees("Edit memo")
        await world.services.memos.edit(world.system, memo.id, "Theirs now", memo.version)
        await it.type(" mine")
        await it.press("ctrl+s")
        await it.sees("Theirs:")
        await it.press("enter")
        await it.sees("[4 Memo 1]", "Theirs now")
    assert await memos(world) == ["Theirs now"]


async def test_a_memo_deleted_meanwhile_leaves_what_was_typed(world):
    memo = await world.services.memos.add(world.system, 1, "First")
    async with details(world) as it:
        await it.press("4", "e")
        await it.sees("Edit memo")
        await world.services.memos.delete(world.system, memo.id, memo.version)
        await it.type(" mine")
        await it.press("ctrl+s")
        await it.sees("It was deleted meanwhile; what you typed cannot be saved.")
        assert it.app.focused.text == "First mine"


# memory details


async def test_edit_a_memory(world):
    async with details(world) as it:
        await it.press("2")
        await it.sees("sleep", "Sleeps well", "machine")
        await it.press("e")
        await it.sees("Edit memory details", "Topic: sleep")
        await it.type(", mostly")
        await it.press("ctrl+s")
        await it.sees("The memory was saved.", "Sleeps well, mostly", "Root")
    (row,) = await world.services.memory.list(world.system, 1)
    assert (row.content, row.admin) == ("Sleeps well, mostly", "Root")


async def test_what_a_later_call_brings_up_is_shown_beside_the_edit(world):
    await world.services.memory.edit(world.system, 1, "Sleeps badly", 1)
    news = [{"topic": "sleep", "content": "Sleeps well again"}]
    await deliver(world, call("c-4", started_at=minutes_ago(-2), memory=news))
    async with details(world) as it:
        await it.press("2")
        await it.sees("Sleeps badly", "! newer: ", "! Newer, from the call of", "Sleeps well again")
        await it.press("e")
        await it.sees("Edit memory details", "Sleeps well again")


async def test_reset_a_memory_asks_first_and_keeps_its_history(world):
    async with details(world) as it:
        await it.press("2", "r")
        await it.sees("Reset memory", "The machine forgets it.")
        await it.press("enter")
        await it.stays("Sleeps well")
        await it.press("r")
        await it.sees("Reset memory")
        await it.press("y")
        await it.sees("The memory was reset.", "(reset)", "Reset by Root")
        await it.read()
        for key, reason in (("r", "This memory is reset already."), ("e", "This memory was reset")):
            await it.press(key)
            await it.sees(reason)
        await it.press("enter")
        await it.sees("History of a memory", "learned", "reset", "Sleeps well")
    assert (await world.services.memory.list(world.system, 1))[0].is_reset


async def test_enter_leads_over_the_history_to_the_call(world):
    async with details(world) as it:
        await it.press("2", "enter")
        await it.sees("History of a memory", "enter goes there")
        await it.press("enter")
        await it.sees("[1 Calls 3]")
        await it.until(lambda: it.screen.calls.current.external_id == "c-1")


async def test_a_conflict_over_a_memory_shows_both(world):
    async with details(world) as it:
        await it.press("2", "e")
        await it.sees("Edit memory details")
        await world.services.memory.edit(world.system, 1, "Theirs now", 1)
        await it.type("?")
        await it.press("ctrl+s")
        await it.sees("Yours:", "Sleeps well?", "Theirs:", "Theirs now")
        await it.press("y")
        await it.sees("The memory was saved.")
    (row,) = await world.services.memory.list(world.system, 1)
    assert row.content == "Sleeps well?"


async def test_a_memory_cannot_be_added_or_deleted_by_hand(world):
    async with details(world) as it:
        for key in ("a", "d"):
            await it.press("2", key)
            await it.sees("Memory details come from calls")


# follow-up action


async def test_add_a_followup_to_the_latest_connected_call(world):
    async with details(world) as it:
        await it.press("3")
        await it.sees("There is no follow-up action.")
        await it.press("a")
        await it.sees("Add follow-up action", "!! emergency", "(x) phoned")
        await it.press("down", "down", "down", "enter")
        await it.sees("(x) emergency dispatched")
        await it.type("Sent 119")
        await it.press("ctrl+s")
        await it.sees("The follow-up action was added.", "emergency dispatched", "Sent 119")
    assert await actions(world) == [(2, "emergency dispatched", "Sent 119")]


async def test_add_one_to_the_chosen_call(world):
    async with details(world) as it:
        await it.press("down", "down")
        await it.until(lambda: it.screen.calls.current.external_id == "c-1")
        await it.press("3", "a")
        await it.sees("Add follow-up action", "! negative")
        await it.press("ctrl+s")
        await it.sees("The follow-up action was added.")
    assert await actions(world) == [(1, "phoned", "")]


async def test_f_adds_one_to_the_call_under_the_cursor(world):
    async with details(world) as it:
        await it.press("f")
        await it.sees("Add follow-up action")
        await it.press("down", "ctrl+s")
        await it.sees("The follow-up action was added.")
    assert await actions(world) == [(3, "visited", "")]


async def test_a_second_one_is_refused_with_a_reason(world):
    await world.services.followups.add(world.system, 3, "phoned")
    async with details(world) as it:
        await it.sees("f(Follow up)")
        await it.press("f")
        await it.sees(
            "This call has a follow-up action already; there is at most one for each call."
        )
    assert len(await actions(world)) == 1


async def test_one_added_meanwhile_is_not_overwritten_and_what_was_typed_stays(world):
    async with details(world) as it:
        await it.press("f")
        await it.sees("Add follow-up action")
        await world.services.followups.add(world.system, 3, "phoned", "theirs")
        await it.press("enter")
        await it.type("mine")
        await it.press("ctrl+s")
        await it.sees("This call has a follow-up action already")
        assert it.app.focused.text == "mine"
    assert await actions(world) == [(3, "phoned", "theirs")]


async def test_edit_and_delete_a_followup(world):
    await world.services.followups.add(world.system, 2, "phoned", "No answer")
    async with details(world) as it:
        await it.press("3")
        await it.sees("No answer")
        await it.press("e")
        await it.sees("Edit follow-up action", "(x) phoned")
        await it.press("down", "tab")
        await it.type(" at home")
        await it.press("ctrl+s")
        await it.sees("The follow-up action was saved.", "visited", "No answer at home")
        assert await actions(world) == [(2, "visited", "No answer at home")]
        await it.read()
        await it.press("d")
        await it.sees("Delete follow-up action")
        await it.press("y")
        await it.sees("The follow-up action was deleted.", "There is no follow-up action.")
    assert await actions(world) == []


async def test_a_conflict_over_a_followup_shows_both(world):
    made = await world.services.followups.add(world.system, 2, "phoned", "First")
    async with details(world) as it:
        await it.press("3", "e")
        await it.sees("Edit follow-up action")
        await world.services.followups.edit(world.system, made.id, "visited", "Theirs", 1)
        await it.press("tab")
        await it.type(" mine")
        await it.press("ctrl+s")
        await it.sees("Yours:", "First mine", "Theirs:", "visited", "Take theirs")
        await it.press("y")
        await it.sees("The follow-up action was saved.")
    assert await actions(world) == [(2, "phoned", "First mine")]


async def test_501_characters_of_details_are_refused(world):
    async with details(world) as it:
        await it.press("f")
        await it.sees("Add follow-up action")
        await it.press("enter")
        it.app.focused.insert("x" * 501)
        await it.sees("! 1 character too many")
        await it.press("ctrl+s")
        await it.sees("Details may have at most 500 characters; this has 501.")
    assert await actions(world) == []


async def test_where_every_connected_call_has_one_it_says_so(world):
    for call_id in (1, 2):
        await world.services.followups.add(world.system, call_id, "phoned")
    async with details(world) as it:
        await it.press("3", "a")
        await it.sees("Every connected call has a follow-up action already.")


async def test_enter_on_a_followup_goes_to_its_call(world):
    await world.services.followups.add(world.system, 1, "phoned")
    async with details(world) as it:
        await it.press("3", "enter")
        await it.sees("[1 Calls 3]")
        await it.until(lambda: it.screen.calls.current.external_id == "c-1")


# a lost console


@pytest.mark.parametrize(
    ("keys", "title", "text"),
    [
        (("4", "a"), "Add memo", "typed"),
        (("2", "e"), "Edit memory details", "Sleeps welltyped"),
        (("f", "down", "enter"), "Add follow-up action", "typed"),
    ],
)
async def test_what_was_typed_when_the_console_was_lost_is_offered_again(world, keys, title, text):
    async with details(world) as it:
        await it.press(*keys)
        await it.sees(title)
        await it.type("typed")
        form = it.app.screen
        await it.until(
            lambda: form.draft_file and form.draft_file.draft.values["text"] == text, "it is kept"
        )
        form.draft_file.release()
    async with console(world) as it:
        await it.sees("Not saved yet", "What you typed was kept.")
        await it.press("enter")
        await it.sees(title, text)
        await it.press("ctrl+s")
        await it.sees("What you typed was saved.")
    assert [text] == [
        *await memos(world),
        *(details for _call, _kind, details in await actions(world)),
        *(one.content for one in await world.services.memory.list(world.system, 1) if one.admin),
    ]
    if title == "Add follow-up action":
        assert await actions(world) == [(3, "visited", "typed")]


async def test_a_memory_that_changed_while_its_form_was_lost_is_a_conflict(world):
    async with details(world) as it:
        await it.press("2", "e")
        await it.sees("Edit memory details")
        await it.type("typed")
        form = it.app.screen
        await it.until(lambda: form.draft_file and form.draft_file.draft, "it is kept")
        await it.until(lambda: form.draft_file.draft.values["text"].endswith("typed"))
        form.draft_file.release()
    await world.services.memory.edit(world.system, 1, "Theirs now", 1)
    async with console(world) as it:
        await it.sees("Not saved yet")
        await it.press("enter")
        await it.sees("Edit memory details")
        await it.press("ctrl+s")
        await it.sees("Yours:", "Sleeps welltyped", "Theirs:", "Theirs now")
