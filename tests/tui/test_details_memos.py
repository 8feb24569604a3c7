"""Memos, driven by keys: each how-to and each refusal."""

import pytest
from textual.events import Paste

from core.values.roles import Role
from tests.factories import make_services
from tests.tui.details import details
from tests.tui.noted import memos, three_calls


@pytest.fixture
async def world(tmp_path):
    made = await make_services(tmp_path, account="root")
    await three_calls(made)
    yield made
    await made.close()


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
        await it.sees("Delete memo", "It cannot be brought back.")
        await it.press("enter")
        await it.stays("Likes tea!")
        await it.press("d")
        await it.sees("Delete memo")
        await it.press("d")
        await it.sees("The memo was deleted.", "There is no memo.")
    assert await memos(world) == []


async def test_the_cursor_goes_to_what_was_added_or_saved_and_pasted_lines_are_kept(world):
    async with details(world) as it:
        await it.press("4")
        for count, text in enumerate(("first", "second", "첫째 줄\n둘째 줄"), 1):
            await it.press("a")
            await it.sees("Add memo")
            it.app.post_message(Paste(text))
            await it.sees(text.splitlines()[0], f"{500 - len(text)} characters left")
            await it.press("ctrl+s")
            await it.sees("The memo was added.", f"[4 Memo {count}]")
            await it.read()
            await it.press("e")
            await it.sees("Edit memo", f"│ {text.splitlines()[0]}")
            await it.press("escape")
        assert (await memos(world)).count("첫째 줄\n둘째 줄") == 1
        await it.press("G", "e")
        await it.sees("Edit memo", "first")
        await it.type("!")
        await it.press("ctrl+s")
        await it.sees("The memo was saved.")
        await it.read()
        assert it.app.screen.memos.current.text == "first!"


BROKEN = {
    "x" * 501: "Memo may have at most 500 characters; this has 501.",
    "": "Memo is missing.",
    "a\x1b[2Jb": "Memo has the invisible character U+001B.",
    " \n ": "Memo is missing.",
}


async def test_a_memo_that_breaks_a_rule_is_refused_and_stays_typed_until_it_is_given_up(world):
    async with details(world) as it:
        await it.press("4", "a")
        await it.sees("Add memo")
        for typed, reason in BROKEN.items():
            it.app.focused.text = ""
            it.app.focused.insert(typed)
            await it.press("ctrl+s")
            await it.sees(reason)
            assert "\x1b" not in it.text()
            assert it.app.focused.text == typed
        await it.press("escape")
        await it.sees("What you typed will be lost.")
        await it.press("enter")
        await it.sees("Add memo")
        assert it.app.focused.text == typed
        await it.press("escape", "x")
        await it.sees_no("Add memo")
        await it.press("a")
        await it.sees("Add memo")
        await it.press("escape")  # nothing was typed
        await it.sees_no("Add memo")
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


async def test_a_conflict_shows_both_texts_and_one_can_go_back_save_ones_own_or_take_theirs(world):
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
        await it.press("s")
        await it.sees("The memo was saved.", "First mine")
        assert await memos(world) == ["First mine"]
        await it.read()
        await it.press("e")
        await it.sees("Edit memo")
        again = it.screen.memos.current
        await world.services.memos.edit(world.system, memo.id, "Theirs again", again.version)
        await it.type("!")
        await it.press("ctrl+s")
        await it.sees("Theirs:", "First mine!")
        await it.press("t")
        await it.sees("[4 Memo 1]", "Theirs again", "Theirs was kept; yours was not saved.")
        assert await memos(world) == ["Theirs again"]
        await it.read()
        await it.press("e")
        await it.sees("Edit memo")
        again = it.screen.memos.current
        await world.services.memos.delete(world.system, memo.id, again.version)
        await it.type("!")
        await it.press("ctrl+s")
        await it.sees("It was deleted meanwhile; what you typed cannot be saved.")
        assert it.app.focused.text == "Theirs again!"
